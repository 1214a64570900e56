"""A page's text as blocks in their order: each innermost paragraph, heading, item or cell, and bare text between them. Pure.

Linear in the page, whatever its nesting.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement

from core.text.legal import legal_characters

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ITEMS = ("li", "td", "th", "dt", "dd")
BLOCKS = frozenset(
    (
        *HEADINGS, *ITEMS, *("p", "blockquote", "div", "pre", "ul", "ol", "dl", "table", "thead", "tbody", "tr", "caption"),
        *("section", "article", "main", "header", "footer", "aside", "nav", "figure", "figcaption", "form", "fieldset"),
        *("details", "summary", "address", "hr", "body", "html", "noscript", "template", "center"),
    )
)  # fmt: skip
_UNSEEN = frozenset(("script", "style", "head", "title", "meta", "link", "textarea", "select", "option"))
_PROSE = 60  # characters; what is shorter is a heading, a caption or a label as often as a paragraph
_ENDS = (*".!?…。।！？؟",)
_CLOSING = "\"'”’»)」 "


@dataclass(slots=True)
class Block:
    """`element`: the innermost block element that holds it; `links`: how many of its characters stand within links."""

    text: str
    links: int
    element: HtmlElement

    @property
    def tag(self) -> str:
        return str(self.element.tag)

    @property
    def is_prose(self) -> bool:
        """A paragraph by its length and its few links."""
        return len(self.text) >= _PROSE and self.links <= 0.4 * len(self.text)


def blocks_of(page: HtmlElement) -> list[Block]:
    """All blocks with words; two line breaks part them as paragraphs do."""
    return list(_Walk(page).blocks())


@dataclass(slots=True)
class Sums:
    """Characters of what an element holds: all `text`, of it in `links`, in paragraphs (`prose`), in such that end as sentences."""

    text: int = 0
    links: int = 0
    prose: int = 0
    sentences: int = 0

    def add(self, other: "Sums") -> None:
        self.text += other.text
        self.links += other.links
        self.prose += other.prose
        self.sentences += other.sentences


def sums_of(page: HtmlElement, blocks: Iterable[Block]) -> dict[HtmlElement, Sums]:
    """What each element of a page holds of the blocks."""
    elements = list(page.iter(etree.Element))
    held = {element: Sums() for element in elements}
    for block in blocks:
        prose = len(block.text) if block.is_prose else 0
        sentences = prose if block.text.rstrip(_CLOSING)[-1:] in _ENDS else 0
        held[block.element].add(Sums(len(block.text), block.links, prose, sentences))
    for element in reversed(elements):
        outer = element.getparent()
        if outer in held:
            held[outer].add(held[element])
    return held


class _Walk:
    """One walk over a page, that gathers text until a block begins or ends."""

    def __init__(self, page: HtmlElement) -> None:
        self._page = page
        self._open: list[HtmlElement] = [page]
        self._parts: list[str] = []
        self._links = self._within_links = self._breaks = self._unseen = 0

    def blocks(self) -> Iterator[Block]:
        for event, element in etree.iterwalk(self._page, events=("start", "end")):
            if not isinstance(element.tag, str):
                if event == "end":
                    self._take(element.tail)
                continue
            if event == "start":
                yield from self._start(element)
            else:
                yield from self._end(element)
        yield from self._flush()

    def _start(self, element: HtmlElement) -> Iterator[Block]:
        tag = element.tag
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in BLOCKS:
            yield from self._flush()
            self._open.append(element)
        elif tag == "br":
            self._breaks += 1
            self._parts.append(" ")
            if self._breaks >= 2:
                yield from self._flush()
        self._within_links += tag == "a"
        self._take(element.text)

    def _end(self, element: HtmlElement) -> Iterator[Block]:
        tag = element.tag
        if tag in _UNSEEN:
            self._unseen -= 1
        elif tag in BLOCKS:
            yield from self._flush()
            self._open.pop()
        self._within_links -= tag == "a"
        if element is not self._page:
            self._take(element.tail)

    def _take(self, text: str | None) -> None:
        if not text or self._unseen:
            return
        self._parts.append(text)
        if stripped := text.strip():
            self._breaks = 0
            if self._within_links:
                self._links += len(stripped)

    def _flush(self) -> Iterator[Block]:
        text = " ".join(legal_characters("".join(self._parts)).split())
        if text:
            yield Block(text, min(self._links, len(text)), self._open[-1])
        self._parts.clear()
        self._links = self._breaks = 0
