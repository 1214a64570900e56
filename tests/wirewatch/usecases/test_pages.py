"""Pages: rows that arrive while somebody reads on make no other row come twice or not at all."""

from datetime import timedelta

import pytest

from wirewatch.usecases import silences
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.refusals import BadCursor
from wirewatch.usecases.silences import KnownSilence, NewSilence


async def _silences(acting: Acting, *comments: str) -> None:
    for comment in comments:
        await silences.add(acting, NewSilence(rule=f"{comment}*", lasting=timedelta(hours=1), comment=comment))


async def _page(acting: Acting, cursor: str | None = None, limit: int | None = 2) -> Page[KnownSilence]:
    return await silences.list_page(acting, Paging(limit=limit, cursor=cursor))


async def test_a_list_is_read_to_its_end_while_it_grows(acting: Acting) -> None:
    await _silences(acting, "a", "b", "c", "d", "e")
    known = {one.silence.comment for one in (await _page(acting, limit=None)).items}
    page = await _page(acting)
    read = [one.silence.comment for one in page.items]
    while page.next is not None:
        await _silences(acting, f"late{len(read)}")
        page = await _page(acting, page.next)
        read += [one.silence.comment for one in page.items]
    assert known == {"a", "b", "c", "d", "e"}
    assert known <= set(read)
    assert len(read) == len(set(read))


async def test_the_last_page_has_no_next(acting: Acting) -> None:
    await _silences(acting, "a", "b")
    assert (await _page(acting)).next is None


@pytest.mark.parametrize("cursor", ["", "x", "%", "WyJ4Il0=", "bnVsbA==", "é", "WyJzaWxlbmNlcyIsIngiLCJ5Il0="])
async def test_a_cursor_that_is_none_is_refused(acting: Acting, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await _page(acting, cursor)
