"""Where on a page its article stands: the element that holds it, and what is near its headline. Pure."""

import re
from collections.abc import Iterable, Iterator

from lxml import etree
from lxml.html import HtmlElement

from ingest.parse.scope import ancestors, is_around, is_article, is_logo, names_of_element, visible_text
from ingest.parse.words_alike import folded

_MOST_SCANNED = 20_000
_CLOSE = 30  # elements behind a headline in which its date stands
_BEFORE, _AFTER = 15, 80  # elements around a headline, where nothing holds the article
_LINES = frozenset(("p", "div", "span", "li", "time", "td", "dd", "small", "em", "i", "b", "strong", "font", "section", "header", "address", "h5", "h6", "h4", "h3", "a", "footer"))  # fmt: skip
_NOTE = re.compile(
    r"©|ⓒ|\(c\)|copyright|저작권|(?:sources?|quelle|fuente|fonte|источник|来源|來源|出典|출처|المصدر)\s?[:：]",
    re.IGNORECASE,
)
_WORTH = re.compile(rf"\d|{_NOTE.pattern}", re.IGNORECASE)  # a time or a note
_PICTURE = re.compile(r"caption|credit|photo|image|picture|gallery|media", re.IGNORECASE)
_MOST_LINE = 200
_HOLD_LINES = frozenset(("p", "div", "li", "section", "ul", "ol", "table", "header", "article"))
_MOST_IN_LINE = 30  # elements
_INLINE = frozenset(("span", "time", "small", "em", "i", "b", "strong", "font", "a"))
_MOST_BESIDE = 3  # words beside a line within a block
_PROSE = 200  # characters; a longer line is running text


class Place:
    """Where the article of a page stands. Looks at the tree as it is when it is made."""

    def __init__(self, page: HtmlElement, title: str) -> None:
        self._all = [one for one, _ in zip(page.iter(etree.Element), range(_MOST_SCANNED), strict=False)]
        self._at = {one: at for at, one in enumerate(self._all)}
        self.heading = _heading(self._all, title)
        self.holders = frozenset(() if self.heading is None else ancestors(self.heading))
        self.container = _container(self._all, self.heading)
        # A line that says of itself what it is may stand anywhere on a page that does not mark its article.
        lines_of = self._all if self.container is None else self.elements(_MOST_SCANNED)
        self._all_lines = list(self._shown(lines_of))

    def elements(self, most: int) -> Iterator[HtmlElement]:
        """Elements of the article, in the page's order: not more than so many."""
        if self.container is not None:
            yield from (one for one, _ in zip(self.container.iter(etree.Element), range(most), strict=False))
            if self.heading is None or self.container in ancestors(self.heading):
                return
        yield from self._near()

    def holds(self, element: HtmlElement) -> bool:
        """Whether the element is the article's and not of another article within or beside it."""
        if self.container is None:
            return not any(is_article(one) for one in ancestors(element))
        for one in ancestors(element):
            if one is self.container:
                return True
            if is_article(one):
                return False
        return True

    def lines(self, longest: int) -> Iterator[str]:
        """Short lines with a number, of the article: none that stands in a paragraph of running text."""
        return (line for line, _ in self._all_lines if len(line) <= longest and any(map(str.isdigit, line)))

    def lines_near(self, longest: int) -> Iterator[str]:
        """The same, close behind the headline or before it; none where there is no headline."""
        if self.heading is not None:
            at = self._at[self.heading]
            near = (*self._all[at + 1 : at + _CLOSE], *self._all[max(0, at - _CLOSE // 4) : at])
            lines = (line for line, _ in self._shown(near) if len(line) <= longest)
            yield from (line for line in lines if any(map(str.isdigit, line)))

    def notes(self) -> Iterator[str]:
        """Lines of the article that say whose it is, but for those of its pictures."""
        near = None if self.container is not None else frozenset(self._near())
        for line, element in self._all_lines:
            if not _NOTE.search(line) or (near is not None and element not in near):
                continue
            if not any(_is_picture(one) for one in ancestors(element)):
                yield line

    def _shown(self, elements: Iterable[HtmlElement]) -> Iterator[tuple[str, HtmlElement]]:
        """The short lines among elements, and where they stand; what surrounds articles and running text is left out."""
        for element in elements:
            if element.tag not in _LINES or _has_lines(element):
                continue
            line = visible_text(element, most=_MOST_IN_LINE) if len(element) else " ".join((element.text or "").split())
            if not 0 < len(line) <= _MOST_LINE or _WORTH.search(line) is None:
                continue
            if self.holds(element) and not is_around(element, self.holders) and not _is_prose(element):
                yield line, element

    def _near(self) -> Iterator[HtmlElement]:
        """What follows the headline, and then what stands shortly before it in the same part of the page."""
        if self.heading is None:
            yield from self._all
            return
        at = self._at[self.heading]
        yield from self._all[at : at + _AFTER]
        for one in self._all[max(0, at - _BEFORE) : at]:
            if any(holder in self.holders for holder in ancestors(one)):
                yield one


def _heading(elements: list[HtmlElement], title: str) -> HtmlElement | None:
    """The heading that is the headline; else the first that could be."""
    found = [one for one in elements if one.tag == "h1"][:50]
    key = folded(title)
    for one in found:
        if folded(visible_text(one)) == key:
            return one
    others = (one for one in found if not is_logo(one) and not is_around(one))
    named = (one for one in elements if one.tag in ("h2", "h3") and folded(visible_text(one)) == key)
    found_named = next(named, None)
    return next(others, None) if found_named is None else found_named


def _container(elements: list[HtmlElement], heading: HtmlElement | None) -> HtmlElement | None:
    """The article that the headline stands in; else the one with most text; else the page's main part."""
    if heading is not None:
        for one in ancestors(heading):
            if is_article(one):
                return one
    held: dict[HtmlElement, int] = {}
    for paragraph in (one for one in elements if one.tag in ("p", "br")):
        for one in ancestors(paragraph):
            if is_article(one):
                held[one] = held.get(one, 0) + len(
                    paragraph.text_content() if paragraph.tag == "p" else paragraph.tail or ""
                )
                break
    if held and not is_around(best := max(held, key=lambda one: held[one])) and held[best] > _PROSE:
        return best
    mains = [one for one in elements if one.tag == "main" or one.get("role") == "main"]
    return mains[0] if len(mains) == 1 else None


def _has_lines(element: HtmlElement) -> bool:
    """Whether lines of their own stand in it: those are looked at, not the whole."""
    return any(child.tag in _HOLD_LINES for child in element)


def _is_prose(element: HtmlElement) -> bool:
    """Whether it is a part of running text: words of its parent stand beside it."""
    parent = element.getparent()
    if parent is None or element.tag not in _INLINE:
        return False
    if parent.tag in ("p", "li", "blockquote", "dd", "td"):
        return True  # that is the line
    beside = " ".join((parent.text or "", *(child.tail or "" for child in parent)))
    return len(beside.split()) > _MOST_BESIDE


def _is_picture(element: HtmlElement) -> bool:
    return element.tag in ("figure", "figcaption", "picture") or _PICTURE.search(names_of_element(element)) is not None
