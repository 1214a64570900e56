"""Pages: rows that arrive while somebody reads on make no other row come twice or not at all."""

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from datetime import timedelta

import orjson
import pytest

from wirewatch.usecases import alerts, channels, dead_letters, deliveries, rules, silences, sources
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.alerts import AlertFilter
from wirewatch.usecases.deliveries import DeliveryFilter
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.refusals import BadCursor, NotFound
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


KEYS = [
    [],
    ["x", "y", "z"],
    ["0001-01-01T00:00:00+14:00", "x"],
    ["9999-12-31T23:59:59-14:00", "x"],
    ["2026-01-01T00:00:00", "x"],
]


@pytest.mark.parametrize("key", KEYS)
async def test_a_cursor_that_somebody_made_up_is_refused_by_every_list(acting: Acting, key: list[str]) -> None:
    lists: dict[str, Callable[[Paging], Awaitable[object]]] = {
        "alerts": lambda paging: alerts.list_page(acting, paging, AlertFilter()),
        "deliveries": lambda paging: deliveries.list_page(acting, paging, DeliveryFilter()),
        "silences": lambda paging: silences.list_page(acting, paging),
        "rules": lambda paging: rules.list_page(acting, paging),
        "sources": lambda paging: sources.list_page(acting, paging),
        "channels": lambda paging: channels.list_page(acting, paging),
    }
    if len(key) == 2:
        del lists["channels"]  # any two texts are a place in it
    for name, asked in lists.items():
        cursor = urlsafe_b64encode(orjson.dumps([name, *key])).decode()
        with pytest.raises(BadCursor):
            await asked(Paging(limit=2, cursor=cursor))


@pytest.mark.parametrize("text", ["a\0b", "\udcff"])
async def test_an_id_or_name_that_no_database_takes_is_one_that_is_not_there(acting: Acting, text: str) -> None:
    assert await rules.by_id(acting, text) is None
    for show in (alerts.show, sources.show, rules.show, channels.show, dead_letters.show):
        with pytest.raises(NotFound):
            await show(acting, text)
    with pytest.raises(NotFound):
        await silences.remove(acting, text)
    if text.isascii():
        cursor = urlsafe_b64encode(orjson.dumps(["rules", text])).decode()
        assert (await rules.list_page(acting, Paging(cursor=cursor))).items == ()
