"""A parser of feeds and pages for tests of the stages: feeds are JSON, a page is a title and paragraphs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core.model.article import ArticleFlag, TextOrigin, TimeConfidence
from core.model.source import Entry, Source
from ingest.parse.shapes import NO_PATTERNS, HostPatterns, PageLink, ParsedEntry, ParsedFeed, ParsedPage, ParseFailure


def feed_body(
    *entries: Mapping[str, object], ttl_seconds: float | None = None, cpu_seconds: float = 0.0, broken: int = 0
) -> bytes:
    """A feed that FakeParser reads; times as RFC 3339."""
    return json.dumps({"ttl": ttl_seconds, "entries": entries, "cpu": cpu_seconds, "broken": broken}).encode()


def page_body(**page: object) -> bytes:
    """A page that FakeParser reads: ParsedPage's own fields."""
    return json.dumps(page, default=datetime.isoformat).encode()


class FakeParser:
    """Reads what `feed_body` and `page_body` write; anything else is no feed and no text."""

    def __init__(self) -> None:
        self.parsed = 0

    async def read_page(
        self, body: bytes, content_type: str, url: str, entry: Entry, host: HostPatterns = NO_PATTERNS
    ) -> ParsedPage | ParseFailure:
        self.parsed += 1
        try:
            shown = json.loads(body)
        except ValueError:
            return ParseFailure("no_text", "there is no text in it")
        if "published" in shown:
            shown["published"] = datetime.fromisoformat(shown["published"])
        shown["published_confidence"] = TimeConfidence(shown.get("published_confidence", "unknown"))
        shown["flags"] = frozenset(map(ArticleFlag, shown.get("flags", ())))
        shown["pages"] = tuple(PageLink(one) for one in shown.get("pages", ()))
        if "no_text" in shown:
            return ParseFailure("no_text", shown["no_text"], leads_to=shown.get("leads_to", ""))
        return ParsedPage(**({"canonical_url": url} | shown))

    async def join_pages(self, pages: Sequence[ParsedPage], entry: Entry) -> ParsedPage | ParseFailure:
        return replace(pages[0], text="\n\n".join(page.text for page in pages))

    async def read_content(self, entry: Entry) -> ParsedPage | ParseFailure:
        text = max(entry.content, entry.summary, key=len)
        if not entry.title and not text:
            return ParseFailure("no_text", "the feed says nothing of it")
        origin = TextOrigin.FEED if text else TextOrigin.HEADLINE
        return ParsedPage(canonical_url=entry.url, title=entry.title, text=text, text_origin=origin)

    async def parse_feed(
        self, body: bytes, headers: Mapping[str, str], url: str, source: Source
    ) -> ParsedFeed | ParseFailure:
        self.parsed += 1
        try:
            shown = json.loads(body)
        except ValueError:
            return ParseFailure("not_a_feed", "this is no JSON")
        entries = tuple(_entry(one) for one in shown["entries"])
        return ParsedFeed(entries=entries, ttl_seconds=shown["ttl"], cpu_seconds=shown["cpu"], broken=shown["broken"])


def _entry(shown: dict[str, object]) -> ParsedEntry:
    times = {key: datetime.fromisoformat(str(shown[key])) for key in ("published", "updated") if key in shown}
    return ParsedEntry(**(shown | times))  # type: ignore[arg-type] # ParsedEntry's own fields
