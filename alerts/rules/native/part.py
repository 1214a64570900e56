"""Compiled rules that do not change, and what they find in an article.

machine code: words -> candidates -> verdicts -> evidence
Python:       facts (exact fields, regular expressions) and sentences when a candidate wants them; rules with case(...), whole
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
import numpy.typing as npt

from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.explain import explain, field_test, regex_found
from alerts.rules.native.article import Prepared
from alerts.rules.native.columns import Column, rows_of
from alerts.rules.native.evidence import records
from alerts.rules.native.find import (
    ASKING,
    CANDIDATES,
    HITS,
    LEAST_ROWS,
    NO_ROOM,
    WANTING,
    Out,
    Rules,
    match,
    match_wanting,
    out_for,
    prove_hits,
)
from alerts.rules.native.found import Found, Search, found_for
from alerts.rules.native.program import Fact
from alerts.rules.native.proof import ROW
from alerts.rules.native.verdict import WANTED
from alerts.rules.native.vocabulary import Vocabulary
from alerts.rules.parser import parse
from alerts.rules.syntax import FieldTest, Node
from core.model.match import Evidence
from core.text.document import Document

I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

_ROWS = 4 * LEAST_ROWS  # of evidence at a time


class Hit:
    """A rule that is true of an article, and why; the evidence is put together when it is asked for."""

    __slots__ = ("_end", "_evidence", "_proofs", "_row", "_start", "key")

    def __init__(self, key: str, proofs: "Proofs", row: int, start: int, end: int) -> None:
        """Evidence: rows `start` to `end` of the proofs; `start` negative: Python proves rule `row`."""
        self.key = key
        self._proofs = proofs
        self._row = row
        self._start = start
        self._end = end
        self._evidence: tuple[Evidence, ...] | None = None

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        found = self._evidence
        if found is None:
            found = self._evidence = self._proofs.of(self._row, self._start, self._end)
        return found

    def __repr__(self) -> str:
        return f"Hit({self.key!r})"


@dataclass(slots=True)
class Proofs:
    """Rows of evidence of an article's hits; who asks for one hit's asks for all, so they become records together."""

    part: "Part"
    document: Document
    rows: I32
    _records: list[Evidence] | None = None

    def of(self, row: int, start: int, end: int) -> tuple[Evidence, ...]:
        """The evidence of a rule, each place once."""
        if start < 0:
            return tuple(dict.fromkeys(explain(self.part.tree(row), self.document).proof()))
        if self._records is None:
            self._records = records(self.rows, self.document)
        return tuple(self._records[start:end])


@dataclass(slots=True)
class Bench:
    """What a thread works with on one part."""

    found: Found
    facts: I8
    out: Out
    rows: I32
    rows_from: I32


@dataclass(slots=True)
class Tally:
    """What matching took: candidates and evaluations by Python, so far."""

    articles: int = 0
    candidates: int = 0
    asked: int = 0
    hits: int = 0
    python_seconds: dict[int, float] = field(default_factory=dict)  # by row


@dataclass(frozen=True, slots=True)
class Part:
    """Row r of each column is rule r. `alive`: 0 where a later row has the same id."""

    vocabulary: Vocabulary
    patterns: U8
    rules: Rules
    keys: Column
    key_slots: I32
    texts: Column
    alias_sets: tuple[AliasSet, ...]
    alias_rows: I32
    facts: tuple[Fact, ...]
    alive: U8
    others: bool
    tally: Tally = field(default_factory=Tally)
    _free: list[Bench] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.alive)

    @property
    def begin(self) -> I32:
        """Where each rule's numbers begin."""
        return self.rules.about[0::4].astype(np.int32)[: len(self)]

    @property
    def looked(self) -> I64:
        """How often each rule was a candidate."""
        return self.rules.about[1::4][: len(self)]

    @property
    def effort(self) -> I64:
        """The steps that the rule's evaluations took."""
        return self.rules.about[2::4][: len(self)]

    def rows(self, keys: Sequence[str]) -> I32:
        """Rows of ids, those that are here."""
        found = rows_of(self.keys, self.key_slots, keys)
        return found[found >= 0]

    def tree(self, row: int) -> Node:
        """The tree of a rule, read again."""
        aliases = self.alias_sets[self.alias_rows[row]]
        tree = parse(self.texts.value(row), aliases=aliases).tree
        if tree is None:
            raise ValueError(f"rule {self.keys.value(row)} can no longer be read")
        return expand(tree, aliases)

    def match(self, article: Prepared, document: Document, alive: U8) -> list[Hit]:
        """The living rules that are true of the article."""
        bench = self._free.pop() if self._free else self._new_bench(article.many)
        bench = self._run(bench, article, document, alive)
        asked = list(self._ask(bench, document))
        hits = self._proved(bench, article, document)
        self.tally.articles += 1
        self.tally.candidates += int(bench.out.size[CANDIDATES])
        self._free.append(bench)
        hits += asked
        self.tally.hits += len(hits)
        return hits

    def _new_bench(self, words: int) -> Bench:
        return Bench(
            found_for(int(self.vocabulary.size[0]), max(words, 1024)),
            np.zeros(max(len(self.facts), 1), np.int8),
            out_for(len(self)),
            np.zeros(ROW * _ROWS, np.int32),
            np.zeros(len(self) + 1, np.int32),
        )

    def _search(self, bench: Bench, article: Prepared) -> Search:
        return Search(
            article.words, article.bounds, self.vocabulary, self.patterns, bench.found, article.room, bench.facts
        )

    def _run(self, bench: Bench, article: Prepared, document: Document, alive: U8) -> Bench:
        many = article.many
        if many + 16 > len(bench.found.symbol):
            bench.found = found_for(int(self.vocabulary.size[0]), many)
        while match(many, self._search(bench, article), self.rules, alive, bench.out) == NO_ROOM:
            bench.found = found_for(int(self.vocabulary.size[0]), len(bench.found.at))
        while bench.out.size[WANTING]:
            self._supply(bench, article, document)
            match_wanting(self._search(bench, article), self.rules, bench.out)
        return bench

    def _supply(self, bench: Bench, article: Prepared, document: Document) -> None:
        """Tell the facts that rules have asked for; where it is none, it is the sentences."""
        wanted = np.flatnonzero(bench.facts == WANTED)
        for number in wanted:
            bench.facts[number] = _holds(self.facts[number], document)
        if not len(wanted):
            article.tell_sentences(document.article.text)

    def _ask(self, bench: Bench, document: Document) -> Iterator[Hit]:
        """Evaluate in Python what machine code cannot."""
        proofs = Proofs(self, document, bench.rows[:0])
        for row in map(int, bench.out.asking[: bench.out.size[ASKING]]):
            began = time.perf_counter()
            true = explain(self.tree(row), document).true
            spent = self.tally.python_seconds
            spent[row] = spent.get(row, 0.0) + time.perf_counter() - began
            self.tally.asked += 1
            if true:
                yield Hit(self.keys.value(row), proofs, row, -1, -1)

    def _proved(self, bench: Bench, article: Prepared, document: Document) -> list[Hit]:
        """The hits of machine code with their rows of evidence."""
        out, search = bench.out, self._search(bench, article)
        many, first, hits = int(out.size[HITS]), 0, list[Hit]()
        while first < many:
            until = prove_hits(search, self.rules, out, first, bench.rows, bench.rows_from)
            starts = bench.rows_from[: until - first + 1].tolist()
            ends = [start if start >= 0 else -1 - start for start in starts[1:]]
            proofs = Proofs(self, document, bench.rows[: ROW * starts[-1]].copy())
            rows = out.hits[first:until]
            hits += map(Hit, self.keys.values(rows), repeat(proofs), rows.tolist(), starts, ends)
            first = until
        return hits


def _holds(fact: Fact, document: Document) -> bool:
    if isinstance(fact.node, FieldTest):
        return field_test(fact.node, document)
    return regex_found(fact.node, fact.scope, document)
