"""Parsing in processes of its own: in its source's turn, and every failure has a name."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from core.metrics import Metrics
from core.model.outcome import ArticleOutcome, PollOutcome
from core.model.source import Entry, Source
from core.pool.pool import JobDone, PoolSettings, ProcessPool
from core.pool.worker import JobFailed, JobProblem
from ingest.parse.parser import ParserPool, parser_processes
from ingest.parse.shapes import ParsedFeed, ParsedPage, ParseFailure
from tests.core.pool import jobs

T = TypeVar("T")

SOURCE = Source(source_id="s", name="Herald", url="https://herald.example/rss", time_zone="Asia/Kolkata", lang="en")
ENTRY = Entry(entry_id="e", source=SOURCE, url="https://herald.example/1", seen=datetime(2026, 3, 2, tzinfo=UTC))
FEED = b"<rss version='2.0'><channel><item><title>Crane</title><link>/1</link><pubDate>2026-03-02 14:30</pubDate></item></channel></rss>"
PAGE = (
    b"<html lang=en><body><article><p>"
    + b"The harbour was closed on Monday, the authority said. " * 4
    + b"</p></article></body></html>"
)


async def test_feeds_pages_and_content_are_parsed_for_their_source() -> None:
    async with parser_processes(1) as processes:
        pool = ParserPool(processes)
        feed = await pool.parse_feed(FEED, {"Content-Location": "https://cdn.example/x/rss"}, SOURCE.url, SOURCE)
        page = await pool.read_page(PAGE, "text/html", "https://herald.example/1", ENTRY)
        text = "<p>" + "Word after word. " * 20
        content = await pool.read_content(replace(ENTRY, title="Title", summary=text))
        numbers = "<p>" + "12 345 678 90. " * 20
        told = await pool.read_content(replace(ENTRY, title="123", summary=numbers, lang="sv-SE"))
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


@pytest.mark.parametrize("problem", JobProblem)
async def test_what_a_job_failed_of_is_a_word_of_polls_and_of_entries(problem: JobProblem) -> None:
    class Failing(ProcessPool):
        async def run(self, job: Callable[..., T], *args: object, owner: str = "") -> JobDone[T] | JobFailed:
            assert owner == SOURCE.source_id
            return JobFailed(problem, "why", 1.5)

    parser = ParserPool(Failing(PoolSettings(1)))
    feed = await parser.parse_feed(FEED, {}, SOURCE.url, SOURCE)
    page = await parser.read_page(PAGE, "text/html", "https://herald.example/1", ENTRY)
    content = await parser.read_content(ENTRY)
    assert isinstance(feed, ParseFailure)
    assert page == content == feed
    slow = problem in {JobProblem.TIMEOUT, JobProblem.STALLED}
    assert PollOutcome(feed.outcome) is (PollOutcome.TIMEOUT if slow else PollOutcome.PARSE)
    assert ArticleOutcome(feed.outcome) is (ArticleOutcome.TIMEOUT if slow else ArticleOutcome.PARSE)
    assert (feed.detail, feed.cpu_seconds) == ("why", 1.5)


async def test_what_a_feed_cost_is_known_also_where_it_is_none() -> None:
    class Dear(ProcessPool):
        async def run(self, job: Callable[..., T], *args: object, owner: str = "") -> JobDone[T] | JobFailed:
            return JobDone(job(*args), 2.5)

    parser = ParserPool(Dear(PoolSettings(1)))
    for body in (FEED, b"<html><p>No feed"):
        assert (await parser.parse_feed(body, {}, SOURCE.url, SOURCE)).cpu_seconds == 2.5


async def test_replaced_processes_are_counted_by_why() -> None:
    metrics = Metrics()
    async with parser_processes(1, timeout_seconds=0.5, metrics=metrics) as processes:
        assert isinstance(await processes.run(jobs.never_ends), JobFailed)
        assert isinstance(await processes.run(jobs.answers), JobDone)
    assert metrics.registry.get_sample_value("news_parser_restarts_total", {"reason": "timeout"}) == 1


async def test_workers_share_what_was_loaded_before_they_were_forked() -> None:
    code = (
        "import asyncio; from ingest.parse.parser import parser_processes; from tests.ingest.parse import loaded\n"
        "async def main():\n"
        "    async with parser_processes(1, preload=['wirewatch.cli.main']) as processes:\n"
        "        assert (await processes.run(loaded.loaded_before_it_was_forked)).value\n"
        "if __name__ == '__main__': asyncio.run(main())"
    )  # a process of its own: the fork server of this one may have been started without
    await _run_python(code)


async def test_who_hands_documents_out_loads_no_library_that_reads_them() -> None:
    libraries = "feedparser lxml trafilatura htmldate fasttext"
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
