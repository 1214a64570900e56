"""Sites of publishers for tests that look for feeds: pages, feeds and sitemaps as text, and a parser in this process."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from ingest.parse.jobs import site_of
from ingest.parse.shapes import ParsedFeed, ParseFailure, SiteLinks
from tests.fakes.clock import START

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
