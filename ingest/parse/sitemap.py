"""News sitemaps (sitemaps.org 0.9 with Google's news extension). Pure; runs in a worker.

Only addresses with a `news:` part, or with a recent `lastmod`, are entries: a sitemap of the whole site is no news.
"""

from lxml import etree

from core.text.legal import legal
from ingest.parse.dates import parse_date
from ingest.parse.feed import guid_of
from ingest.parse.feed_title import plain
from ingest.parse.floods import without_long_tags, without_unclosed
from ingest.parse.language import declared
from ingest.parse.mend import document, mended
from ingest.parse.shapes import (
    MOST_ENTRIES,
    MOST_LINK,
    UNKNOWN_PUBLISHER,
    ParsedEntry,
    ParsedFeed,
    ParseFailure,
    Publisher,
    names_of,
)

_MOST_WORDS = 50_000  # characters of keywords


def parse_sitemap(text: str, publisher: Publisher = UNKNOWN_PUBLISHER) -> ParsedFeed | ParseFailure:
    """The newest entries of a sitemap."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    body = without_unclosed(without_long_tags(mended(document(legal(text)))))
    try:
        root = etree.fromstring(body.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return ParseFailure("parse", str(error)[:200])
    if root is None:
        return ParseFailure("parse", "no element could be read")
    entries = [entry for url in root.iterfind("{*}url") if (entry := _entry(url, publisher)) is not None]
    if not entries and root.find("{*}url") is not None:
        return ParseFailure("not_a_feed", "a sitemap without news: it has neither news: parts nor lastmod times")
    entries.sort(key=lambda entry: (entry.published or entry.updated) is not None, reverse=True)
    dated = [e for e in entries if e.published or e.updated]
    rest = [e for e in entries if not (e.published or e.updated)]
    dated.sort(key=lambda e: (e.published or e.updated).timestamp(), reverse=True)  # type: ignore[union-attr] # dated
    title = next((name for url in root.iterfind("{*}url") if (name := _news(url, "publication/{*}name"))), "")
    return ParsedFeed(title=plain(title), entries=tuple([*dated, *rest][:MOST_ENTRIES]))


def _entry(url: etree._Element, publisher: Publisher) -> ParsedEntry | None:
    place = _text(url, "{*}loc")
    published = parse_date(_news(url, "publication_date"), publisher)
    changed = parse_date(_text(url, "{*}lastmod"), publisher)
    title = _news(url, "title")
    if not place or len(place) > MOST_LINK or not (title or published or changed):
        return None
    words = _news(url, "keywords")
    return ParsedEntry(
        guid=guid_of(place),
        url=place,
        title=plain(title),
        lang=declared(_news(url, "publication/{*}language")),
        published=None if published is None else published.at,
        updated=None if changed is None else changed.at,
        tags=names_of(map(plain, words[:_MOST_WORDS].split(","))),
    )


def _news(url: etree._Element, name: str) -> str:
    return _text(url, f"{{*}}news/{{*}}{name}")


def _text(element: etree._Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())
