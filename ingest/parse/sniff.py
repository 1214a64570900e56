"""Detects the type of a body, regardless of its headers. Pure."""

import re
from enum import StrEnum
from itertools import islice

import chardet

_MAGIC_HEAD = 1024  # bytes
# What the library does not know, or knows by more than the beginning.
_MAGIC = (
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),  # where blank lines stand before it
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # office documents of old
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
)
_ANYTHING = "application/octet-stream"
_LOOKED_AT = 4096  # characters
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROLS = 12  # one in so many is no slip
_HEAD = 100_000  # characters in which the first element must stand
_ROOT = re.compile(r"<(?![?!])([A-Za-z_][\w.:-]*)([^>]{0,2000})")
_PRINTED = frozenset(
    "a b br center code div em font h1 h2 hr i img link p pre script small span strong style table u".split()
)
_FEED = re.compile(
    r"(?:<\?xml\s[^<>]{0,300}\?>\s{0,100}|^[ \t]{0,100})<(?:\w+:)?(rss|feed|rdf|urlset)[\s>]",
    re.IGNORECASE | re.MULTILINE,
)
# JSON, and what stands before it: marks, a guard against being run as a script, the name of a function, a server's warning.
JSON_START = re.compile(
    r"\A[\ufeff\s]{0,1000}(?:\)\]\}',?\s*|(?:/\*\*/\s*)?[A-Za-z_$][\w$.]{0,100}\s*\(\s*)?(?=\{|\[\s*[{\]])"
    r"|(?:^|>)[ \t]{0,50}(?=\{\s{0,50}\"(?:version|items|title|home_page_url|feed_url)\"\s{0,50}:)",
    re.MULTILINE,
)
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_DECLARED = re.compile(r"[^>\[]*")
_SUBSET_END = re.compile(r"\]\s*+>")
_ENTITY = re.compile(r"<!ENTITY\s+(\w{1,40})\s+[\"']([^\"'&<%]{0,100})[\"']\s*>")
_MOST_ENTITIES = 20
_MOST_EXPANDED = 100_000  # characters


class Shape(StrEnum):
    """What can stand at a feed's address."""

    FEED = "feed"
    JSON_FEED = "json_feed"
    SITEMAP = "sitemap"
    SITEMAP_INDEX = "sitemap_index"
    HTML = "html"
    UNKNOWN = "unknown"


def binary(body: bytes) -> str | None:
    """The media type of bytes that are no text by their beginning: an image, an archive, a font, a film; else None."""
    head = body[:_MAGIC_HEAD]
    start = head.lstrip()
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start[:1] in (b"<", b"{", b"[") or (head.isascii() and not _CONTROL.search(head.decode("ascii"))):
        return None
    found = chardet.detect(head, no_match_encoding="cp1252")
    kind = found["mime_type"] or _ANYTHING
    return kind if found["encoding"] is None and kind != _ANYTHING else None


def is_text(text: str) -> bool:
    """Whether what bytes were decoded to can be a text: hardly any of it are control characters."""
    head = text[:_LOOKED_AT]
    return len(_CONTROL.findall(head)) * _CONTROLS <= len(head)


def shape_of(text: str) -> Shape:
    """What the text is, by its first element."""
    begins = JSON_START.search(text, 0, _HEAD)
    if begins is not None and begins.start() == 0:
        return Shape.JSON_FEED
    head = without_spans(without_doctype(text)[:_HEAD], "<!--", "-->")
    root = _ROOT.search(head)
    if root is None:
        return Shape.UNKNOWN if begins is None else Shape.JSON_FEED
    name = root[1].rpartition(":")[2].lower()
    if name in _PRINTED:  # by a server that warns of something before the document
        behind = _FEED.search(head, root.end())
        if behind is None and begins is not None:
            return Shape.JSON_FEED
        name = behind[1].lower() if behind else name
    if name in ("rss", "feed", "rdf", "channel"):
        return Shape.FEED
    if name == "urlset":
        return Shape.SITEMAP
    if name == "sitemapindex":
        return Shape.SITEMAP_INDEX
    if name in ("html", "head", "body", "div", "p", "title", "meta", "script"):
        return Shape.HTML
    return Shape.UNKNOWN


def without_doctype(text: str) -> str:
    """The text without its document type: no entity can be declared, so none can expand.

    Short plain entities, as some publishers declare, are put in; all of them together stay below a bound.
    """
    found = _DOCTYPE.search(text, 0, 5000)
    if found is None:
        return text
    declared = _DECLARED.match(text, found.end())
    end = found.end() if declared is None else declared.end()
    subset = ""
    if text[end : end + 1] == "[":
        closing = _SUBSET_END.search(text, end)
        if closing is None:  # it never ends, so it is none
            return _DOCTYPE.sub("", text)
        subset, end = text[end : closing.start()], closing.end() - 1
    if text[end : end + 1] != ">":
        return text
    rest = text[: found.start()] + text[end + 1 :]
    room = _MOST_EXPANDED
    for name, value in islice(_ENTITY.findall(subset), _MOST_ENTITIES):
        room -= len(value) * rest.count(f"&{name};")
        if room < 0:
            break
        rest = rest.replace(f"&{name};", value)
    return rest


def without_spans(text: str, start: str, end: str) -> str:
    """The text without what stands between two marks. A span that never ends is none; the cost is that of one look."""
    kept: list[str] = []
    place = 0
    while (begin := text.find(start, place)) >= 0:
        close = text.find(end, begin + len(start))
        if close < 0:
            break
        kept.append(text[place:begin])
        place = close + len(end)
    return "".join((*kept, text[place:]))
