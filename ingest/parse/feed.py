"""RSS 0.9x, 1.0, 2.0 and Atom, read by feedparser, which knows feeds as the world writes them. Pure; runs in a worker.

What goes in is bounded and has no document type; times are read by ours, which know the publisher's zone.
"""

import io
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

import feedparser

from ingest.dates import parse_date
from ingest.language import declared
from ingest.parse.shapes import ParsedEntry, ParsedFeed, ParseFailure
from ingest.parse.sniff import without_doctype

MAX_ENTRIES = 1000
_ITEM = re.compile(r"<(?:\w+:)?(item|entry)[\s>]")
_UPDATE_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}


def parse_feed(text: str, url: str, time_zone: str | None = None) -> ParsedFeed | ParseFailure:
    """The feed and its newest entries. `time_zone`: the publisher's."""
    bounded = _first_entries(without_doctype(text))
    # feedparser is handed bytes with one declared encoding, so that it guesses nothing.
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", bounded).lstrip()
    stream = io.BytesIO(b"<?xml version='1.0' encoding='utf-8'?>" + body.encode("utf-8", "replace"))
    found = feedparser.parse(
        stream, sanitize_html=False, resolve_relative_uris=True, response_headers={"content-location": url}
    )
    if not found.get("version") and not found.entries:
        why = str(found.get("bozo_exception", "no feed element"))[:200]
        return ParseFailure("parse", why)
    feed = found.feed
    return ParsedFeed(
        title=_plain(feed.get("title")),
        link=urljoin(url, feed.get("link") or ""),
        lang=declared(feed.get("language")),
        updated=_time(feed, ("updated", "published"), time_zone),
        ttl_seconds=_ttl(feed),
        entries=tuple(_entry(entry, url, time_zone) for entry in found.entries[:MAX_ENTRIES]),
    )


def _first_entries(text: str) -> str:
    """The text up to its thousandth entry: publishers put the newest first, and time must be bounded."""
    starts = (found.start() for found in _ITEM.finditer(text))
    for number, start in enumerate(starts):
        if number == MAX_ENTRIES:
            return text[:start]
    return text


def _entry(entry: Any, url: str, time_zone: str | None) -> ParsedEntry:
    contents = entry.get("content") or []
    content = max((part.get("value") or "" for part in contents), key=len, default="")
    title = entry.get("title_detail") or {}
    return ParsedEntry(
        guid=entry.get("id") or None,
        url=urljoin(url, _link(entry)) if _link(entry) else "",
        title=_plain(entry.get("title")),
        authors=tuple(dict.fromkeys(_authors(entry))),
        lang=declared(title.get("language") or entry.get("language")),
        published=_time(entry, ("published", "created", "updated"), time_zone),
        updated=_time(entry, ("updated",), time_zone),
        summary=entry.get("summary") or "",
        content=content,
        tags=tuple(dict.fromkeys(tag.term.strip() for tag in entry.get("tags", ()) if tag.get("term"))),
    )


def _link(entry: Any) -> str:
    link = entry.get("link") or ""
    if not link and str(entry.get("id", "")).startswith(("http://", "https://")):
        link = entry.id
    return str(link).strip()


def _authors(entry: Any) -> Iterable[str]:
    for author in entry.get("authors") or ():
        if author.get("name"):
            yield " ".join(author.name.split())
    if not entry.get("authors") and entry.get("author"):
        yield " ".join(entry.author.split())


def _time(item: Any, names: tuple[str, ...], time_zone: str | None) -> Any:
    for name in names:
        # feedparser answers `updated` with `published` where only that is there; we ask for what is really there.
        raw = dict.get(item, name)
        if isinstance(raw, str) and raw.strip():
            moment = parse_date(raw, time_zone)
            if moment is not None:
                return moment.at
    return None


def _plain(html: str | None) -> str:
    """A title as text; some publishers put markup into it."""
    text = re.sub(r"</?[A-Za-z][^<>]*>", "", html or "")
    return " ".join(text.split())


def _ttl(feed: Any) -> float | None:
    raw = str(feed.get("ttl") or "")
    if raw.isdigit() and 0 < int(raw) < 10_000_000:
        return int(raw) * 60.0
    period = _UPDATE_PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    if period is None:
        return None
    frequency = str(feed.get("sy_updatefrequency") or "1").strip()
    return period / max(1, int(frequency)) if frequency.isdigit() else float(period)
