"""Paragraphs that a library left out amid the article it found: back in their places. Pure; linear in the page.

Libraries drop what they do not know: lists, subheadings, cells, text that stands bare in an element, parts named like
boxes. What stands between two paragraphs of the article, in the same element, reads like text and not like a caption, is the
article's too. What stands behind its last one is so only if it is much: bios and teasers stand there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.parse.blocks import ITEMS, Block, sums_of
from ingest.parse.clean import is_boilerplate
from ingest.parse.likeness import Shingles, share_of, shingles, words_in
from ingest.parse.words_alike import folded

_KNOWN = 0.6  # of a block's runs of words
_IN_ONE_ELEMENT = 0.85
_LEAST = 40  # characters of a paragraph
_MUCH_BEHIND = 0.3
_MOST_WIDENED = 3
_LONG_READ = 5
_LONG_PARAGRAPH = 180  # characters, on the average
_CELLS = ("td", "th")
_HEADINGS = ("h2", "h3", "h4", "h5")
_TEXT_TAGS = frozenset(("p", "blockquote", "pre", *ITEMS, *_HEADINGS))
_ENDS = re.compile(r"[.!?…:;。！？।۔؟][\"'’”»)\]」]*$")
_CREDIT = re.compile(
    r"\b(?:photo|image|picture|foto|bild|credit|courtesy|getty|shutterstock|istock|file photo|via ap|afp|reuters/\w+)\b|©|\|\s*photo",
    re.IGNORECASE,
)
_CAPTION = 300  # characters


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the article stands among the blocks: its element, its first and last block, and the blocks that it has."""

    within: frozenset[HtmlElement]
    first: int
    last: int
    known: tuple[bool, ...]


def with_gaps(lines: Sequence[str], blocks: Sequence[Block]) -> list[str]:
    """The lines, with what belongs between them."""
    place = _place_of(lines, blocks)
    if place is None:
        return list(lines)
    found = [k for k in range(place.first + 1, place.last) if not place.known[k] and _belongs(blocks, k, place)]
    behind = [k for k in range(place.last + 1, len(blocks)) if _belongs(blocks, k, place)]
    prose = [len(blocks[k].text) for k in behind if blocks[k].is_prose]
    headed = any(blocks[k].tag in _HEADINGS[:3] for k in behind) and sum(prose) >= _LONG_PARAGRAPH * len(prose)
    if len(prose) > 2 and (headed or sum(prose) >= _MUCH_BEHIND * sum(map(len, lines))):
        found += behind
    start = blocks[place.first].element
    found += [
        k
        for k in range(place.first)
        if blocks[k].element is start and start.tag != "body" and _belongs(blocks, k, place)
    ]
    if not found:
        return list(lines)
    placed = [(k, n, line) for n, (k, line) in enumerate(_placed(lines, blocks))]
    placed += [(k, len(lines), blocks[k].text) for k in found]
    return [line for _, _, line in sorted(placed, key=lambda one: one[:2])]


def _place_of(lines: Sequence[str], blocks: Sequence[Block]) -> _Place | None:
    text = "\n".join(lines)
    whole, single, words = shingles(text), {folded(line) for line in lines}, set(words_in(text))
    known = tuple(_is_known(block, whole, single, words) for block in blocks)
    own = [block for block, is_known in zip(blocks, known, strict=True) if is_known]
    if not own:
        return None
    root = own[0].element.getroottree().getroot()
    held, total = sums_of(root, own), sum(len(block.text) for block in own)
    inner: HtmlElement | None = root
    while inner is not None:
        element = inner
        inner = next((one for one in element if one in held and held[one].text >= _IN_ONE_ELEMENT * total), None)
    if held[element].text < _IN_ONE_ELEMENT * total:
        return None
    within = _widened(element, blocks, len(text))
    places = [k for k, block in enumerate(blocks) if known[k] and block.element in within]
    return _Place(within, places[0], places[-1], known)


def _widened(element: HtmlElement, blocks: Sequence[Block], length: int) -> frozenset[HtmlElement]:
    """What the element holds; if only the lead of a long read was found there, what the element around it holds.

    Long paragraphs tell a long read from a list of teasers.
    """
    within = frozenset(element.iter())
    outer = element.getparent()
    for _ in range(_MOST_WIDENED):
        if outer is None or outer.tag in ("body", "html"):
            break
        wider = frozenset(outer.iter())
        prose = [len(block.text) for block in blocks if block.is_prose and block.element in wider]
        if sum(prose) >= _LONG_READ * length and sum(prose) >= _LONG_PARAGRAPH * len(prose):
            return wider
        outer = outer.getparent()
    return within


def _is_known(block: Block, whole: Shingles, single: set[str], words: set[str]) -> bool:
    runs = shingles(block.text)
    if len(runs) > 1:
        return share_of(runs, whole) >= _KNOWN
    if folded(block.text) in single:
        return True
    return block.tag in _CELLS and words.issuperset(words_in(block.text))  # a cell of a row that is one line


def _belongs(blocks: Sequence[Block], k: int, place: _Place) -> bool:
    block = blocks[k]
    if block.element not in place.within or block.links > len(block.text) / 2:
        return False
    if is_boilerplate(block.text):
        return True  # with its list it is cut later
    if _is_caption(block):
        return False
    if block.tag in _HEADINGS:
        return (
            k + 1 < len(blocks)
            and blocks[k + 1].tag not in _HEADINGS
            and blocks[k + 1].links <= len(blocks[k + 1].text) / 2
        )
    if len(block.text) >= _LEAST:
        return block.tag in _TEXT_TAGS or _ENDS.search(block.text) is not None
    beside = [n for n in (k - 1, k + 1) if 0 <= n < len(blocks)]
    return block.tag in ITEMS and any(blocks[n].tag in ITEMS and len(blocks[n].text) > 1 for n in beside)


def _is_caption(block: Block) -> bool:
    """A short text under a picture, or one that names who took it."""
    if len(block.text) > _CAPTION:
        return False
    outer = block.element.getparent()
    if len(block.text) < _CAPTION / 2 and _CREDIT.search(block.text) is not None:
        return True
    if block.tag in (*ITEMS, *_HEADINGS) or outer is None or outer.tag in ("body", "article", "main"):
        return False
    beside = [one for one in (block.element, block.element.getprevious()) if one is not None]
    return len(outer) <= 3 and any(next(one.iter("img", "picture"), None) is not None for one in beside)


def _placed(lines: Sequence[str], blocks: Sequence[Block]) -> list[tuple[int, str]]:
    """Each line with the block that it comes from, or the one of the line before it."""
    runs: dict[int, int] = {}
    single: dict[str, int] = {}
    for k, block in enumerate(blocks):
        single.setdefault(folded(block.text), k)
        for run in shingles(block.text):
            runs.setdefault(run, k)
    found: list[tuple[int, str]] = []
    at = -1
    for line in lines:
        here = single.get(folded(line))
        if here is None:
            here = min((runs[run] for run in shingles(line) if run in runs), default=at)
        at = max(at, here)
        found.append((at, line))
    return found
