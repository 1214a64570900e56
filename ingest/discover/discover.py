"""From the address of a site to its feeds: visit it, follow what it announces, and weigh what stands there.

the address -> a feed: that one
            -> a page: announced feeds, links to feeds, news sitemaps by robots.txt; where nothing of that is a feed, the usual places

Each visit waits for its turn at the host, as polls do. Guessed addresses obey robots.txt; what a site announces is meant to
be asked for. The number of visits and their time are bounded.
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from core.clock import Clock
from core.model.source import SourceKind
from core.net.client import Fetched, FetchFailure
from core.net.url import BadUrl, authority_of, domain_of, feed_url, web_url
from ingest.discover.feeds import FoundFeed, How, brings, entry_addresses, is_news_sitemap, ranked
from ingest.hosts.rate_limit import HostRateLimit, HostResting
from ingest.hosts.robots import Robots
from ingest.parse.shapes import FeedLink, ParsedFeed, ParseFailure, SiteLinks

ACCEPT = "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.8"
MOST_VISITS = 30
MOST_SECONDS = 60.0
_VISIT_SECONDS = 10.0
_MOST_ANNOUNCED, _MOST_LINKED, _MOST_SITEMAPS, _MOST_OF_AN_INDEX = 15, 8, 6, 4
# Where many publishers' programs keep their feed, the most common first.
WELL_KNOWN = ("/feed/", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/all.atom.xml", "/feed.json")
_NEWS = re.compile(r"news|latest|nachricht|actualit|notici|aktuell", re.IGNORECASE)


class Getter(Protocol):
    """What is needed of core.net's Fetcher."""

    async def fetch(self, url: str, *, accept: str = "*/*") -> Fetched: ...


