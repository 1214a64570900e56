"""What is no article, though it came with status 200: walls, error pages, section fronts. Pure.

No sign decides alone: an article about cookies says what a question for consent says. A page is a wall where a strong sign (its
title, where a redirect led, nothing in common with its feed, or a text of hardly anything else) meets others. Who shows the
feed's headline is the article.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from ingest.parse.repeated import key_of
from ingest.parse.shapes import PageContext, ParseFailure
from ingest.parse.wall_phrases import ADDRESSES, MARKUP, PARTS, TITLES, Wall

_ENOUGH = 4
_SHORT = 1200  # characters
_LONGEST = 4000  # more is an article, or a front
_MOST_READ = 20_000
_DENSE = 0.75  # of the sentences, from where on a text is hardly anything else
_SAME_HEADLINE = 0.6  # of its words
_LEAST_WORDS = 3
_LINKED_HEADLINES, _LINKED_LETTERS = 12, 25
_PARAGRAPH = 240  # characters: a front has none so long
_LEAST_PARAGRAPHS, _LINE = 3, 60
_MOST_ARTICLES, _MOST_PARAGRAPHS = 10, 50  # looked at: nested ones cost their square
_UNSEEN = frozenset(("script", "style", "noscript", "template", "svg", "head", "iframe", "select", "option"))
_AROUND = frozenset(("nav", "footer", "aside"))
_TITLES = {wall: re.compile("|".join(f"(?:{one})" for one in told)) for wall, told in TITLES.items()}
_PARTS = {wall: re.compile("|".join(f"(?:{one})" for one in told), re.IGNORECASE) for wall, told in PARTS.items()}
_ADDRESSES = {wall: re.compile(told, re.IGNORECASE) for wall, told in ADDRESSES.items()}
_MARKUP = {wall: re.compile(told, re.IGNORECASE) for wall, told in MARKUP.items()}
_SEGMENT = re.compile(r"\s+[|·–—»:-]+\s+|\s*[|»]\s*")
_SENTENCE = re.compile(r"(?<=[.!?。！？।؟])\s+|\n+")
_WORDS = re.compile(r"\w+")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a page shows. `text`: what is not navigation, up to a bound."""

    titles: tuple[str, ...]
    text: str
    has_article: bool
    has_password: bool
    links: int  # that read like headlines
    longest: int  # characters of its longest paragraph


def wall_of(page: HtmlElement, title: str, url: str, context: PageContext, *, is_article: bool) -> ParseFailure | None:
    """Why the page is no article; None if it may be one. `title`: its headline, as far as one can be told. `is_article`: its
    metadata say that it is. The tree is not changed."""
    shown = _shown(page, is_article=is_article)
    if _shows_headline(shown, context):
        return None
    if len(shown.text) < _LONGEST:
        markup = _markup_of(page)
        for wall in Wall:
            signs = _signs(wall, shown, url, context, markup)
            if signs:
                return ParseFailure(wall.value, f"{', '.join(signs)}")
    if key_of(title) in context.host.titles and _nothing_in_common(shown, context):
        return ParseFailure(Wall.SOFT_404.value, "its title is that of other pages of its host, and not its feed's")
    return _front(shown, url, context)


def _signs(wall: Wall, shown: _Shown, url: str, context: PageContext, markup: str) -> tuple[str, ...]:
    """What speaks for that kind of wall; nothing if it is not enough."""
    parts = len({found[0].lower() for found in _PARTS[wall].finditer(shown.text)})
    strong = [
        name
        for name, holds in (
            ("its title", any(_TITLES[wall].fullmatch(title) for title in shown.titles)),
            ("its address", _leads_to(wall, url, context)),
            ("nothing in common with its feed", parts >= 2 and _nothing_in_common(shown, context)),
            ("hardly any other sentence", parts >= 3 and not shown.has_article and _share(wall, shown.text) >= _DENSE),
        )
        if holds
    ]
    if not strong:
        return ()
    weak = {
        f"{parts} phrases": min(parts, 3),
        "little text": len(shown.text) < _SHORT,
        "no article in its metadata": not shown.has_article,
        "a password is asked for": wall is Wall.LOGIN and shown.has_password,
        "its markup": wall in _MARKUP and _MARKUP[wall].search(markup) is not None,
    }
    if 2 * len(strong) + sum(map(int, weak.values())) < _ENOUGH + 1:
        return ()
    return (*strong, *(name for name, count in weak.items() if count))


def _front(shown: _Shown, url: str, context: PageContext) -> ParseFailure | None:
    """A list of articles: many headlines as links, and no paragraph of its own."""
    if shown.has_article or shown.links < _LINKED_HEADLINES or shown.longest >= _PARAGRAPH:
        return None
    path = urlsplit(url).path
    shallow = path.endswith("/") or path.count("/") <= 1
    if not shallow and not _is_redirected(url, context):
        return None
    return ParseFailure("section_front", f"{shown.links} headlines as links, and no paragraph of its own")


