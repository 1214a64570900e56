"""Reads one entry once: what becomes an article now, and whether its page is asked for again.

entry -> read lately? -> its feed carries it: the feed's own text
                     +-> its page (page_fetcher.py), and those that lead to it or belong to it (following.py)
                            | read: the page's article, with what the feed says beside
                            | not now, or not whole: the feed's text or headline is an article meanwhile, and AskAgain
                            +-> refused, a wall, no text: the same, and asked for again a few times where that may help

It changes nothing but what is remembered of hosts and URLs, within one run of the stage.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from core.clock import Clock
from core.metrics import Metrics
from core.model.article import LEAST_CHARACTERS, ArticleFlag
from core.model.outcome import ArticleOutcome
from core.model.source import Entry
from core.net.client import Fetched
from core.net.url import clean_url, is_homepage
from core.store.put_aside import MOST_OF_A_SOURCE, PutAside
from ingest.parse.feed_text import is_flash, needs_page
from ingest.parse.refresh import with_refresh
from ingest.parse.shapes import NO_PATTERNS, HostPatterns, ParsedPage, ParseFailure
from ingest.read.article_loader import ArticleLoader
from ingest.read.following import Following, PageAt
from ingest.read.host_memory import HostMemory
from ingest.read.page_fetcher import FetchLimits, NoArticle, RetryLater, Waits
from ingest.read.recent_urls import RecentUrls, is_update, teams_of

_QUICK = timedelta(seconds=15)  # what is read so soon need not be told before
_LONG = timedelta(seconds=60)  # what waited for its turn for so long is told before
_NO_PAGES = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/octet-stream")
# Such a page is forbidden: nothing stands in for it.
_FINAL = frozenset({ArticleOutcome.BAD_URL, ArticleOutcome.BLOCKED_ADDRESS})
# How often a page is asked for again that was had, and was no article yet, or was refused.
_MOST_AGAIN = {
    ArticleOutcome.HTTP_4XX: 2,
    ArticleOutcome.TOO_SHORT: 3,
    ArticleOutcome.NO_TEXT: 3,
    ArticleOutcome.WALL_CHALLENGE: 3,
    ArticleOutcome.WALL_CONSENT: 2,
    ArticleOutcome.ERROR_PAGE: 4,
    ArticleOutcome.SOFT_404: 2,
}
_MOST_AGAIN_OF_A_FLASH = 3  # a short text may be all that there will ever be


_WITHOUT_PAGE = {True: "pages are not wanted", False: "it has no page of its own"}


class PageParser(Protocol):
    """ingest.parse's ParserPool."""

    async def read_page(
        self, body: bytes, content_type: str, url: str, entry: Entry, host: HostPatterns = NO_PATTERNS
    ) -> ParsedPage | ParseFailure: ...

    async def read_content(self, entry: Entry) -> ParsedPage | ParseFailure: ...

    async def join_pages(self, pages: Sequence[ParsedPage], entry: Entry) -> ParsedPage | ParseFailure: ...


class Pages(Protocol):
    """What is needed of a PageFetcher."""

    async def fetch(
        self, url: str, source_id: str, tries: int, limits: FetchLimits, /
    ) -> Fetched | NoArticle | RetryLater: ...


