"""Rules of one segment copied into another, whose vocabulary, facts and lists have other numbers."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import FACT, HEADER, LIST, OP, OP_BITS, PLACE, REGEX
from alerts.rules.native.jit import i64, kernel
from alerts.rules.native.nodes import size_of
from alerts.rules.native.vocabulary import Vocabulary, empty_vocabulary, intern, vocabulary_at

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


class Source(NamedTuple):
    """Rules to be copied: some rows of a segment."""

    code: I32
    begin: I32
    rows: I32
    vocabulary: Vocabulary


class Numbers(NamedTuple):
    """The new numbers of facts and of lists."""

    facts: I32
    lists: I32


@kernel(
    None,
    Source(np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32), empty_vocabulary()),
    np.zeros(1, np.int32),
    np.zeros(1, np.int64),
    empty_vocabulary(),
    np.zeros(1, np.int32),
    Numbers(np.zeros(1, np.int32), np.zeros(1, np.int32)),
    np.zeros(1, np.int32),
)
def copy_rules(
    source: Source, code: I32, size: I64, words: Vocabulary, symbols: I32, numbers: Numbers, begin: I32
) -> None:
    """Copy rules, with the new vocabulary's symbols (`symbols[s]` of the old s, -1 while it is not met)."""
    old, vocabulary = vocabulary_at(source.vocabulary), vocabulary_at(words)
    for k in range(len(source.rows)):
        start = i64(source.begin[source.rows[k]])
        length, pc = size_of(source.code, start), i64(0)
        begin[k] = base = size[0]
        for at in range(length):
            code[base + at] = source.code[start + at]
        size[0] += length
        while pc < length:
            head = code[base + pc]
            if head & OP > 1:
                if head & OP in (FACT, REGEX, PLACE):
                    code[base + pc] = head & OP | numbers.facts[head >> OP_BITS] << OP_BITS
                elif head & OP == LIST:
                    code[base + pc] = LIST | numbers.lists[head >> OP_BITS] << OP_BITS
                pc += HEADER
                continue
            for at in range(base + pc + 2, base + pc + 2 + (head >> OP_BITS)):
                symbol = code[at]
                if symbols[symbol] < 0:
                    first = old.first[symbol]
                    symbols[symbol] = intern(vocabulary, old.letters, first, old.first[symbol + 1] - first)
                code[at] = symbols[symbol]
            pc += 2 + (head >> OP_BITS)
