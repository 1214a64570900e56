"""What a body is, whatever its headers say. Pure."""

import codecs
import re
from enum import StrEnum

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)[\"']")
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_ROOT = re.compile(r"<(?![?!])([A-Za-z_][\w.:-]*)([^>]{0,2000})")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)


class Shape(StrEnum):
    """What can stand at a feed's address."""

    FEED = "feed"
    JSON_FEED = "json_feed"
    SITEMAP = "sitemap"
    SITEMAP_INDEX = "sitemap_index"
    HTML = "html"
    UNKNOWN = "unknown"


def charset_of(body: bytes, content_type: str) -> str | None:
    """The declared character set: byte order mark, then header, then XML declaration or HTML meta; None: not declared."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return name
    header = _CHARSET.search(content_type)
    inner = _XML_ENCODING.match(body) or _META_CHARSET.search(body[:4096])
    for said in (header[1] if header else None, inner[1].decode("ascii") if inner else None):
        if said and known(said):
            return said
    return None


def known(name: str) -> bool:
    """Whether it names a text encoding that we have."""
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - the one way to tell `base64` from `utf-8`
    except (LookupError, ValueError):
        return False


def decoded(body: bytes, content_type: str) -> str:
    """The text: as declared, else UTF-8, else windows-1252; what cannot be read becomes U+FFFD."""
    declared = charset_of(body, content_type)
    for name in (declared, "utf-8"):
        if name is not None:
            try:
                return body.decode(name).removeprefix("\ufeff")
            except (UnicodeDecodeError, ValueError):
                continue
    return body.decode(declared or "cp1252", "replace").removeprefix("\ufeff")


def shape_of(text: str) -> Shape:
    """What the text is, by its first element."""
    head = text[:20_000].lstrip()
    if head.startswith("{"):
        return Shape.JSON_FEED
    root = _ROOT.search(_DOCTYPE.sub("", re.sub(r"<!--.*?-->", "", head, flags=re.DOTALL)))
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
    """The text without its document type: no entity can be declared, so none can expand."""
    return _DOCTYPE.sub("", text, count=1) if "<!DOCTYPE" in text[:5000].upper() else text