@dataclass(frozen=True, slots=True)
class ReadPage:
    """An article as it was read, and where. `outcome`: what its text came from; `note`: why it is not the page's; `raw`: its
    page's bytes, where it has one page."""

    page: ParsedPage
    url: str
    note: str = ""
    outcome: ArticleOutcome = ArticleOutcome.ACCEPTED
    raw: bytes = field(default=b"", repr=False)
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of an entry: an article, or why there is none; and when its page is asked for again, if it is.

    `found` None: nothing yet, it is asked for again soon.
    """

    found: ReadPage | NoArticle | None
    again: RetryLater | None = None


@dataclass(slots=True, kw_only=True)
class EntryReader:
    """Reads entries, many at once. `full`: sources of which as many wait as may, as of a moment ago."""

    pages: Pages
    parser: PageParser
    articles: ArticleLoader
    hosts: HostMemory
    clock: Clock
    metrics: Metrics
    waits: Waits = field(default_factory=Waits)
    recent_urls: RecentUrls = field(default_factory=RecentUrls)
    full: Collection[str] = frozenset()

    async def read(self, aside: PutAside, limits: FetchLimits) -> Reading:
        """The entry's article now, and when its page is asked for again. Raises Unavailable."""
        entry = aside.entry
        duplicate = await self._duplicate(entry)
        if duplicate is not None:
            return Reading(duplicate)
        if not needs_page(entry):
            why = "" if entry.has_page and entry.source.full_text else _WITHOUT_PAGE[entry.has_page]
            own = await self._from_feed(entry, why)
            carried = isinstance(own, ReadPage) and own.outcome is ArticleOutcome.ACCEPTED
            if carried or why:
                return Reading(own)
        found = await self._from_page(aside, limits)
        if isinstance(found, RetryLater):
            return await self._not_now(aside, found)
        if isinstance(found, NoArticle):
            return await self._refused(aside, found)
        return Reading(found, self._again_for_more(aside, found.page))

    async def _not_now(self, aside: PutAside, later: RetryLater) -> Reading:
        """Asked for again, while what the feed says is an article: at once, unless the page comes in a moment."""
        if self._is_last(aside, later):
            return Reading(await self.in_place_of_page(aside.entry, self._given_up(aside, later)))
        now = self.clock.now()
        waits = later.tries or later.circuit_open or later.due - now > _QUICK or now - aside.since > _LONG
        if aside.told is not None or not waits:
            return Reading(None, later)
        told = await self.in_place_of_page(aside.entry, NoArticle(later.outcome, later.detail))
        return Reading(told if isinstance(told, ReadPage) else None, later)

    async def _refused(self, aside: PutAside, ended: NoArticle) -> Reading:
        again = None
        if aside.tries < _MOST_AGAIN.get(ended.outcome, 0) and not ended.removed:
            again = self._later(aside, ended.outcome, ended.detail)
        if aside.told is not None:
            return Reading(ended if again is None else None, again)
        told = await self.in_place_of_page(aside.entry, ended)
        if isinstance(told, NoArticle) and again is not None:
            return Reading(None, again)
        return Reading(told, again)

    def _again_for_more(self, aside: PutAside, page: ParsedPage) -> RetryLater | None:
        """When a page is asked for again that says that more will follow, or may be the beginning of an article."""
        if ArticleFlag.UNFINISHED in page.flags:
            return self._later(aside, ArticleOutcome.TOO_SHORT, "more is to follow, or not all of it was there")
        if is_flash(page.text) and aside.tries < _MOST_AGAIN_OF_A_FLASH:
            return self._later(aside, ArticleOutcome.TOO_SHORT, f"{len(page.text)} characters of text so far")
        return None

    def _later(self, aside: PutAside, outcome: ArticleOutcome, detail: str) -> RetryLater | None:
        seconds = self.waits.after(aside.tries)
        if seconds is None:
            return None
        later = RetryLater(self.clock.now() + timedelta(seconds=seconds), aside.tries + 1, outcome, detail)
        return None if self._is_last(aside, later) else later

    async def in_place_of_page(self, entry: Entry, ended: NoArticle) -> ReadPage | NoArticle:
        """What the feed says, where it says anything; else why the page is not there."""
        if ended.removed or ended.outcome in _FINAL:
            return ended
        own = await self._from_feed(entry, f"the page ended as {ended.outcome}: {ended.detail}")
        return own if isinstance(own, ReadPage) else ended

    def _is_last(self, aside: PutAside, later: RetryLater) -> bool:
        patience = timedelta(seconds=aside.entry.source.patience_seconds)
        return later.due - aside.since > patience or self._is_one_too_many(aside)

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

    async def _from_feed(self, entry: Entry, why: str) -> ReadPage | NoArticle:
        """The feed's text; its headline alone where there is none, or the feed's markup cannot be read."""
        page = await self.parser.read_content(entry)
        if isinstance(page, ParseFailure) and entry.title:
            page = await self.parser.read_content(replace(entry, summary="", content=""))
        if isinstance(page, ParseFailure):
            return NoArticle(ArticleOutcome(page.outcome), page.detail)
        short = len(page.text) < LEAST_CHARACTERS
        what = "the feed's headline" if short else "the feed's own text"
        outcome = ArticleOutcome.HEADLINE_ONLY if short else ArticleOutcome.ACCEPTED
        return ReadPage(page, entry.url, f"{what}; {why}" if why else what, outcome)

    async def _from_page(self, aside: PutAside, limits: FetchLimits) -> ReadPage | NoArticle | RetryLater:
        async def read_one(url: str, entry: Entry) -> PageAt | NoArticle | RetryLater:
            return await self._one_page(url, entry, aside.tries, limits)

        read = await Following(read_one, self.parser, self.clock.monotonic).read(aside.entry)
        if not isinstance(read, PageAt):
            return read
        if isinstance(read.found, ParseFailure):
            return NoArticle(ArticleOutcome(read.found.outcome), read.found.detail)
        return ReadPage(read.found, read.url, raw=read.raw, content_type=read.content_type)

    async def _one_page(
        self, url: str, entry: Entry, tries: int, limits: FetchLimits
    ) -> PageAt | NoArticle | RetryLater:
        fetched = await self.pages.fetch(url, entry.source.source_id, tries, limits)
        if isinstance(fetched, NoArticle | RetryLater):
            return fetched
        url = clean_url(fetched.url)
        if is_homepage(url):
            return NoArticle(ArticleOutcome.HOMEPAGE, "the article's address leads to the front page")
        content_type = fetched.headers.get("Content-Type", "")
        if content_type.lower().startswith(_NO_PAGES):
            return NoArticle(ArticleOutcome.NOT_HTML, content_type[:100])
        began = self.clock.monotonic()
        host = await self.hosts.patterns(url)
        page = await self.parser.read_page(fetched.body, content_type, fetched.url, entry, host)
        self.metrics.article_extract_duration_seconds.observe(self.clock.monotonic() - began)
        if isinstance(page, ParsedPage) and not fetched.whole:
            page = replace(page, flags=page.flags | {ArticleFlag.UNFINISHED})
        if isinstance(page, ParseFailure):
            self.hosts.saw_wall(entry, url, ArticleOutcome(page.outcome))
        return PageAt(
            with_refresh(page, fetched.headers.get("Refresh", ""), fetched.url),
            url,
            len(fetched.body),
            fetched.body,
            content_type,
        )
