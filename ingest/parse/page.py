"""A page's article and what the page says of it: JSON-LD first, then meta tags, then what can be guessed. Pure."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from core.model.article import LEAST_CHARACTERS, TimeConfidence
from core.net.url import BadUrl
from core.text.legal import bounded_line
from ingest.parse.dates import Moment, parse_date
from ingest.parse.extract import text_of_page, thin_out, tree_of
from ingest.parse.identity import canonical_url
from ingest.parse.language import declared, detect
from ingest.parse.shapes import (
    MOST_NAME,
    MOST_NAMES,
    NO_CONTEXT,
    PageContext,
    ParsedPage,
    ParseFailure,
    Publisher,
    names_of,
    title_of,
)

_MOST_WORDS = 50_000  # characters of keywords
_ARTICLE_TYPES = ("Article", "Report", "BlogPosting", "LiveBlog")
_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "datepublished", "date", "pubdate", "publishdate",
    "publish-date", "dc.date.issued", "dc.date", "sailthru.date", "parsely-pub-date", "article.published",
)  # fmt: skip
_UPDATED_META = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified")
_PUBLISHED_WORDS = ("published", "posted", "veröffentlicht", "опубликовано", "입력")
_UPDATED_WORDS = ("updated", "modified", "aktualisiert", "обновлено", "수정")


def read_page(
    html: bytes | str, encoding: str | None, url: str, context: PageContext = NO_CONTEXT
) -> ParsedPage | ParseFailure:
    """The article on a page. `context`: for what the page does not say itself."""
    page = tree_of(html, encoding)
    if page is None:
        return ParseFailure("parse", "the page is empty or no HTML")
    data = list(_linked_data(page))
    meta = _meta(page)
    try:
        own = canonical_url(url, _first(page, "//link[@rel='canonical']/@href"), meta.get("og:url"))
    except BadUrl as error:
        return ParseFailure("bad_url", str(error))
    title = _title(page, data, meta)
    published, updated = _times(page, data, meta, context.publisher)
    language = declared(page.get("lang") or page.get("{http://www.w3.org/XML/1998/namespace}lang"))
    language = language or declared(_text_in(data, "inLanguage")) or declared(meta.get("og:locale"))
    thin_out(page)
    if published is None:
        published = _guessed_day(page, url)
    text = text_of_page(page, title)
    if len(text) < LEAST_CHARACTERS:
        return ParseFailure("no_text" if not text else "too_short", f"{len(text)} characters of text")
    return ParsedPage(
        canonical_url=own,
        title=title,
        text=text,
        lang=language or _said_language(context) or detect(f"{title}. {text}"),
        published=None if published is None else published.at,
        published_confidence=TimeConfidence.UNKNOWN if published is None else published.confidence,
        updated=None if updated is None else updated.at,
        authors=_authors(data, meta),
        section=bounded_line(_text_in(data, "articleSection") or meta.get("article:section") or "", MOST_NAME) or None,
        tags=_tags(data, meta),
    )


def _said_language(context: PageContext) -> str | None:
    """The feed's, or the publisher's."""
    return declared((context.entry and context.entry.lang) or context.publisher.lang)


def _linked_data(page: HtmlElement) -> Iterator[dict[str, Any]]:
    """The page's JSON-LD objects about articles."""
    for script in page.xpath("//script[@type='application/ld+json']/text()"):
        try:
            loaded = json.loads(script, strict=False)
        except (ValueError, RecursionError):  # no JSON, a number of 5,000 digits, or a thousand brackets
            continue
        stack: list[Any] = [loaded]
        while stack:
            item = stack.pop()
            if isinstance(item, list):
                stack.extend(item)
            elif isinstance(item, dict):
                stack.extend(item.get(key) for key in ("@graph", "mainEntity") if item.get(key))
                kinds = item.get("@type")
                names = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(name, str) and name.endswith(_ARTICLE_TYPES) for name in names):
                    yield item


