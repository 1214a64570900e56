"""What stands at an address where somebody looks for feeds: a feed, or a page or an index of sitemaps that leads to some. Pure.

Runs in a worker. Its cost is linear in the size of the body, and what it finds is bounded.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from core.net.url import BadUrl, web_url
from core.text.legal import legal
from ingest.parse.charset import decoded
from ingest.parse.extract import tree_of
from ingest.parse.floods import without_long_tags, without_unclosed
from ingest.parse.language import declared
from ingest.parse.mend import document, mended
from ingest.parse.read import feed_of
from ingest.parse.shapes import FeedLink, ParsedFeed, ParseFailure, SiteLinks, title_of
from ingest.parse.sniff import Shape, binary, is_text, shape_of

MOST_LINKS = 60  # of one kind
_MOST_LOOKED_AT = 20_000  # <a> elements
_FEED_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/feed+json application/rdf+xml application/x-rss+xml application/xml"
    " text/xml application/json text/rss+xml application/rss application/atom".split()
)
_PLAIN_TYPES = frozenset(("application/xml", "text/xml", "application/json"))  # of anything; a feed only by its address
# What an address of a feed looks like, and what only looks so: a page that explains feeds leads on, but is none.
_FEED_PATH = re.compile(
    r"(?:\.(?:rss|atom|rdf)|/(?:rss|feed|atom)s?(?:2(?:\.0)?)?(?:\.(?:xml|php|json|aspx?))?|[/_.-](?:rss|feed|atom)[\w.-]{0,60}\.xml"
    r"|/(?:rss|feed|atom)s?/[\w./-]{0,100}\.(?:xml|php|aspx)|/index\.xml)/?$|[?&](?:feed|format|output|alt|type|outputtype)=(?:rss2?|atom|xml|feed|json)\b|^feeds?\.",
    re.IGNORECASE,
)
_OF_A_PAGE = re.compile(r"oembed|/wp-json/|opensearch|manifest", re.IGNORECASE)


def site_of(
    body: bytes, content_type: str, url: str, headers: Mapping[str, str]
) -> ParsedFeed | SiteLinks | ParseFailure:
    """The feed itself, or where feeds may be. A page without any is empty SiteLinks."""
    if kind := binary(body):
        return ParseFailure("not_a_feed", f"{kind} stands there, neither a feed nor a page")
    text = decoded(body, content_type)
    if not is_text(text):
        return ParseFailure("bad_encoding", "the bytes are no text")
    match shape_of(text):
        case Shape.FEED | Shape.JSON_FEED | Shape.SITEMAP:
            return feed_of(body, content_type, url, headers=headers)
        case Shape.SITEMAP_INDEX:
            return _index(text, url)
        case Shape.HTML | Shape.UNKNOWN:
            return _page(text, url)


def _index(text: str, url: str) -> SiteLinks | ParseFailure:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    whole = without_unclosed(without_long_tags(mended(document(legal(text)))))
    try:
        root = etree.fromstring(whole.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        return ParseFailure("parse", str(error)[:200])
    if root is None:
        return ParseFailure("parse", "no element could be read")
    found = (
        (element.findtext("{*}loc") or "", element.findtext("{*}lastmod") or "") for element in root.iter("{*}sitemap")
    )
    newest = sorted(islice(found, _MOST_LOOKED_AT), key=lambda one: one[1], reverse=True)
    addresses = (_address(place.strip(), url) for place, _ in newest)
    return SiteLinks(sitemaps=tuple(islice(dict.fromkeys(filter(None, addresses)), 10 * MOST_LINKS)))


def _page(text: str, url: str) -> SiteLinks | ParseFailure:
    page = tree_of(without_unclosed(without_long_tags(text)))
    if page is None:
        return ParseFailure("parse", "the page is empty or no HTML")
    base = url
    for element in page.iter("base"):
        base = _address(element.get("href") or "", url) or url
        break
    announced = _each_once(_announced(page, base))
    linked = _each_once(one for one in _linked(page, base) if one.url not in announced)
    title = next((element.text_content() for element in page.iter("title")), "")
    return SiteLinks(
        title=title_of(title),
        lang=declared(page.get("lang") or ""),
        announced=tuple(announced.values()),
        linked=tuple(linked.values()),
    )


def _announced(page: HtmlElement, base: str) -> Iterator[FeedLink]:
    for link in islice(page.iter("link"), _MOST_LOOKED_AT):
        relation = (link.get("rel") or "").lower().split()
        media = (link.get("type") or "").partition(";")[0].strip().lower()
        url = _address(link.get("href") or "", base)
        if not url or not {"alternate", "feed"} & set(relation) or _OF_A_PAGE.search(url):
            continue
        is_feed = media in _FEED_TYPES and (media not in _PLAIN_TYPES or looks_like_feed(url))
        if is_feed or "feed" in relation:
            yield FeedLink(url=url, title=title_of(link.get("title") or ""))


def _linked(page: HtmlElement, base: str) -> Iterator[FeedLink]:
    for link in islice(page.iter("a"), _MOST_LOOKED_AT):
        href = (link.get("href") or "").strip()
        if not href or len(href) > 2000:
            continue
        href = href.removeprefix("feed:") if href.startswith("feed:http") else href.replace("feed://", "http://", 1)
        media = (link.get("type") or "").partition(";")[0].strip().lower()
        if (media in _FEED_TYPES and media not in _PLAIN_TYPES) or looks_like_feed(href):
            url = _address(href, base)
            if url:
                yield FeedLink(url=url, title=title_of(link.text_content()[:500]))


def looks_like_feed(url: str) -> bool:
    """Whether an address is one that feeds usually have."""
    bare = url.partition("#")[0]
    return _FEED_PATH.search(bare.partition("://")[2] or bare) is not None


def _each_once(links: Iterator[FeedLink]) -> dict[str, FeedLink]:
    found: dict[str, FeedLink] = {}
    for link in links:
        found.setdefault(link.url, link)
        if len(found) == MOST_LINKS:
            break
    return found


def _address(href: str, base: str) -> str:
    try:
        return str(web_url(href, base)) if href.strip() else ""
    except BadUrl:
        return ""
