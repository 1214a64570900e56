"""The read stage: an entry becomes an article, or ends with a named outcome.

entry -> read (reader.py) -> Article ==> ARTICLES
                 | not now, or not whole yet
                 +-> put aside, a row -> due: read once more (retry_queue.py) -> a revision of the same Article

Entries of one server are read one after another, many servers at once. Every outcome is traced and counted.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from core.clock import Clock
from core.db.engine import Database
from core.faults import FaultPoint, reach
from core.log.consumer import FaultPoints, Options, Output, consume_each
from core.log.log import EventLog
from core.log.topics import ARTICLES, ENTRIES
from core.metrics import Metrics
from core.model.article import Article, TimeConfidence
from core.model.outcome import ArticleOutcome, Stage
from core.model.source import Entry
from core.store import put_aside, raw_pages, traces
from core.store.put_aside import PutAside, Told
from core.store.traces import TraceRow
from core.tasks import first_error, is_bug, kept
from ingest.hosts.circuit_breaker import CircuitBreaker
from ingest.hosts.deadlines import Deadlines
from ingest.hosts.rate_limit import HostRateLimit
from ingest.hosts.robots import Robots
from ingest.read.article_loader import ArticleLoader
from ingest.read.assemble import assemble
from ingest.read.bulkhead import Bulkhead
from ingest.read.group_commit import GroupCommit
from ingest.read.host_memory import WRITE_SECONDS, HostMemory
from ingest.read.page_fetcher import RETRY_SECONDS, FetchLimits, Getter, NoArticle, PageFetcher, RetryLater, Waits
from ingest.read.pushed_stage import PushParts, PushStage
from ingest.read.reader import EntryReader, PageParser, Reading, ReadPage
from ingest.read.reprocess import Reprocessing
from ingest.read.retry_queue import Retried, RetryQueue

_logger = structlog.get_logger(__name__)

GROUP = "read"
FIRST_SECONDS, MOST_SECONDS = 5.0, 60.0  # limits for an answer: of a host that never answered; of any host
_READERS_SECONDS = 10.0  # limit for any host while the log's readers wait for it
_TURN_SECONDS = 5.0  # for which a reader of the log waits for its turn at a host
_WATCH_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadParts:
    """The parts that the stage works with."""

    log: EventLog
    db: Database
    fetcher: Getter
    parser: PageParser
    rate_limit: HostRateLimit
    robots: Robots
    clock: Clock
    metrics: Metrics
    owner: str = "reader"
    chance: Callable[[], float] = random.random
    retry_seconds: Sequence[float] = RETRY_SECONDS
    keep_pages: bool = False  # as they came, for `wirewatch reprocess`


class ReadStage:
    """Reads entries until cancelled, `concurrency` at once, and beside them those that were put aside."""

    def __init__(self, parts: ReadParts, *, concurrency: int = 64, options: Options | None = None) -> None:
        self._parts = parts
        made = options or Options.counting(parts.clock, parts.metrics)
        self._options = replace(made, origins_of=_origins)
        self._concurrency = concurrency
        self._waits = Waits(parts.retry_seconds, parts.chance)
        bulkhead = Bulkhead(concurrency)
        self._limits = FetchLimits(bulkhead=bulkhead, patience_seconds=_TURN_SECONDS, most_seconds=_READERS_SECONDS)
        self._retry_limits = FetchLimits(bulkhead=None, patience_seconds=MOST_SECONDS, most_seconds=MOST_SECONDS)
        self._pages = PageFetcher(
            fetcher=parts.fetcher,
            rate_limit=parts.rate_limit,
            robots=parts.robots,
            clock=parts.clock,
            metrics=parts.metrics,
            deadlines=Deadlines(FIRST_SECONDS, MOST_SECONDS),
            circuit_breaker=CircuitBreaker(),
            waits=self._waits,
        )
        self._begin()
        self.retries = RetryQueue(parts.log, parts.db, self.retry, options=self._options, owner=parts.owner)

    def _begin(self) -> None:
        """Reset the state of one run: some of it may not have reached the log or the database before a restart."""
        parts = self._parts
        self._hosts = HostMemory(parts.db, parts.clock)
        self.reprocessing = Reprocessing(
            parts.log, parts.db, parts.parser, self._hosts, options=self._options, owner=parts.owner
        )
        self._reader = EntryReader(
            pages=self._pages,
            parser=parts.parser,
            articles=ArticleLoader(parts.db),
            hosts=self._hosts,
            clock=parts.clock,
            metrics=parts.metrics,
            waits=self._waits,
        )
        pushed = PushParts(log=parts.log, db=parts.db, clock=parts.clock, metrics=parts.metrics)
        self._pushes = PushStage(pushed, self._options)
        self._traces = GroupCommit(parts.db, traces.add_many)
        self._aside = GroupCommit(parts.db, put_aside.put_many)
        self._raw = GroupCommit(parts.db, raw_pages.put_many)

    async def run(self) -> None:
        """Consume ENTRIES until cancelled. Raises Unavailable when log or database do not answer."""
        self._begin()
        await self._parts.rate_limit.load()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(kept(self.retries.run()))
                tasks.create_task(kept(self._watch()))
                tasks.create_task(kept(self._write_hosts()))
                tasks.create_task(kept(self.reprocessing.run()))
                tasks.create_task(kept(self._pushes.run()))
                await self._consume()
        except BaseExceptionGroup as together:
            raise first_error(together) from together

    async def _consume(self) -> None:
        await consume_each(
            self._parts.log,
            group=GROUP,
            topic=ENTRIES.name,
            record_type=Entry,
            handle=self.handle,
            concurrency=self._concurrency,
            faults=FaultPoints(
                before_append=FaultPoint.READ_FETCHED,
                after_append=FaultPoint.READ_APPENDED,
                after_commit=FaultPoint.READ_COMMITTED,
            ),
            options=self._options,
        )

    async def _watch(self) -> None:
        """Count the waiting entries from time to time."""
        while True:
            async with self._parts.db.connection() as conn:
                waiting = await put_aside.count(conn)
                full = await put_aside.full(conn) if waiting.entries >= put_aside.MOST_OF_A_SOURCE else frozenset()
            self._reader.full = full
            self._parts.metrics.entries_put_aside.set(waiting.entries)
            self._parts.metrics.entries_told.set(waiting.told)
            await self._parts.clock.sleep(_WATCH_SECONDS)

    async def _write_hosts(self) -> None:
        """Keep what was learned of hosts from time to time."""
        while True:
            await self._parts.clock.sleep(WRITE_SECONDS)
            await self._hosts.write()

    async def handle(self, entry: Entry) -> Sequence[Output]:
        """Handle an entry: returns its article, or nothing; traces and counts the outcome under one word."""
        aside = PutAside(entry=entry, due=entry.seen, since=self._parts.clock.now())
        done = await self._handled(aside, self._limits)
        if done.again is not None:
            # Before its article is on the log: a crash between reads the entry anew, from the log.
            await self._aside.add([done.again])
            reach(FaultPoint.READ_PUT_ASIDE)
            self.retries.wake()
        return done.outputs

    async def retry(self, aside: PutAside) -> Retried:
        """Handle an entry that was put aside, with more patience. Its row is written by who appends its outputs."""
        return await self._handled(aside, self._retry_limits)

    async def _handled(self, aside: PutAside, limits: FetchLimits) -> Retried:
        entry = aside.entry
        try:
            reading = await self._reader.read(aside, limits)
        except Exception as e:  # our code fails on this entry: only it has no article
            if not is_bug(e):
                raise
            _logger.exception("entry_failed", url=entry.url)
            ended = NoArticle(ArticleOutcome.PARSE, f"{type(e).__name__}: {e}"[:300])
            reading = Reading(ended if aside.told else await self._reader.in_place_of_page(entry, ended))
        article, told = await self._article(aside, reading)
        again = None if reading.again is None else await self._again(aside, reading.again, told)
        if article is None:
            return Retried((), again)
        return Retried([Output(ARTICLES.name, article.article_id, article)], again)

    async def _article(self, aside: PutAside, reading: Reading) -> tuple[Article | None, Told | None]:
        """The article to be appended, and as what the entry has been told from now on."""
        entry, found = aside.entry, reading.found
        if found is None:
            return None, aside.told
        if isinstance(found, NoArticle):
            detail = found.detail if aside.told is None else f"{found.detail}; what its feed says is an article"
            await self._end(entry, found.outcome, detail)
            return None, aside.told
        article = assemble(entry, found.page, found.url, self._parts.clock.now())
        self._reader.recent_urls.remember(entry)
        self._hosts.learn(article, found.page.left_out)
        if aside.told is not None:
            article = replace(article, article_id=aside.told.article_id, reread=True)
        await self._keep_page(entry, found, article)
        if aside.told is not None and article.revision == aside.told.revision:
            if reading.again is None:
                await self._end(entry, found.outcome, "as it was read before", counted=False)
            return None, aside.told
        await self._end(entry, found.outcome, found.note, article)
        return article, Told(article.article_id, article.revision)

    async def _keep_page(self, entry: Entry, found: ReadPage, article: Article) -> None:
        """Keep the page as it came, to be read again with a better reader."""
        if self._parts.keep_pages and found.raw:
            page = raw_pages.RawPage(
                article_id=article.article_id,
                revision=article.revision,
                entry=entry,
                url=found.url,
                content_type=found.content_type,
                body=found.raw,
                fetched=article.accepted,
            )
            await self._raw.add([page])

    async def _again(self, aside: PutAside, later: RetryLater, told: Told | None) -> PutAside:
        seconds = max((later.due - self._parts.clock.now()).total_seconds(), 0.0)
        detail = f"{later.outcome}: {later.detail}; asked again in {seconds:.0f} s"
        await self._end(aside.entry, ArticleOutcome.RETRIED, detail)
        return replace(aside, due=later.due, tries=later.tries, reason=later.outcome.value, told=told)

    async def _end(
        self,
        entry: Entry,
        outcome: ArticleOutcome,
        detail: str,
        article: Article | None = None,
        *,
        counted: bool = True,
    ) -> None:
        now, metrics = self._parts.clock.now(), self._parts.metrics
        row = TraceRow(
            subject=entry.entry_id,
            stage=Stage.READ,
            outcome=outcome,
            at=now,
            detail=detail,
            article_id=None if article is None else article.article_id,
        )
        await self._traces.add([row])
        if counted:
            metrics.articles.labels(outcome).inc()
        if article is None:
            _logger.info("entry_ended", url=entry.url, outcome=outcome.value, detail=detail)
            return
        metrics.log_appended.labels(ARTICLES.name).inc()
        metrics.latency_seconds.labels("seen_to_accepted").observe(_seconds(entry.seen, now))
        if article.published_confidence in _INSTANTS and article.published is not None and not article.reread:
            metrics.latency_seconds.labels("publish_to_seen").observe(_seconds(article.published, entry.seen))


_INSTANTS = (TimeConfidence.EXACT, TimeConfidence.ASSUMED_ZONE)  # a day that was guessed tells no latency


def _origins(entry: Entry) -> list[str]:
    return [entry.source.source_id]


def _seconds(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds(), 0.0)
