"""What a page says of itself in JSON-LD (schema.org): its objects in their order, and which of them is its own article.

Broken JSON is mended as far as it can be (`loose_json`). Costs what its length costs. Pure.

A page describes other articles, too: lists of related ones never give it a fact. Its own is found by its address or its
headline; else it is the first that neither contradicts.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from ingest.parse.identity import is_page_beside, is_same_page
from ingest.parse.loose_json import json_values
from ingest.parse.words_alike import folded, is_alike

Thing = Mapping[str, Any]
NOTHING: Thing = {}

_ARTICLE = ("article", "report", "blogposting", "liveblogposting", "newsstory")
_PAGE = ("webpage", "itempage", "aboutpage", "faqpage", "medicalwebpage", "collectionpage")
_WORK = (
    "videoobject",
    "newsvideo",
    "review",
    "podcastepisode",
    "recipe",
    "event",
    "imagegallery",
    "creativework",
    "product",
)
_WITHIN = ("@graph", "mainEntity", "mainEntityOfPage")  # where the page's own article may stand within another object
_ADDRESSES = ("url", "@id", "mainEntityOfPage")
_MOST_OBJECTS = 20_000
_MOST_TEXTS = 1000
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


@dataclass(frozen=True, slots=True)
class LinkedData:
    """The objects of a page: `articles`, `pages` and `works` of other kinds (a film, a review), each in the page's order."""

    articles: tuple[Thing, ...] = ()
    pages: tuple[Thing, ...] = ()
    works: tuple[Thing, ...] = ()
    by_id: Mapping[str, Thing] = field(default_factory=dict)

    def own(self, addresses: Iterable[str], headlines: Iterable[str] = ()) -> Thing:
        """The object of the page's own article; empty where there is none. `addresses`, `headlines`: all that is known."""
        known, said = tuple(addresses), tuple(one for one in headlines if folded(one))
        keys = frozenset(map(folded, said))
        here = [thing for thing in self.articles if self._is_here(thing, known)]
        named = [thing for thing in self.articles if _is_named(thing, keys)]
        both = [thing for thing in here if thing in named]
        if found := both or here or named:
            return found[0]
        open_ = (thing for thing in self.articles if not said or not self._is_anothers(thing, known, said))
        work = (thing for thing in self.works if _is_named(thing, keys))
        return next(open_, None) or next(work, NOTHING)

    def own_page(self, addresses: Iterable[str]) -> Thing:
        """The object of the page itself (WebPage), which tells less than an article's."""
        known = tuple(addresses)
        return next(
            (thing for thing in self.pages if self._is_here(thing, known)), self.pages[0] if self.pages else NOTHING
        )

    def address_of(self, thing: Thing) -> str | None:
        """The first address that an object says of itself."""
        return next(iter(self._addresses(thing)), None)

    def is_at(self, thing: Thing, address: str) -> bool:
        """Whether the object says that it stands at the address."""
        return self._is_here(thing, (address,))

    def named(self, thing: Thing, key: str) -> tuple[str, ...]:
        """The names under a key: texts, objects with a name, or references to such objects."""
        names: list[str] = []
        stack = [_value(thing, key)]
        for _ in range(_MOST_TEXTS):
            if not stack:
                break
            item = stack.pop()
            if isinstance(item, list):
                stack.extend(reversed(item[:_MOST_TEXTS]))
            elif isinstance(item, Mapping):
                name = _value(item, "name") or _value(self.by_id.get(str(item.get("@id")), NOTHING), "name")
                stack.append(name if isinstance(name, str | list) else _value(item, "@value"))
            elif isinstance(item, str) and item.strip():
                names.append(text_of(item))
        return tuple(names)

    def _addresses(self, thing: Thing) -> list[str]:
        values = (_value(thing, key) for key in _ADDRESSES)
        texts = (value.get("@id") or value.get("url") if isinstance(value, Mapping) else value for value in values)
        return [text for text in texts if isinstance(text, str) and _is_address(text)]

    def _is_anothers(self, thing: Thing, addresses: tuple[str, ...], headlines: tuple[str, ...]) -> bool:
        """Whether the object has another headline, and another address or none and others beside it."""
        headline = headline_of(thing)
        if not headline:
            return False
        unlike = len(self.articles) > 1 and not any(is_alike(headline, one) for one in headlines)
        return unlike or self._is_elsewhere(thing, addresses)

    def _is_elsewhere(self, thing: Thing, addresses: tuple[str, ...]) -> bool:
        """Whether the object says that it stands at another page of the site; its front page is said out of laziness."""
        return any(is_page_beside(one, other) for one in self._addresses(thing) for other in addresses)

    def _is_here(self, thing: Thing, addresses: tuple[str, ...]) -> bool:
        said = self._addresses(thing)
        return any(is_same_page(one, other) for one in said for other in addresses)


