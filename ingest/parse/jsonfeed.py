"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1). Pure; runs in a worker."""

from collections.abc import Iterable
from html import escape
from typing import Any

import orjson

from core.text.legal import legal_characters
from ingest.parse.dates import parse_date
from ingest.parse.feed import absolute, guid_of, host_of
from ingest.parse.feed_title import plain
from ingest.parse.language import declared
from ingest.parse.loose_json import json_values
from ingest.parse.newest import newest
from ingest.parse.shapes import (
    UNKNOWN_PUBLISHER,
    ParsedEntry,
    ParsedFeed,
    ParseFailure,
    Publisher,
    language_tag,
    names_of,
)
from ingest.parse.sniff import JSON_START

_BREAKS_OFF = "end of data"  # as the parser tells it


def parse_json_feed(text: str, url: str, publisher: Publisher = UNKNOWN_PUBLISHER) -> ParsedFeed | ParseFailure:
    """The feed; items that are no objects are left out. An array of items alone is one, too."""
    feed = _loaded(text)
    if isinstance(feed, ParseFailure):
        return feed
    if isinstance(feed, list):
        feed = {"items": feed} if any(_is_item(item) for item in feed) else {}
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return ParseFailure("not_a_feed", "JSON, but no JSON Feed: there is no list of items")
    items = [item for item in feed["items"] if isinstance(item, dict)]
    dates = [_text(item.get("date_published")) or _text(item.get("date_modified")) for item in items]
    language = _text(feed.get("language"))
    home = absolute(url, _text(feed.get("home_page_url")))
    base = home if home and host_of(home) != host_of(url) else url
    return ParsedFeed(
        title=plain(_text(feed.get("title"))),
        link=home,
        lang=declared(language),
        language=language_tag(language),
        entries=tuple(
            _entry(items[n], base, publisher, language) for n in newest(len(items), dates.__getitem__, publisher)
        ),
    )


def _loaded(text: str) -> Any:
    """The JSON in it, also where careless software wrote it; of what breaks off the whole items."""
    start = JSON_START.search(text)
    text = text[start.end() :] if start else text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        why = ParseFailure("parse", str(error)[:200])
    if _BREAKS_OFF in why.detail:  # up to the last thing that is whole
        text = text[: text.rfind("}") + 1]
    found = next(json_values(text), None)
    items = found.get("items") if isinstance(found, dict) else found
    return found if items or (_BREAKS_OFF not in why.detail and found) else why


def _is_item(item: object) -> bool:
    return isinstance(item, dict) and ("url" in item or "id" in item) and isinstance(item.get("title"), str)


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
        content=_text(item.get("content_html")) or _as_markup(_text(item.get("content_text"))),
        tags=names_of(plain(tag) for tag in _list(item.get("tags")) if isinstance(tag, str)),
    )


def _as_markup(text: str) -> str:
    """Text as the markup that it is taken for from here on."""
    return escape(text, quote=False) if "<" in text else text


def _authors(item: dict[str, Any]) -> Iterable[str]:
    authors = item.get("authors")
    for author in authors if isinstance(authors, list) else [item.get("author")]:
        if isinstance(author, dict) and _text(author.get("name")):
            yield _text(author.get("name"))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    if isinstance(value, str):
        return legal_characters(value).strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
