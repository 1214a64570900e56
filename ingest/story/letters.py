"""Classes of characters for the patterns of this folder, as the inside of square brackets."""

from collections.abc import Callable, Iterable
from itertools import chain

from core.text.characters import is_mark

# Where scripts of today have marks and capitals. Vowel signs are marks: without them, a Hindi word falls into its consonants.
_BLOCKS = (*range(0x80, 0x2E00), *range(0xA640, 0xAC00), *range(0xFE20, 0xFE30), *range(0x10400, 0x11800), 0x16F8F)


def _those(wanted: Callable[[str], bool], some: Iterable[int]) -> str:
    """As ranges."""
    runs: list[list[int]] = []
    for code in some:
        if not wanted(chr(code)):
            continue
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in runs)


MARKS = _those(is_mark, _BLOCKS)
CAPITALS = _those(str.isupper, chain(range(0x41, 0x5B), _BLOCKS))
