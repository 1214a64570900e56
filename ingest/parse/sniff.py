"""Detects the type of a body, regardless of its headers. Pure."""

import codecs
import re
from enum import StrEnum
from itertools import islice

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAYS_NOTHING = frozenset({"ascii", "iso8859-1", "cp1252"})
_WIDE = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"), (b"<\x00\x00\x00", "utf-32-le"))
_BROKEN_TO_FOREIGN = 8  # each broken character counts two; more than a quarter of what is not ASCII: it is no UTF-8
_HEAD = 100_000  # characters in which the first element must stand
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)[\"']")
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_ROOT = re.compile(r"<(?![?!])([A-Za-z_][\w.:-]*)([^>]{0,2000})")
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_DECLARED = re.compile(r"[^>\[]*")
_SUBSET_END = re.compile(r"\]\s*+>")
_ENTITY = re.compile(r"<!ENTITY\s+(\w{1,40})\s+[\"']([^\"'&<%]{0,100})[\"']\s*>")
# Encodings of Python's own, which no page is in and which refuse what they cannot read.
_OF_PYTHON = frozenset("idna punycode undefined unicode_escape raw_unicode_escape".split())
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


def charsets_of(body: bytes, content_type: str) -> list[str]:
    """The character sets that are claimed, best claim first: byte order mark, header, XML declaration or HTML meta.

    XML 1.0, appendix F: two bytes a character show in the first four, without a mark too.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return [name]
    for start, name in _WIDE:
        if body.startswith(start):
            return [name]
    header = _CHARSET.search(content_type)
    inner = _XML_ENCODING.match(body) or _META_CHARSET.search(body[:4096])
    claims = (header[1] if header else "", inner[1].decode("ascii") if inner else "")
    return [name for name in claims if name and known(name)]


def known(name: str) -> bool:
    """Whether it names a text encoding that we have."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    # The one way to tell `base64` from `utf-8`.
    return found._is_text_encoding and found.name.replace("-", "_") not in _OF_PYTHON  # noqa: SLF001


def decoded(body: bytes, content_type: str) -> str:
    """The text: by the first claim that fits all bytes, else UTF-8, else windows-1252 or what was claimed.

    Latin-1 and ASCII are what software claims that knows nothing: UTF-8 goes first where it fits, and windows-1252 stands
    for both (WHATWG Encoding, 4.2). UTF-8 with a few broken characters stays UTF-8. What cannot be read becomes U+FFFD.
    """
    claims = charsets_of(body, content_type)
    if claims and codecs.lookup(claims[0]).name in _SAYS_NOTHING:
        claims = ["utf-8", "cp1252", *claims]
    for name in (*claims, "utf-8"):
        try:
            return body.decode(name).removeprefix("\ufeff")
        except (UnicodeDecodeError, ValueError):
            continue
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = len(text.encode("utf-8", "replace")) - len(text)  # grows with each character beyond ASCII
    if broken * _BROKEN_TO_FOREIGN > foreign:
        others = [name for name in claims if codecs.lookup(name).name not in ("utf-8", "ascii")]
        text = body.decode(others[0] if others else "cp1252", "replace")
    return text.removeprefix("\ufeff")


def shape_of(text: str) -> Shape:
    """What the text is, by its first element."""
    if text[:200].lstrip().startswith("{"):
        return Shape.JSON_FEED
    head = without_spans(without_doctype(text)[:_HEAD], "<!--", "-->")
    root = _ROOT.search(head)
    if root is None:
        return Shape.UNKNOWN
    name = root[1].rpartition(":")[2].lower()
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
