"""Articles in the data that a page's script draws it from: `__NEXT_DATA__`, `__INITIAL_STATE__`, Apollo, Arc, Nuxt and the like.

Every object with a text under a name such as `body` or `paragraphs` may be the article: HTML, plain text, or the trees of
rich-text editors. It is the one whose headline is the page's, or that tells what the feed told. Pure; costs what the length
of the scripts costs.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from ingest.parse.likeness import Shingles, share_of, shingles
from ingest.parse.loose_json import json_values
from ingest.parse.words_alike import folded

_LEAST_SCRIPT = 200  # characters
_MOST_SCRIPTS = 5_000_000
_MOST_STARTS = 20
_MOST_TRIED = 3  # how often each character is looked at, where what begins like JSON is none
_MOST_NODES = 200_000
_MOST_STORIES = 300
_LEAST_TEXT = 150
_DEEP = 40
_START = re.compile(r"(?:=|\()\s*(?=[{\[])")
_PARSED = re.compile(r"JSON\.parse\(\s*(?=\")")
_PUSHED = re.compile(r"__next_f\.push\(\s*(?=\[)")
_ROW_OF_TEXT = re.compile(r"(?:^|\n)?[0-9a-f]{1,6}:T([0-9a-f]{1,6}),")
_LITERAL = re.compile(r'(\w{2,40})"?\s*:\s*("(?:[^"\\]++|\\.)*+")')
_BODIES = frozenset(
    "articlebody body bodyhtml bodytext content contents contenthtml html text fulltext articletext articlecontent articlehtml "
    "paragraphs paragraph blocks elements contentelements components story storyhtml storytext richtext maintext textbody "
    "bodyblocks bodycontent document copy modules rendered".split()
)
_HEADLINES = ("headline", "title", "hed", "headlines", "name", "heading", "articleTitle", "seoTitle")
_PARTS = ("text", "content", "html", "value", "children", "data", "body", "paragraphs", "blocks", "items", "nodes", "model", "attrs", "attributes", "rendered")  # fmt: skip
_NO_TEXT = re.compile(r"image|video|photo|gallery|embed|advert|^ad$|related|newsletter|interstitial|promo|social|oembed|link_list|author|byline|caption", re.IGNORECASE)  # fmt: skip
_INLINE = frozenset("text link hyperlink a strong em b i bold italic span inline linebreak br mark underline u".split())


@dataclass(frozen=True, slots=True)
class Story:
    """`body`: HTML or text; paragraphs of text are parted by blank lines."""

    headline: str
    body: str


def data_scripts(page: HtmlElement) -> list[str]:
    """The scripts that may hold data. Read before the tree is changed."""
    found: list[str] = []
    for script in page.iter("script"):
        kind = (script.get("type") or "").lower()
        if script.text and len(script.text) >= _LEAST_SCRIPT and "ld+json" not in kind:
            found.append(script.text)
    return found


def bodies_of(things: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The texts of articles in JSON-LD, HTML or plain as they came; of a live page its posts in their order."""
    for thing in things:
        body = thing.get("articleBody") or thing.get("text")
        if isinstance(body, list):
            body = "\n\n".join(part for part in body if isinstance(part, str))
        posts = thing.get("liveBlogUpdate")
        parts = [post for post in posts if isinstance(post, Mapping)] if isinstance(posts, list) else []
        told = [text for post in parts for key in ("headline", "articleBody") if isinstance(text := post.get(key), str)]
        if isinstance(body, str) or told:
            yield "\n\n".join([*([body] if isinstance(body, str) else ()), *told])


def story_in(scripts: list[str], headlines: frozenset[str], told: Shingles) -> Story | None:
    """The page's article as its scripts have it. `headlines` folded; `told`: runs of words that others tell of it."""
    stories = list(_Gatherer().stories(scripts))
    named = [one for one in stories if _is_named(one.headline, headlines)]
    if not named and told:
        return max(
            (one for one in stories if share_of(told, shingles(one.body)) >= 0.3),
            key=lambda one: len(one.body),
            default=None,
        )
    if not named:
        named = [one for one in stories if not one.headline]
        longest = sorted((len(one.body) for one in named), reverse=True)
        if len(longest) > 1 and longest[0] < 2 * longest[1]:
            return None
    return max(named, key=lambda one: len(one.body), default=None)


def _is_named(headline: str, headlines: frozenset[str]) -> bool:
    said = folded(headline)
    return bool(said) and any(
        said == one or (min(len(said), len(one)) > 15 and (said in one or one in said)) for one in headlines
    )


