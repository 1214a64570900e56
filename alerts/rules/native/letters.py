"""The meaning of each character for words, as a table for machine code, filled block by block on demand.

Derived from core.text.fold and core.text.tokens by asking them, so that there is one definition of folding. Characters
whose meaning hangs on their neighbours are COMPLEX: the text goes to core.text.tokens.

A folded letter is kept as its code point, with a bit more where it is a letter that `?` stands for. Letters also tell their
script: a word of two scripts may imitate another one, and is left to core.text.tokens too.
"""

import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import unit
from alerts.rules.native.addressed import Addressed
from alerts.rules.scanner import sign_of
from core.text.characters import is_mark, is_single, is_word_character
from core.text.confusables import script_of
from core.text.fold import HAMZA, TAKES_HAMZA, fold, is_dropped, loses_marks
from core.text.invisible import SOFT_HYPHEN, is_invisible

# An entry: kind << 24 | flags | folded letter (of EXPAND: where its letters begin in `more`, and how many).
SEPARATOR, LETTER, SINGLE, SKIPPED, MARK, COMPLEX, EXPAND = range(7)
KIND_SHIFT, KIND = 24, 7
UNIT = 0x3FFFFF  # a folded letter with its bit
STRIPS = 1 << 22  # of a LETTER or EXPAND: marks after it are removed
SPACE = 1 << 22  # of a SEPARATOR: white space
MARKED = 1 << 23  # of a LETTER: a mark is part of it. Of a MARK: it may change places with another
SEEN = 1 << 22  # of a SKIPPED: it belongs to the word that it stands behind
BREAKS = 1 << 23  # of a SKIPPED: a soft hyphen, which goes with a line break behind it
SCRIPT_SHIFT, SCRIPTS = 27, 7  # of a LETTER or EXPAND: a bit of the script of its letters
HAMZA_ON = 1 << 30  # of a LETTER: it takes a hamza. Of a SKIPPED: it is one
OF_SINGLE = 1 << 22  # of a MARK: of a script of single characters
ONLY_STRIPPED = 1 << 20  # of a MARK (whose code points are smaller): joins letters that keep their marks
EXPAND_SHIFT = 4  # of EXPAND: place << 4 | count
MOST_EXPANDED = 15

_BLOCK = 256
_BLOCKS = 0x110000 // _BLOCK


class Letters(NamedTuple):
    """`blocks[c >> 8]` is the block's place in `entries` and `signs`, -1 while it is not filled. `signs`: what the scanner
    of rules takes a character for."""

    blocks: npt.NDArray[np.int32]
    entries: npt.NDArray[np.uint32]
    more: npt.NDArray[np.uint32]
    signs: npt.NDArray[np.uint32]


@lru_cache(maxsize=1)
def _seconds() -> frozenset[str]:
    """Characters that join what stands before them into one (canonical composition)."""
    found = set()
    for code in range(0x30000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            found.add(chr(int(parts[1], 16)))
    return frozenset(found)


class LetterTable:
    """The table as it grows. Arrays are replaced, not changed: machine code may be reading them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._more: list[int] = [0]
        empty = np.zeros(0, np.uint32)
        self._like = Letters(np.full(_BLOCKS, -1, np.int32), empty, empty, empty)
        self.addressed = Addressed(self._like, self._like)
        self.fill(0)

    @property
    def letters(self) -> Letters:
        return self.addressed.value

    def fill(self, block: int) -> None:
        """Fill a block that text has met."""
        with self._lock:
            old = self.letters
            if old.blocks[block] >= 0:
                return
            chars = [chr(code) for code in range(block * _BLOCK, (block + 1) * _BLOCK)]
            entries, signs = np.array([[self._entry(c), sign_of(c)] for c in chars], np.uint32).T
            blocks = old.blocks.copy()
            blocks[block] = len(old.entries) // _BLOCK
            letters = Letters(
                blocks,
                np.concatenate([old.entries, entries]),
                np.array(self._more, np.uint32),
                np.concatenate([old.signs, signs]),
            )
            self.addressed = Addressed(letters, self._like)

    def _entry(self, char: str) -> int:
        if is_invisible(char):
            return SKIPPED << KIND_SHIFT | (BREAKS if char == SOFT_HYPHEN else 0)
        if char == HAMZA or is_dropped(char):
            return SKIPPED << KIND_SHIFT | SEEN | (HAMZA_ON if char == HAMZA else 0)
        folded = fold(char) if not "\ud800" <= char <= "\udfff" else char
        if is_mark(char):
            return _mark(char, folded)
        if "\u1100" <= char <= "\u11ff" or char in _seconds():
            return COMPLEX << KIND_SHIFT
        words = [c for c in folded if is_word_character(c)]
        if not words:
            return SEPARATOR << KIND_SHIFT | (SPACE if char.isspace() else 0)
        if len(words) != len(folded) or char.isspace() or is_mark(folded[0]):
            return COMPLEX << KIND_SHIFT
        if any(is_single(c) or is_mark(c) for c in folded):
            return (SINGLE << KIND_SHIFT | unit(folded)) if folded == char else COMPLEX << KIND_SHIFT
        return self._letters(folded)

    def _letters(self, folded: str) -> int:
        parts = unicodedata.normalize("NFKD", folded)
        last = unicodedata.normalize("NFD", folded[-1])[0]
        flags = (STRIPS if loses_marks(last) else 0) | (MARKED if len(parts) > len(folded) else 0)
        scripts = HAMZA_ON if folded[-1] in TAKES_HAMZA else 0
        for char in folded:
            if (script := script_of(char)) is not None:
                scripts |= 1 << SCRIPT_SHIFT + script
        if len(folded) == 1:
            return LETTER << KIND_SHIFT | flags | scripts | unit(folded)
        place = len(self._more)
        if flags != STRIPS or len(folded) > MOST_EXPANDED or place > 0xFFFF:
            return COMPLEX << KIND_SHIFT
        self._more += map(unit, folded)
        return EXPAND << KIND_SHIFT | STRIPS | scripts | place << EXPAND_SHIFT | len(folded)


def _mark(char: str, folded: str) -> int:
    if not folded or any(not is_mark(c) for c in unicodedata.normalize("NFKD", folded)):
        return COMPLEX << KIND_SHIFT
    flags = (OF_SINGLE if is_single(char) else 0) | (MARKED if unicodedata.combining(char) else 0)
    if folded != char or char in _seconds() or ord(char) >= ONLY_STRIPPED:
        return MARK << KIND_SHIFT | flags | ONLY_STRIPPED
    return MARK << KIND_SHIFT | flags | ord(char)


TABLE = LetterTable()
