"""The read stage: an entry becomes an article, or ends with a name.

entry -> read lately? -> the feed carries it: its own HTML ----------------+
                     +-> a request at its host (asking.py) ----------------+-> parse -> Article ==> ARTICLES
                              | not now                | given up          |
                              +-> put aside, a row     +-> the feed's own text, where it is long enough
                                    | due
                                    +-> read again (again.py)

Entries of one server are read one after another, many servers at once. Whatever happens is traced and counted.
"""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from core.clock import Clock
from core.db.engine import Database
from core.errors import BUGS
from core.faults import FaultPoint, reach
from core.log.consumer import FaultPoints, Options, Output, consume_each
from core.log.log import EventLog
from core.log.topics import ARTICLES, ENTRIES
from core.metrics import Metrics
from core.model.article import Article
from core.model.outcome import ArticleOutcome, Stage
from core.model.source import Entry, Source
from core.net.url import clean_url, is_homepage
from core.store import put_aside
from core.store.put_aside import PutAside
from core.store.traces import TraceRow
from core.tasks import first_error, kept
from ingest.entries.feed_text import USEFUL_CHARACTERS, needs_page, own_html, plain
from ingest.entries.portions import MOST_PUT_ASIDE
from ingest.hosts.circuit_breaker import CircuitBreaker
from ingest.hosts.deadlines import Deadlines
from ingest.hosts.rate_limit import HostRateLimit
from ingest.hosts.robots import Robots
from ingest.parse.shapes import ParsedPage, ParseFailure
from ingest.read.again import Again
from ingest.read.article_loader import ArticleLoader
from ingest.read.asking import Asker, Getter, Lane, Later, Lost
from ingest.read.assemble import assemble
from ingest.read.recent_urls import RecentUrls, is_update
from ingest.read.shares import Shares
from ingest.read.trace_book import GroupCommit, TraceBook

_logger = structlog.get_logger(__name__)

GROUP = "read"
FIRST_SECONDS, MOST_SECONDS = 5.0, 60.0  # for an answer of a host that never gave one; of any
_READERS_SECONDS = 10.0  # of any, while readers of the log wait for it
_TURN_SECONDS = 5.0  # that a reader of the log waits for a turn at a host
_PATIENCE = timedelta(hours=6)  # what was put aside for so long ends
_TRIES_BEFORE_OWN_TEXT = 3
_WATCH_SECONDS = 2.0
_NO_PAGES = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/octet-stream")
# The article is not to be had, or we must not touch it: what its feed says of it is no substitute.
_FINAL = frozenset({ArticleOutcome.BAD_URL, ArticleOutcome.BLOCKED_ADDRESS, ArticleOutcome.HOMEPAGE})


class PageParser(Protocol):
    """ingest.parse's ParserPool."""

    async def read_page(
        self, body: bytes, content_type: str, url: str, source: Source, lang: str | None = None
    ) -> ParsedPage | ParseFailure: ...

    async def read_content(
        self, html: str, title: str, url: str, source: Source, lang: str | None = None
    ) -> ParsedPage | ParseFailure: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadParts:
    """What the stage works with."""

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


@dataclass(frozen=True, slots=True)
class _Got:
    """A page as it was read, and where."""

    page: ParsedPage
    url: str
    note: str = ""


@dataclass(slots=True)
class _Memory:
    """What holds within one run of the stage: it may not have reached the log or the database before a restart."""

    seen: RecentUrls
    traces: TraceBook
    stored: ArticleLoader
    aside: GroupCommit[PutAside]
    waiting: Mapping[str, int] = field(default_factory=dict)  # put aside, by source, a moment ago


