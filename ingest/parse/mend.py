"""A feed's or sitemap's text as an XML parser takes it: what careless software writes, mended before it is parsed. Pure.

Each step looks at the text once. What stands in CDATA is the publisher's and stays as it is.
"""

import html
import re
from collections.abc import Iterator
from html.entities import html5

from ingest.parse.sniff import without_doctype

_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?:rss|rdf|feed|urlset|sitemapindex)[\s>]", re.IGNORECASE)
_ROOT_END = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?(?:rss|rdf|feed|urlset)\s*>", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\s[^<>]{0,300}\?>")
_OPENS, _CLOSES = "<![CDATA[", "]]>"
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,8}|#[xX][0-9A-Fa-f]{1,7});)(?:([A-Za-z][A-Za-z0-9]{1,31});)?"
)
_BRACKET = re.compile(r"<(?![A-Za-z_/!?])")
# A link as HTML's parsers leave it; an element of a word or two that nobody closed before the next one.
_LINK_BEHIND = re.compile(r"<link\s*/>\s*(https?://[^\s<]{1,4000})(?=\s*<)")
_UNCLOSED = re.compile(
    r"<(title|link|guid|pubDate|description|category|id|updated|published)((?:\s[^<>]*[^<>/])?)>([^<]+)"
    r"(?=<(?:/?item|/?entry|title|link|guid|pubDate|description|category|id|updated|published|summary|content|author)[\s>])"
)
_PREFIX = re.compile(r"<([A-Za-z_][\w.-]{0,40}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,40}):[A-Za-z_][\w.-]*\s*=\s*[\"']")
_DECLARED = re.compile(r"\sxmlns:([A-Za-z_][\w.-]{0,40})\s*=")
_MOST_PREFIXES = 50
_MOST_NESTED = 3  # of CDATA in CDATA
_SPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "georss": "http://www.georss.org/georss",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
}


def mended(text: str) -> str:
    """With nothing in it that an XML parser refuses needlessly."""
    pieces = list(_pieces(text))
    outside = "".join(piece for piece in pieces if not piece.startswith(_OPENS))
    return _with_prefixes("".join(pieces), outside)


def document(text: str) -> str:
    """From the root on, without a document type: without what a server printed before and behind it."""
    text = _DECLARATION.sub("", without_doctype(text))
    root = root_of(text)
    if root is None:
        return text
    end = max((found.end() for found in _ROOT_END.finditer(text, root.end())), default=len(text))
    return text[root.start() : end]


def root_of(text: str) -> re.Match[str] | None:
    """The first tag of the feed or sitemap, whatever stands before it but comments."""
    place = 0
    while True:
        root = _ROOT.search(text, place)
        if root is None:
            return None
        comment = text.rfind("<!--", place, root.start())
        end = text.find("-->", comment) if comment >= 0 else -1
        if comment < 0 or end < root.start():
            return root
        place = end + 3


def _pieces(text: str) -> Iterator[str]:
    """The text in CDATA and outside of it by turns, there with ampersands and brackets escaped that are text."""
    place = 0
    while (begin := text.find(_OPENS, place)) >= 0 and (end := text.find(_CLOSES, begin)) >= 0:
        yield _escaped(text[place:begin])
        inner = text[begin + len(_OPENS) : end]
        place = end + len(_CLOSES)
        nested = min(inner.count(_OPENS), _MOST_NESTED)
        inner = inner.replace(_OPENS, "") if nested else inner
        for _ in range(nested):  # the first end is the inner one's, if another follows
            following, opening = text.find(_CLOSES, place), text.find(_OPENS, place)
            if following >= 0 and (opening < 0 or following < opening):
                inner += text[place:following].replace(_OPENS, "")
                place = following + len(_CLOSES)
        yield f"{_OPENS}{inner}{_CLOSES}"
    yield _escaped(text[place:])


def _escaped(text: str) -> str:
    if "&" in text:
        text = _AMPERSAND.sub(_entity, text)
    text = _UNCLOSED.sub(r"<\1\2>\3</\1>", _LINK_BEHIND.sub(r"<link>\1</link>", text))
    return _BRACKET.sub("&lt;", text).replace(_CLOSES, "]]&gt;")


def _entity(found: re.Match[str]) -> str:
    """A named character, or an ampersand that is text."""
    name = found[1]
    if name is None:
        return "&amp;"
    char = html5.get(f"{name};")
    return f"&amp;{name};" if char is None else html.escape(char, quote=True)


def _with_prefixes(text: str, outside: str) -> str:
    """With declarations of the prefixes that are used and not declared. `outside`: the text without its CDATA."""
    used = {prefix: None for found in _PREFIX.finditer(outside) if (prefix := found[1] or found[2])}
    declared = {found[1] for found in _DECLARED.finditer(outside)} | {"xml", "xmlns"}
    missing = [prefix for prefix in used if prefix not in declared][:_MOST_PREFIXES]
    if not missing:
        return text
    told = "".join(f' xmlns:{prefix}="{_SPACES.get(prefix, "urn:undeclared:" + prefix)}"' for prefix in missing)
    name = re.match(r"<[\w:.-]+", text)
    return text if name is None else f"{name[0]}{told}{text[name.end() :]}"