def _shown(page: HtmlElement, *, is_article: bool) -> _Shown:
    title = next((one.text_content() for one in page.iter("title")), "")
    headings = [one.text_content() for one in page.iter("h1")][:3]
    texts: list[str] = []
    room, longest, links = _MOST_READ, 0, 0
    for text, around, linked in _texts(page):
        if linked:
            links += len(text) >= _LINKED_LETTERS
        elif not around and room > 0:
            texts.append(text)
            room -= len(text)
        longest = max(longest, 0 if linked or around else len(text))
    article = is_article or any(map(_is_story, islice(page.iter("article"), _MOST_ARTICLES)))
    password = next(iter(page.xpath("//input[@type='password']")), None) is not None
    return _Shown(tuple(_segments(title, *headings)), "\n".join(texts), article, password, links, longest)


def _is_story(part: HtmlElement) -> bool:
    """Whether an `article` has three paragraphs that are more than a line."""
    return sum(len(one.text_content()) > _LINE for one in islice(part.iter("p"), _MOST_PARAGRAPHS)) >= _LEAST_PARAGRAPHS


def _texts(page: HtmlElement) -> Iterable[tuple[str, bool, bool]]:
    """The texts of the innermost elements with their own, and whether each stands around the article or is a link."""
    body = page.find("body")
    stack: list[tuple[HtmlElement, bool, bool]] = [(page if body is None else body, False, False)]
    while stack:
        element, around, linked = stack.pop()
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            continue
        around = around or element.tag in _AROUND
        linked = linked or element.tag == "a"
        own = [element.text, *(child.tail for child in element)]
        text = _SPACES.sub(" ", " ".join(part for part in own if part)).strip()
        if text:
            yield text, around, linked
        stack.extend((child, around, linked) for child in reversed(element))


def _segments(*titles: str) -> Iterable[str]:
    """Titles whole, and without what names the site, in lower case."""
    for title in titles:
        whole = _SPACES.sub(" ", title).strip().lower()
        if whole:
            yield whole
            first, *others = _SEGMENT.split(whole)
            if others:
                yield first
                yield others[-1]


def _markup_of(page: HtmlElement) -> str:
    """Scripts' addresses and beginnings, and names of forms and frames."""
    found: list[str] = []
    for element in page.iter("script", "iframe", "form", "input", "div"):
        found += (
            element.get("src") or "",
            element.get("id") or "",
            element.get("class") or "",
            element.get("action") or "",
        )
        if element.tag == "script" and element.text:
            found.append(element.text[:2000])
        if len(found) > 2000:
            break
    return " ".join(found)


def _share(wall: Wall, text: str) -> float:
    """The share of the sentences that hold one of its phrases."""
    sentences = [one for one in _SENTENCE.split(text) if len(one) > 20]
    return sum(_PARTS[wall].search(one) is not None for one in sentences) / max(1, len(sentences))


def _leads_to(wall: Wall, url: str, context: PageContext) -> bool:
    """Whether a redirect led to an address that names such a wall: another one, or one that says where to go on afterwards."""
    parts = urlsplit(url)
    if _ADDRESSES[wall].search(f"{parts.hostname or ''}{parts.path}") is None:
        return False
    onwards = any(value.startswith(("/", "http")) for _, value in parse_qsl(parts.query))
    return onwards or _is_redirected(url, context)


def _is_redirected(url: str, context: PageContext) -> bool:
    """Whether it is not the address that the feed names."""
    if context.entry is None:
        return False
    asked, found = urlsplit(context.entry.url), urlsplit(url)
    return (_bare(asked.hostname), asked.path.rstrip("/")) != (_bare(found.hostname), found.path.rstrip("/"))


def _bare(host: str | None) -> str:
    return (host or "").removeprefix("www.")


def _headline_words(context: PageContext) -> frozenset[str]:
    return frozenset(_words(context.entry.title)) if context.entry is not None else frozenset()


def _shows_headline(shown: _Shown, context: PageContext) -> bool:
    wanted = _headline_words(context)
    if len(wanted) < _LEAST_WORDS:
        return False
    return any(len(wanted & frozenset(_words(title))) >= _SAME_HEADLINE * len(wanted) for title in shown.titles)


def _nothing_in_common(shown: _Shown, context: PageContext) -> bool:
    """Whether hardly a word of the feed's headline stands on the page."""
    wanted = frozenset(word for word in _headline_words(context) if len(word) > _LEAST_WORDS or not word.isascii())
    if len(wanted) < _LEAST_WORDS:
        return False
    return len(wanted & frozenset(_words(f"{' '.join(shown.titles)} {shown.text}"))) <= len(wanted) // 4


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.casefold())
