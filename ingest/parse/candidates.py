"""The texts that several extractors find on a page, from which the article's is chosen. Pure.

trafilatura in its precise mode leaks least, in its default mode loses least. turbohtml is the second opinion where they
disagree: of those measured it is quickest and cleanest, and costs the length of a hostile page (docs/reading.md).
"""

import re

import trafilatura
import turbohtml
from lxml.html import HtmlElement

from ingest.parse.blocks import HEADINGS, ITEMS, Block

_TABLE_ROW = re.compile(r"^\|\s*(.*?)\s*\|?$")
_MOST_SOURCE = 5_000_000  # characters; no article's page is longer
_LEAST_BLOCK = 40
_SHARE_OF_OUTER = 0.8  # what a paragraph counts for each element further out
_INLINE_BLOCKS = frozenset(("p", *HEADINGS, *ITEMS, "blockquote", "pre"))


def by_library(page: HtmlElement, *, precise: bool, compared: bool = True) -> list[str]:
    """trafilatura's lines; the tree stays as it is. `compared`: with what two other libraries find."""
    text = trafilatura.extract(
        page, favor_precision=precise, fast=not compared, include_comments=False, include_tables=True, deduplicate=False
    )
    return [_TABLE_ROW.sub(r"\1", line) for line in (text or "").splitlines()]


def by_second_library(source: str) -> list[str]:
    """turbohtml's lines."""
    return turbohtml.parse(source[:_MOST_SOURCE]).article().text.splitlines()


def by_blocks(blocks: list[Block]) -> list[str]:
    """The blocks of the element that paragraphs crowd in: what no library knows by its name, they find by its text."""
    scores: dict[HtmlElement, float] = {}
    for block in blocks:
        element = block.element.getparent() if block.tag in _INLINE_BLOCKS else block.element
        weight = float(len(block.text)) if block.is_prose else 0.0
        while element is not None and weight >= 1:
            scores[element] = scores.get(element, 0.0) + weight
            weight *= _SHARE_OF_OUTER
            element = element.getparent()
    if not scores:
        return []
    within = set(max(scores, key=lambda element: scores[element]).iter())
    return [block.text for block in blocks if block.element in within and _is_text(block)]


def _is_text(block: Block) -> bool:
    return block.links <= len(block.text) / 2 and (len(block.text) >= _LEAST_BLOCK or block.tag in _INLINE_BLOCKS)
