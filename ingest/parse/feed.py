"""RSS 0.9x, 1.0, 2.0 and Atom, read by feedparser, which knows feeds as the world writes them. Pure; runs in a worker.

What goes in is bounded and has no document type; times are read by ours, which know the publisher's zone.
"""

import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

import feedparser
from feedparser.urls import resolve_relative_uris

from core.bounded import whole
from core.text.legal import legal
from ingest.parse.dates import parse_date
from ingest.parse.feed_title import of_text, plain
from ingest.parse.floods import without_feed_floods
from ingest.parse.language import declared
from ingest.parse.mend import document, mended
from ingest.parse.newest import date_in, newest
from ingest.parse.shapes import (
    MOST_ENTRIES,
    MOST_GUID,
    MOST_LINK,
    UNKNOWN_PUBLISHER,
    ParsedEntry,
    ParsedFeed,
    ParseFailure,
    Publisher,
    language_tag,
    names_of,
)
from ingest.parse.sniff import without_spans

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
    rf"=(?:(?<=\s=)|{'|'.join(f'(?<={name}=)' for name in _LINKING)})(?!\s*+[\"']?+\s*+https?://)", re.IGNORECASE
)
_MOST_PARTS = 64  # that a feed is read in which cannot be read whole
_HEAD = 20_000  # characters in which a feed speaks of itself
_MEDIA = re.compile(r"xmlns:(\w{1,40})\s*=\s*[\"']https?://search\.yahoo\.com/mrss")
_LINK = re.compile(r"<(?:atom:|a10:)?link(\s[^<>]{0,1000})?>", re.IGNORECASE)
_REL = re.compile(r"\srel\s*=\s*[\"']([\w-]+)", re.IGNORECASE)
_HREF = re.compile(r"\shref\s*=\s*[\"']([^\"'<>]+)", re.IGNORECASE)
_NO_TEXT = re.compile(r"(?:image|audio|video|font)/|application/(?:pdf|zip)")
_HTML = frozenset(("text/html", "application/xhtml+xml"))
_MOST_MINUTES = 10_000_000  # a longer ttl is a mistake
_UPDATE_PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400, "monthly": 30 * 86400, "yearly": 365 * 86400}


def parse_feed(
    text: str, url: str, publisher: Publisher = UNKNOWN_PUBLISHER, headers: Mapping[str, str] | None = None
) -> ParsedFeed | ParseFailure:
    """The feed and its newest entries. `publisher`: of the feed. `headers`: Content-Language and -Location count."""
    said = {name.lower(): value for name, value in (headers or {}).items()}
    location = absolute(url, said.get("content-location"))
    body = _prepared(text, publisher)
    first = _ITEM.search(body)
    site = _site_of(body[: first.start() if first else None][:_HEAD], url)
    base = location if location.startswith(("http://", "https://")) and said.get("content-location") else site or url
    headers = {"content-location": base, "content-language": said.get("content-language", "")}
    found, entries = _tried(body, headers), None
    if isinstance(found, Exception):
        error = found
        found, entries = _in_parts(body, headers)
        if not entries:
            return ParseFailure("parse", f"{type(error).__name__}: {error}"[:200])
    entries = found.entries if entries is None else entries
    if not found.get("version") and not entries:
        why = str(found.get("bozo_exception", "no feed element"))[:200]
        return ParseFailure("parse", why)
    feed, version = found.feed, str(found.get("version") or "")
    return ParsedFeed(
        title=_title(feed, version),
        link=absolute(base, feed.get("link")),
        lang=declared(feed.get("language")),
        language=language_tag(feed.get("language")),
        updated=_time(feed, ("updated", "published"), publisher),
        ttl_seconds=_ttl(feed),
        entries=tuple(_entry(entry, base, publisher, version) for entry in entries[:MOST_ENTRIES]),
    )


def _read(body: str, headers: Mapping[str, str]) -> Any:
    """What feedparser makes of it. It gets bytes with one declared encoding, so that it guesses nothing."""
    return feedparser.parse(
        io.BytesIO(b"<?xml version='1.0' encoding='utf-8'?>" + body.encode("utf-8", "replace")),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers=headers,
    )


def _tried(body: str, headers: Mapping[str, str]) -> Any:
    """The same, or what feedparser raises: it was not written for what strangers write."""
    try:
        return _read(body, headers)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - any error of a foreign parser is the feed's
        return error


def _in_parts(body: str, headers: Mapping[str, str]) -> tuple[Any, list[Any]]:
    """A feed on which feedparser raises: its entries in smaller and smaller parts, without those that are to blame."""
    starts = [found.start() for found in _ITEM.finditer(body)]
    head = body[: starts[0]] if starts else body
    ends = [*starts[1:], len(body)]
    closing = _closing(head)
    feed: Any = feedparser.FeedParserDict(feed=feedparser.FeedParserDict())
    entries: list[Any] = []
    waiting = [(0, len(starts))]
    for _ in range(_MOST_PARTS):
        if not waiting:
            break
        first, last = waiting.pop()
        part = "".join(body[starts[n] : ends[n]] for n in range(first, last))
        found = _tried(f"{head}{part}{closing}", headers)
        if isinstance(found, Exception):
            middle = (first + last) // 2
            if middle > first:
                waiting += [(middle, last), (first, middle)]
            continue
        feed = found
        entries += found.entries
    return feed, entries


def _prepared(text: str, publisher: Publisher) -> str:
    """Bounded, and as XML parsers take it."""
    kept = without_spans(_newest_entries(document(legal(text)), publisher), "<image>", "</image>")
    body = without_feed_floods(mended(kept))
    found = _MEDIA.search(body, 0, _HEAD)
    return body.replace(f"{found[1] if found else 'media'}:description", "media:caption").lstrip()