def linked_data(page: HtmlElement) -> LinkedData:
    """All objects of the page that may be its article, in their order. Read before the tree is changed."""
    articles: list[Thing] = []
    pages: list[Thing] = []
    works: list[Thing] = []
    by_id: dict[str, Thing] = {}
    for thing in _things(value for script in _scripts(page) for value in json_values(script)):
        name = thing.get("@id")
        if isinstance(name, str) and len(thing) > len(by_id.get(name, NOTHING)):
            by_id[name] = thing
        kinds = kinds_of(thing)
        for ending, found in ((_ARTICLE, articles), (_PAGE, pages), (_WORK, works)):
            if any(kind.endswith(ending) for kind in kinds):
                found.append(thing)
                break
    return LinkedData(tuple(articles), tuple(pages), tuple(works), by_id)


def headline_of(thing: Thing) -> str:
    """`headline`, or the name that some give instead."""
    return text_in(thing, "headline") or text_in(thing, "name") or ""


def text_in(thing: Thing, key: str) -> str | None:
    """The first text under a key, unescaped, as one line; None where there is none."""
    return next(texts_in(thing, key), None)


def texts_in(thing: Thing, key: str) -> Iterator[str]:
    """All texts under a key, unescaped, each as one line."""
    value = _value(thing, key)
    for item in value[:_MOST_TEXTS] if isinstance(value, list) else [value]:
        plain = _value(item, "@value") if isinstance(item, Mapping) else item
        if isinstance(plain, int | float) and not isinstance(plain, bool):
            plain = str(plain)
        if isinstance(plain, str) and (line := " ".join(text_of(plain).split())):
            yield line


def text_of(raw: str) -> str:
    """A text of JSON-LD, which is often escaped as HTML, once or twice; its lines are kept."""
    for _ in range(2):
        if "&" not in raw:
            break
        raw = unescaped(raw)
    return raw


def unescaped(raw: str) -> str:
    """Character references resolved once; those without a semicolon are none (`?id=1&copy=2`)."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), raw)


def value_in(thing: Thing, key: str) -> Any:
    """What stands under a key, of whatever kind; None where nothing does."""
    return _value(thing, key)


def kinds_of(thing: Thing) -> tuple[str, ...]:
    """The types in lower case, without the address of the vocabulary."""
    kinds = thing.get("@type") or thing.get("type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return tuple(re.split(r"[/#:]", name.strip())[-1].lower() for name in names[:20] if isinstance(name, str))


def _scripts(page: HtmlElement) -> Iterator[str]:
    for script in page.iter("script"):
        kind = (script.get("type") or "").split(";")[0].strip().lower()
        if kind in ("application/ld+json", "application/json+ld", "text/ld+json") and script.text:
            yield script.text


def _things(values: Iterable[Any]) -> Iterator[Thing]:
    """The objects in their order, with those that stand within them where the page's own article may."""
    count = 0
    for value in values:
        stack = [value]
        while stack and count < _MOST_OBJECTS:
            item = stack.pop()
            count += 1
            if isinstance(item, list):
                stack.extend(reversed(item[:_MOST_OBJECTS]))
            elif isinstance(item, Mapping):
                yield item
                within = (item.get(key) for key in _WITHIN)
                stack.extend(reversed([inner for inner in within if isinstance(inner, Mapping | list)]))


def _value(thing: Any, key: str) -> Any:
    if not isinstance(thing, Mapping):
        return None
    if key in thing:
        return thing[key]
    for prefix in ("schema:", "http://schema.org/", "https://schema.org/"):
        if prefix + key in thing:
            return thing[prefix + key]
    return None


def _is_named(thing: Thing, headlines: frozenset[str]) -> bool:
    """Whether the object has one of the headlines, whole or cut."""
    said = (text_in(thing, key) for key in ("headline", "name", "alternativeHeadline"))
    return any(_is_alike(folded(one), headlines) for one in said if one)


def _is_alike(one: str, headlines: frozenset[str]) -> bool:
    if one in headlines:
        return True
    least = 15  # characters that no other headline begins with by chance
    return any(
        min(len(one), len(other)) >= least and (one.startswith(other) or other.startswith(one)) for other in headlines
    )


def _is_address(text: str) -> bool:
    return text.strip().startswith(("http://", "https://", "/")) and len(text) < 4096