class SiteParser(Protocol):
    """ingest.parse's ParserPool."""

    async def look(
        self, body: bytes, headers: Mapping[str, str], url: str
    ) -> ParsedFeed | SiteLinks | ParseFailure: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An address that was visited, or would have been, and is no feed. `outcome`: a word of PollOutcome."""

    url: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """`url`: what was asked about; `title`: of its page. `found`: the best first. `cut`: there was more to visit than may be."""

    url: str
    title: str = ""
    found: tuple[FoundFeed, ...] = ()
    missed: tuple[Missed, ...] = ()
    cut: bool = False

    @property
    def unreachable(self) -> Missed | None:
        """Why nothing is known of the address itself, where that is so."""
        return next((one for one in self.missed if one.url == self.url and not self.found), None)


@dataclass(slots=True)
class _Search:
    """What one search knows so far."""

    url: str
    until: float  # monotonic
    title: str = ""
    visits: int = 0
    cut: bool = False
    seen: set[str] = field(default_factory=set)
    found: list[tuple[FoundFeed, frozenset[str]]] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)


class Discoverer:
    """Looks for feeds; several searches may run at the same time."""

    def __init__(
        self, fetcher: Getter, rate_limit: HostRateLimit, robots: Robots, parser: SiteParser, clock: Clock
    ) -> None:
        self._fetcher = fetcher
        self._rate_limit = rate_limit
        self._robots = robots
        self._parser = parser
        self._clock = clock

    async def discover(self, url: str, *, seconds: float = MOST_SECONDS) -> Discovery:
        """The feeds of the site at `url`. Raises BadUrl; raises Unavailable when parser or database do not answer."""
        search = _Search(str(web_url(url)), self._clock.monotonic() + seconds)
        page = await self._visit(search, FeedLink(url=search.url), How.ADDRESS)
        if not search.found:
            home = str(web_url("/", search.url))
            links = [] if page is None else [page]
            if home != search.url and (page is None or not page.announced):
                front = await self._visit(search, FeedLink(url=home), How.LINKED)
                links += [] if front is None else [front]
            if links or not _nobody_there(search):
                await self._follow(search, links, home)
        found = ranked(search.found, self._clock.now())
        return Discovery(url=search.url, title=search.title, found=found, missed=tuple(search.missed), cut=search.cut)

    async def _follow(self, search: _Search, links: list[SiteLinks], home: str) -> None:
        announced = [link for one in links for link in one.announced]
        linked = [link for one in links for link in one.linked]
        own = [link for link in linked if _same_site(link.url, home)]
        linked = own if own or announced else linked  # a feed at another's host, where the site has none of its own
        await self._visit_all(search, announced[:_MOST_ANNOUNCED], How.ANNOUNCED)
        await self._visit_all(search, linked[:_MOST_LINKED], How.LINKED)
        await self._sitemaps(search, home, [place for one in links for place in one.sitemaps])
        if any(feed.how is not How.SITEMAP and feed.brings.entries for feed, _ in search.found):
            return
        for place in WELL_KNOWN:
            url = str(web_url(place, home))
            if await self._allowed(search, url):
                await self._visit(search, FeedLink(url=url), How.WELL_KNOWN)
            if any(feed.how is How.WELL_KNOWN for feed, _ in search.found):
                return

    async def _sitemaps(self, search: _Search, home: str, known: list[str]) -> None:
        """News sitemaps: those of robots.txt, and what is news in an index of them."""
        named = await self._named_sitemaps(search, home)
        by_name = sorted(known or named, key=lambda place: _NEWS.search(place) is None)
        for place in by_name[:_MOST_SITEMAPS]:
            index = await self._visit(search, FeedLink(url=place), How.SITEMAP)
            if index is not None:
                inner = [one for one in index.sitemaps if _NEWS.search(one)] or list(index.sitemaps[:1])
                await self._visit_all(search, [FeedLink(url=one) for one in inner[:_MOST_OF_AN_INDEX]], How.SITEMAP)

    async def _named_sitemaps(self, search: _Search, home: str) -> list[str]:
        try:
            async with asyncio.timeout(_VISIT_SECONDS), self._rate_limit.turn(authority_of(home)):
                named = await self._robots.sitemaps(home)
        except (FetchFailure, HostResting, TimeoutError) as error:
            search.missed.append(Missed(url=str(web_url("/robots.txt", home)), outcome="robots", detail=str(error)))
            return []
        return [place for one in named if (place := _address(one, home))]

    async def _allowed(self, search: _Search, url: str) -> bool:
        """Whether robots.txt lets a guess be tried. What is known of a site is kept, so this rarely asks."""
        try:
            verdict = await self._robots.check(url)
        except FetchFailure:
            return False
        if not verdict.allowed:
            search.missed.append(Missed(url=url, outcome="robots", detail=verdict.why))
        return verdict.allowed

    async def _visit_all(self, search: _Search, links: Iterable[FeedLink], how: How) -> None:
        for link in links:
            await self._visit(search, link, how)

    async def _visit(self, search: _Search, link: FeedLink, how: How) -> SiteLinks | None:
        """Look at an address once: a feed is noted, links are returned."""
        key = feed_url(link.url)
        if key in search.seen:
            return None
        left = search.until - self._clock.monotonic()
        if search.visits >= MOST_VISITS or left <= 0:
            search.cut = True
            return None
        search.seen.add(key)
        search.visits += 1
        stands = await self._look(link.url, min(left, _VISIT_SECONDS))
        if isinstance(stands, Missed):
            search.missed.append(stands)
            return None
        url, found = stands
        if isinstance(found, SiteLinks):
            search.title = search.title or found.title
            if how not in (How.ADDRESS, How.SITEMAP) and link.url != str(web_url("/", search.url)):
                search.missed.append(
                    Missed(url=link.url, outcome="not_a_feed", detail="a page stands there, not a feed")
                )
            return found
        self._note(search, link, how, url, found)
        return None

    def _note(self, search: _Search, link: FeedLink, how: How, url: str, feed: ParsedFeed) -> None:
        if how is How.SITEMAP and not is_news_sitemap(feed):
            detail = "a sitemap of all pages, not of news"
            search.missed.append(Missed(url=link.url, outcome="not_a_feed", detail=detail))
            return
        if feed_url(url) != feed_url(link.url) and feed_url(url) in search.seen:
            return  # a redirect to one that is known
        search.seen.add(feed_url(url))
        kind = SourceKind.SITEMAP if how is How.SITEMAP else SourceKind.FEED
        title = feed.title or link.title or search.title
        one = FoundFeed(url=url, title=title, kind=kind, how=how, brings=brings(feed, self._clock.now()))
        search.found.append((one, entry_addresses(feed)))

    async def _look(self, url: str, seconds: float) -> tuple[str, ParsedFeed | SiteLinks] | Missed:
        """What stands at an address, and where it does in the end."""
        delay = self._robots.crawl_delay_seconds(url)
        try:
            async with asyncio.timeout(seconds + (delay or 0.0)), self._rate_limit.turn(authority_of(url), delay):
                fetched = await self._fetcher.fetch(url, accept=ACCEPT)
        except TimeoutError:
            return Missed(url=url, outcome="timeout", detail=f"no whole answer within {seconds:.0f} s")
        except HostResting as error:
            return Missed(url=url, outcome="rate_limited", detail=str(error))
        except FetchFailure as error:
            return Missed(url=url, outcome=error.outcome.value, detail=error.detail)
        found = await self._parser.look(fetched.body, fetched.headers, fetched.url)
        if isinstance(found, ParseFailure):
            return Missed(url=url, outcome=found.outcome, detail=found.detail)
        return fetched.moved_to or url, found


def _nobody_there(search: _Search) -> bool:
    """Whether the site does not answer at all, so that guesses would only cost time."""
    silent = {"dns", "connect", "tls", "timeout", "blocked_address", "bad_url", "rate_limited"}
    return any(one.outcome in silent for one in search.missed)


def _same_site(url: str, home: str) -> bool:
    try:
        return domain_of(url) == domain_of(home)
    except BadUrl:
        return False


def _address(url: str, base: str) -> str:
    try:
        return str(web_url(url, base))
    except BadUrl:
        return ""
