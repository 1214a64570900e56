"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1). Pure; runs in a worker."""

from collections.abc import Iterable
from typing import Any

import orjson

from ingest.parse.dates import parse_date
from ingest.parse.feed import absolute, guid_of, plain
from ingest.parse.language import declared
from ingest.parse.shapes import (
    MOST_ENTRIES,
    UNKNOWN_PUBLISHER,
    ParsedEntry,
    ParsedFeed,
    ParseFailure,
    Publisher,
    language_tag,
    names_of,
)


def parse_json_feed(text: str, url: str, publisher: Publisher = UNKNOWN_PUBLISHER) -> ParsedFeed | ParseFailure:
    """The feed; items that are no objects are left out."""
    try:
        feed = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return ParseFailure("parse", str(error)[:200])
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return ParseFailure("not_a_feed", "JSON, but no JSON Feed: there is no list of items")
    items = [item for item in feed["items"][:MOST_ENTRIES] if isinstance(item, dict)]
    language = _text(feed.get("language"))
    return ParsedFeed(
        title=plain(_text(feed.get("title"))),
        link=absolute(url, _text(feed.get("home_page_url"))),
        lang=declared(language),
        language=language_tag(language),
        entries=tuple(_entry(item, url, publisher, language) for item in items),
    )


def _entry(item: dict[str, Any], url: str, publisher: Publisher, language: str) -> ParsedEntry:
    published = parse_date(_text(item.get("date_published")), publisher)
    updated = parse_date(_text(item.get("date_modified")), publisher)
    link = _text(item.get("url")) or _text(item.get("external_url"))
    language = _text(item.get("language")) or language
    guid = _text(item.get("id"))
    if not link and guid.startswith(("http://", "https://")):
        link = guid
    return ParsedEntry(
        guid=guid_of(guid),
        url=absolute(url, link),
        title=plain(_text(item.get("title"))),
        authors=names_of(map(plain, _authors(item))),
        lang=declared(language),
        language=language_tag(language),
        published=None if published is None else published.at,
        updated=None if updated is None else updated.at,
        summary=_text(item.get("summary")),
        content=_text(item.get("content_html")) or _text(item.get("content_text")),
        tags=names_of(plain(tag) for tag in _list(item.get("tags")) if isinstance(tag, str)),
    )


def _authors(item: dict[str, Any]) -> Iterable[str]:
    authors = item.get("authors")
    for author in authors if isinstance(authors, list) else [item.get("author")]:
        if isinstance(author, dict) and _text(author.get("name")):
            yield _text(author.get("name"))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
