"""The pieces of a plain rule: operators, words, phrases, wildcards and fields, written as numbers when they are read.

A character that the parser might read otherwise (quotes and spaces that are not plain, marks) is refused.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.limits import DEFAULT_DISTANCE, LEAST_LETTERS, MAX_CHARACTERS, MAX_DISTANCE
from alerts.rules.native.jit import inner, ptr
from alerts.rules.native.letters import KIND_SHIFT, LETTER, SINGLE, UNIT, Letters
from alerts.rules.native.program import (
    ANY_LETTER,
    FIELDS,
    IN_PARAGRAPH,
    IN_SENTENCE,
    NEAR,
    OP_BITS,
    ORDERED,
    SPAN_BITS,
    STAR,
    TERM,
    WITHIN,
)
from alerts.rules.native.text import entry_of
from alerts.rules.native.vocabulary import Vocabulary, intern, vocabulary_at

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

QUOTE, OPEN, CLOSE, COMMA, COLON, _APOSTROPHE = (ord(c) for c in "\"(),:'")
_CURLY = 0x2019
IS_NONE, IS_END, IS_BAD, IS_AND, IS_OR, IS_NOT, IS_CLOSE, IS_JOINER = range(8)  # a joiner: IS_JOINER | node << 5


class Reading(NamedTuple):
    """What is being made: the numbers of rules, and the vocabulary. `size`: numbers in `code`, characters of the text."""

    code: I32
    size: I64
    vocabulary: Vocabulary
    levels: I32  # see alerts.rules.native.plain
    letters: U32  # of the word being read


@inner
def reading_at(made: Reading) -> Reading:
    """Pointers in place of arrays."""
    return Reading(ptr(made.code), ptr(made.size), vocabulary_at(made.vocabulary), ptr(made.levels), ptr(made.letters))


def reading(code: I32, size: I64, vocabulary: Vocabulary) -> Reading:
    return Reading(code, size, vocabulary, np.zeros(64, np.int32), np.zeros(MAX_CHARACTERS + 1, np.uint32))


@inner
def space(code: int) -> bool:
    return code == 32 or 9 <= code <= 13 or 28 <= code <= 31


def _packed_word(word: str) -> int:
    return int.from_bytes(word.encode(), "little")


_WORD_AND, _WORD_OR, _WORD_NOT, _WORD_NEAR, _WORD_SENT, _WORD_PARA = map(
    _packed_word, ("AND", "OR", "NOT", "NEAR", "SENT", "PARA")
)
_NAMES = tuple(_packed_word(name.value) for name in FIELDS)


@inner
def _packed(codes: U32, start: int, end: int) -> int:
    """Up to 8 ASCII characters as a number, the first one lowest; -1 for others."""
    packed = np.int64(0)
    if end - start > 8:
        return -1
    for at in range(end - 1, start - 1, -1):
        if codes[at] > 127:
            return -1
        packed = packed << 8 | np.int64(codes[at])
    return packed


@inner
def _distance(codes: U32, start: int, end: int) -> int:
    """The number after NEAR: `/` and one or two digits, no more than may be; the usual one where there is none; -1."""
    if start == end:
        return DEFAULT_DISTANCE
    if codes[start] != 47 or not 2 <= end - start <= 3:
        return -1
    distance = np.int64(codes[start + 1]) - 48
    if not 0 <= distance <= 9:
        return -1
    if end - start == 3:
        digit = np.int64(codes[start + 2]) - 48
        if distance == 0 or not 0 <= digit <= 9:
            return -1
        distance = distance * 10 + digit
    return distance if distance <= MAX_DISTANCE else -1


@inner
def operator(codes: U32, start: int, end: int) -> int:
    """AND, OR, NOT, or a joiner: NEAR, ONEAR/3, SENT and so on; else IS_NONE."""
    packed = _packed(codes, start, end)
    if packed == _WORD_AND:
        return IS_AND
    if packed == _WORD_OR:
        return IS_OR
    if packed == _WORD_NOT:
        return IS_NOT
    if packed == _WORD_SENT:
        return IS_JOINER | (WITHIN | IN_SENTENCE << OP_BITS) << 5
    if packed == _WORD_PARA:
        return IS_JOINER | (WITHIN | IN_PARAGRAPH << OP_BITS) << 5
    ordered = 0
    if codes[start] == 79:  # O
        ordered = ORDERED
        start += 1
    if end - start < 4 or _packed(codes, start, start + 4) != _WORD_NEAR:
        return IS_NONE
    distance = _distance(codes, start + 4, end)
    return IS_NONE if distance < 0 else IS_JOINER | (NEAR | (distance | ordered) << OP_BITS) << 5


@inner
def piece_end(codes: U32, at: int, end: int) -> int:
    """Where what begins here ends: a parenthesis, a quoted phrase, or all up to a space or one of them; -1: never."""
    first = codes[at]
    if first in (OPEN, CLOSE):
        return at + 1
    if first == COMMA:
        return -1
    if first == QUOTE:
        at += 1
        while at < end and codes[at] != QUOTE:
            at += 1
        return at + 1 if at < end else -1
    while at < end:
        code = codes[at]
        if space(code) or code in (OPEN, CLOSE, COMMA, QUOTE):
            break
        at += 1
    return at


@inner
def _known(code: int, letters: Letters) -> int:
    """The entry of a character that is read here; -1: leave the rule to the parser."""
    if code < 128:
        return np.int64(letters.entries[code])
    if code == _CURLY:
        return np.int64(letters.entries[_APOSTROPHE])
    entry = entry_of(code, letters)
    kind = entry >> KIND_SHIFT
    if kind == SINGLE or (kind == LETTER and (0xC0 <= code < 0x250 or 0x370 <= code < 0x530)):
        return entry
    return -1


@inner
def _put(made: Reading, value: int) -> None:
    made.code[made.size[0]] = value
    made.size[0] += 1


@inner
def _word(made: Reading, length: int, term: int) -> None:
    """The word that has been read becomes the next of the term."""
    _put(made, intern(made.vocabulary, made.letters, 0, length))
    made.code[term] += 1 << OP_BITS


@inner
def _words(codes: U32, start: int, end: int, letters: Letters, made: Reading) -> bool:
    """Write the term of these characters: a word, or what stands between quotes."""
    quoted = codes[start] == QUOTE
    term = made.size[0]
    _put(made, TERM)
    _put(made, start << SPAN_BITS | end)
    length = 0
    for at in range(start + quoted, end - quoted):
        code = np.int64(codes[at])
        entry = _known(code, letters)
        if entry < 0 or code in (ANY_LETTER, STAR):
            return False
        kind = entry >> KIND_SHIFT
        if kind == LETTER:
            made.letters[length] = entry & UNIT
            length += 1
            continue
        if length > 0:
            _word(made, length, term)
            length = 0
        if kind == SINGLE:
            made.letters[0] = entry & UNIT
            _word(made, 1, term)
        elif not quoted and not (code == 95 or (at > start and code in (38, 39, 45, 46, _CURLY))):
            return False
    if length > 0:
        _word(made, length, term)
    return made.code[term] != TERM


@inner
def _wild(codes: U32, start: int, end: int, letters: Letters, made: Reading) -> bool:
    """Write the term of a word with `?` or a star, and nothing but letters and digits besides."""
    first = -1
    for at in range(start, end):
        code = np.int64(codes[at])
        if code in (ANY_LETTER, STAR):
            if first < 0:
                first = at
            if code == STAR and at != end - 1:
                return False
            made.letters[at - start] = code
            continue
        entry = _known(code, letters)
        if entry < 0 or entry >> KIND_SHIFT != LETTER:
            return False
        made.letters[at - start] = entry & UNIT
    if first - start < LEAST_LETTERS:
        return False
    _put(made, TERM)
    _put(made, start << SPAN_BITS | end)
    _word(made, end - start, made.size[0] - 2)
    return True


@inner
def write_term(codes: U32, start: int, end: int, letters: Letters, made: Reading) -> bool:
    if codes[start] != QUOTE:
        for at in range(start, end):
            if codes[at] in (ANY_LETTER, STAR):
                return _wild(codes, start, end, letters, made)
    return _words(codes, start, end, letters, made)


@inner
def field_named(codes: U32, start: int, colon: int) -> int:
    """Which word field is named; -1: none."""
    packed = _packed(codes, start, colon)
    for field in range(len(_NAMES)):
        if packed == _NAMES[field]:
            return field
    return -1
