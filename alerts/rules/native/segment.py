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

from alerts.rules import comparison
from alerts.rules.aliases import AliasSet
from alerts.rules.bytecode import OP, OP_BITS, Fact
from alerts.rules.exact import PLACES, has_value
from alerts.rules.explain import Searched, explain_in, regex_found
from alerts.rules.kept import tree_of
from alerts.rules.native.addressed import Addressed
from alerts.rules.native.article import Prepared
from alerts.rules.native.columns import Column, rows_of
from alerts.rules.native.evidence import ROW, rows_of_rule
from alerts.rules.native.evidence_records import records
from alerts.rules.native.lists import Lists, tell, with_places
from alerts.rules.native.lists import wanted as wanted_lists
from alerts.rules.native.matching import (
    ASKING,
    CANDIDATES,
    HITS,
    NO_ROOM,
    NO_WORK,
    WANTING,
    Compiled,
    Out,
    Rules,
    Working,
    match,
    match_wanting,
    out_for,
    prove_hits,
)
from alerts.rules.native.places import Places
from alerts.rules.native.postings import Postings, postings_for
from alerts.rules.native.verdict import UNKNOWN, WANTED
from alerts.rules.native.vocabulary import Vocabulary
from alerts.rules.syntax import Comparison, FieldTest, Listed, Node
from core.model.match import Evidence
from core.text.document import Document
from core.text.language_code import language_code

I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

_ROWS = 1 << 16  # of evidence at a time, and those of the longest rule


class Hit:
    """A rule that is true of an article, and why; the evidence is put together when it is asked for."""

    __slots__ = ("_end", "_evidence", "_row", "_rows_of", "_start", "key")

    def __init__(self, key: str, evidence_rows: "EvidenceRows", row: int, start: int, end: int) -> None:
        """Evidence: rows `start` to `end` of the evidence_rows; `start` negative: Python proves rule `row`."""
        self.key = key
        self._rows_of = evidence_rows
        self._row = row
        self._start = start
        self._end = end
        self._evidence: tuple[Evidence, ...] | None = None

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        found = self._evidence
        if found is None:
            found = self._evidence = self._rows_of.of(self._row, self._start, self._end)
        return found

    def __repr__(self) -> str:
        return f"Hit({self.key!r})"


@dataclass(slots=True)
class EvidenceRows:
    """Rows of evidence of an article's hits; who asks for one hit's asks for all, so they become records together."""

    segment: "Segment"
    searched: Searched
    rows: I32
    _records: list[Evidence] | None = None

    def of(self, row: int, start: int, end: int) -> tuple[Evidence, ...]:
        """The evidence of a rule, each place once."""
        if start < 0:
            return tuple(dict.fromkeys(explain_in(self.segment.tree(row), self.searched).proof()))
        if self._records is None:
            self._records = records(self.rows, self.searched.document)
        return tuple(self._records[start:end])


@dataclass(slots=True)
class Workspace:
    """What a thread works with on one segment."""

    held: Addressed[Working]
    rows: I32
    rows_from: I32
    here: frozenset[int] = frozenset()  # facts that name the article's place

    @property
    def facts(self) -> I8:
        return self.held.value.facts

    @property
    def out(self) -> Out:
        return self.held.value.out

    @property
    def lists(self) -> Lists:
        return self.held.value.lists

    @property
    def postings(self) -> Postings:
        return self.held.value.postings

    @property
    def row(self) -> I64:
        """What a kernel takes."""
        return self.held.row

    def use(self, *, postings: Postings | None = None, lists: Lists | None = None) -> None:
        """Work with other room."""
        old = self.held.value
        self.held = Addressed(old._replace(postings=postings or old.postings, lists=lists or old.lists), NO_WORK)


@dataclass(slots=True)
class Tally:
    """What matching took: candidates and evaluations by Python, so far."""

    articles: int = 0
    candidates: int = 0
    asked: int = 0
    hits: int = 0
    python_seconds: dict[int, float] = field(default_factory=dict)  # by row


