"""The rules that need no explanation, read several times as fast as alerts.rules.parser reads them.

Words, phrases, wildcards, AND, OR, NOT, one NEAR or SENT between operands, fields. Anything else, and anything that is wrong,
is None, and the parser decides. What is read here is the tree that the parser would make, spans included.
"""

import re
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate

from alerts.rules.lexer import as_read
from alerts.rules.limits import DEFAULT_DISTANCE, MAX_DISTANCE
from alerts.rules.syntax import (
    And,
    ExactField,
    FieldTest,
    Near,
    Node,
    Not,
    Or,
    Scope,
    Term,
    Unit,
    Within,
    WordField,
    WordPattern,
)
from alerts.rules.terms import words_in

# Depth and clauses stay far under the limits, so that nothing here has to count them.
_MAX_OPEN = 3
_MAX_PIECES = 500
_PIECE = re.compile(r'\s+|"[^"]*"|[()]|[^\s()",]+')
_WORD = re.compile(r"\w[\w*?.'&-]*")
_VALUE = re.compile(r"\w[\w.-]*")
_FIELDS: dict[str, WordField] = {name.value: name for name in WordField}
_EXACT: dict[str, ExactField] = {name.value: name for name in ExactField}
_NEAR = {f"NEAR/{n}": (n, False) for n in range(MAX_DISTANCE + 1)} | {
    f"ONEAR/{n}": (n, True) for n in range(MAX_DISTANCE + 1)
}
_NEAR |= {"NEAR": (DEFAULT_DISTANCE, False), "ONEAR": (DEFAULT_DISTANCE, True)}
_UNITS = {unit.value: unit for unit in Unit}
_JOINS = frozenset((*_NEAR, *_UNITS))
_RESERVED = frozenset(("AND", "OR", "NOT", *_JOINS))
_END = ("", 0)


class _NotPlainError(Exception):
    """The parser has to read it."""


def quick(text: str) -> Node | None:
    """The tree of a plain rule; None: ask the parser. A tree may lack an anchor only where it holds NOT or a field."""
    pieces = _PIECE.findall(as_read(text))
    if not 0 < len(pieces) < _MAX_PIECES:
        return None
    starts = list(accumulate(map(len, pieces), initial=0))
    if starts[-1] != len(text):
        return None  # a comma or a quote without its partner
    tokens = [pair for pair in zip(pieces, starts, strict=False) if not pair[0].isspace()]
    tokens.append(_END)
    try:
        nodes, operator, place = _rule(tokens, 0, 0)
    except _NotPlainError:
        return None
    if place != len(tokens) - 1:
        return None
    return _joined(nodes, operator, (nodes[0].span[0], nodes[-1].span[1]))


_Tokens = list[tuple[str, int]]


def _rule(tokens: _Tokens, place: int, opened: int) -> tuple[list[Node], str, int]:
    """Operands joined by one kind of operator, which operator, and where they end."""
    nodes: list[Node] = []
    operator = ""
    while True:
        node, place = _unary(tokens, place, opened)
        nodes.append(node)
        found = tokens[place][0]
        if found in (")", ""):
            return nodes, operator, place
        if found != operator:
            if operator or found not in ("AND", "OR"):
                raise _NotPlainError
            operator = found
        place += 1


def _joined(nodes: list[Node], operator: str, span: tuple[int, int]) -> Node:
    kind = And if operator == "AND" else Or
    if len(nodes) == 1:
        return nodes[0]
    for node in nodes:
        if type(node) is kind:
            nodes = [part for one in nodes for part in (one.children if isinstance(one, kind) else (one,))]
            break
    return kind(tuple(nodes), span)


def _unary(tokens: _Tokens, place: int, opened: int) -> tuple[Node, int]:
    if tokens[place][0] == "NOT":
        start = tokens[place][1]
        child, place = _near(tokens, place + 1, opened)
        return Not(child, (start, child.span[1])), place
    return _near(tokens, place, opened)


def _near(tokens: _Tokens, place: int, opened: int) -> tuple[Node, int]:
    left, place = _operand(tokens, place, opened)
    joined = tokens[place][0]
    if joined not in _JOINS:
        return left, place
    right, place = _operand(tokens, place + 1, opened)
    if tokens[place][0] in _JOINS or not (_counts(left) and _counts(right)):
        raise _NotPlainError
    span = (left.span[0], right.span[1])
    if joined in _UNITS:
        return Within(left, right, _UNITS[joined], span), place
    distance, ordered = _NEAR[joined]
    return Near(left, right, distance, ordered, False, span), place


def _counts(node: Node) -> bool:
    """Whether it may stand in a proximity."""
    return isinstance(node, Term) or (isinstance(node, Or) and all(isinstance(child, Term) for child in node.children))


def _operand(tokens: _Tokens, place: int, opened: int) -> tuple[Node, int]:
    piece, start = tokens[place]
    if piece == "(":
        return _parenthesised(tokens, place, opened)
    words = _words(piece)
    if words is not None:
        shown = piece[1:-1] if piece[0] == '"' else piece
        return Term(words, False, shown, (start, start + len(piece))), place + 1
    return _field(tokens, place, opened)


def _parenthesised(tokens: _Tokens, place: int, opened: int) -> tuple[Node, int]:
    if opened == _MAX_OPEN:
        raise _NotPlainError
    start = tokens[place][1]
    nodes, operator, place = _rule(tokens, place + 1, opened + 1)
    closing, end = tokens[place]
    if closing != ")":
        raise _NotPlainError
    span = (start, end + 1)
    return (replace(nodes[0], span=span) if len(nodes) == 1 else _joined(nodes, operator, span)), place + 1


def _field(tokens: _Tokens, place: int, opened: int) -> tuple[Node, int]:
    piece, start = tokens[place]
    name, colon, rest = piece.partition(":")
    if not colon:
        raise _NotPlainError
    if rest:
        value_end = start + len(piece)
        exact = _EXACT.get(name)
        if exact is not None and _VALUE.fullmatch(rest):
            return FieldTest(exact, rest.casefold(), (start, value_end)), place + 1
        words = _words(rest)
        if words is None or name not in _FIELDS:
            raise _NotPlainError
        term = Term(words, False, rest, (start + len(name) + 1, value_end))
        return Scope(_FIELDS[name], term, (start, value_end)), place + 1
    if name not in _FIELDS or tokens[place + 1][1] != start + len(piece):
        raise _NotPlainError
    child, place = _operand(tokens, place + 1, opened)
    return Scope(_FIELDS[name], child, (start, child.span[1])), place


@lru_cache(maxsize=1 << 16)
def _words(piece: str) -> tuple[WordPattern, ...] | None:
    """The patterns of a word or a quoted phrase; None where it is neither, or something is wrong with it."""
    if piece[:1] == '"':
        found = words_in(piece[1:-1])
    elif piece in _RESERVED or not _WORD.fullmatch(piece):
        return None
    else:
        found = words_in(piece)
    return None if found.complaint else found.patterns or None