class _Gatherer:
    """Walks through all data of a page, a bounded number of values."""

    def __init__(self) -> None:
        self._left = _MOST_NODES

    def stories(self, scripts: list[str]) -> Iterator[Story]:
        found = 0
        for value in _values(scripts):
            stack = [value]
            while stack and self._left > 0 and found < _MOST_STORIES:
                item = stack.pop()
                self._left -= 1
                if isinstance(item, list):
                    stack.extend(reversed(_resolved(item)))
                elif isinstance(item, Mapping):
                    if (story := self._story(item)) is not None:
                        found += 1
                        yield story
                    stack.extend(inner for inner in item.values() if isinstance(inner, Mapping | list))
                elif isinstance(item, str) and len(item) >= 2 * _LEAST_TEXT and "<p" in item[:2000]:
                    yield Story("", item)

    def _story(self, item: Mapping[str, Any]) -> Story | None:
        parts = [self._text(inner, 0) for key, inner in item.items() if _bare(key) in _BODIES]
        body = max(parts, key=len, default="")
        return Story(_headline_of(item), body) if len(body) >= _LEAST_TEXT else None

    def _text(self, value: Any, depth: int) -> str:
        """The paragraphs in a value."""
        self._left -= 1
        if self._left <= 0 or depth > _DEEP:
            return ""
        if isinstance(value, str):
            return "" if value.startswith(("http://", "https://", "data:")) else value
        if isinstance(value, list):
            texts = [self._text(inner, depth + 1) for inner in value]
            inline = all(isinstance(inner, Mapping) and _is_inline(inner) for inner in value)
            return ("" if inline and not any("<p" in text for text in texts) else "\n\n").join(filter(None, texts))
        if isinstance(value, Mapping):
            if _NO_TEXT.search(_kind(value)) or ("url" in value and _headline_of(value)):
                return ""
            for key in _PARTS:
                if value.get(key) and (text := self._text(value[key], depth + 1)):
                    return text
        return ""


def _bare(key: object) -> str:
    return re.sub(r"[\W_]+", "", key[:40]).lower() if isinstance(key, str) else ""


def _kind(value: Mapping[str, Any]) -> str:
    said = value.get("type") or value.get("nodeType") or value.get("__typename") or value.get("kind") or ""
    return said[:60] if isinstance(said, str) else ""


def _is_inline(value: Mapping[str, Any]) -> bool:
    kind = _kind(value).lower()
    return (
        kind in _INLINE and "<" not in str(value.get("content", ""))[:200]
        if kind
        else isinstance(value.get("text"), str)
    )


def _headline_of(item: Mapping[str, Any]) -> str:
    for key in _HEADLINES:
        said = item.get(key)
        if isinstance(said, Mapping):
            said = said.get("basic") or said.get("rendered") or said.get("text") or said.get("default")
        if isinstance(said, str) and said.strip():
            return unescape(said)
    return ""


def _resolved(items: list[Any]) -> list[Any]:
    """Lists that stand for a graph: objects in them hold the places of their values in the list (Nuxt 3)."""
    if not (len(items) > 3 and any(_is_of_places(item, len(items)) for item in items[:50])):
        return items
    return [
        {key: _at(items, place) for key, place in item.items()} if _is_of_places(item, len(items)) else None
        for item in items
    ]


def _at(items: list[Any], place: int) -> Any:
    value = items[place]
    return value if isinstance(value, str) else None


def _is_of_places(item: Any, length: int) -> bool:
    return (
        isinstance(item, Mapping)
        and len(item) > 1
        and all(
            isinstance(place, int) and not isinstance(place, bool) and 0 <= place < length for place in item.values()
        )
    )


def _values(scripts: list[str]) -> Iterator[Any]:
    left = _MOST_SCRIPTS
    pushed: list[str] = []
    for script in scripts:
        left -= len(script)
        if left < 0:
            return
        if "__next_f" in script:
            pushed.extend(_pushed(script))
            continue
        yield from _data(script)
    if pushed:
        yield from _rows("".join(pushed))


def _data(script: str) -> Iterator[Any]:
    """JSON that is the script, or is assigned in it; else the long strings that stand behind a name in it."""
    if script.lstrip()[:1] in ("{", "["):
        yield from json_values(script)
        return
    decoder, found, at = json.JSONDecoder(strict=False), False, 0
    left = _MOST_TRIED * len(script)
    while left > 0 and (start := _START.search(script, at)) is not None:
        value, ended = _decoded(decoder, script, start.end())
        left -= ended - start.end() + 1
        at = ended if value is not None else start.end()
        if value is not None:
            found = found or ended - start.end() >= _LEAST_SCRIPT
            yield value
    for start in list(_PARSED.finditer(script))[:_MOST_STARTS]:
        value, _ = _decoded(decoder, script, start.end())
        if isinstance(value, str):
            found = True
            yield from json_values(value)
    if not found:
        for name, literal in _LITERAL.findall(script):
            value, _ = _decoded(decoder, literal, 0)
            if isinstance(value, str) and len(value) >= _LEAST_TEXT:
                yield {name: value}


def _decoded(decoder: json.JSONDecoder, text: str, at: int) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        return None, max(at, error.pos)
    except (ValueError, RecursionError):
        return None, len(text)


def _pushed(script: str) -> Iterator[str]:
    decoder = json.JSONDecoder(strict=False)
    for start in list(_PUSHED.finditer(script))[:_MOST_STORIES]:
        value, _ = _decoded(decoder, script, start.end())
        if isinstance(value, list) and len(value) > 1 and isinstance(value[1], str):
            yield value[1]


def _rows(stream: str) -> Iterator[Any]:
    """Rows of React's stream: `id:json`, and texts whose length stands before them."""
    for row in _ROW_OF_TEXT.finditer(stream):
        text = stream[row.end() : row.end() + int(row[1], 16)].encode("utf-8", "replace")[: int(row[1], 16)]
        yield {"text": text.decode("utf-8", "ignore")}
    for line in stream.split("\n"):
        _, _, value = line.partition(":")
        if value[:1] in ("[", "{"):
            yield from json_values(value)
