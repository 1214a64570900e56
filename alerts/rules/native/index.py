"""From a word, two words side by side, or the head of a pattern to what is found by it: flat arrays, built by machine code.

Postings of key k are `rules[first[k]:first[k + 1]]`; key s is the symbol s, key symbols + p the pair p. A head is what
stands before the first sign of a pattern; a word is looked up by each of its beginnings, most of which a filter sorts out.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import ANY_LETTER, STAR
from alerts.rules.native.jit import i64, inner, kernel, ptr
from alerts.rules.native.vocabulary import (
    HASH_START,
    Vocabulary,
    empty_vocabulary,
    hashed,
    same_letters,
    spread,
    vocabulary_at,
)

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

IS_PAIR = 1 << 62
_LOW = (1 << 31) - 1
_FILTER_BITS = 16  # a head


class Heads(NamedTuple):
    """Heads of patterns: `symbol[h]`'s first `length[h]` letters are head h, `members[first[h]:first[h + 1]]` its patterns."""

    numbers: I64  # letters of the shortest head, bits of the filter - 1, slots - 1, heads
    filter: U8
    slots: I32
    symbol: I32
    length: I32
    first: I32
    members: I32


class Index(NamedTuple):
    """`begins[s]`: whether a pair begins with the symbol; `always`: rules that every article may match."""

    slots: I32
    pairs: I64
    begins: U8
    first: I32
    rules: I32
    always: I32
    heads: Heads
    numbers: I64  # slots - 1, symbols, rules in `always`, rules


def no_index() -> Index:
    """The types of an index."""
    none = np.zeros(1, np.int32)
    flags = np.zeros(1, np.uint8)
    some = np.zeros(1, np.int64)
    return Index(none, some, flags, none, none, none, Heads(some, flags, none, none, none, none, none), some)


@inner
def _heads_at(heads: Heads) -> Heads:
    return Heads(
        ptr(heads.numbers),
        ptr(heads.filter),
        ptr(heads.slots),
        ptr(heads.symbol),
        ptr(heads.length),
        ptr(heads.first),
        ptr(heads.members),
    )


@inner
def pair_slot(slots: I32, pairs: I64, pair: int, mask: int) -> int:
    """The slot of a pair, or the free one that it belongs to."""
    code = spread(((pair & _LOW) * 0x9E3779B1 ^ (pair >> 32) * 0x85EBCA6B) & 0xFFFFFFFF)
    slot = code & mask
    while slots[slot] >= 0 and pairs[slots[slot]] != pair:
        slot = (slot + 1) & mask
    return slot


@kernel(
    int,
    np.zeros(1, np.int64),
    np.zeros(1, np.int32),
    np.zeros(1, np.int64),
    np.zeros(1, np.uint8),
    np.zeros(1, np.int32),
)
def _number_pairs(keys: I64, slots: I32, pairs: I64, begins: U8, numbers: I32) -> int:
    """Give every key its number; how many pairs there are."""
    many = i64(0)
    for k in range(len(keys)):
        key = keys[k]
        if not key & IS_PAIR:
            numbers[k] = key
            continue
        pair = key ^ IS_PAIR
        slot = pair_slot(ptr(slots), ptr(pairs), pair, len(slots) - 1)
        if slots[slot] < 0:
            slots[slot] = many
            pairs[many] = pair
            begins[pair & _LOW] = 1
            many += 1
        numbers[k] = len(begins) + slots[slot]
    return many


@kernel(None, np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32))
def _post(numbers: I32, keys_from: I32, first: I32, rules: I32) -> None:
    """Sort the rules by key. `first` comes zeroed."""
    for k in range(len(numbers)):
        first[numbers[k] + 1] += 1
    for k in range(1, len(first)):
        first[k] += first[k - 1]
    for rule in range(len(keys_from) - 1):
        for k in range(keys_from[rule], keys_from[rule + 1]):
            rules[first[numbers[k]]] = rule
            first[numbers[k]] += 1
    for k in range(len(first) - 1, 0, -1):
        first[k] = first[k - 1]
    first[0] = 0


@inner
def head_slot(vocabulary: Vocabulary, heads: Heads, letters: U32, start: int, length: int, code: int) -> int:
    """The slot of a head, or the free one that it belongs to."""
    mask = heads.numbers[2]
    slot = code & mask
    while heads.slots[slot] >= 0:
        head = heads.slots[slot]
        first = vocabulary.first[heads.symbol[head]]
        if heads.length[head] == length and same_letters(vocabulary.letters, first, letters, start, length):
            break
        slot = (slot + 1) & mask
    return i64(slot)


