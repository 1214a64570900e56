"""Feeds and pages parsed in processes of their own: a hostile document costs a worker its life and nobody else anything.

What a job of the pool (`core.pool`) failed of is here a ParseFailure, in the words of PollOutcome and ArticleOutcome. A
source owns the jobs of its documents, so that what one publisher costs is not paid by the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core.metrics import Metrics
from core.model.outcome import WorkerEnd
from core.model.source import Entry, Source
from core.pool.pool import MEMORY_BYTES, JobDone, PoolSettings, ProcessPool
from core.pool.worker import JobFailed, JobProblem
from ingest.parse.jobs import content_of, feed_of, joined_of, load, page_of, site_of
from ingest.parse.shapes import (
    NO_PATTERNS,
    HostPatterns,
    PageContext,
    ParsedFeed,
    ParsedPage,
    ParseFailure,
    Publisher,
    SiteLinks,
)

# Headers that say something of the body.
_OF_THE_BODY = frozenset({"content-type", "content-language", "content-location"})
_LOOKING = "discovery"  # owns the jobs of looking for feeds: no source does
# Words that PollOutcome and ArticleOutcome share.
_OUTCOME = {
    JobProblem.TIMEOUT: "timeout",
    JobProblem.STALLED: "timeout",
    JobProblem.DIED: "parse",
    JobProblem.MEMORY: "parse",
    JobProblem.DEFECT: "parse",
}


def parser_processes(
    workers: int = 2,
    timeout_seconds: float = 20.0,
    preload: Sequence[str] = (),
    *,
    memory_bytes: int = MEMORY_BYTES,
    metrics: Metrics | None = None,
    report: Callable[[str | None], None] = lambda _error: None,
) -> ProcessPool:
    """A pool that is ready to parse and to prepare stories' texts. `preload`: what the main module imports, too."""
    restarts = (metrics or Metrics()).parser_restarts

    def ended(end: WorkerEnd) -> None:
        restarts.labels(end).inc()

    settings = PoolSettings(
        workers, timeout_seconds, memory_bytes, name="parser", preload=(*preload, "ingest.preloaded"), load=load
    )
    return ProcessPool(settings, report=report, ended=ended)


class ParserPool:
    """Parses in a pool that is open; methods may be called at the same time, and raise Unavailable when it is not."""

    def __init__(self, processes: ProcessPool) -> None:
        self._processes = processes

    async def parse_feed(
        self, body: bytes, headers: Mapping[str, str], url: str, source: Source
    ) -> ParsedFeed | ParseFailure:
        """The feed, or the PollOutcome's word why there is none. `headers`: those of the answer."""
        said = {name.lower(): value for name, value in headers.items() if name.lower() in _OF_THE_BODY}
        args = (body, said.get("content-type", ""), url, Publisher.of(source), said)
        done = await self._processes.run(feed_of, *args, owner=source.source_id)
        return _failure(done) if isinstance(done, JobFailed) else replace(done.value, cpu_seconds=done.cpu_seconds)

    async def look(self, body: bytes, headers: Mapping[str, str], url: str) -> ParsedFeed | SiteLinks | ParseFailure:
        """What stands at an address where somebody looks for feeds: one, or the way to some."""
        said = {name.lower(): value for name, value in headers.items() if name.lower() in _OF_THE_BODY}
        done = await self._processes.run(site_of, body, said.get("content-type", ""), url, said, owner=_LOOKING)
        return _failure(done) if isinstance(done, JobFailed) else done.value

    async def read_page(
        self, body: bytes, content_type: str, url: str, entry: Entry, host: HostPatterns = NO_PATTERNS
    ) -> ParsedPage | ParseFailure:
        """The page's article, or the ArticleOutcome's word why there is none. `entry`: what its feed said of it."""
        context = PageContext(publisher=Publisher.of(entry.source), entry=entry, host=host)
        args = (body, content_type, url, context)
        return _page(await self._processes.run(page_of, *args, owner=entry.source.source_id))

    async def read_content(self, entry: Entry) -> ParsedPage | ParseFailure:
        """The article as its feed has it, however short."""
        return _page(await self._processes.run(content_of, entry, owner=entry.source.source_id))

    async def join_pages(self, pages: Sequence[ParsedPage], entry: Entry) -> ParsedPage | ParseFailure:
        """One article out of its pages, in their order; those after the first were read without what the feed says."""
        return _page(await self._processes.run(joined_of, tuple(pages), entry, owner=entry.source.source_id))


def _page(done: JobDone[ParsedPage | ParseFailure] | JobFailed) -> ParsedPage | ParseFailure:
    return _failure(done) if isinstance(done, JobFailed) else done.value


def _failure(failed: JobFailed) -> ParseFailure:
    return ParseFailure(_OUTCOME[failed.problem], failed.detail, failed.cpu_seconds)