def _newest_entries(text: str, publisher: Publisher) -> str:
    """The feed with its newest entries, not more than we take."""
    starts = [found.start() for found in _ITEM.finditer(text)]
    if len(starts) <= MOST_ENTRIES:
        return text
    items = [text[start:end] for start, end in pairwise([*starts, len(text)])]
    head = text[: starts[0]]
    kept = [items[n] for n in newest(len(items), lambda n: date_in(items[n]), publisher)]
    return "".join((head, *kept)) + ("" if kept[-1] is items[-1] else _closing(head))


def _site_of(head: str, url: str) -> str | None:
    """The publisher's site, if a feed is served by another host: what its relative links are meant from."""
    if "xml:base" in head:
        return None
    own = None
    for link in _LINK.finditer(head):
        attributes, rest = link[1] or "", head[link.end() : link.end() + MOST_LINK]
        rel, href = _REL.search(attributes), _HREF.search(attributes)
        if rel is not None and rel[1].lower() not in ("alternate", "self"):
            continue
        site = href[1] if href else rest.partition("</")[0].removeprefix("<![CDATA[").removesuffix("]]>")
        found = _WHOLE.fullmatch(site.strip())
        if found is not None and rel is not None and rel[1].lower() == "self":
            own = found[0]
        elif found is not None:
            return found[0] if host_of(found[0]) != host_of(url) else None
    return own if own and host_of(own) != host_of(url) else None


def host_of(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower()


def _closing(text: str) -> str:
    """The end tags of what is open where a feed was cut: its channel and its root."""
    root = _ROOT.search(text)
    channels = _CHANNEL.findall(text)
    closing = f"</{channels[-1]}>" if channels and not channels[-1].startswith("/") else ""
    return closing + (f"</{root[1]}>" if root else "")


def _title(item: Any, version: str) -> str:
    """Text by Atom's word, or what may hold markup."""
    kind = (item.get("title_detail") or {}).get("type")
    return (
        of_text(item.get("title")) if version.startswith("atom") and kind == "text/plain" else plain(item.get("title"))
    )


def _entry(entry: Any, url: str, publisher: Publisher, version: str) -> ParsedEntry:
    contents = [part for part in entry.get("content") or [] if _NO_TEXT.match(part.get("type") or "") is None]
    content: Any = max(contents, key=lambda part: len(part.get("value") or ""), default={})
    summary = entry.get("summary_detail") or {}
    details = (entry.get("title_detail"), *contents, summary, entry)
    language = next((detail["language"] for detail in details if detail and detail.get("language")), None)
    return ParsedEntry(
        guid=guid_of(entry.get("id")),
        url=absolute(url, _link(entry)),
        title=_title(entry, version),
        authors=names_of(_authors(entry)),
        lang=declared(language),
        language=language_tag(language),
        published=_time(entry, ("published", "created", "updated"), publisher),
        updated=_time(entry, ("updated",), publisher),
        summary=_resolved(entry.get("summary") or _of_film(entry), summary, url, version),
        content=_resolved(content.get("value") or "", content, url, version),
        tags=names_of(plain(tag.term) for tag in entry.get("tags", ()) if tag.get("term")),
    )


def _of_film(entry: Any) -> str:
    """What an entry that is a film says of it: there the caption is the text."""
    kinds = [str(one.get("type")) for one in entry.get("media_content") or () if isinstance(one, dict)]
    caption = entry.get("media_caption")
    is_film = any(kind.startswith(("video/", "application/x-shockwave-flash")) for kind in kinds)
    return escape(caption, quote=False) if is_film and isinstance(caption, str) else ""


def _resolved(html: str, detail: Any, url: str, version: str) -> str:
    """Markup with its addresses absolute. `detail`: what feedparser knows of it; its base where an `xml:base` stands."""
    kind = detail.get("type") or "text/html"
    if version.startswith("atom") and kind == "text/plain":  # text that may look like markup
        return escape(html, quote=False) if "<" in html else html
    if html.startswith("<![CDATA["):  # which was escaped itself
        html = html.removeprefix("<![CDATA[").removesuffix("]]>")
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
            yield plain(author.name)
    if not entry.get("authors") and entry.get("author"):
        yield plain(entry.author)


def _time(item: Any, names: tuple[str, ...], publisher: Publisher) -> datetime | None:
    for name in names:
        # feedparser answers `updated` with `published` where only that is there; we ask for what is really there.
        raw = dict.get(item, name)
        if isinstance(raw, str) and raw.strip():
            moment = parse_date(raw, publisher)
            if moment is not None:
                return moment.at
    return None


def guid_of(value: object) -> str | None:
    """The identity that a publisher gave an entry; what is no text or too long is none."""
    return value if isinstance(value, str) and 0 < len(value) <= MOST_GUID else None


def absolute(base: str, link: str | None) -> str:
    """`link` as an address, relative to `base`; empty if it is not one."""
    if not link or len(link) > MOST_LINK:
        return ""
    if _WHOLE.fullmatch(link):
        return link
    try:
        found = urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:  # `http://[` is no address
        return ""
    return found if len(found) <= MOST_LINK else ""


def _ttl(feed: Any) -> float | None:
    minutes = whole(str(feed.get("ttl") or ""), _MOST_MINUTES)
    if minutes and minutes < _MOST_MINUTES:
        return minutes * 60.0
    period = _UPDATE_PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    if period is None:
        return None
    return period / max(1, whole(str(feed.get("sy_updatefrequency") or "1"), period) or 1)
