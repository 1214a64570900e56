"""The terms of lists as numbers, and the keys that an article finds them by."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import CASED, FACT, HEADER, LIST, OP, OP_BITS, OR, PLACE, REGEX, TERM, units
from alerts.rules.native.anchor_selection import best_key, key_of
from alerts.rules.native.jit import i64, kernel, ptr
from alerts.rules.native.nodes import size_of
from alerts.rules.native.vocabulary import flat
from alerts.rules.syntax import Listed, Terms

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

IS_LIST = 1 << 60  # of a key


@dataclass(frozen=True, slots=True)
class EncodedTerms:
    """Terms as an OR before their words have symbols: word k, `letters[first[k]:first[k + 1]]`, stands at `positions[k]`."""

    numbers: I32
    letters: U32
    first: I64
    positions: I64


def encoded_terms(terms: Terms) -> EncodedTerms:
    """Made once, whatever the number of segments that have the list."""
    found: EncodedTerms | None = terms.kept.get(EncodedTerms)
    if found is None:
        lengths = np.array([len(term.words) for term in terms], np.int64)
        size = HEADER + int(lengths.sum()) + 2 * len(terms)
        begins = HEADER + np.cumsum(lengths + 2) - lengths - 2
        numbers = np.zeros(size, np.int32)
        numbers[:HEADER] = OR | len(terms) << OP_BITS, size, 0
        numbers[begins] = [(CASED if term.cased else TERM) | len(term.words) << OP_BITS for term in terms]
        is_word = np.ones(size, np.bool_)
        is_word[:HEADER] = is_word[begins] = is_word[begins + 1] = False
        letters, first = flat([units(word) for term in terms for word in term.words])
        found = terms.kept[EncodedTerms] = EncodedTerms(numbers, letters, first, np.flatnonzero(is_word))
    return found


def languages_of(lists: Iterable[Listed]) -> tuple[I32, tuple[tuple[str, ...], ...]]:
    """The number of each term's languages, in the order of the lists, of each its terms first, then its exclusions; and what the
    numbers stand for. 0: every language."""
    numbers: dict[tuple[str, ...], int] = {(): 0}
    found = [np.zeros(0, np.int32)]
    for one in lists:
        for terms in (Terms.of(one.terms), Terms.of(one.exclude)):
            bound = terms.kept.setdefault("langs", any(term.langs for term in terms))
            of_terms = (numbers.setdefault(term.langs, len(numbers)) for term in terms) if bound else ()
            found.append(np.fromiter(of_terms, np.int32) if bound else np.zeros(len(terms), np.int32))
    return np.concatenate(found), tuple(numbers)


@kernel(
    None,
    np.zeros(1, np.int32),
    np.zeros(1, np.int32),
    np.zeros(1, np.float32),
    np.zeros(1, np.uint8),
    np.zeros(1, np.int64),
    np.zeros(1, np.int32),
    np.zeros(1, np.float64),
)
def list_keys(numbers: I32, begin: I32, shares: F32, signs: U8, keys: I64, terms: I32, costs: F64) -> None:
    """The key of every term of the lists, where it is, what it belongs to (see Lists.terms), and what each list costs."""
    code, weights, patterns = ptr(numbers), ptr(shares), ptr(signs)
    many = i64(0)
    for part in range(len(begin)):
        pc = i64(begin[part])
        end = pc + code[pc + 1]
        pc += HEADER
        while pc < end:
            keys[many] = key_of(code, pc, weights, patterns)
            terms[2 * many], terms[2 * many + 1] = pc, part
            if part % 2 == 0:
                costs[part // 2] += best_key(code, pc, weights, patterns)[0]
            many += 1
            pc += size_of(code, pc)


@kernel(
    None,
    np.zeros(1, np.int32),
    np.zeros(1, np.int32),
    np.zeros(1, np.int32),
    np.zeros(1, np.uint8),
    np.zeros(1, np.uint8),
)
def look_for_named(code: I32, begin: I32, rows: I32, lists: U8, facts: U8) -> None:
    """Mark the lists and the facts that some rules name."""
    for k in range(len(rows)):
        pc = i64(begin[rows[k]])
        end = pc + size_of(code, pc)
        while pc < end:
            if code[pc] & OP == LIST:
                lists[code[pc] >> OP_BITS] = 1
            elif code[pc] & OP in (FACT, REGEX, PLACE):
                facts[code[pc] >> OP_BITS] = 1
            pc += HEADER if code[pc] & OP > 1 else size_of(code, pc)
