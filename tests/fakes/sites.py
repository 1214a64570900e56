"""Sites of publishers for tests that look for feeds: pages, feeds and sitemaps as text, and a parser in this process."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from core.clock import Clock
from core.db.engine import Database
from core.model.source import Entry, Source
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from ingest.hosts.rate_limit import HostRateLimit
from ingest.hosts.robots import Robots
from ingest.parse.read import feed_of, page_of
from ingest.parse.shapes import NO_PATTERNS, PageContext, ParsedFeed, ParsedPage, ParseFailure, Publisher, SiteLinks
from ingest.parse.site import site_of
from tests.fakes.clock import START
from wirewatch.usecases.source_web import SourceWeb

RSS = "application/rss+xml"


class SiteParserHere:
    """ParserPool's `look` without a process."""

    async def look(self, body: bytes, headers: Mapping[str, str], url: str) -> ParsedFeed | SiteLinks | ParseFailure:
        return site_of(body, headers.get("Content-Type", ""), url, {})


def home(*announced: str, body: str = "", title: str = "The Harbour Times") -> str:
    links = "".join(f'<link rel="alternate" type="{RSS}" title="{title} feed" href="{href}">' for href in announced)
    return f"<!doctype html><html lang='en'><head><title>{title}</title>{links}</head><body>{body}</body></html>"


def rss(titles: Sequence[str], *, name: str = "The Harbour Times", newest: datetime = START, text: str = "") -> str:
    """A feed with an entry an hour, the newest first."""
    items = "".join(
        f"<item><title>{title}</title><link>https://harbour.example/{title.replace(' ', '-')}</link>"
        f"<description>{text}</description>"
        f"<pubDate>{format_datetime((newest - timedelta(hours=place)).astimezone(UTC))}</pubDate></item>"
        for place, title in enumerate(titles)
    )
    return f"<rss version='2.0'><channel><title>{name}</title><language>en</language>{items}</channel></rss>"


def news_sitemap(titles: Sequence[str], *, newest: datetime = START) -> str:
    urls = "".join(
        f"<url><loc>https://harbour.example/sm-{title.replace(' ', '-')}</loc><n:news><n:publication><n:name>Harbour</n:name>"
        f"<n:language>en</n:language></n:publication><n:publication_date>"
        f"{(newest - timedelta(minutes=place)).isoformat()}</n:publication_date><n:title>{title}</n:title></n:news></url>"
        for place, title in enumerate(titles)
    )
    return (
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        f"xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>{urls}</urlset>"
    )


def sitemap_index(*places: str) -> str:
    inner = "".join(f"<sitemap><loc>{place}</loc></sitemap>" for place in places)
    return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{inner}</sitemapindex>"


class SiteParser(SiteParserHere):
    """ParserPool's methods for looking before something is added, without processes."""

    async def parse_feed(
        self, body: bytes, headers: Mapping[str, str], url: str, source: Source
    ) -> ParsedFeed | ParseFailure:
        return feed_of(body, headers.get("Content-Type", ""), url, Publisher.of(source), {})

    async def read_page(self, body: bytes, content_type: str, url: str, entry: Entry) -> ParsedPage | ParseFailure:
        context = PageContext(publisher=Publisher.of(entry.source), entry=entry, host=NO_PATTERNS)
        return page_of(body, content_type, url, context)


@asynccontextmanager
async def site_web(db: Database, clock: Clock) -> AsyncIterator[SourceWeb]:
    """The web as use cases reach it, as far as loopback; two of the publishers are not private."""
    async with Fetcher(AddressGuard(["127.0.0.1/32", "127.0.0.2/32"]), "wirewatch/0.1", clock) as fetcher:
        rate_limit, robots = HostRateLimit(db, clock), Robots(fetcher, clock)
        yield SourceWeb(fetcher=fetcher, rate_limit=rate_limit, robots=robots, clock=clock, parser=SiteParser())
