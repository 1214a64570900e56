"""Reads one entry, from its feed or its page, once, and chooses the fallback when neither is available.

entry -> read lately? -> its feed carries it: its own HTML -----------+--> ReadPage
                     +-> its page (page_fetcher.py) ------------------+
                            | not now: RetryLater    | given up       |
                            +------------------------+-> the feed's own text, where it is long enough; else NoArticle

It changes nothing but what is remembered of hosts and URLs, within one run of the stage.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from core.clock import Clock
from core.metrics import Metrics
from core.model.outcome import ArticleOutcome
from core.model.source import Entry, Source
from core.net.client import Fetched
from core.net.url import clean_url, is_homepage
from core.store.put_aside import MOST_OF_A_SOURCE, PutAside
from ingest.parse.feed_text import USEFUL_CHARACTERS, needs_page, own_html, plain
from ingest.parse.shapes import NO_PATTERNS, HostPatterns, ParsedPage, ParseFailure
from ingest.read.article_loader import ArticleLoader
from ingest.read.page_fetcher import FetchLimits, NoArticle, RetryLater
from ingest.read.recent_urls import RecentUrls, is_update, teams_of

_PATIENCE = timedelta(hours=6)  # what was put aside for so long ends
_TRIES_BEFORE_OWN_TEXT = 3
_NO_PAGES = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/octet-stream")
# The article is unavailable or forbidden: its feed's text is no substitute.
_FINAL = frozenset({ArticleOutcome.BAD_URL, ArticleOutcome.BLOCKED_ADDRESS, ArticleOutcome.HOMEPAGE})


class PageParser(Protocol):
    """ingest.parse's ParserPool."""

    async def read_page(
        self, body: bytes, content_type: str, url: str, entry: Entry, host: HostPatterns = NO_PATTERNS
    ) -> ParsedPage | ParseFailure: ...

    async def read_content(
        self, html: str, title: str, url: str, source: Source, lang: str | None = None
    ) -> ParsedPage | ParseFailure: ...


class Pages(Protocol):
    """What is needed of a PageFetcher."""

    async def fetch(
        self, url: str, source_id: str, tries: int, limits: FetchLimits, /
    ) -> Fetched | NoArticle | RetryLater: ...


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page as it was read, and where."""

    page: ParsedPage
    url: str
    note: str = ""


@dataclass(slots=True, kw_only=True)
class EntryReader:
    """Reads entries, many at once. `full`: sources of which as many wait as may, as of a moment ago."""

    pages: Pages
    parser: PageParser
    articles: ArticleLoader
    clock: Clock
    metrics: Metrics
    recent_urls: RecentUrls = field(default_factory=RecentUrls)
    full: Collection[str] = frozenset()

    async def read(self, aside: PutAside, limits: FetchLimits) -> ReadPage | NoArticle | RetryLater:
        """The entry's page, why it has none, or when to ask again. Raises Unavailable."""
        entry = aside.entry
        duplicate = await self._duplicate(entry)
        if duplicate is not None:
            return duplicate
        if not needs_page(entry):
            own = await self._from_feed(entry, note="the feed's own text")
            if isinstance(own, ReadPage) or not entry.source.full_text:
                return own
        found = await self._from_page(aside, limits)
        if isinstance(found, ReadPage):
            return found
        useful = len(plain(own_html(entry))) >= USEFUL_CHARACTERS
        if isinstance(found, RetryLater):
            enough = found.tries >= _TRIES_BEFORE_OWN_TEXT or found.circuit_open
            if not self._is_last(aside, found) and not (useful and enough):
                return found
            found = self._given_up(aside, found)
        if found.gone or found.outcome in _FINAL or not useful:
            return found
        own = await self._from_feed(entry, note=f"the feed's own text, since the page ended as {found.outcome}")
        return own if isinstance(own, ReadPage) else found

    def _is_last(self, aside: PutAside, later: RetryLater) -> bool:
        return later.due - aside.since > _PATIENCE or self._is_one_too_many(aside)

    def _is_one_too_many(self, aside: PutAside) -> bool:
        """Whether it would be put aside for the first time, and too many of its source wait already."""
        return not aside.reason and aside.entry.source.source_id in self.full

    def _given_up(self, aside: PutAside, later: RetryLater) -> NoArticle:
        if self._is_one_too_many(aside):
            return NoArticle(ArticleOutcome.BACKLOG, f"{MOST_OF_A_SOURCE} of its source wait already; {later.detail}")
        return NoArticle(later.outcome, later.detail)

    async def _duplicate(self, entry: Entry) -> NoArticle | None:
        reading = self.recent_urls.before(entry)
        if reading is not None:
            return NoArticle(ArticleOutcome.DUPLICATE_URL, f"read already for {reading.source_name}")
        stored = await self.articles.by_url(entry.url)
        if stored is None or stored.article.source_id == entry.source.source_id:
            return None  # the same source shows it again because it changed
        if is_update(entry, stored.article.accepted) or not teams_of(entry.source.teams) <= teams_of(
            stored.article.teams
        ):
            return None
        return NoArticle(ArticleOutcome.DUPLICATE_URL, f"read already for {stored.article.source_name}")

    async def _from_feed(self, entry: Entry, note: str) -> ReadPage | NoArticle:
        page = await self.parser.read_content(own_html(entry), entry.title, entry.url, entry.source, entry.lang)
        if isinstance(page, ParseFailure):
            return NoArticle(ArticleOutcome(page.outcome), page.detail)
        return ReadPage(page, entry.url, note)

    async def _from_page(self, aside: PutAside, limits: FetchLimits) -> ReadPage | NoArticle | RetryLater:
        entry = aside.entry
        fetched = await self.pages.fetch(entry.url, entry.source.source_id, aside.tries, limits)
        if isinstance(fetched, NoArticle | RetryLater):
            return fetched
        url = clean_url(fetched.url)
        if is_homepage(url):
            return NoArticle(ArticleOutcome.HOMEPAGE, "the article's address leads to the front page")
        content_type = fetched.headers.get("Content-Type", "")
        if content_type.lower().startswith(_NO_PAGES):
            return NoArticle(ArticleOutcome.NOT_HTML, content_type[:100])
        began = self.clock.monotonic()
        page = await self.parser.read_page(fetched.body, content_type, fetched.url, entry)
        self.metrics.article_extract_duration_seconds.observe(self.clock.monotonic() - began)
        if isinstance(page, ParseFailure):
            return NoArticle(ArticleOutcome(page.outcome), page.detail)
        return ReadPage(page, url)
