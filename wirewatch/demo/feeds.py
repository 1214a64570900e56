"""The outlets' feeds and sitemap at a given minute: RSS 2.0, RSS 1.0, Atom, JSON Feed, a news sitemap. Pure.

Written with templates and lxml's escaping on purpose apart from the code that reads feeds: a demo that shared it would
prove nothing.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from zoneinfo import ZoneInfo

from wirewatch.demo.outlets import NewsItem, Outlet


@dataclass(frozen=True, slots=True)
class Edition:
    """An outlet's output at one minute of the simulated hour; `base` is its address without a slash at the end."""

    outlet: Outlet
    base: str
    started: datetime
    seconds_per_minute: float
    minute: float

    @property
    def items(self) -> tuple[NewsItem, ...]:
        return self.outlet.on_air(self.minute)

    def url(self, item: NewsItem) -> str:
        return f"{self.base}/news/{item.slug}.html"

    def time(self, minute: float) -> datetime:
        """When that minute happened, in the outlet's own zone."""
        at = self.started + timedelta(seconds=minute * self.seconds_per_minute)
        return at.astimezone(ZoneInfo(self.outlet.time_zone))


def _content(item: NewsItem) -> str:
    return "".join(f"<p>{escape(p, quote=False)}</p>" for p in item.paragraphs)


def _teaser(item: NewsItem) -> str:
    return escape(item.paragraphs[0].split(". ")[0], quote=False) + " ..."


def rss(edition: Edition) -> str:
    """RSS 2.0; links carry tracking parameters as publishers' do."""
    items = "".join(
        f"<item><title>{escape(i.title)}</title><link>{edition.url(i)}?utm_source=rss&amp;utm_medium=feed</link>"
        f"<guid isPermaLink='false'>{edition.outlet.key}-{i.slug}</guid><pubDate>{format_datetime(edition.time(i.minute))}</pubDate>"
        f"<description>{escape(_teaser(i))}</description></item>"
        for i in edition.items
    )
    return (
        f"<?xml version='1.0' encoding='{edition.outlet.encoding}'?><rss version='2.0'><channel>"
        f"<title>{escape(edition.outlet.name)}</title><link>{edition.base}/</link><description>News</description>"
        f"<language>{edition.outlet.lang}</language>{items}</channel></rss>"
    )


def rdf(edition: Edition) -> str:
    """RSS 1.0."""
    items = "".join(
        f"<item rdf:about='{edition.url(i)}'><title>{escape(i.title)}</title><link>{edition.url(i)}</link>"
        f"<description>{escape(_teaser(i))}</description><dc:date>{edition.time(i.minute).isoformat()}</dc:date>"
        f"<dc:language>{edition.outlet.lang}</dc:language></item>"
        for i in edition.items
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rdf:RDF xmlns='http://purl.org/rss/1.0/' "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<channel rdf:about='{edition.base}/'><title>{escape(edition.outlet.name)}</title><link>{edition.base}/</link>"
        f"<description>Nachrichten</description></channel>{items}</rdf:RDF>"
    )


def atom(edition: Edition) -> str:
    """Atom; with the whole text where the outlet gives it."""

    def entry(item: NewsItem) -> str:
        updated = edition.time(item.updated_minute or item.minute).isoformat()
        body = (
            f"<content type='html'>{escape(_content(item))}</content>"
            if edition.outlet.full_content
            else f"<summary>{_teaser(item)}</summary>"
        )
        return (
            f"<entry><title>{escape(item.title)}</title><id>tag:{edition.outlet.key}.example,2026:{item.slug}</id>"
            f"<link rel='alternate' href='{edition.url(item)}'/><author><name>{escape(item.author)}</name></author>"
            f"<published>{edition.time(item.minute).isoformat()}</published><updated>{updated}</updated>{body}</entry>"
        )

    return (
        f"<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='{edition.outlet.lang}'>"
        f"<title>{escape(edition.outlet.name)}</title><id>{edition.base}/</id><link href='{edition.base}/'/>"
        f"<updated>{edition.time(edition.minute).isoformat()}</updated>{''.join(entry(i) for i in edition.items)}</feed>"
    )


def jsonfeed(edition: Edition) -> str:
    """JSON Feed 1.1."""
    items = [
        {
            "id": f"{edition.outlet.key}:{i.slug}",
            "url": edition.url(i),
            "title": i.title,
            "content_html": _content(i),
            "date_published": edition.time(i.minute).isoformat(),
            "authors": [{"name": i.author}],
            "language": edition.outlet.lang,
        }
        for i in edition.items
    ]
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.outlet.name,
        "home_page_url": f"{edition.base}/",
    }
    return json.dumps({**head, "items": items}, ensure_ascii=False)


def sitemap(edition: Edition) -> str:
    """A Google-news sitemap."""
    urls = "".join(
        f"<url><loc>{edition.url(i)}</loc><lastmod>{edition.time(i.updated_minute or i.minute).isoformat()}</lastmod>"
        f"<news:news><news:publication><news:name>{escape(edition.outlet.name)}</news:name>"
        f"<news:language>{edition.outlet.lang}</news:language></news:publication>"
        f"<news:publication_date>{edition.time(i.minute).isoformat()}</news:publication_date>"
        f"<news:title>{escape(i.title)}</news:title></news:news></url>"
        for i in edition.items
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        f"xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{urls}</urlset>"
    )


FORMATS: dict[str, tuple[str, str, Callable[[Edition], str]]] = {
    "rss": ("feed.xml", "application/rss+xml", rss),
    "rdf": ("feed.rdf", "application/rdf+xml", rdf),
    "atom": ("feed.atom", "application/atom+xml", atom),
    "jsonfeed": ("feed.json", "application/feed+json", jsonfeed),
    "sitemap": ("news-sitemap.xml", "application/xml", sitemap),
}
"""Format: (file name, content type, writer)."""
