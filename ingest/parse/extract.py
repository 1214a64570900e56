"""The article's own text out of a page: a choice among candidates, each of them careful in another way.

What surrounds the article is cut from the tree, libraries find the text, what they left out amid it is put back, lines are
cleaned. Where they disagree, the text that is most like the others is taken; where the page shows less than its JSON-LD or
the data of its script holds, that is. `Found.how` tells which, and why. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from core.model.article import LEAST_CHARACTERS
from core.text.legal import legal_characters
from ingest.parse import boxes
from ingest.parse.blocks import blocks_of
from ingest.parse.boxes import Known, legal
from ingest.parse.candidates import by_blocks, by_library, by_second_library
from ingest.parse.choice import Candidate, chosen
from ingest.parse.clean import article_lines
from ingest.parse.edges import without_edges
from ingest.parse.embedded import story_in
from ingest.parse.gaps import with_gaps
from ingest.parse.likeness import Shingles, alike, share_of, shingles_of
from ingest.parse.words_alike import folded

_CROWDED_OUT = (
    "applet area audio blink canvas datalist dialog embed fencedframe fieldset frame frameset input label legend "
    "link map marquee math menu menuitem noindex object optgroup option output param picture progress rp "
    "rt rtc select source textarea title track use video script style noscript template svg nav footer aside button iframe "
    "figure figcaption"
).split()
_CROWD = 1000
_MOST_COMPARED = 4000  # blocks, for a second opinion that costs their square
_INLINE = frozenset("a abbr b big cite code em font i ins label mark q s small span strike strong sub sup tt u".split())
_MARKED = "cut"  # the name that an element is given which goes
_AGREE = 0.9
_FEW = 1500  # characters: so short a text may be a teaser of what the page's script shows
_MORE = 1.3
_LEAST_BODY = 150
_MOST_BODIES = 2_000_000  # characters


@dataclass(frozen=True)
class Expected:
    """What is known of the article before its page is read.

    `titles`: its headlines, best first. `bodies`: its text as JSON-LD has it, HTML or plain. `promises`: what the feed and
    the page's own description say of it. `authors`: their names. `source`: the page as text, for a library that reads that. `scripts`: as
    `data_scripts` finds them.
    """

    titles: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    source: str = ""
    scripts: tuple[str, ...] = ()

    @cached_property
    def headlines(self) -> frozenset[str]:
        return frozenset(filter(None, map(folded, self.titles)))

    @cached_property
    def promised(self) -> Shingles:
        return shingles_of(self.promises)


class Found(NamedTuple):
    """Paragraphs of the article, parted by blank lines, and how they were found."""

    text: str = ""
    how: str = ""


def tree_of(html: bytes | str, encoding: str | None = None) -> HtmlElement | None:
    """The page as a tree; None if it has none."""
    if not html.strip():
        return None
    data = legal_characters(html).encode("utf-8", "replace") if isinstance(html, str) else html
    charset = "utf-8" if isinstance(html, str) else encoding
    parser = HTMLParser(encoding=charset, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(data, parser=parser)
    except (etree.ParserError, ValueError):
        return None


def article_of(page: HtmlElement, expected: Expected) -> Found:
    """The article's text; empty where the page has none. Changes the tree."""
    body = _told_body(expected)
    on_page = _on_page(page, expected, Known(expected.headlines, expected.promised | body.runs))
    if len(on_page.text) < _FEW and expected.scripts and len(body.text) < _FEW:
        shown = on_page.runs if len(on_page.text) >= LEAST_CHARACTERS else frozenset()
        story = story_in(list(expected.scripts), expected.headlines, expected.promised | shown)
        parts = story.body.split("\n\n") if story is not None else []
        lines = [line for part in parts for line in lines_of_fragment(part)]
        embedded = Candidate("embedded", tuple(article_lines(lines, *expected.titles)))
        if len(embedded.text) > max(len(body.text), _LEAST_BODY):
            body = embedded
    if _has_more(body, on_page, expected.promised):
        return Found(
            body.text,
            f"{body.name}: {f'the page shows {on_page.name} less' if on_page.text else 'the page shows nothing'}",
        )
    return Found("\n\n".join(without_edges(on_page.lines, expected.authors)), on_page.name)


