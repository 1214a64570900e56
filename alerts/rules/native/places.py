"""Rules that are found by the place an article comes from (`domain:`, `source:`, `url:`, `agency:`): one look-up an article, whatever
the number of rules."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.rules.bytecode import Fact
from alerts.rules.exact import PLACES, Key, place_keys
from alerts.rules.syntax import ExactField, FieldTest
from core.text.document import Document

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

_IS_PLACE = 1 << 61


@dataclass(frozen=True, slots=True)
class Places:
    """`facts`: the number of each fact about a place; `lengths`: of the addresses among them. Rules that fact n finds are
    `rules[first[n]:first[n + 1]]`."""

    facts: dict[Key, int]
    lengths: frozenset[int]
    first: I64
    rules: I32

    def here(self, document: Document) -> frozenset[int]:
        """The facts that are true of the article."""
        if not self.facts:
            return frozenset()
        found = map(self.facts.get, place_keys(document, self.lengths))
        return frozenset(number for number in found if number is not None)

    def rules_of(self, here: frozenset[int]) -> I32:
        """The rules that these facts find; one may come twice."""
        pieces = [self.rules[self.first[number] : self.first[number + 1]] for number in sorted(here)]
        return np.concatenate(pieces) if pieces else self.rules[:0]


def places_of(keys: I64, keys_from: I32, facts: Sequence[Fact]) -> tuple[Places, I64, I32]:
    """The keys that are places, and the others with where each rule's begin."""
    about = {
        (fact.node.field, fact.node.value): number
        for number, fact in enumerate(facts)
        if isinstance(fact.node, FieldTest) and fact.node.field in PLACES
    }
    lengths = frozenset(len(value) for field, value in about if field is ExactField.URL)
    first, rules, keys, keys_from = set_aside(keys, keys_from, _IS_PLACE, len(facts))
    return Places(about, lengths, first, rules), keys, keys_from


def set_aside(keys: I64, keys_from: I32, sign: int, many: int) -> tuple[I64, I32, I64, I32]:
    """The keys with a sign, which are so many numbers: where the rules of each number begin, the rules; then the other keys, and
    where each rule's begin."""
    signed = (keys & sign) != 0
    numbers = keys[signed] ^ sign
    first = np.zeros(many + 1, np.int64)
    if not len(numbers):
        return first, np.zeros(0, np.int32), keys, keys_from
    order = np.argsort(numbers, kind="stable")
    rule_of = np.repeat(np.arange(len(keys_from) - 1, dtype=np.int32), np.diff(keys_from))
    np.cumsum(np.bincount(numbers, minlength=many), out=first[1:])
    others_before = np.concatenate([np.zeros(1, np.int64), np.cumsum(~signed)])
    return first, rule_of[signed][order], keys[~signed], others_before[keys_from].astype(np.int32)
