"""What a page says of its article beside the facts: that it is paid for, a live blog, corrected. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from core.model.article import ArticleFlag
from ingest.parse.linked_data import Thing, kinds_of, value_in
from ingest.parse.scope import is_around

_NO = frozenset(("false", "no", "0", "http://schema.org/false", "https://schema.org/false", "schema:false"))
_LOCKED = frozenset(("locked", "premium", "paid", "subscriber", "subscribers"))
_TIERS = ("article:content_tier", "og:article:content_tier", "content_tier", "article:opinion_tier")


def flags_of(page: HtmlElement, own: Thing, meta: Mapping[str, str]) -> frozenset[ArticleFlag]:
    """The flags that the page gives itself."""
    found = set()
    if (
        _is_paid(own)
        or any(meta.get(name, "").strip().lower() in _LOCKED for name in _TIERS)
        or _is_paid_by_microdata(page)
    ):
        found.add(ArticleFlag.PAYWALL)
    if _is_live(own) or any(
        "LiveBlogPosting" in (one.get("itemtype") or "") and not is_around(one) for one in _scopes(page)
    ):
        found.add(ArticleFlag.LIVE_BLOG)
    if _is_corrected(own):
        found.add(ArticleFlag.CORRECTION)
    return frozenset(found)


def _is_paid(own: Thing) -> bool:
    """`isAccessibleForFree` false, of the article or of a part of it."""
    parts = value_in(own, "hasPart")
    things = [own, *(parts if isinstance(parts, list) else [parts])]
    return any(_is_no(value_in(thing, "isAccessibleForFree")) for thing in things[:100])


def _is_no(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_is_no, value[:10]))
    if isinstance(value, Mapping):
        return _is_no(value.get("@value", value.get("@id")))
    if isinstance(value, str):
        return value.strip().lower() in _NO
    return value is not None and value == 0  # false, and the number


def _is_paid_by_microdata(page: HtmlElement) -> bool:
    return any(
        one.get("itemprop") == "isAccessibleForFree" and _is_no(one.get("content") or one.get("href") or one.text or "")
        for one in page.iter("meta", "link", "span", "div")
    )


def _is_live(own: Thing) -> bool:
    if "liveblogposting" in kinds_of(own):
        return True
    return any(value_in(own, key) for key in ("coverageEndTime", "coverageStartTime", "liveBlogUpdate"))


def _is_corrected(own: Thing) -> bool:
    """`correction` holds a text, an object or a list of them; an empty one says nothing."""
    value = value_in(own, "correction")
    return bool(value.strip() if isinstance(value, str) else value) and value is not True


def _scopes(page: HtmlElement) -> Iterator[HtmlElement]:
    return (one for one in page.iter(etree.Element) if one.get("itemscope") is not None)