def _told_body(expected: Expected) -> Candidate:
    left = _MOST_BODIES
    best = Candidate("jsonld", ())
    for body in expected.bodies:
        left -= len(body)
        if left < 0:
            break
        found = Candidate("jsonld", tuple(article_lines(lines_of_fragment(body), *expected.titles)))
        best = max(best, found, key=lambda one: len(one.text))
    return best


def _has_more(body: Candidate, page: Candidate, promised: Shingles) -> bool:
    """Whether what the data tells is the article and the page shows less of it."""
    if len(body.text) < _LEAST_BODY:
        return bool(body.text) and not page.text
    if share_of(page.runs, body.runs) < 0.3 and share_of(body.runs, page.runs) < 0.3:  # the page shows something else
        return not page.text or share_of(promised, body.runs) >= share_of(promised, page.runs)
    return len(body.text) > _MORE * len(page.text) and share_of(body.runs, page.runs) < 0.8


def _on_page(page: HtmlElement, expected: Expected, known: Known) -> Candidate:
    """The text that the page itself shows."""
    titles = (*expected.titles, *(boxes.text_in(heading) for heading in page.iter("h1")))

    def candidate(name: str, raw: list[str]) -> Candidate:
        return Candidate(name, tuple(article_lines(raw, *titles)), tuple(raw))

    second = candidate("second", by_second_library(expected.source))
    crowds = [parent for parent in page.iter(etree.Element) if len(parent) > _CROWD]
    if crowds:
        etree.strip_elements(page, "time", with_tail=False)
    boxes.strip(page, known)
    if crowds:
        _unwrap(page, crowds)
    blocks = blocks_of(page)
    few = len(blocks) <= _MOST_COMPARED
    precise = candidate("precise", by_library(page, precise=True, compared=False))
    if alike(precise.runs, second.runs) >= _AGREE:
        best, why = precise, "precise: the second extractor agrees"
    else:
        default = candidate("default", by_library(page, precise=False, compared=few))
        own = candidate("blocks", by_blocks(blocks))
        best, why = chosen((precise, default, second, own), known.told)
    filled = candidate(why, with_gaps(best.raw, blocks)) if few else best
    if filled.lines == best.lines:
        return Candidate(why, best.lines)
    return Candidate(f"{why}; {len(filled.lines) - len(best.lines)} put back", filled.lines)


def thin_out(page: HtmlElement) -> None:
    """Of a page with thousands of elements side by side, cut at once what is no text. Metadata is lost: read it before."""
    if any(len(parent) > _CROWD for parent in page.iter(etree.Element)):
        etree.strip_elements(page, *_CROWDED_OUT, with_tail=False)


def text_of_fragment(html: str, title: str = "") -> str:
    """A feed's own HTML (or plain text) as paragraphs, parted by blank lines."""
    return "\n\n".join(article_lines(lines_of_fragment(html), title))


def lines_of_fragment(html: str) -> list[str]:
    """The lines of a text that is all the article's, HTML or plain; boxes in it are cut."""
    if "<" not in html:
        html = unescape(html)  # plain text, or markup that was escaped once too often
    if "<" not in html:
        return html.splitlines()
    page = tree_of(html)
    if page is None:
        return []
    boxes.strip(page)
    return _paragraphs(page)


def _paragraphs(page: HtmlElement) -> list[str]:
    return [block.text for block in blocks_of(page)]


def _unwrap(page: HtmlElement, crowds: Iterable[HtmlElement]) -> None:
    """Thousands of elements side by side: what of them is inline is unwrapped, and each run of text becomes one.

    No article has them, and who finds texts in a tree pays with the square of their number.
    """
    for parent in crowds:
        for child in parent:
            if child.tag in _INLINE:
                child.tag = _MARKED
    etree.strip_tags(page, _MARKED)
    for element in page.iter(etree.Element):
        if element.text:
            element.text = legal(element.text)
        if element.tail:
            element.tail = legal(element.tail)