@inner
def _head_of(vocabulary: Vocabulary, symbol: int) -> tuple[int, int]:
    """How many letters stand before the first sign, and their hash."""
    code, first = i64(HASH_START), vocabulary.first[symbol]
    at = i64(first)
    while vocabulary.letters[at] not in (ANY_LETTER, STAR):
        code = hashed(code, i64(vocabulary.letters[at]))
        at += 1
    return at - first, spread(code)


@kernel(int, empty_vocabulary(), np.zeros(1, np.uint8), no_index().heads, np.zeros(1, np.int32))
def _number_heads(words: Vocabulary, patterns: U8, made: Heads, numbers: I32) -> int:
    """Sort the patterns by head; how many heads there are."""
    vocabulary, heads = vocabulary_at(words), _heads_at(made)
    many, bits = i64(0), heads.numbers[1]
    for symbol in range(len(patterns)):
        if not patterns[symbol]:
            continue
        length, code = _head_of(vocabulary, symbol)
        slot = head_slot(vocabulary, heads, vocabulary.letters, vocabulary.first[symbol], length, code)
        if heads.slots[slot] < 0:
            heads.slots[slot] = many
            heads.symbol[many], heads.length[many] = symbol, length
            heads.filter[(code & bits) >> 3] |= 1 << (code & 7)
            many += 1
        numbers[symbol] = heads.slots[slot]
        heads.first[numbers[symbol] + 1] += 1
    for k in range(1, len(made.first)):
        heads.first[k] += heads.first[k - 1]
    heads.numbers[0] = heads.length[0] if many > 0 else 0
    for head in range(many):
        heads.numbers[0] = min(heads.numbers[0], heads.length[head])
    heads.numbers[3] = many
    for symbol in range(len(patterns)):  # `first` moves on to the next head's, and is moved back
        if patterns[symbol]:
            heads.members[heads.first[numbers[symbol]]] = symbol
            heads.first[numbers[symbol]] += 1
    for k in range(len(made.first) - 1, 0, -1):
        heads.first[k] = heads.first[k - 1]
    heads.first[0] = 0
    return many


def heads_of(vocabulary: Vocabulary, patterns: U8) -> Heads:
    """The heads of all patterns of a vocabulary."""
    many = int(np.count_nonzero(patterns))
    slots = 1 << max(2 * many + 1, 8).bit_length()
    bits = max(slots * _FILTER_BITS, 512)
    heads = Heads(
        np.array([0, bits - 1, slots - 1, 0]),
        np.zeros(bits // 8, np.uint8),
        np.full(slots, -1, np.int32),
        np.zeros(many, np.int32),
        np.zeros(many, np.int32),
        np.zeros(many + 1, np.int32),
        np.zeros(many, np.int32),
    )
    _number_heads(vocabulary, patterns, heads, np.zeros(len(patterns), np.int32))
    return heads


def index_of(keys: I64, keys_from: I32, vocabulary: Vocabulary, patterns: U8, otherwise: I32, of_lists: I64) -> Index:
    """The index of rules with these keys. `otherwise`: rules that are found by a place or a list too. `of_lists`: the key of each
    term of a list; term t is kept as the rule behind all rules and t terms."""
    rules_many = len(keys_from) - 1
    always = np.setdiff1d(np.flatnonzero(np.diff(keys_from) == 0), otherwise).astype(np.int32)
    keys_from = np.concatenate([keys_from, keys_from[-1] + np.arange(1, len(of_lists) + 1, dtype=np.int32)])
    keys = np.concatenate([keys, of_lists])
    symbols = len(patterns)
    pairs = int(np.count_nonzero(keys & IS_PAIR))
    slots = np.full(1 << max(2 * pairs + 1, 8).bit_length(), -1, np.int32)
    held = np.zeros(max(pairs, 1), np.int64)
    begins = np.zeros(symbols, np.uint8)
    numbers = np.zeros(len(keys), np.int32)
    many = _number_pairs(keys, slots, held, begins, numbers)
    first = np.zeros(symbols + many + 1, np.int32)
    rules = np.zeros(len(keys), np.int32)
    _post(numbers, keys_from, first, rules)
    counts = np.array([len(slots) - 1, symbols, len(always), rules_many])
    return Index(
        slots, held[: max(many, 1)].copy(), begins, first, rules, always, heads_of(vocabulary, patterns), counts
    )
