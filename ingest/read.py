"""The read stage: an entry becomes an article, or ends with a name.

entry -> read lately? -> the feed carries it: its own HTML ----------------------+
                     +-> turn at the host -> robots.txt -> fetch, tried again ---+-> parse -> Article ==> ARTICLES
                                                             | given up          |
                                                             +-> the feed's own text, where it is long enough

Entries of one server are read one after another, many servers at once. Whatever happens is traced and counted.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Protocol

import structlog

from core.clock import Clock
from core.db.engine import Database
from core.faults import FaultPoint
from core.log.consumer import FaultPoints, Options, Output, consume_each
from core.log.log import EventLog
from core.log.topics import ARTICLES, ENTRIES
from core.metrics import Metrics
from core.model.article import Article
from core.model.outcome import ArticleOutcome, Stage
from core.model.source import Entry, Source
from core.net.client import Fetched, FetchFailure
from core.net.url import BadUrl, authority_of, clean_url, is_homepage
from core.retry import Backoff
from core.store.traces import TraceRow
from ingest.assemble import USEFUL_CHARACTERS, assemble, needs_page, own_html, plain
from ingest.lookups import Lookups
from ingest.parse.shapes import ParsedPage, ParseFailure
from ingest.politeness import HostResting, Politeness
from ingest.robots import Robots
from ingest.seen import Seen, is_update
from ingest.trace_book import TraceBook
from ingest.troubles import Troubles

_logger = structlog.get_logger(__name__)

GROUP = "read"
ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
_BACKOFF = Backoff(first_seconds=2.0, max_seconds=30.0)
_NO_PAGES = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/octet-stream")
# The article is not to be had, or we must not touch it: what its feed says of it is no substitute.
_FINAL = frozenset({ArticleOutcome.BAD_URL, ArticleOutcome.BLOCKED_ADDRESS, ArticleOutcome.HOMEPAGE})


class Getter(Protocol):
    """What is needed of core.net's Fetcher."""

    async def fetch(self, url: str, *, accept: str = "*/*") -> Fetched: ...


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
    politeness: Politeness
    robots: Robots
    clock: Clock
    metrics: Metrics
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class _Lost:
    """Why there is no page. `gone`: the publisher took it down."""

    outcome: ArticleOutcome
    detail: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class _Got:
    """A page as it was read, and where."""

    page: ParsedPage
    url: str
    note: str = ""


