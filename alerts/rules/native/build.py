"""Parts of a rule set are made here: from texts, or of segments that are there already, without reading a text again."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from alerts.rules.aliases import AliasSet
from alerts.rules.bytecode import OP_BITS, Encoded, Fact, encoded
from alerts.rules.exact import exact_value
from alerts.rules.kept import NO_ALIASES, names_alias, tree_of
from alerts.rules.native.addressed import Addressed
from alerts.rules.native.anchor_selection import choose, count_uses, look_at_symbols
from alerts.rules.native.columns import Column, column, rows_by_value, stacked, taken
from alerts.rules.native.copying import Numbers, Source, copy_rules
from alerts.rules.native.index import index_of
from alerts.rules.native.letters import TABLE
from alerts.rules.native.list_terms import (
    IS_LIST,
    EncodedTerms,
    encoded_terms,
    languages_of,
    list_keys,
    look_for_named,
)
from alerts.rules.native.lists import table_of
from alerts.rules.native.matching import NO_RULES, Compiled, rules_of
from alerts.rules.native.places import places_of, set_aside
from alerts.rules.native.rule_tokens import Tokens, find_shapes, read_tokens
from alerts.rules.native.rule_writer import Written, write_rules
from alerts.rules.native.segment import Segment
from alerts.rules.native.templates import Shapes
from alerts.rules.native.text import LETTER_COUNT, WORD_COUNT, Words
from alerts.rules.native.vocabulary import (
    Vocabulary,
    empty_vocabulary,
    flat,
    grown,
    intern_all,
    trimmed,
    with_room,
)
from alerts.rules.native.weights import weights_of
from alerts.rules.scanner import with_gershayim
from alerts.rules.syntax import FieldTest, Listed, Terms

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]

_PIECE_RULES, _PIECE_CHARACTERS = 4096, 1 << 21  # read at a time, or a few rules more
_FEW_RULES = 16
# Begins with the sign that is looked for quickest: this reads all rules, and holds other threads up meanwhile.
_OTHERS = re.compile(":(?:(?<=(?i:author):)|(?<=(?i:section):)|(?<=(?i:tag):))")


def _pieces(rules: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """The rules in pieces that are read at once: memory for a piece follows its characters."""
    rest = iter(rules)
    piece: list[tuple[str, str]] = []
    characters = 0
    while few := list(islice(rest, _FEW_RULES)):
        piece += few
        characters += sum([len(text) for _, text in few])
        if len(piece) >= _PIECE_RULES or characters >= _PIECE_CHARACTERS:
            yield piece
            piece, characters = [], 0
    if piece:
        yield piece


@dataclass(slots=True)
class Builder:
    """Collects rules, then makes the segment. Raises ValueError for a text that is no rule."""

    vocabulary: Vocabulary = field(default_factory=empty_vocabulary)
    code: I32 = field(default_factory=lambda: np.zeros(1 << 12, np.int32))
    size: I64 = field(default_factory=lambda: np.zeros(2, np.int64))
    begins: list[I32] = field(default_factory=list)
    keys: list[Column] = field(default_factory=list)
    texts: list[Column] = field(default_factory=list)
    alias_sets: list[AliasSet] = field(default_factory=list)
    alias_rows: list[I32] = field(default_factory=list)
    facts: dict[Fact, int] = field(default_factory=dict)
    lists: dict[Listed, int] = field(default_factory=dict)
    list_begins: list[int] = field(default_factory=list)  # of the terms and of the exclusions of each
    held: list[tuple[I32, I32, int]] = field(
        default_factory=list
    )  # of segments: new symbols, articles with each, articles
    others: bool = False  # whether a rule searches author, section or tag

    def add(self, rules: Iterable[tuple[str, str]], aliases: AliasSet) -> None:
        """Read rules, (id, text) each."""
        shapes = Shapes(aliases)
        for piece in _pieces(rules):
            texts = [text for _, text in piece]
            begin = self.read(texts, shapes)
            odd = np.flatnonzero(begin < 0).tolist()
            begin[odd] = self._write([encoded(tree_of(*piece[row], aliases)) for row in odd])
            self.begins.append(begin)
            self.keys.append(column([key for key, _ in piece]))
            self.texts.append(column(texts))
            self.alias_rows.append(self._alias_rows(texts, aliases))

    def odd_ones(self, texts: Sequence[str], aliases: AliasSet) -> list[int]:
        """Which texts the parser has to read one by one: whose shape is refused, and a few others."""
        found: list[int] = []
        shapes = Shapes(aliases)
        start = 0
        for piece in _pieces(("", text) for text in texts):
            self.size[:] = 0
            begin = self.read([text for _, text in piece], shapes)
            found += (np.flatnonzero(begin < 0) + start).tolist()
            start += len(piece)
        return found

    def _alias_rows(self, texts: Sequence[str], aliases: AliasSet) -> I32:
        """The set of aliases that each rule is read with; one that names none does not keep a long list in memory."""
        naming = np.array([names_alias(text) for text in texts], np.bool_)
        rows = np.zeros(len(texts), np.int32)
        for kept, chosen in ((naming, aliases), (~naming, NO_ALIASES)):
            if kept.any():
                rows[kept] = self._alias_number(chosen)
        return rows

    def _alias_number(self, aliases: AliasSet) -> int:
        for number, known in enumerate(self.alias_sets):
            if known is aliases or known == aliases:
                return number
        self.alias_sets.append(aliases)
        return len(self.alias_sets) - 1

    def _room(self, numbers: int, words: int, letters: int) -> None:
        self.vocabulary = with_room(self.vocabulary, words, letters)
        self.code = grown(self.code, int(self.size[0]) + numbers)

    def _intern(self, words: Sequence[tuple[int, ...]]) -> I32:
        """The symbols of words that were folded in Python."""
        letters, first = flat(words)
        self._room(0, len(words), len(letters))
        symbols = np.zeros(len(words), np.int32)
        intern_all(self.vocabulary, letters, first, symbols)
        return symbols

    def _number(self, fact: Fact | Listed) -> int:
        if isinstance(fact, Fact):
            return self.facts.setdefault(fact, len(self.facts))
        number = self.lists.get(fact)
        if number is None:
            number = self.lists[replace(fact, span=(0, 0), shown="")] = len(self.lists)
            for terms in (fact.terms, fact.exclude):
                self.list_begins.append(self._write_terms(encoded_terms(Terms.of(terms))))
        return number

    def _write_terms(self, made: EncodedTerms) -> int:
        """Write the terms of a list; where they begin."""
        self._room(len(made.numbers), len(made.first), len(made.letters))
        symbols = np.zeros(len(made.first) - 1, np.int32)
        intern_all(self.vocabulary, made.letters, made.first, symbols)
        begin = int(self.size[0])
        self.size[0] += len(made.numbers)
        written = self.code[begin : begin + len(made.numbers)]
        written[:] = made.numbers
        written[made.positions] = symbols
        return begin

    def read(self, texts: Sequence[str], shapes: Shapes) -> I32:
        """Write the numbers of each rule: where they begin, -1 where the parser has to read it."""
        whole = "".join(texts)
        if not whole.isascii():
            whole = "".join(map(with_gershayim, texts))
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
        codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
        if not whole.isascii():
            for block in np.flatnonzero(np.bincount(codes >> 8)):
                TABLE.fill(int(block))
        tokens, words = shapes.room(len(texts), len(codes))
        signs = whole.count("?") + whole.count("*")
        shapes.asked = with_room(shapes.asked, signs if whole.isascii() else len(codes), len(codes))
        read_tokens(codes, starts, TABLE.letters, tokens, words, shapes.asked)
        shapes.answer(self._intern)
        shape = self._shapes(texts, tokens, codes, starts, shapes)
        begin, values = self._from_templates(shape, tokens, words, codes, starts, shapes)
        for row, place, node in values.tolist():
            value, first = shapes.values[node], int(tokens.bounds[row])
            written = texts[row][tokens.start[first + value.first] : tokens.end[first + value.last]]
            self.code[place] |= self._number(Fact(FieldTest(value.field, exact_value(value.field, written)))) << OP_BITS
        self.others = self.others or _OTHERS.search(whole) is not None
        return begin

    def _shapes(self, texts: Sequence[str], tokens: Tokens, codes: U32, starts: I64, shapes: Shapes) -> I32:
        """The shape of each rule; the parser reads one of each that is new."""
        bad = shapes.bad()
        shape = np.zeros(len(texts), np.int32)
        shapes.shapes = with_room(shapes.shapes, len(texts), 4 * len(codes) + len(texts))
        known = int(shapes.shapes.size[0])
        find_shapes(tokens, codes, starts, bad, shapes.shapes, shape)
        for row in np.flatnonzero(shape >= known).tolist():
            if shape[row] == known:  # the next one: they are numbered as they come
                shapes.learn(texts[row], self._intern, self._number)
                known += 1
        return shape

    def _from_templates(
        self, shape: I32, tokens: Tokens, words: Words, codes: U32, starts: I64, shapes: Shapes
    ) -> tuple[I32, I32]:
        """Where the numbers of each rule begin, and their facts that have a value: rule, place, node of the template."""
        templates, asked = shapes.arrays()
        sizes = np.array([*shapes.sizes, 0], np.int64)  # the last one: of a rule that is too long
        most = int(words.sizes[WORD_COUNT]) + 1
        self._room(int(sizes[shape].sum()) + most + len(codes), most, int(words.sizes[LETTER_COUNT]) + 1)
        begin, values = np.zeros(len(shape), np.int32), np.zeros(3 * len(codes) + 3, np.int32)
        made = Written(self.code, self.size, self.vocabulary, values)
        write_rules(shape, codes, starts, templates, asked, tokens, words, made, begin)
        many, self.size[1] = int(self.size[1]), 0
        return begin, values[: 3 * many].reshape(-1, 3)

    def _write(self, rules: Sequence[Encoded]) -> list[int]:
        """Write numbers that were made in Python, their words and facts numbered; where each rule begins."""
        symbols = self._intern([word for rule in rules for word in rule.words])
        begins, taken_words = [], 0
        for rule in rules:
            numbers = np.array(rule.numbers, np.int32)
            numbers[rule.positions] = symbols[taken_words : taken_words + len(rule.positions)]
            taken_words += len(rule.positions)
            for place, fact in zip(rule.fact_places, rule.facts, strict=True):
                numbers[place] |= self._number(fact) << OP_BITS
            self._room(len(numbers), 0, 0)
            begin = int(self.size[0])
            self.code[begin : begin + len(numbers)] = numbers
            self.size[0] += len(numbers)
            begins.append(begin)
        return begins

    def add_segment(self, old_segment: Segment, alive: U8) -> None:
        """Copy the valid rules of an old segment, with what they name: nothing of a rule that no longer counts is kept."""
        rows = np.flatnonzero(alive).astype(np.int32)
        old = old_segment.vocabulary
        self._room(len(old_segment.rules.code), int(old.size[0]), int(old.size[1]))
        symbols = np.full(int(old.size[0]), -1, np.int32)
        named_lists = np.zeros(max(len(old_segment.lists), 1), np.uint8)
        named_facts = np.zeros(max(len(old_segment.facts), 1), np.uint8)
        look_for_named(old_segment.rules.code, old_segment.begin, rows, named_lists, named_facts)
        facts = np.zeros(len(named_facts), np.int32)
        for number in np.flatnonzero(named_facts).tolist():
            facts[number] = self.facts.setdefault(old_segment.facts[number], len(self.facts))
        begin = np.zeros(len(rows), np.int32)
        lists = self._copy_lists(old_segment, named_lists, symbols)
        source = Source(old_segment.rules.code, old_segment.begin, rows, old)
        copy_rules(source, self.code, self.size, self.vocabulary, symbols, Numbers(facts, lists), begin)
        alias_rows = old_segment.alias_rows[rows]
        numbers = np.zeros(len(old_segment.alias_sets) or 1, np.int32)
        for number in np.unique(alias_rows).tolist():
            numbers[number] = self._alias_number(old_segment.alias_sets[number])
        self.begins.append(begin)
        self.keys.append(taken(old_segment.keys, rows))
        self.texts.append(taken(old_segment.texts, rows))
        self.alias_rows.append(numbers[alias_rows])
        self.held.append((symbols, old_segment.rules.held, int(old_segment.rules.articles[0])))
        self.others = self.others or old_segment.others

    def _copy_lists(self, old: Segment, used: U8, symbols: I32) -> I32:
        """Copy the lists that are used and not here yet; the new number of each."""
        numbers, new = np.zeros(len(used), np.int32), list[int]()
        for number in np.flatnonzero(used).tolist():
            known = len(self.lists)
            numbers[number] = self.lists.setdefault(old.lists[number], known)
            if len(self.lists) > known:
                new += 2 * number, 2 * number + 1
        begin, none = np.zeros(len(new), np.int32), np.zeros(1, np.int32)
        source = Source(old.rules.code, old.list_begin, np.array(new, np.int32), old.vocabulary)
        copy_rules(source, self.code, self.size, self.vocabulary, symbols, Numbers(none, none), begin)
        self.list_begins += begin.tolist()
        return numbers

    def segment(self) -> Segment:
        """The segment with all that was added; of two rules with one id the later one counts."""
        vocabulary, code = trimmed(self.vocabulary), self.code[: self.size[0]].copy()
        self.vocabulary, self.code = empty_vocabulary(), code
        begin = np.concatenate([*self.begins, np.zeros(0, np.int32)])
        symbols = int(vocabulary.size[0])
        patterns, lengths, uses = np.zeros(symbols, np.uint8), np.zeros(symbols, np.int32), np.zeros(symbols, np.int32)
        look_at_symbols(vocabulary.letters, vocabulary.first, patterns, lengths)
        list_begin = np.array(self.list_begins, np.int32)
        terms, list_terms = count_uses(code, begin, uses), count_uses(code, list_begin, uses)
        held, articles = self._held(symbols)
        weights = weights_of(vocabulary, patterns, lengths, uses, (held, articles))
        keys, keys_from = np.zeros(terms, np.int64), np.zeros(len(begin) + 1, np.int32)
        of_lists, at, costs = self._list_keys(code, weights, patterns, list_terms)
        keys = keys[: choose(code, begin, weights, patterns, costs, keys, keys_from)]
        facts, lists = tuple(self.facts), tuple(self.lists)
        first, listed, keys, keys_from = set_aside(keys, keys_from, IS_LIST, len(lists))
        places, keys, keys_from = places_of(keys, keys_from, facts)
        otherwise = np.concatenate([places.rules, listed])
        rules = rules_of(index_of(keys, keys_from, vocabulary, patterns, otherwise, of_lists), code, begin)
        rules.held[:] = held
        rules.articles[0] = articles
        ids = stacked(self.keys)
        langs, languages = languages_of(lists)
        alive = np.ones(len(begin), np.uint8)
        slots = rows_by_value(ids, alive)
        return Segment(
            Addressed(Compiled(vocabulary, patterns, rules), NO_RULES),
            ids,
            slots,
            stacked(self.texts),
            tuple(self.alias_sets),
            np.concatenate([*self.alias_rows, np.zeros(0, np.int32)]),
            facts,
            places,
            lists,
            list_begin,
            table_of(at, langs, lists, first.astype(np.int32), listed),
            languages,
            alive,
            self.others,
        )

    def _list_keys(self, code: I32, weights: F32, patterns: U8, terms: int) -> tuple[I64, I32, F64]:
        """The key of each term of the lists, where the terms are, what the lists cost."""
        keys, at, costs = np.zeros(terms, np.int64), np.zeros(2 * terms, np.int32), np.zeros(max(len(self.lists), 1))
        list_keys(code, np.array(self.list_begins, np.int32), weights, patterns, keys, at, costs)
        return keys, at, costs

    def _held(self, symbols: int) -> tuple[I32, int]:
        """What the segments have learnt of how many articles hold a symbol. All of a set meet the same articles."""
        held = np.zeros(symbols, np.int32)
        for numbers, known, _ in self.held:
            used = numbers >= 0
            np.maximum.at(held, numbers[used], known[used])
        return held, max((articles for *_, articles in self.held), default=0)