class ReadStage:
    """Reads entries until cancelled, `concurrency` at once, and beside them what was put aside."""

    def __init__(self, parts: ReadParts, *, concurrency: int = 64, options: Options | None = None) -> None:
        self._parts = parts
        made = options or Options.counting(parts.clock, parts.metrics)
        self._options = replace(made, origins_of=_origins)
        self._concurrency = concurrency
        self._lane = Lane(shares=Shares(concurrency), patience_seconds=_TURN_SECONDS, most_seconds=_READERS_SECONDS)
        self._patient = Lane(shares=None, patience_seconds=MOST_SECONDS, most_seconds=MOST_SECONDS)
        self._asker = Asker(
            fetcher=parts.fetcher,
            rate_limit=parts.rate_limit,
            robots=parts.robots,
            clock=parts.clock,
            metrics=parts.metrics,
            chance=parts.chance,
            deadlines=Deadlines(FIRST_SECONDS, MOST_SECONDS),
            circuit_breaker=CircuitBreaker(),
        )
        self._memory = self._fresh_memory()
        self.again = Again(parts.log, parts.db, self.read_again, options=self._options, owner=parts.owner)

    def _fresh_memory(self) -> _Memory:
        db = self._parts.db
        return _Memory(RecentUrls(), TraceBook(db), ArticleLoader(db), GroupCommit(db, put_aside.put_many))

    async def run(self) -> None:
        """Consume ENTRIES until cancelled. Raises Unavailable when log or database do not answer."""
        self._memory = self._fresh_memory()
        await self._parts.rate_limit.load()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(kept(self.again.run()))
                tasks.create_task(kept(self._watch()))
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
        """Look now and then how many wait."""
        while True:
            async with self._parts.db.connection() as conn:
                self._memory.waiting = await put_aside.counts(conn)
            self._parts.metrics.entries_put_aside.set(sum(self._memory.waiting.values()))
            await self._parts.clock.sleep(_WATCH_SECONDS)

    async def handle(self, entry: Entry) -> Sequence[Output]:
        """One entry: its article as output, or nothing; traced and counted under the same word either way."""
        aside = PutAside(entry=entry, due=entry.seen, since=self._parts.clock.now())
        return await self._handled(aside, self._lane)

    async def read_again(self, aside: PutAside) -> Sequence[Output]:
        """The same for one that was put aside, with more patience."""
        return await self._handled(aside, self._patient)

    async def _handled(self, aside: PutAside, lane: Lane) -> Sequence[Output]:
        entry = aside.entry
        try:
            found = await self._read(aside, lane)
        except BUGS as e:
            _logger.exception("entry_failed", url=entry.url)
            found = Lost(ArticleOutcome.PARSE, f"{type(e).__name__}: {e}"[:300])
        if isinstance(found, Later):
            await self._put_aside(aside, found)
            return []
        if isinstance(found, Lost):
            await self._end(entry, found.outcome, found.detail)
            return []
        article = assemble(entry, found.page, found.url, self._parts.clock.now())
        self._memory.seen.remember(entry)
        await self._end(entry, ArticleOutcome.ACCEPTED, found.note, article)
        return [Output(ARTICLES.name, article.article_id, article)]

    async def _put_aside(self, aside: PutAside, later: Later) -> None:
        row = replace(aside, due=later.due, tries=later.tries, reason=later.outcome.value)
        await self._memory.aside.add([row])
        reach(FaultPoint.READ_PUT_ASIDE)
        seconds = max((later.due - self._parts.clock.now()).total_seconds(), 0.0)
        detail = f"{later.outcome}: {later.detail}; asked again in {seconds:.0f} s"
        await self._end(aside.entry, ArticleOutcome.RETRIED, detail)
        self.again.wake()

    async def _read(self, aside: PutAside, lane: Lane) -> _Got | Lost | Later:
        entry = aside.entry
        duplicate = await self._duplicate(entry)
        if duplicate is not None:
            return duplicate
        if not needs_page(entry):
            own = await self._from_feed(entry, note="the feed's own text")
            if isinstance(own, _Got) or not entry.source.full_text:
                return own
        found = await self._from_page(aside, lane)
        if isinstance(found, _Got):
            return found
        useful = len(plain(own_html(entry))) >= USEFUL_CHARACTERS
        if isinstance(found, Later):
            enough = found.tries >= _TRIES_BEFORE_OWN_TEXT or found.circuit_open
            if not self._is_last(aside, found) and not (useful and enough):
                return found
            found = self._given_up(aside, found)
        if found.gone or found.outcome in _FINAL or not useful:
            return found
        own = await self._from_feed(entry, note=f"the feed's own text, since the page ended as {found.outcome}")
        return own if isinstance(own, _Got) else found

    def _is_last(self, aside: PutAside, later: Later) -> bool:
        return later.due - aside.since > _PATIENCE or self._is_one_too_many(aside)

    def _is_one_too_many(self, aside: PutAside) -> bool:
        """Whether it would be put aside for the first time, and too many of its source wait already."""
        return not aside.reason and self._memory.waiting.get(aside.entry.source.source_id, 0) >= MOST_PUT_ASIDE

    def _given_up(self, aside: PutAside, later: Later) -> Lost:
        if self._is_one_too_many(aside):
            return Lost(ArticleOutcome.BACKLOG, f"{MOST_PUT_ASIDE} of its source wait already; {later.detail}")
        return Lost(later.outcome, later.detail)

    async def _duplicate(self, entry: Entry) -> Lost | None:
        reading = self._memory.seen.before(entry)
        if reading is not None:
            return Lost(ArticleOutcome.DUPLICATE_URL, f"read already for {reading.source_name}")
        stored = await self._memory.stored.by_url(entry.url)
        if stored is None or stored.article.source_id == entry.source.source_id:
            return None  # the same source shows it again because it changed
        if is_update(entry, stored.article.accepted):
            return None
        return Lost(ArticleOutcome.DUPLICATE_URL, f"read already for {stored.article.source_name}")

    async def _from_feed(self, entry: Entry, note: str) -> _Got | Lost:
        page = await self._parts.parser.read_content(own_html(entry), entry.title, entry.url, entry.source, entry.lang)
        if isinstance(page, ParseFailure):
            return Lost(ArticleOutcome(page.outcome), page.detail)
        return _Got(page, entry.url, note)

    async def _from_page(self, aside: PutAside, lane: Lane) -> _Got | Lost | Later:
        entry = aside.entry
        fetched = await self._asker.ask(entry.url, entry.source.source_id, aside.tries, lane)
        if isinstance(fetched, Lost | Later):
            return fetched
        url = clean_url(fetched.url)
        if is_homepage(url):
            return Lost(ArticleOutcome.HOMEPAGE, "the article's address leads to the front page")
        content_type = fetched.headers.get("Content-Type", "")
        if content_type.lower().startswith(_NO_PAGES):
            return Lost(ArticleOutcome.NOT_HTML, content_type[:100])
        began = self._parts.clock.monotonic()
        page = await self._parts.parser.read_page(fetched.body, content_type, fetched.url, entry.source, entry.lang)
        self._parts.metrics.article_extract_duration_seconds.observe(self._parts.clock.monotonic() - began)
        if isinstance(page, ParseFailure):
            return Lost(ArticleOutcome(page.outcome), page.detail)
        return _Got(page, url)

    async def _end(self, entry: Entry, outcome: ArticleOutcome, detail: str, article: Article | None = None) -> None:
        now, metrics = self._parts.clock.now(), self._parts.metrics
        row = TraceRow(
            subject=entry.entry_id,
            stage=Stage.READ,
            outcome=outcome,
            at=now,
            detail=detail,
            article_id=None if article is None else article.article_id,
        )
        await self._memory.traces.add([row])
        metrics.articles.labels(outcome).inc()
        if article is None:
            _logger.info("entry_ended", url=entry.url, outcome=outcome.value, detail=detail)
            return
        metrics.log_appended.labels(ARTICLES.name).inc()
        metrics.latency_seconds.labels("seen_to_accepted").observe(_seconds(entry.seen, now))
        if article.published is not None:
            metrics.latency_seconds.labels("publish_to_seen").observe(_seconds(article.published, entry.seen))


def _origins(entry: Entry) -> list[str]:
    return [entry.source.source_id]


def _seconds(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds(), 0.0)