class ReadStage:
    """Reads entries until cancelled, `concurrency` at once."""

    def __init__(self, parts: ReadParts, *, concurrency: int = 64, options: Options | None = None) -> None:
        self._parts = parts
        made = options or Options.counting(parts.clock, parts.metrics)
        self._options = replace(made, origins_of=_origins)
        self._concurrency = concurrency
        self._traces = TraceBook(parts.db)
        self._stored = Lookups(parts.db)
        self._seen = Seen()
        self._troubles = Troubles()

    async def run(self) -> None:
        """Consume ENTRIES until cancelled. Raises Unavailable when log or database do not answer."""
        self._seen = Seen()  # what it holds may not have reached the log before a restart
        self._traces = TraceBook(self._parts.db)
        self._stored = Lookups(self._parts.db)
        await self._parts.politeness.load()
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

    async def handle(self, entry: Entry) -> Sequence[Output]:
        """One entry: its article as output, or nothing; traced and counted under the same word either way."""
        found = await self._read(entry)
        if isinstance(found, _Lost):
            await self._end(entry, found.outcome, found.detail)
            return []
        article = assemble(entry, found.page, found.url, self._parts.clock.now())
        self._seen.remember(entry)
        await self._end(entry, ArticleOutcome.ACCEPTED, found.note, article)
        return [Output(ARTICLES.name, article.article_id, article)]

    async def _read(self, entry: Entry) -> _Got | _Lost:
        duplicate = await self._duplicate(entry)
        if duplicate is not None:
            return duplicate
        if not needs_page(entry):
            own = await self._from_feed(entry, note="the feed's own text")
            if isinstance(own, _Got) or not entry.source.full_text:
                return own
        found = await self._from_page(entry)
        if isinstance(found, _Got) or found.gone or found.outcome in _FINAL:
            return found
        if len(plain(own_html(entry))) < USEFUL_CHARACTERS:
            return found
        own = await self._from_feed(entry, note=f"the feed's own text, since the page ended as {found.outcome}")
        return own if isinstance(own, _Got) else found

    async def _duplicate(self, entry: Entry) -> _Lost | None:
        reading = self._seen.before(entry)
        if reading is not None:
            return _Lost(ArticleOutcome.DUPLICATE_URL, f"read already for {reading.source_name}")
        stored = await self._stored.by_url(entry.url)
        if stored is None or stored.article.source_id == entry.source.source_id:
            return None  # the same source shows it again because it changed
        if is_update(entry, stored.article.accepted):
            return None
        return _Lost(ArticleOutcome.DUPLICATE_URL, f"read already for {stored.article.source_name}")

    async def _from_feed(self, entry: Entry, note: str) -> _Got | _Lost:
        page = await self._parts.parser.read_content(own_html(entry), entry.title, entry.url, entry.source, entry.lang)
        if isinstance(page, ParseFailure):
            return _Lost(ArticleOutcome(page.outcome), page.detail)
        return _Got(page, entry.url, note)

    async def _from_page(self, entry: Entry) -> _Got | _Lost:
        fetched = await self._tried(entry.url)
        if isinstance(fetched, _Lost):
            return fetched
        url = clean_url(fetched.url)
        if is_homepage(url):
            return _Lost(ArticleOutcome.HOMEPAGE, "the article's address leads to the front page")
        content_type = fetched.headers.get("Content-Type", "")
        if content_type.lower().startswith(_NO_PAGES):
            return _Lost(ArticleOutcome.NOT_HTML, content_type[:100])
        began = self._parts.clock.monotonic()
        page = await self._parts.parser.read_page(fetched.body, content_type, fetched.url, entry.source, entry.lang)
        self._parts.metrics.article_extract_duration_seconds.observe(self._parts.clock.monotonic() - began)
        if isinstance(page, ParseFailure):
            return _Lost(ArticleOutcome(page.outcome), page.detail)
        return _Got(page, url)

    async def _tried(self, url: str) -> Fetched | _Lost:
        """The page, after as many attempts as its host deserves."""
        try:
            host = authority_of(url)
        except BadUrl as e:
            return _Lost(ArticleOutcome.BAD_URL, str(e))
        allowed = self._troubles.attempts(host, self._parts.clock.now())
        failure = self._troubles.last(host) if allowed == 0 else None
        for attempt in range(1, allowed + 1):
            try:
                return await self._fetched(url, host)
            except HostResting as e:
                return _Lost(ArticleOutcome.RATE_LIMITED, str(e))
            except FetchFailure as e:
                failure = e
            if not failure.outcome.transient or attempt == allowed:
                break
            await self._parts.clock.sleep(_BACKOFF.delay_seconds(attempt, self._parts.chance()))
        return self._given_up(host, failure, tried=allowed)

    async def _fetched(self, url: str, host: str) -> Fetched | _Lost:
        parts = self._parts
        async with parts.politeness.turn(host, parts.robots.crawl_delay_seconds(url)):
            began = parts.clock.monotonic()
            try:
                verdict = await parts.robots.check(url)
                if not verdict.allowed:
                    return _Lost(ArticleOutcome.ROBOTS, verdict.why)
                fetched = await parts.fetcher.fetch(url, accept=ACCEPT)
            except FetchFailure as e:
                if e.retry_after_seconds:
                    await parts.politeness.rest(host, e.retry_after_seconds)
                raise
            finally:
                parts.metrics.article_fetch_duration_seconds.observe(parts.clock.monotonic() - began)
        self._troubles.cleared(host)
        return fetched

    def _given_up(self, host: str, failure: FetchFailure | None, tried: int) -> _Lost:
        if failure is None:
            return _Lost(ArticleOutcome.CONNECT, f"{host} was not tried")
        if failure.outcome.transient and tried:
            self._troubles.failed(host, failure, self._parts.clock.now())
        gone = failure.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
        return _Lost(ArticleOutcome(failure.outcome.value), failure.detail, gone)

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
        await self._traces.add([row])
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
