"""The jobs of a parser's process, by name: who hands them out need not load the libraries that do them."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from types import ModuleType

from core.model.source import Entry
from ingest.parse.shapes import PageContext, ParsedFeed, ParsedPage, ParseFailure, Publisher, SiteLinks


@cache
def _reading() -> ModuleType:
    return import_module("ingest.parse.read")


def load() -> None:
    """Load what all jobs need, so that no first job is late. A worker whose fork server has done so has nothing to do."""
    _reading().warm_up()


def feed_of(
    body: bytes, content_type: str, url: str, publisher: Publisher, headers: Mapping[str, str]
) -> ParsedFeed | ParseFailure:
    """A feed, JSON Feed or news sitemap."""
    found: ParsedFeed | ParseFailure = _reading().feed_of(body, content_type, url, publisher, headers)
    return found


def site_of(
    body: bytes, content_type: str, url: str, headers: Mapping[str, str]
) -> ParsedFeed | SiteLinks | ParseFailure:
    """A feed, or the feeds that a page or an index of sitemaps leads to."""
    found: ParsedFeed | SiteLinks | ParseFailure = import_module("ingest.parse.site").site_of(
        body, content_type, url, headers
    )
    return found


def page_of(body: bytes, content_type: str, url: str, context: PageContext) -> ParsedPage | ParseFailure:
    """An article's page."""
    found: ParsedPage | ParseFailure = _reading().page_of(body, content_type, url, context)
    return found


def content_of(entry: Entry) -> ParsedPage | ParseFailure:
    """An article as its feed has it."""
    found: ParsedPage | ParseFailure = _reading().content_of(entry)
    return found


def joined_of(pages: Sequence[ParsedPage], entry: Entry) -> ParsedPage | ParseFailure:
    """One article out of its pages."""
    found: ParsedPage | ParseFailure = _reading().joined_of(pages, entry)
    return found
