"""A rule as a row of whole numbers that machine code evaluates.

    term or cased   op | words << 5,     span, symbol of each word
    anything else   op | argument << 5,  size, span, its children

`size` is the length of the node with all below it, so that a reader can step over it. A span is its start and its length less
one, 16 bits each. A symbol is a word or a pattern of the vocabulary; a fact is a test that Python answers (an exact field, a
comparison, a regular expression); PLACE is one that a rule may be found by. LIST is a list that rules share, by its number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from alerts.rules.exact import PLACES
from alerts.rules.syntax import (
    AliasRef,
    And,
    AtLeast,
    Comparison,
    FieldTest,
    First,
    Forms,
    KOf,
    Listed,
    Near,
    Node,
    Not,
    Or,
    Regex,
    Scope,
    Span,
    Term,
    Unit,
    Within,
    WordField,
    WordPattern,
)
from core.text.fold import fold_pattern

TERM, CASED, AND, OR, KOF, NOT, SCOPE, NEAR, WITHIN, AT_LEAST, FIRST, FACT, REGEX, PLACE, LIST = range(15)
OP_BITS, OP = 5, 31
SPAN_BITS, SPAN_LOW = 16, (1 << 16) - 1  # MAX_CHARACTERS is the most that fits
HEADER = 3  # numbers before the children of a node; a term has one fewer before its symbols
COUNT_SHIFT = 15  # of KOF: children | count << 15; a rule has no place for more
CHILDREN = (1 << COUNT_SHIFT) - 1
ORDERED, NEGATED, DISTANCE = 64, 128, 63  # of NEAR
IN_SENTENCE, IN_PARAGRAPH = 0, 1  # of WITHIN
FIELDS = (
    WordField.TITLE,
    WordField.LEAD,
    WordField.BODY,
    WordField.HLEAD,
    WordField.AUTHOR,
    WordField.SECTION,
    WordField.TAG,
)
EVERYWHERE = len(FIELDS)  # title and body
ANY_LETTER, STAR = ord("?"), ord("*")
ALPHABETIC = 1 << 21  # of a folded letter: no digit, what `?` stands for
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Fact:
    """What Python answers for an article. `scope`: the field that a regular expression is searched in, None: title and body."""

    node: FieldTest | Comparison | Regex
    scope: WordField | None = None


@dataclass(slots=True)
class Encoded:
    """A rule's numbers before its words have symbols: `words[k]` stands at `positions[k]`, `facts[k]` at `fact_places[k]`."""

    numbers: list[int] = field(default_factory=list)
    words: list[tuple[int, ...]] = field(default_factory=list)
    patterns: list[WordPattern] = field(default_factory=list)  # the same as the tree has them
    positions: list[int] = field(default_factory=list)
    facts: list[Fact | Listed] = field(default_factory=list)  # and lists
    fact_places: list[int] = field(default_factory=list)


def encoded(tree: Node) -> Encoded:
    """The numbers of a tree without aliases."""
    made = Encoded()
    _write(tree, None, made)
    return made


def packed_span(start: int, end: int) -> int:
    """A span as one number of 32 bits, negative from half of the longest text on. Compiled too."""
    packed = start << SPAN_BITS | ((end - start - 1 if end > start else 0) & SPAN_LOW)
    return packed - (1 << 32) if packed >> 31 else packed


def span_bounds(packed: int) -> Span:
    """Start and end."""
    start = packed >> SPAN_BITS & SPAN_LOW
    return start, start + (packed & SPAN_LOW) + 1


def _write(  # noqa: C901, PLR0912 - one case a kind of node
    node: Node, scope: WordField | None, made: Encoded
) -> None:
    match node:
        case Term():
            _term(node, made)
        case And(children=children):
            _node(node, AND, len(children), children, scope, made)
        case Or(children=children):
            _node(node, OR, len(children), children, scope, made)
        case KOf(count=count, children=children):
            _node(node, KOF, len(children) | count << COUNT_SHIFT, children, scope, made)
        case Not(child=child):
            _node(node, NOT, 0, (child,), scope, made)
        case Scope(field=name, child=child):
            _node(node, SCOPE, FIELDS.index(name), (child,), name, made)
        case Near(left=left, right=right):
            argument = node.distance | ORDERED * node.ordered | NEGATED * node.negated
            _node(node, NEAR, argument, (left, right), scope, made)
        case Within(left=left, right=right, unit=within):
            argument = IN_SENTENCE if within is Unit.SENTENCE else IN_PARAGRAPH
            _node(node, WITHIN, argument, (left, right), scope, made)
        case AtLeast(count=count, child=child):
            _node(node, AT_LEAST, count, (child,), scope, made)
        case First(count=count, child=child):
            _node(node, FIRST, count, (child,), scope, made)
        case Listed():
            _fact(node, made)
        case FieldTest() | Comparison():
            _fact(Fact(node), made)
        case Regex():
            _fact(Fact(node, scope), made)
        case Forms(text=written):
            raise ValueError(f"forms({written}) has not been expanded")
        case AliasRef(name=name):
            raise ValueError(f"@{name} has not been expanded")


def _term(term: Term, made: Encoded) -> None:
    made.numbers += (CASED if term.cased else TERM) | len(term.words) << OP_BITS, packed_span(*term.span)
    for word in term.words:
        made.positions.append(len(made.numbers))
        made.words.append(units(word))
        made.patterns.append(word)
        made.numbers.append(0)


def units(word: WordPattern) -> tuple[int, ...]:
    """A word or pattern as the vocabulary keeps it: folded letters, `?`, and a star at the end of a prefix."""
    pieces = [tuple(map(unit, piece)) for piece in fold_pattern(word.text).split("?")]
    found = list(pieces[0])
    for piece in pieces[1:]:
        found += (ANY_LETTER, *piece)
    return (*found, STAR) if word.prefix else tuple(found)


def _fact(fact: Fact | Listed, made: Encoded) -> None:
    node = fact if isinstance(fact, Listed) else fact.node
    made.fact_places.append(len(made.numbers))
    made.facts.append(fact)
    made.numbers += _op(node), HEADER, packed_span(*node.span)


def _op(node: FieldTest | Comparison | Regex | Listed) -> int:
    if isinstance(node, Listed):
        return LIST
    if isinstance(node, Regex):
        return REGEX
    return PLACE if isinstance(node, FieldTest) and node.field in PLACES else FACT


def _node(
    node: Node, op: int, argument: int, children: tuple[Node, ...], scope: WordField | None, made: Encoded
) -> None:
    start = len(made.numbers)
    made.numbers += op | argument << OP_BITS, 0, packed_span(*node.span)
    for child in children:
        _write(child, scope, made)
    made.numbers[start + 1] = len(made.numbers) - start


@lru_cache(maxsize=1 << 12)
def unit(char: str) -> int:
    """A folded character as it is compared."""
    return ord(char) | (ALPHABETIC if _LETTER.match(char) else 0)


def span_of(code: Sequence[int], pc: int) -> int:
    """The span of the node at `pc`. Compiled too, like `size_of`."""
    return code[pc + 1] if code[pc] & OP <= 1 else code[pc + 2]


def size_of(code: Sequence[int], pc: int) -> int:
    """How many numbers the node at `pc` has, with all below it."""
    return 2 + (code[pc] >> OP_BITS) if code[pc] & OP <= 1 else code[pc + 1]
