"""The words and patterns of rules, each with a number: its symbol. Looked up letter by letter, not by a digest alone."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from alerts.rules.native.jit import i64, inner, kernel, ptr

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]

HASH_START = 2166136261
_HASH_PRIME = 16777619
_BITS = 0xFFFFFFFF


class Vocabulary(NamedTuple):
    """`slots`: symbol or -1; `first[s]`: where the letters of symbol s begin; `size`: symbols, letters, slots - 1."""

    slots: I32
    letters: U32
    first: I32
    size: I64


def empty_vocabulary() -> Vocabulary:
    return Vocabulary(
        np.full(1024, -1, np.int32), np.zeros(4096, np.uint32), np.zeros(513, np.int32), np.array([0, 0, 1023])
    )


@inner
def vocabulary_at(vocabulary: Vocabulary) -> Vocabulary:
    """Pointers in place of arrays."""
    return Vocabulary(ptr(vocabulary.slots), ptr(vocabulary.letters), ptr(vocabulary.first), ptr(vocabulary.size))


@inner
def hashed(so_far: int, unit: int) -> int:
    """FNV-1a over folded letters."""
    return ((so_far ^ unit) * _HASH_PRIME) & _BITS


@inner
def spread(value: int) -> int:
    """The last step: every bit of the hash counts in its low bits."""
    value = ((value ^ (value >> 16)) * 0x45D9F3B) & _BITS
    return value ^ (value >> 15)


@inner
def same_letters(a: U32, a_start: int, b: U32, b_start: int, length: int) -> bool:
    for k in range(length):
        if a[a_start + k] != b[b_start + k]:
            return False
    return True


@inner
def find(vocabulary: Vocabulary, letters: U32, start: int, length: int, code: int) -> int:
    """The symbol of a word whose hash is `code`; else -1 - its free slot."""
    mask = vocabulary.size[2]
    slot = spread(code) & mask
    while True:
        symbol = vocabulary.slots[slot]
        if symbol < 0:
            return i64(-1 - slot)
        first = vocabulary.first[symbol]
        if vocabulary.first[symbol + 1] - first == length and same_letters(
            vocabulary.letters, first, letters, start, length
        ):
            return i64(symbol)
        slot = (slot + 1) & mask


@inner
def intern(vocabulary: Vocabulary, letters: U32, start: int, length: int) -> int:
    """The symbol of a word, new or known. The caller has seen to room."""
    code = i64(HASH_START)
    for k in range(start, start + length):
        code = hashed(code, i64(letters[k]))
    symbol = find(vocabulary, letters, start, length, code)
    if symbol >= 0:
        return symbol
    number, place = vocabulary.size[0], vocabulary.size[1]
    vocabulary.slots[-1 - symbol] = number
    for k in range(length):
        vocabulary.letters[place + k] = letters[start + k]
    vocabulary.first[number + 1] = place + length
    vocabulary.size[0], vocabulary.size[1] = number + 1, place + length
    return i64(number)


@kernel(None, empty_vocabulary(), np.zeros(1, np.uint32), np.zeros(1, np.int64), np.zeros(1, np.int32))
def intern_all(vocabulary: Vocabulary, letters: U32, first: I64, symbols: I32) -> None:
    """Give every word its symbol; word k is `letters[first[k]:first[k + 1]]`."""
    known, given = vocabulary_at(vocabulary), ptr(letters)
    for k in range(len(symbols)):
        symbols[k] = intern(known, given, first[k], first[k + 1] - first[k])


@kernel(None, empty_vocabulary(), np.zeros(1, np.uint32), np.zeros(1, np.int64), np.zeros(1, np.int32))
def find_all(vocabulary: Vocabulary, letters: U32, first: I64, symbols: I32) -> None:
    """The symbol of every word, -1 where it has none."""
    known, given = vocabulary_at(vocabulary), ptr(letters)
    for k in range(len(symbols)):
        code = i64(HASH_START)
        for at in range(first[k], first[k + 1]):
            code = hashed(code, i64(letters[at]))
        symbols[k] = max(find(known, given, first[k], first[k + 1] - first[k], code), -1)


@kernel(None, empty_vocabulary(), np.zeros(1, np.int32))
def _fill_slots(vocabulary: Vocabulary, slots: I32) -> None:
    mask = len(slots) - 1
    for symbol in range(vocabulary.size[0]):
        code = i64(HASH_START)
        for k in range(vocabulary.first[symbol], vocabulary.first[symbol + 1]):
            code = hashed(code, i64(vocabulary.letters[k]))
        slot = spread(code) & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = symbol


_T = TypeVar("_T", np.int32, np.uint32, np.uint8)


def grown(array: npt.NDArray[_T], size: int) -> npt.NDArray[_T]:
    """The array with room for `size`; twice as much as before, so that growing costs little."""
    if len(array) >= size:
        return array
    more = np.zeros(max(size, len(array) * 3 // 2), array.dtype)
    more[: len(array)] = array
    return more


def with_room(vocabulary: Vocabulary, words: int, letters: int) -> Vocabulary:
    """The vocabulary with room for so many more words and letters."""
    symbols, used = int(vocabulary.size[0]), int(vocabulary.size[1])
    first = grown(vocabulary.first, symbols + words + 1)
    kept = grown(vocabulary.letters, used + letters)
    slots = vocabulary.slots
    if len(slots) < 2 * (symbols + words):
        slots = np.full(1 << (2 * (symbols + words)).bit_length(), -1, np.int32)
        _fill_slots(vocabulary, slots)
        vocabulary.size[2] = len(slots) - 1
    return Vocabulary(slots, kept, first, vocabulary.size)


def flat(words: Sequence[tuple[int, ...]]) -> tuple[U32, I64]:
    """Words as intern_all and find_all take them."""
    first = np.zeros(len(words) + 1, np.int64)
    np.cumsum([len(word) for word in words], out=first[1:])
    return np.fromiter(chain.from_iterable(words), np.uint32, int(first[-1])), first


def trimmed(vocabulary: Vocabulary) -> Vocabulary:
    """The vocabulary without spare room, for a set that no longer grows."""
    symbols, used = int(vocabulary.size[0]), int(vocabulary.size[1])
    slots = np.full(1 << max(2 * symbols + 1, 8).bit_length(), -1, np.int32)
    _fill_slots(vocabulary, slots)
    size = np.array([symbols, used, len(slots) - 1])
    return Vocabulary(slots, vocabulary.letters[:used].copy(), vocabulary.first[: symbols + 1].copy(), size)
