"""From the bytes of an answer to a feed or page, whatever its headers claim. Pure; what a worker process runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import orjson

from core.model.article import ArticleFlag
from core.model.source import Entry
from core.text.legal import legal_characters
from ingest.parse.charset import decoded
from ingest.parse.feed import parse_feed
from ingest.parse.feed_parts import joined, read_entry, with_feed
from ingest.parse.floods import without_long_tags, without_unclosed
from ingest.parse.jsonfeed import parse_json_feed
from ingest.parse.page import read_page
from ingest.parse.repeated import without_repeated
from ingest.parse.shapes import (
    NO_CONTEXT,
    UNKNOWN_PUBLISHER,
    PageContext,
    ParsedFeed,
    ParsedPage,
    ParseFailure,
    Publisher,
)
from ingest.parse.sitemap import parse_sitemap
from ingest.parse.sniff import Shape, binary, is_text, shape_of

_LOST = "\ufffd"
_WHAT = {
    Shape.HTML: "an HTML page stands there, not a feed",
    Shape.SITEMAP_INDEX: "a sitemap index stands there; name one of its sitemaps",
    Shape.UNKNOWN: "neither XML nor JSON of a kind that is known",
}


def feed_of(
    body: bytes,
    content_type: str,
    url: str,
    publisher: Publisher = UNKNOWN_PUBLISHER,
    headers: Mapping[str, str] | None = None,
) -> ParsedFeed | ParseFailure:
    """A feed, JSON Feed or news sitemap. `headers`: further headers that it came with."""
    if not body.strip():
        return ParseFailure("parse", "the answer is empty")
    if kind := binary(body):
        return ParseFailure("not_a_feed", f"{kind} stands there, not a feed")
    text = decoded(body, content_type)
    if not is_text(text):
        return ParseFailure("bad_encoding", "the bytes are no text")
    found = _parsed(text, url, publisher, headers)
    if isinstance(found, ParseFailure) or _LOST not in text:
        return found
    return replace(found, broken=sum(_LOST in f"{one.title}{one.summary}{one.content}" for one in found.entries))


def _parsed(text: str, url: str, publisher: Publisher, headers: Mapping[str, str] | None) -> ParsedFeed | ParseFailure:
    shape = shape_of(text)
    if shape is Shape.FEED:
        return parse_feed(text, url, publisher, headers)
    if shape is Shape.JSON_FEED:
        return parse_json_feed(text, url, publisher)
    if shape is Shape.SITEMAP:
        return parse_sitemap(text, publisher)
    return ParseFailure("not_a_feed", _WHAT[shape])


def page_of(body: bytes, content_type: str, url: str, context: PageContext = NO_CONTEXT) -> ParsedPage | ParseFailure:
    """An article's page."""
    if kind := binary(body):
        return ParseFailure("not_html", f"the bytes are {kind}")
    text = decoded(body, content_type)
    if not is_text(text):
        return ParseFailure("bad_encoding", "the bytes are no text")
    if _is_json(text):
        return ParseFailure("not_html", "the text is JSON")
    text = legal_characters(text)
    found = read_page(without_unclosed(without_long_tags(text)), None, url, context)
    if isinstance(found, ParseFailure):
        return found
    own, left_out = without_repeated(found.text, context.host)
    found = replace(found, text=own, left_out=left_out)
    return _marked(found if context.entry is None else with_feed(found, context.entry))


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def content_of(entry: Entry) -> ParsedPage | ParseFailure:
    """The article as its feed has it."""
    return _marked(read_entry(entry))


def joined_of(pages: Sequence[ParsedPage], entry: Entry) -> ParsedPage | ParseFailure:
    """One article out of its pages, in their order."""
    return _marked(joined(pages, entry))


def _marked(page: ParsedPage | ParseFailure) -> ParsedPage | ParseFailure:
    """With a flag where characters were lost on the way to us, here or at the publisher's."""
    if isinstance(page, ParsedPage) and _LOST in f"{page.title}{page.text}{page.feed_text}":
        return replace(page, flags=page.flags | {ArticleFlag.BROKEN_CHARACTERS})
    return page


@cache
def warm_up() -> None:
    """Load what is loaded when it is first used: once a process."""
    text = "<p>" + "One sentence for the warm-up of this worker, said the ministry on Monday. " * 4
    read_page(f"<html><body><article><h1>Warm</h1>{text}</article></body></html>", None, "https://warm.example/up.html")
    decoded("<p>Köln</p>".encode("cp1252"), "")
    parse_feed(
        "<rss version='2.0'><channel><item><title>Up</title><pubDate>5 March 2024, 2:05 pm ET</pubDate></item></channel></rss>",
        "https://warm.example/rss",
    )
