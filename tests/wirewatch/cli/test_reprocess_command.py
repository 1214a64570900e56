"""`wirewatch reprocess`: kept pages are asked for again, and counted before."""

from datetime import timedelta

from core.store import raw_pages
from tests.contract.test_store_raw_pages import a_page
from tests.wirewatch.cli.conftest import NOW, Newsroom


def test_kept_pages_are_counted_and_asked_for(newsroom: Newsroom) -> None:
    pages = [a_page(1, fetched=NOW - timedelta(hours=1)), a_page(2, fetched=NOW - timedelta(days=2))]
    newsroom.write(lambda conn: raw_pages.put_many(conn, pages))
    assert newsroom.told("reprocess", "--since", "7d", "--dry-run") == "2 pages are kept and would be read again.\n"
    assert newsroom.told("reprocess", "--since", "1d") == "1 pages are read again by the running processes.\n"
    assert newsroom.rows("reprocess", "--since", "7d", "--dry-run") == [{"pages": 2, "asked": False}]


def test_an_unknown_source_is_refused(newsroom: Newsroom) -> None:
    newsroom.write()
    assert "there is no source 'Herald'" in newsroom.refused("reprocess", "--since", "1d", "--source", "Herald")
