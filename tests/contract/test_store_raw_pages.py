"""Pages as they came, on each database."""

from dataclasses import replace
from datetime import datetime, timedelta

from core.db.engine import Database
from core.model.source import Entry, Source
from core.store import leases, raw_pages
from core.store.raw_pages import RawPage
from tests.fakes.clock import START as NOW


def a_page(number: int, source: str = "s", fetched: datetime = NOW, body: bytes = b"<html>\x00\xff") -> RawPage:
    url = f"https://{source}.example/{number}"
    entry = Entry(entry_id=f"e{number}", source=Source(source_id=source, name=source, url=url), url=url, seen=NOW)
    return RawPage(
        article_id=f"{source}{number}",
        revision="one",
        entry=entry,
        url=url,
        content_type="text/html",
        body=body,
        fetched=fetched,
    )


async def test_a_page_comes_back_as_it_came_and_is_read_again_once_for_each_time_that_it_is_asked_for(
    db: Database,
) -> None:
    page = a_page(1)
    async with db.transaction() as conn:
        await raw_pages.put_many(conn, [page])
        assert await raw_pages.claim(conn, NOW, 5, "me", 60) == []
        assert await raw_pages.ask_again(conn, NOW, NOW) == 1
        assert await raw_pages.claim(conn, NOW, 5, "me", 60) == [page]
        assert await raw_pages.claim(conn, NOW, 5, "other", 60) == [], "it is leased"
        await raw_pages.done(conn, page.article_id, "two", "me")
        assert await leases.next_due(conn, leases.RAW_PAGES, NOW) is None, "none waits"
        assert await raw_pages.ask_again(conn, NOW, NOW) == 1
        assert [one.revision for one in await raw_pages.claim(conn, NOW, 5, "me", 60)] == ["two"]


async def test_a_page_that_is_kept_anew_is_no_longer_its_readers(db: Database) -> None:
    async with db.transaction() as conn:
        await raw_pages.put_many(conn, [a_page(1)])
        await raw_pages.ask_again(conn, NOW, NOW)
        await raw_pages.claim(conn, NOW, 5, "me", 60)
        await raw_pages.put_many(conn, [replace(a_page(1), revision="newer")])
        await raw_pages.done(conn, "s1", "older", "me")
        await raw_pages.ask_again(conn, NOW, NOW)
        assert [one.revision for one in await raw_pages.claim(conn, NOW, 5, "me", 60)] == ["newer"]


async def test_pages_are_chosen_by_time_and_source_and_forgotten(db: Database) -> None:
    hour = timedelta(hours=1)
    pages = [a_page(1, fetched=NOW - 3 * hour), a_page(2, fetched=NOW - hour), a_page(3, "t", fetched=NOW)]
    async with db.transaction() as conn:
        await raw_pages.put_many(conn, pages)
        assert await raw_pages.count(conn, NOW - 2 * hour) == 2
        assert await raw_pages.count(conn, NOW - 2 * hour, "t") == 1
        assert await raw_pages.prune(conn, NOW - 2 * hour) == 1
        await raw_pages.put_many(conn, [a_page(2, fetched=NOW, body=b"newer")])
        assert await raw_pages.ask_again(conn, NOW, NOW, "s") == 1
        assert [one.body for one in await raw_pages.claim(conn, NOW, 5, "me", 60)] == [b"newer"]
