"""The vocabulary in one article: each symbol's positions, and working memory. One thread uses it at a time."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import FIELDS
from alerts.rules.native.jit import i64, inner
from alerts.rules.native.lists import Lists
from alerts.rules.native.text import Words, words_for
from alerts.rules.native.vocabulary import Vocabulary

I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

# Where fields end in the row of words (each begins where the one before it ends), and whether sentences are known.
TITLE_END, BODY_END, AUTHOR_END, SECTION_END, TAG_END, LEAD_END, SENTENCES_KNOWN, BOUNDS_SIZE = range(8)
TITLE, LEAD, BODY, HLEAD, AUTHOR, SECTION, TAG = range(len(FIELDS))
MOST_POSITIONS = 1 << 16
MOST_NODES = 1 << 15  # of an operand: a rule has no place for more
_MOST_LEVELS = 96
LEVEL_SIZE = 10


class Postings(NamedTuple):
    """`symbol[p]`: of word p, or -1. `local[s]`: the number of a symbol among those of this article, or -1; of that number n,
    `first[n]` and `last[n]` are its first and last occurrence, `many[n]` how many there are; of an occurrence, `at` is the
    word and `later` the next occurrence. `fits[fits_first[n]:fits_first[n] + fits_many[n]]`: patterns that a word fits."""

    symbol: I32
    local: I32
    symbols: I32
    first: I32
    last: I32
    many: I32
    at: I32
    later: I32
    fits: I32
    fits_first: I32
    fits_many: I32
    size: I64  # numbers, occurrences, fits, and room for each


class Room(NamedTuple):
    """`positions`: start << 32 | end of matches; `lists`: where lists of them begin and end; `levels`: of a verdict."""

    positions: I64
    lists: I32
    nodes: I32
    levels: I32
    scopes: I64  # of a proof
    steps: I64  # work done: nodes looked at and positions found


class OfArticle(NamedTuple):
    """What is known of an article, whatever the rules."""

    words: Words
    bounds: I64
    room: Room


class Search(NamedTuple):
    """All that the evaluation of a rule reads. `patterns[s]`: whether a symbol is a pattern; `facts`: 1, 0, or -1 unknown."""

    words: Words
    bounds: I64
    vocabulary: Vocabulary
    patterns: U8
    postings: Postings
    room: Room
    facts: I8
    lists: Lists


def postings_for(symbols: int, words: int) -> Postings:
    """Room for an article of so many words; `local` must be -1 everywhere again before it is used again."""
    many = 4 * words + 1024

    def numbers(size: int) -> I32:
        return np.zeros(size, np.int32)

    return Postings(
        symbol=numbers(words + 16),
        local=np.full(symbols, -1, np.int32),
        symbols=numbers(many),
        first=numbers(many),
        last=numbers(many),
        many=numbers(many),
        at=numbers(many),
        later=numbers(many),
        fits=numbers(many),
        fits_first=numbers(many),
        fits_many=numbers(many),
        size=np.array([0, 0, 0, many]),
    )


def article_for(characters: int) -> OfArticle:
    """Room for an article of that many characters."""
    return OfArticle(words_for(characters), np.zeros(BOUNDS_SIZE, np.int64), _room())


def _room() -> Room:
    return Room(
        np.zeros(MOST_POSITIONS, np.int64),
        np.zeros(2 * MOST_NODES, np.int32),
        np.zeros(MOST_NODES, np.int32),
        np.zeros(_MOST_LEVELS * LEVEL_SIZE, np.int32),
        np.zeros(3 * _MOST_LEVELS, np.int64),
        np.zeros(1, np.int64),
    )


NO_ARTICLE = article_for(1)


@inner
def range_of(bounds: I64, field: int) -> tuple[int, int]:
    """The words of a field, or of title and body."""
    if field == TITLE:
        return i64(0), bounds[TITLE_END]
    if field == LEAD:
        return bounds[TITLE_END], bounds[LEAD_END]
    if field == BODY:
        return bounds[TITLE_END], bounds[BODY_END]
    if field == HLEAD:
        return i64(0), bounds[LEAD_END]
    if field == AUTHOR:
        return bounds[BODY_END], bounds[AUTHOR_END]
    if field == SECTION:
        return bounds[AUTHOR_END], bounds[SECTION_END]
    if field == TAG:
        return bounds[SECTION_END], bounds[TAG_END]
    return i64(0), bounds[BODY_END]


@inner
def field_at(bounds: I64, place: int) -> tuple[int, int]:
    """The field of a word, and where that begins."""
    if place < bounds[TITLE_END]:
        return TITLE, i64(0)
    if place < bounds[BODY_END]:
        return BODY, bounds[TITLE_END]
    if place < bounds[AUTHOR_END]:
        return AUTHOR, bounds[BODY_END]
    if place < bounds[SECTION_END]:
        return SECTION, bounds[AUTHOR_END]
    return TAG, bounds[SECTION_END]