def _meta(page: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in page.xpath("//meta[@content]"):
        name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").strip().lower()
        if name and tag.get("content").strip():
            found.setdefault(name, tag.get("content").strip())
    return found


def _first(page: HtmlElement, path: str) -> str | None:
    found = page.xpath(path)
    return str(found[0]) if found else None


def _text_in(data: list[dict[str, Any]], key: str) -> str | None:
    for item in data:
        value = item.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
    return None


def _title(page: HtmlElement, data: list[dict[str, Any]], meta: dict[str, str]) -> str:
    headings = [" ".join("".join(h.itertext()).split()) for h in page.xpath("//h1")]
    said = _text_in(data, "headline") or meta.get("og:title") or meta.get("twitter:title")
    if said:
        return title_of(said)
    if len(headings) == 1 and headings[0]:
        return title_of(headings[0])
    whole = _first(page, "//title/text()") or (headings[0] if headings else "")
    return title_of(whole)


def _authors(data: list[dict[str, Any]], meta: dict[str, str]) -> tuple[str, ...]:
    names: list[str] = []
    for item in data:
        stack = [item.get("author")]  # the next one is its last
        while stack and len(names) < MOST_NAMES:
            author = stack.pop()
            if isinstance(author, list):
                stack.extend(reversed(author[:MOST_NAMES]))
            elif isinstance(author, dict):
                stack.append(author.get("name"))
            elif isinstance(author, str) and author.strip() and not author.startswith("http"):
                names.append(" ".join(author.split()))
    if not names and (said := meta.get("author") or meta.get("article:author")) and not said.startswith("http"):
        names = [" ".join(said.split())]
    return names_of(names)


def _tags(data: list[dict[str, Any]], meta: dict[str, str]) -> tuple[str, ...]:
    for item in data:
        words = item.get("keywords")
        if isinstance(words, list):
            return names_of(word for word in words if isinstance(word, str))
        if isinstance(words, str) and words.strip():
            return names_of(words[:_MOST_WORDS].split(","))
    said = meta.get("news_keywords") or meta.get("keywords") or ""
    return names_of(said[:_MOST_WORDS].split(","))


def _times(
    page: HtmlElement, data: list[dict[str, Any]], meta: dict[str, str], publisher: Publisher
) -> tuple[Moment | None, Moment | None]:
    published = _moment(_text_in(data, "datePublished"), publisher)
    updated = _moment(_text_in(data, "dateModified"), publisher)
    for name in _PUBLISHED_META:
        published = published or _moment(meta.get(name), publisher)
    for name in _UPDATED_META:
        updated = updated or _moment(meta.get(name), publisher)
    published = published or _moment(_first(page, "//*[@itemprop='datePublished']/@datetime"), publisher)
    published = published or _moment(_first(page, "//article//time/@datetime|//time/@datetime"), publisher)
    published = published or _written(page, publisher, _PUBLISHED_WORDS)
    updated = updated or _written(page, publisher, _UPDATED_WORDS)
    return published or updated, updated


def _moment(raw: str | None, publisher: Publisher) -> Moment | None:
    return parse_date(raw, publisher) if raw else None


def _written(page: HtmlElement, publisher: Publisher, words: tuple[str, ...]) -> Moment | None:
    """The time in a line such as "First Published: Jan 15 2024 | 2:43 PM IST"."""
    for text in page.xpath("//body//text()", smart_strings=False):
        lower = text.lower()
        if any(word in lower for word in words) and 8 < len(line := " ".join(text.split())) < 120:
            found = parse_date(line, publisher)
            if found is not None:
                return found
    return None


def _guessed_day(page: HtmlElement, url: str) -> Moment | None:
    """htmldate's day: better than none, never to be relied on."""
    try:
        day = find_date(page, url=url, original_date=True)
    except (ValueError, TypeError, AttributeError, RecursionError):  # it meets pages that nobody meant to be parsed
        return None
    found = parse_date(day) if day else None
    return None if found is None else Moment(_midnight(found.at), TimeConfidence.DAY)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
