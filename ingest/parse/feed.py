"""RSS 0.9x, 1.0, 2.0 and Atom, read by feedparser, which knows feeds as the world writes them. Pure; runs in a worker.

What goes in is bounded and has no document type; times are read by ours, which know the publisher's zone.
"""

import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin

import feedparser
from feedparser.urls import resolve_relative_uris

from core.bounded import whole
from core.text.legal import legal
from ingest.dates import parse_date
from ingest.language import declared
from ingest.parse.floods import without_feed_floods
from ingest.parse.shapes import ParsedEntry, ParsedFeed, ParseFailure
from ingest.parse.sniff import without_doctype

MAX_ENTRIES = 1000
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_ROOT = re.compile(r"<(?![?!])([A-Za-z_][\w.:-]*)")
_CHANNEL = re.compile(r"<(/?(?:\w+:)?channel)\b")
# An address that joining would hand back as it is: whole, and without anything to tidy up.
_WHOLE = re.compile(
    r"https?://[a-z0-9.-]+(?::[0-9]+)?(?:/[\w./%~!$&'()*+,=:@-]*)?(?:\?[\w./%~!$&'()*+,=:@-]+)?", re.ASCII
)
# A link, picture or the like that does not begin with http: most feeds have none, and resolving rewrites all of the markup.
# It begins with the one letter that it can be found by at once.
_LINKING = "href src cite action background longdesc usemap codebase classid data poster profile".split()
_RELATIVE = re.compile(
    rf"=(?:(?<=\s=)|{'|'.join(f'(?<={name}=)' for name in _LINKING)})(?!\s*[\"']?\s*https?://)", re.IGNORECASE
)
_HTML = frozenset(("text/html", "application/xhtml+xml"))
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_MOST_MINUTES = 10_000_000  # a longer ttl is a mistake
_UPDATE_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}


def parse_feed(
    text: str, url: str, time_zone: str | None = None, headers: Mapping[str, str] | None = None
) -> ParsedFeed | ParseFailure:
    """The feed and its newest entries. `time_zone`: the publisher's. `headers`: Content-Language and -Location count."""
    said = {name.lower(): value for name, value in (headers or {}).items()}
    location = absolute(url, said.get("content-location"))
    base = location if location.startswith(("http://", "https://")) else url
    found = feedparser.parse(
        io.BytesIO(_prepared(text)),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-location": base, "content-language": said.get("content-language", "")},
    )
    if not found.get("version") and not found.entries:
        why = str(found.get("bozo_exception", "no feed element"))[:200]
        return ParseFailure("parse", why)
    feed = found.feed
    return ParsedFeed(
        title=_plain(feed.get("title")),
        link=absolute(base, feed.get("link")),
        lang=declared(feed.get("language")),
        language=feed.get("language") or None,
        updated=_time(feed, ("updated", "published"), time_zone),
        ttl_seconds=_ttl(feed),
        entries=tuple(_entry(entry, base, time_zone) for entry in found.entries[:MAX_ENTRIES]),
    )


def _prepared(text: str) -> bytes:
    """Bytes with one declared encoding, so that feedparser guesses nothing; bounded, and without a document type."""
    body = without_doctype(legal(text)).lstrip()
    if body.startswith("<?xml"):
        body = body.partition("?>")[2] or body
    body = without_feed_floods(_first_entries(body)).lstrip()
    return b"<?xml version='1.0' encoding='utf-8'?>" + body.encode("utf-8", "replace")


def _first_entries(text: str) -> str:
    """The feed up to its thousandth entry: publishers put the newest first, and time must be bounded."""
    starts = (found.start() for found in _ITEM.finditer(text))
    for number, start in enumerate(starts):
        if number == MAX_ENTRIES:
            return text[:start] + _closing(text[:start])
    return text


def _closing(text: str) -> str:
    """The end tags of what is open where a feed was cut: its channel and its root."""
    root = _ROOT.search(text)
    channels = _CHANNEL.findall(text)
    closing = f"</{channels[-1]}>" if channels and not channels[-1].startswith("/") else ""
    return closing + (f"</{root[1]}>" if root else "")


def _entry(entry: Any, url: str, time_zone: str | None) -> ParsedEntry:
    contents = entry.get("content") or []
    content: Any = max(contents, key=lambda part: len(part.get("value") or ""), default={})
    summary = entry.get("summary_detail") or {}
    details = (entry.get("title_detail"), *contents, summary, entry)
    language = next((detail["language"] for detail in details if detail and detail.get("language")), None)
    return ParsedEntry(
        guid=entry.get("id") or None,
        url=absolute(url, _link(entry)),
        title=_plain(entry.get("title")),
        authors=tuple(dict.fromkeys(_authors(entry))),
        lang=declared(language),
        language=language,
        published=_time(entry, ("published", "created", "updated"), time_zone),
        updated=_time(entry, ("updated",), time_zone),
        summary=_resolved(entry.get("summary") or "", summary, url),
        content=_resolved(content.get("value") or "", content, url),
        tags=tuple(dict.fromkeys(_plain(tag.term) for tag in entry.get("tags", ()) if tag.get("term"))),
    )


def _resolved(html: str, detail: Any, url: str) -> str:
    """Markup with its addresses absolute. `detail`: what feedparser knows of it; its base where an `xml:base` stands."""
    kind = detail.get("type") or "text/html"
    if kind not in _HTML or "<" not in html or _RELATIVE.search(html) is None:
        return html
    found: str = resolve_relative_uris(html, detail.get("base") or url, "utf-8", kind)
    return found


def _link(entry: Any) -> str:
    link = entry.get("link") or ""
    if not link and str(entry.get("id", "")).startswith(("http://", "https://")):
        link = entry.id
    return str(link).strip()


def _authors(entry: Any) -> Iterable[str]:
    for author in entry.get("authors") or ():
        if author.get("name"):
            yield _plain(author.name)
    if not entry.get("authors") and entry.get("author"):
        yield _plain(entry.author)


def _time(item: Any, names: tuple[str, ...], time_zone: str | None) -> datetime | None:
    for name in names:
        # feedparser answers `updated` with `published` where only that is there; we ask for what is really there.
        raw = dict.get(item, name)
        if isinstance(raw, str) and raw.strip():
            moment = parse_date(raw, time_zone)
            if moment is not None:
                return moment.at
    return None


def _plain(html: str | None) -> str:
    """A title or name as text; some publishers put markup into it, or escape it once too often."""
    return " ".join(unescape(_TAG.sub("", html or "")).split())


def absolute(base: str, link: str | None) -> str:
    """`link` as an address, seen from `base`; empty where it is none."""
    if link and _WHOLE.fullmatch(link):
        return link
    try:
        return urljoin(base, link.strip()) if link and link.strip() else ""
    except ValueError:  # `http://[` is no address
        return ""


def _ttl(feed: Any) -> float | None:
    minutes = whole(str(feed.get("ttl") or ""), _MOST_MINUTES)
    if minutes and minutes < _MOST_MINUTES:
        return minutes * 60.0
    period = _UPDATE_PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    if period is None:
        return None
    return period / max(1, whole(str(feed.get("sy_updatefrequency") or "1"), period) or 1)
