"""A parser of feeds and pages for tests of the stages: feeds are JSON, a page is a title and paragraphs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.model.article import TimeConfidence
from core.model.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """An entry as a feed's parser hands it out."""

    url: str = ""
    guid: str | None = None
    title: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lang: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    summary: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class ShownFeed:
    entries: tuple[ShownEntry, ...]
    ttl_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    outcome: str
    detail: str


def feed_body(*entries: Mapping[str, object], ttl_seconds: float | None = None) -> bytes:
    """A feed that FakeParser reads; times as RFC 3339."""
    return json.dumps({"ttl": ttl_seconds, "entries": entries}).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPage:
    """A page as its parser hands it out."""

    canonical_url: str
    title: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    lang: str | None = None
    published: datetime | None = None
    published_confidence: TimeConfidence = TimeConfidence.UNKNOWN
    updated: datetime | None = None


def page_body(**page: object) -> bytes:
    """A page that FakeParser reads: ShownPage's own fields."""
    return json.dumps(page, default=datetime.isoformat).encode()


class FakeParser:
    """Reads what `feed_body` and `page_body` write; anything else is no feed and no text."""

    def __init__(self) -> None:
        self.parsed = 0

    async def read_page(self, body: bytes, content_type: str, url: str, source: Source) -> ShownPage | Refused:
        self.parsed += 1
        try:
            shown = json.loads(body)
        except ValueError:
            return Refused("no_text", "there is no text in it")
        if "published" in shown:
            shown["published"] = datetime.fromisoformat(shown["published"])
        shown["published_confidence"] = TimeConfidence(shown.get("published_confidence", "unknown"))
        return ShownPage(**({"canonical_url": url} | shown))

    async def read_content(self, html: str, title: str, url: str, source: Source) -> ShownPage | Refused:
        if not html:
            return Refused("no_text", "the feed says nothing of it")
        return ShownPage(canonical_url=url, title=title, text=html)

    async def parse_feed(self, body: bytes, content_type: str, url: str, source: Source) -> ShownFeed | Refused:
        self.parsed += 1
        try:
            shown = json.loads(body)
        except ValueError:
            return Refused("not_a_feed", "this is no JSON")
        return ShownFeed(tuple(_entry(one) for one in shown["entries"]), shown["ttl"])


def _entry(shown: dict[str, object]) -> ShownEntry:
    times = {key: datetime.fromisoformat(str(shown[key])) for key in ("published", "updated") if key in shown}
    return ShownEntry(**(shown | times))  # type: ignore[arg-type] # ShownEntry's own fields
