"""The tokens of many rules at once, their words, and their shapes: what is left of a rule without its words.

Tokens are found by alerts.rules.scanner, compiled; words by the tokeniser of articles. A term with a wildcard, or with
characters that this tokeniser leaves to Python, is asked of alerts.rules.terms, once for each text. A text with characters that
are not seen is left to the parser.

Rules of one shape differ in their words only, so the parser reads one of them and tells of all (alerts.rules.native.templates).
A shape is a row of numbers: the kinds of the tokens, and the text of those that are no plain term.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import ANY_LETTER, STAR
from alerts.rules.limits import MAX_CHARACTERS
from alerts.rules.native.jit import compiled, i64, inner, kernel, later, ptr
from alerts.rules.native.letters import TABLE, Letters
from alerts.rules.native.text import NEEDS_PYTHON, READ, WORD_COUNT, Words, add_words, letters_at, words_at, words_for
from alerts.rules.native.vocabulary import Vocabulary, empty_vocabulary, intern, vocabulary_at
from alerts.rules.scanner import CODE, FIELDS, UNSEEN, Kind, packed, packed_word, past_spaces, token_at
from alerts.rules.syntax import WordField

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

# What a token is to a shape: no term; a term with words of the row; one that Python was asked for; one that is no plain term.
NO_TERM, PLAIN, ASKED, ODD = range(4)
FOR_PARSER = -1  # in place of a shape
_MOST_NUMBERS = 4 * MAX_CHARACTERS + 64  # of a shape
_QUOTE, _BANG, _SLASH, _EQUALS = map(ord, '"!/=')
_LOWER = 32  # a letter in lower case
_MOST_FLAGS = 4
_WC, _PUBLISHED = tuple(map(ord, "wc")), tuple(map(ord, "published"))
_END, _PHRASE, _FIELD, _WORD = map(int, (Kind.END, Kind.PHRASE, Kind.FIELD, Kind.WORD))
_WITH_TEXT = tuple(map(int, (Kind.REGEX, Kind.UNIT, Kind.NEAR, Kind.NEAR_OTHER, Kind.FUNCTION, Kind.FIELD, Kind.ALIAS)))
_WORD_FIELDS = tuple(packed_word(name) for name in FIELDS if name in tuple(WordField))
_LITERAL = 1 << 22  # of a term in a shape: its text follows

_past_spaces, _token_at, _packed = compiled(past_spaces), compiled(token_at), compiled(packed)


class Tokens(NamedTuple):
    """The tokens of many texts, those of text k at `bounds[k]:bounds[k + 1]`; `start`, `end`: characters of its text.
    `first`, `many`: its words in the row; of one that is ASKED `first` is the number of its text."""

    bounds: I32
    kind: U8
    form: U8
    start: I32
    end: I32
    first: I32
    many: I32


def tokens_for(texts: int, characters: int) -> Tokens:
    """Room for the tokens of so many texts."""
    kind, form = np.zeros((2, characters + 1), np.uint8)
    start, end, first, many = np.zeros((4, characters + 1), np.int32)
    return Tokens(np.zeros(texts + 1, np.int32), kind, form, start, end, first, many)


@inner
def tokens_at(t: Tokens) -> Tokens:
    """Pointers in place of arrays."""
    return Tokens(ptr(t.bounds), ptr(t.kind), ptr(t.form), ptr(t.start), ptr(t.end), ptr(t.first), ptr(t.many))


@inner
def _may_have_flags(read: U32, start: int, end: int) -> bool:
    """Whether a word that begins with a slash ends with another and a few letters: /kim/i, which the parser refuses."""
    at = end - 1
    while at > start and ord("a") <= (read[at] | _LOWER) <= ord("z"):
        at -= 1
    return at > start and read[at] == _SLASH and 0 < end - 1 - at <= _MOST_FLAGS


@inner
def _form(
    read: U32, token: int, first: int, t: Tokens, letters: Letters, words: Words, room: int, asked: Vocabulary
) -> int:
    """Find the words of a term of the rule that is `read`."""
    start, end = i64(t.start[token]), i64(t.end[token])
    if t.kind[token] == _PHRASE:
        if read[end - 1] != _QUOTE:
            return ODD  # `"a b"~3`
        start, end = start + 1, end - 1
    elif read[start] == _BANG or (read[start] == _SLASH and _may_have_flags(read, start, end)):
        return ODD
    if _compares(read, token, first, t):
        return ODD
    before = words.sizes[WORD_COUNT]
    found = i64(READ)
    for at in range(start, end):
        if read[at] in (ANY_LETTER, STAR):
            found = i64(NEEDS_PYTHON)
    if found == READ:
        found = add_words(later(read, start), end - start, letters, words, room, False)
    if found != READ:
        t.first[token] = intern(asked, read, start, end - start)
        return ASKED
    t.first[token], t.many[token] = before, words.sizes[WORD_COUNT] - before
    return PLAIN if t.many[token] > 0 else ODD


@inner
def _compares(read: U32, token: int, first: int, t: Tokens) -> bool:
    """Whether a token is part of a comparison, or may be (alerts.rules.comparison_reader): `wc>1000`, `published`, `>`, and what follows."""
    start, end = i64(t.start[token]), i64(t.end[token])
    if token > first and t.kind[token - 1] == _WORD and _is_sign(i64(read[t.end[token - 1] - 1])):
        return True
    if t.kind[token] != _WORD:
        return False
    for at in range(start, end):
        if read[at] != _EQUALS and _is_sign(i64(read[at])):
            return True
    return read[start] == _EQUALS or _begins(read, start, end, _WC) or _begins(read, start, end, _PUBLISHED)


@inner
def _is_sign(code: int) -> bool:
    return 60 <= code <= 62 or code == 0x2264 or code == 0x2265


@inner
def _begins(read: U32, start: int, end: int, name: tuple[int, ...]) -> bool:
    """Whether a token is this name, alone or before a sign."""
    if end - start < len(name):
        return False
    for k in range(len(name)):
        if read[start + k] | 32 != name[k]:
            return False
    return end == start + len(name) or not 97 <= read[start + len(name)] | 32 <= 122


@inner
def _has_unseen(signs: U32, length: int) -> bool:
    for at in range(length):
        if signs[at] & UNSEEN:
            return True
    return False


@kernel(
    None,
    np.zeros(1, np.uint32),
    np.zeros(1, np.int64),
    TABLE.letters,
    tokens_for(1, 1),
    words_for(1),
    empty_vocabulary(),
)
def read_tokens(text: U32, starts: I64, table: Letters, found: Tokens, row: Words, asked: Vocabulary) -> None:
    """The tokens of many texts, text k at `text[starts[k]:starts[k + 1]]`; the characters are made plain in place."""
    letters, t, words, known = letters_at(table), tokens_at(found), words_at(row), vocabulary_at(asked)
    scratch, room = np.empty(len(text), np.uint32), len(row.letters) - 16
    signs = ptr(scratch)
    met = i64(0)
    for at in range(len(text)):
        code = i64(text[at])
        signs[at] = letters.signs[letters.blocks[code >> 8] * 256 + (code & 255)]
        text[at] = signs[at] & CODE
        met |= signs[at]
    many = i64(0)
    for k in range(len(starts) - 1):
        t.bounds[k] = many
        length = starts[k + 1] - starts[k]
        own, read = later(signs, starts[k]), later(ptr(text), starts[k])
        if length > MAX_CHARACTERS or (met & UNSEEN and _has_unseen(own, length)):
            t.kind[many], t.form[many] = _END, NO_TERM
            many += 1
            continue
        at = _past_spaces(own, i64(0), length)
        while at < length:
            kind, stop = _token_at(own, at, length)
            t.kind[many], t.start[many], t.end[many] = kind, at, stop
            t.form[many] = NO_TERM
            if kind == _WORD or kind == _PHRASE:
                t.form[many] = _form(read, many, i64(t.bounds[k]), t, letters, words, room, known)
            many += 1
            at = _past_spaces(own, stop, length)
    t.bounds[len(starts) - 1] = many
    t.bounds[0] = i64(0) * len(scratch)  # an array is freed after its last use, pointers or not


@inner
def _put_text(key: U32, many: int, text: U32, start: int, end: int) -> int:
    key[many] = end - start
    for at in range(start, end):
        key[many + 1 + at - start] = text[at]
    return many + 1 + end - start


@inner
def _names_value(text: U32, start: int, end: int) -> bool:
    """Whether a field is none that is searched word by word, so that what follows may be a value."""
    for k in range(start, end - 1):
        if text[k] > 127:
            return True
    word = _packed(text, start, end - 1)
    for name in _WORD_FIELDS:
        if word == name:
            return False
    return True


@inner
def _shape(t: Tokens, first: int, last: int, text: U32, bad: U8, key: U32) -> int:
    """Write the shape of a rule; how many numbers it has."""
    many, exact, before = i64(0), False, i64(0)
    for token in range(first, last):
        kind, form, start, end = i64(t.kind[token]), t.form[token], i64(t.start[token]), i64(t.end[token])
        if exact:  # a value may be a quoted text, and ends at a space
            key[many] = _LITERAL + 2 + min(start - before, 2) + 8 * kind
            many += 1
        before = end
        if form == NO_TERM:
            key[many] = kind
            many += 1
            if kind in _WITH_TEXT:
                many = _put_text(key, many, text, start, end)
                exact = exact or (kind == _FIELD and _names_value(text, start, end))
        elif form == ODD or (form == ASKED and bad[t.first[token]]):
            key[many] = _LITERAL + (kind == _PHRASE)
            many = _put_text(key, many + 1, text, start, end)
        else:
            key[many] = _WORD
            many += 1
    return many


@kernel(
    None,
    tokens_for(1, 1),
    np.zeros(1, np.uint32),
    np.zeros(1, np.int64),
    np.zeros(1, np.uint8),
    empty_vocabulary(),
    np.zeros(1, np.int32),
)
def find_shapes(found: Tokens, text: U32, starts: I64, bad: U8, shapes: Vocabulary, shape: I32) -> None:
    """The number of each text's shape, FOR_PARSER of one that the parser reads. `bad`: asked texts that are no term."""
    t, known, refused = tokens_at(found), vocabulary_at(shapes), ptr(bad)
    key = np.empty(_MOST_NUMBERS, np.uint32)
    for k in range(len(shape)):
        shape[k] = FOR_PARSER
        if t.bounds[k] == t.bounds[k + 1] or t.kind[t.bounds[k]] != _END:
            many = _shape(t, t.bounds[k], t.bounds[k + 1], later(ptr(text), starts[k]), refused, ptr(key))
            shape[k] = intern(known, ptr(key), 0, many)
    key[0] = 0  # an array is freed after its last use, pointers or not