@dataclass(frozen=True, slots=True)
class Segment:
    """Row r of each column is rule r. `alive`: 0 where a later row has the same id."""

    compiled: Addressed[Compiled]
    keys: Column
    key_slots: I32
    texts: Column
    alias_sets: tuple[AliasSet, ...]
    alias_rows: I32
    facts: tuple[Fact, ...]
    places: Places
    lists: tuple[Listed, ...]
    list_begin: I32  # where the terms of each list begin in the code, and where its exclusions do
    table: Lists
    languages: tuple[tuple[str, ...], ...]  # in which terms of lists count; see Lists.langs
    alive: U8
    others: bool
    tally: Tally = field(default_factory=Tally)
    _free: list[Workspace] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.alive)

    @property
    def vocabulary(self) -> Vocabulary:
        return self.compiled.value.vocabulary

    @property
    def rules(self) -> Rules:
        return self.compiled.value.rules

    @property
    def begin(self) -> I32:
        """Where each rule's numbers begin."""
        return self.rules.about[0::4].astype(np.int32)[: len(self)]

    @property
    def _longest(self) -> int:
        """How many numbers the longest rule has."""
        code, begin = self.rules.code, self.begin
        heads, sizes = code[begin], code[begin + 1]
        return int(np.where(heads & OP <= 1, 2 + (heads >> OP_BITS), sizes).max(initial=0))

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
        return tree_of(self.keys.value(row), self.texts.value(row), aliases)

    def match(self, article: Prepared, document: Document, alive: U8) -> list[Hit]:
        """The living rules that are true of the article."""
        workspace = self._free.pop() if self._free else self._new_workspace(article.many)
        searched = Searched(document)
        workspace = self._run(workspace, article, searched, alive)
        asked = list(self._ask(workspace, searched))
        hits = self._proved(workspace, article, searched)
        self.tally.articles += 1
        self.tally.candidates += int(workspace.out.size[CANDIDATES])
        self._free.append(workspace)
        hits += asked
        self.tally.hits += len(hits)
        return hits

    def _new_workspace(self, words: int) -> Workspace:
        working = Working(
            postings_for(int(self.vocabulary.size[0]), max(words, 1024)),
            np.zeros(max(len(self.facts), 1), np.int8),
            with_places(self.table),
            out_for(len(self)),
        )
        return Workspace(
            Addressed(working, NO_WORK),
            np.zeros(ROW * (_ROWS + rows_of_rule(self._longest)), np.int32),
            np.zeros(len(self) + 1, np.int32),
        )

    def _run(self, workspace: Workspace, article: Prepared, searched: Searched, alive: U8) -> Workspace:
        many = article.many
        if many + 16 > len(workspace.postings.symbol):
            workspace.use(postings=postings_for(int(self.vocabulary.size[0]), many))
        workspace.here = self.places.here(searched.document)
        lang = language_code(searched.document.article.lang)
        workspace.lists.counting[:] = [not langs or lang in langs for langs in self.languages]
        placed = self.places.rules_of(workspace.here)
        workspace.facts.fill(UNKNOWN)
        while match(many, article.row, self.compiled.row, workspace.row, alive, placed) == NO_ROOM:
            workspace.use(postings=postings_for(int(self.vocabulary.size[0]), len(workspace.postings.at)))
        while workspace.out.size[WANTING]:
            self._supply(workspace, article, searched)
            match_wanting(article.row, self.compiled.row, workspace.row)
        return workspace

    def _supply(self, workspace: Workspace, article: Prepared, searched: Searched) -> None:
        """Tell the facts and the lists that rules have asked for; where it is none, it is the sentences."""
        document = searched.document
        facts, lists = np.flatnonzero(workspace.facts == WANTED), wanted_lists(workspace.lists)
        for number in facts.tolist():
            workspace.facts[number] = number in workspace.here or self._holds(number, document)
        for one in lists:
            workspace.use(lists=tell(workspace.lists, one, article.places(self.lists[one], searched)))
        if not len(facts) and not lists:
            article.tell_sentences(document.text, document.article.lang)

    def _holds(self, number: int, document: Document) -> bool:
        """Whether a fact is true of the article, which does not name its place."""
        fact = self.facts[number]
        match fact.node:
            case FieldTest(field=name):
                return name not in PLACES and has_value(fact.node, document)
            case Comparison():
                return comparison.held(fact.node, document)
            case _:
                return regex_found(fact.node, fact.scope, document)

    def _ask(self, workspace: Workspace, searched: Searched) -> Iterator[Hit]:
        """Evaluate in Python what machine code cannot."""
        evidence_rows = EvidenceRows(self, searched, workspace.rows[:0])
        for row in map(int, workspace.out.asking[: workspace.out.size[ASKING]]):
            began = time.perf_counter()
            true = explain_in(self.tree(row), searched).true
            spent = self.tally.python_seconds
            spent[row] = spent.get(row, 0.0) + time.perf_counter() - began
            self.tally.asked += 1
            if true:
                yield Hit(self.keys.value(row), evidence_rows, row, -1, -1)

    def _proved(self, workspace: Workspace, article: Prepared, searched: Searched) -> list[Hit]:
        """The hits of machine code with their rows of evidence."""
        out = workspace.out
        many, first, hits = int(out.size[HITS]), 0, list[Hit]()
        while first < many:
            until = prove_hits(
                article.row, self.compiled.row, workspace.row, first, workspace.rows, workspace.rows_from
            )
            starts = workspace.rows_from[: until - first + 1].tolist()
            ends = [start if start >= 0 else -1 - start for start in starts[1:]]
            evidence_rows = EvidenceRows(self, searched, workspace.rows[: ROW * starts[-1]].copy())
            rows = out.hits[first:until]
            hits += map(Hit, self.keys.values(rows), repeat(evidence_rows), rows.tolist(), starts, ends)
            first = until
        return hits
