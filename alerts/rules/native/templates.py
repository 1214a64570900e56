"""Rules read by their shapes: the parser reads one rule of each, and its numbers are the template of all others.

So there is one grammar, that of alerts.rules.parser, and a million rules are written in seconds: a desk's rules have some
hundred shapes. A rule that differs from others in more than its words has a shape of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from alerts.rules.aliases import AliasSet
from alerts.rules.bytecode import HEADER, OP, OP_BITS, Encoded, Fact, encoded, span_bounds, units
from alerts.rules.exact import exact_value
from alerts.rules.expand import expand
from alerts.rules.kept import parse_once
from alerts.rules.lexer import Token, tokens_of
from alerts.rules.native.rule_tokens import Tokens, tokens_for
from alerts.rules.native.rule_writer import NODE, Asked, Templates
from alerts.rules.native.text import Words, words_for
from alerts.rules.native.vocabulary import Vocabulary, empty_vocabulary, grown
from alerts.rules.scanner import Kind
from alerts.rules.syntax import ExactField, FieldTest, Forms, Listed
from alerts.rules.terms import words_in
from alerts.rules.walk import nodes_of

I32 = npt.NDArray[np.int32]
U8 = npt.NDArray[np.uint8]
Intern = Callable[[Sequence[tuple[int, ...]]], I32]  # words -> their symbols
Number = Callable[[Fact | Listed], int]

_TERMS = (Kind.WORD, Kind.PHRASE)


@dataclass(frozen=True, slots=True)
class Value:
    """A fact of a template that each rule has with a value of its own, in these tokens."""

    field: ExactField
    first: int
    last: int


@dataclass(slots=True)
class Growing:
    """An array that grows at its end."""

    values: npt.NDArray[Any]
    size: int = 0

    def add(self, more: Sequence[int] | I32) -> None:
        self.values = grown(self.values, self.size + len(more))
        self.values[self.size : self.size + len(more)] = more
        self.size += len(more)


@dataclass(slots=True)
class Shapes:
    """The shapes met so far with these aliases, and the terms that Python was asked for."""

    aliases: AliasSet
    shapes: Vocabulary = field(default_factory=empty_vocabulary)
    first: list[int] = field(default_factory=lambda: [0])
    nodes: list[int] = field(default_factory=list)
    symbols: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  # numbers of a rule of the shape, the words of its terms left out
    values: dict[int, Value] = field(default_factory=dict)  # by node
    asked: Vocabulary = field(default_factory=empty_vocabulary)
    _asked_first: "Growing" = field(default_factory=lambda: Growing(np.zeros(64, np.int32), 1))
    _asked_symbols: "Growing" = field(default_factory=lambda: Growing(np.zeros(64, np.int32)))
    _asked_bad: "Growing" = field(default_factory=lambda: Growing(np.zeros(64, np.uint8)))
    _templates: Templates | None = None
    _tokens: Tokens = field(default_factory=lambda: tokens_for(1, 1))
    _words: Words = field(default_factory=lambda: words_for(1))

    def answer(self, intern: Intern) -> None:
        """Read the terms that have been asked for since."""
        words: list[tuple[int, ...]] = []
        bad, many = [], []
        for number in range(self._asked_bad.size, int(self.asked.size[0])):
            letters = self.asked.letters[self.asked.first[number] : self.asked.first[number + 1]]
            found = words_in("".join(map(chr, letters)))
            patterns = () if found.complaint else found.patterns
            words += map(units, patterns)
            bad.append(not patterns)
            many.append(len(patterns))
        self._asked_first.add(self._asked_symbols.size + np.cumsum(many, dtype=np.int32))
        self._asked_symbols.add(intern(words))
        self._asked_bad.add(bad)

    def learn(self, text: str, intern: Intern, number: Number) -> None:
        """Make the template of the next shape of one of its rules. There is none for forms, which each word has its own number of."""
        tree = parse_once(text, self.aliases).tree
        if tree is not None and not any(isinstance(node, Forms) for node in nodes_of(tree)):
            made = encoded(expand(tree, self.aliases))
            template = _Template(text, made, intern, number, len(self.nodes) // NODE, len(self.symbols))
            if template.read():
                self.nodes += template.nodes
                self.symbols += template.symbols
                self.values.update(template.values)
                self.sizes.append(len(made.numbers))
        self.first.append(len(self.nodes) // NODE)
        if len(self.sizes) < len(self.first) - 1:
            self.sizes.append(0)

    def room(self, texts: int, characters: int) -> tuple[Tokens, Words]:
        """Room for the tokens and words of the next texts, the same as before where that is enough."""
        tokens, words = self._tokens, self._words
        if len(tokens.bounds) <= texts or len(tokens.kind) <= characters:
            tokens = self._tokens = tokens_for(texts, characters * 3 // 2)
            words = self._words = words_for(characters * 3 // 2)
        words.sizes[:] = 0
        return tokens._replace(bounds=tokens.bounds[: texts + 1]), words

    def arrays(self) -> tuple[Templates, Asked]:
        """The same as kernels take it."""
        if self._templates is None or len(self._templates.first) < len(self.first):
            columns = (self.first, self.nodes or [0], self.symbols or [0])
            self._templates = Templates(*(np.array(column, np.int32) for column in columns))
        return self._templates, Asked(self._asked_first.values, self._asked_symbols.values)

    def bad(self) -> U8:
        """Which of the terms that were asked for are none."""
        return self._asked_bad.values


@dataclass(slots=True)
class _Template:
    """The nodes of one rule's numbers, each by the tokens that it stands for."""

    text: str
    made: Encoded
    intern: Intern
    number: Number
    nodes_before: int
    symbols_before: int
    nodes: list[int] = field(default_factory=list)
    symbols: list[int] = field(default_factory=list)
    values: dict[int, Value] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)

    def read(self) -> bool:
        """Whether other rules of the shape can be written from it."""
        self.tokens = tokens_of(self.text)
        starts = {token.start: k for k, token in enumerate(self.tokens)}
        ends = {token.end: k for k, token in enumerate(self.tokens[:-1])}
        numbers, words, facts = self.made.numbers, iter(self.made.words), iter(self.made.facts)
        places = set(self.made.fact_places)
        begins: dict[int, int] = {}  # place of a node in `numbers` -> node
        ending: list[tuple[int, int]] = []
        pc = 0
        while pc < len(numbers):
            begins[pc] = self.nodes_before + len(self.nodes) // NODE
            head, term = numbers[pc], numbers[pc] & OP <= 1
            start, end = span_bounds(numbers[pc + 1 if term else pc + 2])
            first, last = starts.get(start), ends.get(end)
            if first is None or last is None:
                return False
            if term:
                own = [next(words) for _ in range(head >> OP_BITS)]
                self.nodes += head, first, last, 0, *self._words(own, first, last)
                pc += 2 + len(own)
                continue
            ending.append((len(self.nodes), pc + numbers[pc + 1]))
            self.nodes += (
                head,
                first,
                last,
                0,
                *((0, 0) if pc not in places else self._fact(next(facts), first, last)),
            )
            pc += HEADER
        begins[pc] = self.nodes_before + len(self.nodes) // NODE
        for node, end in ending:
            self.nodes[node + 3] = begins[end]
        return True

    def _words(self, own: list[tuple[int, ...]], first: int, last: int) -> tuple[int, int]:
        """The token that holds a term's words, or where the words are that all rules of the shape have (an alias's)."""
        written = [k for k in range(first, last + 1) if self.tokens[k].kind in _TERMS]
        if len(written) == 1 and (self.tokens[written[0]].kind is Kind.WORD or self.tokens[written[0]].text[-1] == '"'):
            return written[0], 0
        begin = self.symbols_before + len(self.symbols)
        self.symbols += self.intern(own).tolist()
        return -1 - begin, len(own)

    def _fact(self, fact: Fact | Listed, first: int, last: int) -> tuple[int, int]:
        if isinstance(fact, Listed) or not isinstance(fact.node, FieldTest):
            return self.number(fact), 1
        while last > first and self.tokens[last].kind is Kind.CLOSE:
            last -= 1
        while first < last and self.tokens[first].kind is Kind.OPEN:
            first += 1
        for begin in (first + 1, first):  # a value of a list has no field before it
            written = self.text[self.tokens[begin].start : self.tokens[last].end]
            if exact_value(fact.node.field, written) == fact.node.value:
                self.values[self.nodes_before + len(self.nodes) // NODE] = Value(fact.node.field, begin, last)
                return -1, 1
        return self.number(fact), 1
