"""An article's words, found by machine code: the same words and positions as core.text.tokens finds.

All fields share one row of words: title, body, then author, section and tag where a rule asks for them. A field is a range
of the row, and paragraphs are numbered through, so that no phrase crosses a field.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import ALPHABETIC
from alerts.rules.native.jit import i64, inner, kernel, pointers, ptr
from alerts.rules.native.letters import (
    BREAKS,
    EXPAND,
    EXPAND_SHIFT,
    HAMZA_ON,
    KIND,
    KIND_SHIFT,
    LETTER,
    MARK,
    MARKED,
    OF_SINGLE,
    ONLY_STRIPPED,
    SCRIPT_SHIFT,
    SCRIPTS,
    SEEN,
    SEPARATOR,
    SINGLE,
    SKIPPED,
    SPACE,
    STRIPS,
    TABLE,
    UNIT,
    Letters,
)
from alerts.rules.native.samples import ReadOnly
from core.text.invisible import MOST_AROUND

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

READ, NEEDS_PYTHON = 0, -1  # else: a block of letters to be filled, and one more
WORD_COUNT, LETTER_COUNT, PARAGRAPH, JOINED = range(4)
MANY_BITS, MANY = 4, 15  # of `joined`: where the first letter is << MANY_BITS | how many


class Words(NamedTuple):
    """The row of words. `first[k]`: where the letters of word k begin; positions are characters of the word's own field.
    `joined`: letters that are written as one, in order."""

    letters: U32
    first: I32
    start: I32
    end: I32
    paragraph: I32
    sentence: I32
    joined: I32
    sizes: I64  # words, letters, paragraphs, joined letters so far


def words_for(characters: int) -> Words:
    """Room for the words of that many characters."""
    size = characters + 16

    def numbers() -> I32:
        return np.zeros(size, np.int32)

    return Words(
        np.zeros(2 * size, np.uint32),
        numbers(),
        numbers(),
        numbers(),
        numbers(),
        numbers(),
        numbers(),
        np.zeros(4, np.int64),
    )


@inner
def letters_at(letters: Letters) -> Letters:
    """Pointers in place of arrays."""
    return Letters(ptr(letters.blocks), ptr(letters.entries), ptr(letters.more), ptr(letters.signs))


@inner
def words_at(words: Words) -> Words:
    """Pointers in place of arrays."""
    return Words(
        ptr(words.letters),
        ptr(words.first),
        ptr(words.start),
        ptr(words.end),
        ptr(words.paragraph),
        ptr(words.sentence),
        ptr(words.joined),
        ptr(words.sizes),
    )


@inner
def entry_of(code: int, letters: Letters) -> int:
    """What a character means; -1 where its block is not filled."""
    block = letters.blocks[code >> 8]
    if block < 0:
        return -1
    return i64(letters.entries[block * 256 + (code & 255)])


@inner
def _begin(words: Words, k: int, at: int, m: int, paragraph: int) -> None:
    words.first[k] = m
    words.start[k] = at
    words.paragraph[k] = paragraph


@inner
def _kind(entry: int) -> int:
    return entry >> KIND_SHIFT & KIND


@inner
def _mark(base: int, entry: int) -> int:
    """A mark after a letter: 0 ask Python, 1 it is removed, 2 it belongs to the letter."""
    if base == 0:
        return 0
    if base & STRIPS and _kind(base) != SINGLE:
        return 1
    if entry & ONLY_STRIPPED or (base & MARKED and entry & MARKED):
        return 0
    if (_kind(base) == SINGLE) != (entry & OF_SINGLE != 0):
        return 0
    return 2


@inner
def _expanded(words: Words, m: int, entry: int, letters: Letters) -> int:
    place = (entry & (STRIPS - 1)) >> EXPAND_SHIFT
    for k in range(entry & 15):
        words.letters[m + k] = letters.more[place + k]
    return m + (entry & 15)


@inner
def _blank(code: int, entry: int, line: int) -> int:
    """Where a blank line is: 0 no, 1 a line has ended and nothing stood in the next yet, 2 a blank line has."""
    if entry & SPACE == 0:
        return i64(0)
    if code != 10:
        return line
    return min(line + 1, i64(2))


@inner
def _drop_unfinished(words: Words) -> None:
    """Forget the joined letters of a text that was not read to its end."""
    while words.sizes[JOINED] > 0 and words.joined[words.sizes[JOINED] - 1] >> MANY_BITS >= words.sizes[LETTER_COUNT]:
        words.sizes[JOINED] -= 1


@inner
def _join(words: Words, m: int, entry: int, letters: Letters) -> None:
    """Note that one character is several letters."""
    place, length = (entry & (STRIPS - 1)) >> EXPAND_SHIFT, entry & 15
    for k in range(length):
        if letters.more[place + k] & ALPHABETIC == 0:
            return
    words.joined[words.sizes[JOINED]] = m << MANY_BITS | length
    words.sizes[JOINED] += 1


@inner
def _letter(words: Words, m: int, entry: int, letters: Letters) -> int:
    if _kind(entry) == EXPAND:
        _join(words, m, entry, letters)
        return _expanded(words, m, entry, letters)
    words.letters[m] = entry & UNIT
    return m + 1


@inner
def _marked(words: Words, m: int, entry: int, base: int) -> tuple[int, int]:
    """A mark: letters so far (-1: ask Python), and what a mark after it follows."""
    what = _mark(base, entry)
    if what == 0:
        return i64(-1), base
    if what == 2:
        words.letters[m] = entry & (ONLY_STRIPPED - 1)
        return m + 1, base | (entry & MARKED)
    return m, base


@inner
def _line_breaks(codes: U32, at: int, length: int, letters: Letters) -> bool:
    """Whether white space may follow a soft hyphen."""
    for place in range(at + 1, min(at + 2 + MOST_AROUND, length)):
        entry = entry_of(i64(codes[place]), letters)
        if entry < 0 or (_kind(entry) == SEPARATOR and entry & SPACE):
            return True
        if _kind(entry) != SKIPPED:
            return False
    return False


@inner
def _end(words: Words, k: int, stop: int, seen: int) -> bool:
    """End a word; whether letters of two scripts that have letters that look alike are in it."""
    words.end[k] = stop
    scripts = seen >> SCRIPT_SHIFT & SCRIPTS
    return scripts & (scripts - 1) != 0


@inner
def _single(words: Words, k: int, m: int, at: int, entry: int, paragraph: int) -> None:
    _begin(words, k, at, m, paragraph)
    words.letters[m] = entry & UNIT
    words.end[k] = at + 1


@inner
def add_words(codes: U32, length: int, letters: Letters, words: Words, room: int, prose: bool) -> int:  # noqa: FBT001
    """Add the words of so many characters to the row; room: for letters."""
    k, m, paragraph = words.sizes[WORD_COUNT], words.sizes[LETTER_COUNT], words.sizes[PARAGRAPH]
    inside = mixed = False
    base = line = seen = stop = i64(0)
    for at in range(length):
        code = i64(codes[at])
        entry = i64(letters.entries[code]) if code < 256 else entry_of(code, letters)
        if entry < 0:
            return (code >> 8) + 1
        kind = _kind(entry)
        if kind == LETTER or kind == EXPAND:
            if not inside:
                _begin(words, k, at, m, paragraph)
            seen = entry | (seen if inside else i64(0))
            m = _letter(words, m, entry, letters)
            inside, base, line, stop = True, entry, i64(0), at + 1
        elif kind == SKIPPED or kind == MARK:
            if kind == MARK:
                m, base = _marked(words, m, entry, base)
            elif base & entry & HAMZA_ON or (entry & BREAKS and _line_breaks(codes, at, length, letters)):
                return NEEDS_PYTHON
            line = i64(0)
            if base != 0 and (kind == MARK or entry & SEEN):
                stop = at + 1
                if not inside:
                    words.end[k - 1] = stop
        else:
            if inside:
                k, inside, mixed = k + 1, False, _end(words, k, stop, seen)
            if kind == SEPARATOR:
                was, line = line, _blank(code, entry, line)
                paragraph += prose and line == 2 and was == 1
                base = i64(0)
            elif kind == SINGLE:
                _single(words, k, m, at, entry, paragraph)
                k, m, base, line = k + 1, m + 1, entry, i64(0)
            else:
                return NEEDS_PYTHON
        if not 0 <= m <= room or mixed:
            return NEEDS_PYTHON
    if inside:
        k, mixed = k + 1, _end(words, k, stop, seen)
    if mixed:
        return NEEDS_PYTHON
    words.first[k] = m
    words.sizes[WORD_COUNT], words.sizes[LETTER_COUNT], words.sizes[PARAGRAPH] = k, m, paragraph + 1
    return READ


_letters_of, _words_of = pointers(TABLE.letters), pointers(words_for(1))


@kernel(int, ReadOnly(np.uint32), np.zeros(1, np.int64), np.zeros(1, np.int64), int, True)
def read_words(codes: U32, table: I64, row: I64, room: int, prose: bool) -> int:  # noqa: FBT001
    """Add the words of a field to the row. `table`, `row`: addresses of Letters, and of what begins with Words; room: for letters.
    `prose`: blank lines part paragraphs. READ, or what is needed first."""
    letters, words = _letters_of(table), _words_of(row)
    _drop_unfinished(words)
    return add_words(ptr(codes), i64(len(codes)), letters, words, room, prose)


@kernel(None, words_for(1), np.zeros(1, np.uint32), np.zeros(1, np.int64), np.zeros(1, np.int32), np.zeros(1, np.int32))
def put_words(columns: Words, letters: U32, first: I64, table: npt.NDArray[np.int32], joined: I32) -> None:
    """Add words that Python has found; the table: the start of each, the end of each, the paragraph of each. `joined`: as the row has
    it, the first of these letters being 0."""
    many = len(first) - 1
    words = words_at(columns)
    k, m, base = words.sizes[0], words.sizes[1], words.sizes[2]
    _drop_unfinished(words)
    for one in range(len(joined)):
        words.joined[words.sizes[JOINED]] = joined[one] + (m << MANY_BITS)
        words.sizes[JOINED] += 1
    for word in range(len(first) - 1):
        words.first[k] = m
        words.start[k], words.end[k] = table[word], table[many + word]
        words.paragraph[k] = base + table[2 * many + word]
        for at in range(first[word], first[word + 1]):
            words.letters[m] = letters[at]
            m += 1
        k += 1
    words.first[k] = m
    words.sizes[0], words.sizes[1] = k, m
    words.sizes[2] = words.paragraph[k - 1] + 1 if len(first) > 1 else base + 1
