"""Shared by all dialects: reads operands joined by operators of different precedence into our tree, with notes.

A dialect says how its text is cut into tokens, how tightly each operator binds, what words side by side mean, and which
fields and functions it has. A construct that cannot be had is None in the tree: what it was joined to stands alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import ClassVar, NamedTuple

from alerts.management.translate.translation import Note, NoteKind, Translation
from alerts.rules.checks import check_tree
from alerts.rules.exact import exact_value
from alerts.rules.limits import MAX_CHARACTERS, MAX_DEPTH, MAX_DISTANCE
from alerts.rules.names import countries_meant, languages_meant
from alerts.rules.parser import parse
from alerts.rules.printer import as_written
from alerts.rules.problem import Code, Fix, Problem, replaced
from alerts.rules.syntax import (
    And,
    ExactField,
    FieldTest,
    Near,
    Node,
    Not,
    Or,
    Scope,
    Span,
    Term,
    Unit,
    Within,
    WordField,
)
from alerts.rules.terms import words_in
from core.text.fold import plain

_VALUE = re.compile(r'\s*("[^"]*"|\((?:[^()]|\([^()]*\))*\)|[\[{][^\[\]{}]*[\]}]|[^\s()]+)')
_JOINED = re.compile(r"\s+(?i:or)\s+|\s*(?:\|\||,)\s*")


class Token(NamedTuple):
    kind: str  # the name of its group in the dialect's expression
    start: int
    end: int
    text: str


class Operator(NamedTuple):
    """`name`: AND, OR, NOT (and not), NEAR, SENT, PARA, ADJACENT. `tokens`: 0 where nothing is written."""

    name: str
    tightness: float
    number: int = 0
    ordered: bool = False
    negated: bool = False
    tokens: int = 1


class Dropped(str):
    """Why a field of theirs has no equivalent."""

    __slots__ = ()


Target = WordField | ExactField | Dropped


@dataclass(slots=True)
class Reader:
    """One reading of one query. Subclasses are the dialects."""

    text: str
    tokens: Sequence[Token] = ()
    place: int = 0
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    grouped: dict[int, Node] = field(default_factory=dict)  # what stood between parentheses
    level: int = 0

    NAME: ClassVar[str]
    TOKEN: ClassVar[re.Pattern[str]]
    TIGHTNESS: ClassVar[dict[str, float]]
    IMPLIED: ClassVar[str]  # what joins two operands side by side
    FIELDS: ClassVar[dict[str, Target]] = {}
    FIELD_TIGHTNESS: ClassVar[float] = 0  # 0: a field takes the one operand after it
    OPERANDS: ClassVar[frozenset[str]] = frozenset(("word", "phrase", "open", "field", "not"))

    # What a dialect may do otherwise.

    def operator(self) -> Operator | None:
        """The operator that comes next, if one does."""
        kind = self.peek().kind
        if kind in ("and", "or", "not"):
            return Operator(kind.upper(), self.TIGHTNESS[kind.upper()])
        if kind in self.OPERANDS:
            return Operator(self.IMPLIED, self.TIGHTNESS[self.IMPLIED], ordered=True, tokens=0)
        return None

    def operand(self) -> Node | None:
        """The operand that begins at the next token."""
        token = self.take()
        match token.kind:
            case "word":
                return self.word(token.text, (token.start, token.end))
            case "phrase":
                return self.phrase(token)
            case "open":
                return self.group(token)
            case "field":
                return self.scoped(token, token.text.rstrip(":=").rstrip(), token.end)
            case _:
                return None

    def word(self, text: str, span: Span) -> Node | None:
        return self.term(text, span)

    def phrase(self, token: Token) -> Node | None:
        return self.term(token.text.strip('"'), (token.start, token.end))

    def implied(self, left: Node, right: Node) -> None:
        """Say what two operands side by side were taken for."""

    # What they share.

    def translate(self) -> Translation:
        if len(self.text) > MAX_CHARACTERS:
            message = f"the query has {len(self.text)} characters, at most {MAX_CHARACTERS} are allowed"
            return Translation(None, (), (Problem(Code.TOO_LONG, MAX_CHARACTERS, len(self.text), message),))
        self.tokens = self._cut()
        tree = self._whole()
        if tree is None and not self.problems:
            self.wrong(Code.EMPTY, (0, len(self.text)), "nothing is left that could be searched")
        if tree is not None and not self.problems:
            self.problems += check_tree(tree, self.text, None, refused=False)
        deep = [problem for problem in self.problems if problem.code is Code.TOO_DEEP]
        self.problems = deep or self.problems  # the rest is only what was not read
        notes = tuple(sorted(dict.fromkeys(self.notes), key=lambda n: (n.start, n.end)))
        if self.problems or tree is None:
            return Translation(None, notes, tuple(sorted(dict.fromkeys(self.problems), key=lambda p: p.start)))
        query = as_written(tree)
        refused = parse(query).problems
        whole = (0, len(self.text))
        return Translation(
            None if refused else query, notes, tuple(Problem(p.code, *whole, p.message) for p in refused)
        )

    def _cut(self) -> list[Token]:
        found = [
            Token(m.lastgroup or "other", m.start(m.lastgroup or 0), m.end(), m[m.lastgroup or 0])
            for m in self.TOKEN.finditer(plain(self.text))
        ]
        return [*found, Token("end", len(self.text), len(self.text), "")]

    def _whole(self) -> Node | None:
        tree = self.expression(0)
        while (token := self.peek()).kind != "end":
            self.place += 1
            if token.kind == "close":
                self.wrong(Code.UNBALANCED, token[1:3], "this parenthesis closes none that is open")
            elif token.kind == "open_quote":
                self.wrong(Code.UNBALANCED, token[1:3], "this quote is not closed")
            else:
                self.note(NoteKind.DROPPED, token[1:3], f"{token.text} has no meaning here and was left out")
            rest = self.expression(0, optional=True)
            tree = self._all(tree, rest)
        return _flat(tree)

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[min(self.place + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.peek()
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def note(self, kind: NoteKind, span: Span, message: str) -> None:
        self.notes.append(Note(kind, *span, message))

    def wrong(self, code: Code, span: Span, message: str, *fixes: Fix) -> None:
        self.problems.append(Problem(code, *span, message, fixes))

    def expression(self, least: float, *, optional: bool = False) -> Node | None:
        """Operands joined by operators at least so tight. Precedence climbing: linear in the number of tokens."""
        left, makes = self.unary(optional=optional), ""
        while (operator := self.operator()) is not None and operator.tightness >= least:
            made, makes = makes, "AND" if operator.name == "NOT" else operator.name
            left = left if made == makes else _flat(left)
            at = self.peek().start
            self.place += operator.tokens
            written = (at, self.tokens[self.place - 1].end) if operator.tokens else (at, at)
            right = self.expression(operator.tightness + 1e-6)
            left = self.joined(operator, written, left, right)
        return _flat(left)

    def unary(self, *, optional: bool = False) -> Node | None:
        token = self.peek()
        if token.kind not in self.OPERANDS:
            if not optional:
                self.wrong(Code.MISSING_OPERAND, token[1:3], "something to search for is missing here")
            return None
        if self.level > 3 * MAX_DEPTH:
            self.wrong(Code.TOO_DEEP, token[1:3], f"more than {MAX_DEPTH} levels, one within another")
            self.place = len(self.tokens) - 1
            return None
        self.level += 1
        node = self._negated() if token.kind == "not" else self.operand()
        self.level -= 1
        while self.peek().kind == "boost":
            boost = self.take()
            self.note(NoteKind.DROPPED, boost[1:3], f"{boost.text}: a rule matches or does not; there are no weights")
        return node

    def _negated(self) -> Node | None:
        sign = self.take()
        child = self.expression(self.TIGHTNESS["NOT"])
        return None if child is None else Not(child, (sign.start, child.span[1]))

    def joined(self, operator: Operator, at: Span, left: Node | None, right: Node | None) -> Node | None:
        if right is None or left is None:
            if operator.name == "NOT" and right is not None:
                return Not(right, right.span)
            if operator.name == "OR" and left is not right:
                self.note(NoteKind.APPROXIMATE, at, "one side of this OR cannot be had; the other stands alone")
            return left if right is None else right
        span = (left.span[0], right.span[1])
        if not operator.tokens:
            self.implied(left, right)
        match operator.name:
            case "OR":
                return self._either(left, right, span)
            case "AND":
                return self._all(left, right)
            case "NOT":
                return self._all(left, Not(right, (at[0], right.span[1])))
            case "SENT" | "PARA":
                return self.apart(Within(left, right, Unit(operator.name), span))
            case _:
                return self.near(operator, at, left, right)

    def _either(self, left: Node, right: Node, span: Span) -> Node:
        if any(isinstance(side, And) and id(side) not in self.grouped for side in (left, right)):
            self.note(NoteKind.CHANGED, span, f"AND binds before OR in {self.NAME}; parentheses say so")
        return Or((left, *self._parts(right, Or)), span)

    def _all(self, left: Node | None, right: Node | None) -> Node | None:
        if left is None or right is None:
            return right if left is None else left
        span = (left.span[0], right.span[1])
        if any(isinstance(side, Or) and id(side) not in self.grouped for side in (left, right)):
            self.note(NoteKind.CHANGED, span, f"OR binds before AND in {self.NAME}; parentheses say so")
        return And((left, *self._parts(right, And)), span)

    def _parts(self, node: Node, kind: type[And] | type[Or]) -> tuple[Node, ...]:
        return _operands(node) if isinstance(node, And | Or) and isinstance(node, kind) else (node,)

    def near(self, operator: Operator, at: Span, left: Node, right: Node) -> Node | None:
        span = (left.span[0], right.span[1])
        distance = operator.number
        if distance > MAX_DISTANCE and not operator.negated:
            message = f"at most {MAX_DISTANCE} words can stand between; both in one paragraph was taken instead"
            self.note(NoteKind.APPROXIMATE, at, message)
            return self.apart(Within(left, right, Unit.PARAGRAPH, span))
        if distance > MAX_DISTANCE:
            self.note(NoteKind.APPROXIMATE, at, f"{distance} words became {MAX_DISTANCE}, the most that can be had")
        distance = max(0, min(distance, MAX_DISTANCE))
        phrase = operator.ordered and distance == 0 and not operator.negated
        if phrase and isinstance(left, Term) and isinstance(right, Term) and not (left.cased or right.cased):
            return Term((*left.words, *right.words), shown=f"{left.shown} {right.shown}", span=span)
        return self.apart(Near(left, right, distance, operator.ordered, operator.negated, span))

    def apart(self, node: Near | Within) -> Node:
        """A proximity whose sides are what ours takes: an AND in it is shared out, a common field moves outside."""
        left, right = node.left, node.right
        if isinstance(left, Scope) and isinstance(right, Scope) and left.field is right.field:
            self.note(NoteKind.CHANGED, node.span, f"a proximity stands within one field: {left.field.value}:(...)")
            return Scope(left.field, self.apart(replace(node, left=left.child, right=right.child)), node.span)
        if isinstance(left, And) or isinstance(right, And):
            self.note(NoteKind.CHANGED, node.span, "a proximity holds no AND here: each part has its own proximity")
            pairs = [(a, b) for a in self._parts(left, And) for b in self._parts(right, And)]
            return And(tuple(self.apart(replace(node, left=a, right=b)) for a, b in pairs[:100]), node.span)
        return node

    def group(self, opening: Token) -> Node | None:
        """What stands between parentheses; `opening` has been taken."""
        node = self.expression(0)
        closing = self.take()
        if closing.kind != "close":
            self.wrong(Code.UNBALANCED, opening[1:3], "this parenthesis is not closed")
        if node is not None:
            node = replace(node, span=(opening.start, closing.end))
            self.grouped[id(node)] = node
        return node

    def side_by_side(self, text: str, span: Span) -> tuple[list[str], Span]:
        """A word and those behind it, in a dialect where they are one phrase."""
        words, (start, end) = [text], span
        while self.peek().kind == "word":
            token = self.take()
            words.append(token.text)
            end = token.end
        if len(words) > 1:
            self.note(NoteKind.CHANGED, (start, end), "words side by side are a phrase; quotes say so")
        return words, (start, end)

    def term(self, text: str, span: Span, *, cased: bool = False) -> Node | None:
        """A word or phrase in our spelling."""
        words = words_in(text, cased=cased)
        if words.complaint:
            self.wrong(Code.SHORT_WILDCARD if words.short else Code.BAD_WILDCARD, span, words.complaint)
            return None
        if not words.patterns:
            self.note(NoteKind.DROPPED, span, f"{text.strip() or 'this'} holds no letter or digit to search for")
            return None
        return Term(words.patterns, cased, " ".join(text.split()), span)

    def slop(self, token: Token, *, ordered: bool = False) -> Node | None:
        """`"a b c"~n` as a chain of NEAR; `token` has been taken."""
        written, _, number = token.text.rpartition('"')
        span = (token.start, token.end)
        words = written.strip('"').split()
        distance = min(int(number.lstrip("~")[:9] or 0), 10 * MAX_DISTANCE)
        node = self.term(words[0], span) if words else None
        for word in words[1:]:
            other = self.term(word, span)
            if node is not None and other is not None:
                node = self.near(Operator("NEAR", 0, distance, ordered), span, node, other)
        return node

    def scoped(self, token: Token, name: str, end: int) -> Node | None:
        """A field and what is searched in it; the value begins at `end`."""
        target = self.FIELDS.get(name.lower())
        if target is None:
            near = get_close_matches(name.lower(), self.FIELDS, n=1, cutoff=0.6)
            sign = self.text[token.start + len(name) : token.end]
            fixes = (Fix(n + sign, replaced(self.text, token.start, token.end, n + sign)) for n in near)
            self.wrong(Code.UNKNOWN_FIELD, token[1:3], f"there is no field for {name} here", *fixes)
            self.value(end)
            return None
        if isinstance(target, WordField):
            return self._in_field(token, name, target)
        value, last = self.value(end)
        span = (token.start, last)
        if isinstance(target, Dropped):
            self.note(NoteKind.DROPPED, span, str(target))
            return None
        return self.exact(name, target, value, span)

    def _in_field(self, token: Token, name: str, target: WordField) -> Node | None:
        if name.lower() != target.value:
            self.note(NoteKind.CHANGED, (token.start, token.end), f"{token.text} is {target.value}: here")
        child = self.expression(self.FIELD_TIGHTNESS) if self.FIELD_TIGHTNESS else self.unary()
        return None if child is None else Scope(target, child, (token.start, child.span[1]))

    def value(self, start: int) -> tuple[str, int]:
        """The raw text of a value and where it ends; its tokens are passed over."""
        found = _VALUE.match(plain(self.text), start)
        end = start if found is None else found.end()
        while self.peek().kind != "end" and self.peek().start < end:
            self.place += 1
        return ("" if found is None else found[1]), end

    def exact(self, name: str, target: ExactField, value: str, span: Span) -> Node | None:
        """One value, or several joined by OR between parentheses."""
        found = _JOINED.split(value[1:-1].strip()) if value.startswith("(") else [value]
        values = [v for one in found if (v := one.strip().strip('"').strip())]
        if not values or any({"AND", "NOT"} & set(v.upper().split()) or set("()") & set(v) for v in values):
            self.wrong(Code.BAD_OPERAND, span, f"{name} takes a value, or values joined by OR between parentheses")
            return None
        codes = {ExactField.LANG: languages_meant, ExactField.COUNTRY: countries_meant}.get(target)
        if codes is not None:
            values = [meant[0] if len(meant := codes(v)) == 1 else v for v in values]
        values = [exact_value(target, v) for v in values]
        if codes is not None and any(len(v) != 2 for v in values):
            self.wrong(Code.BAD_OPERAND, span, f"{target.value}: takes a code of two letters")
            return None
        tests = tuple(FieldTest(target, v, span) for v in dict.fromkeys(values))
        if name.lower() != target.value:
            self.note(NoteKind.CHANGED, span, f"{name} is {target.value}: here")
        node = tests[0] if len(tests) == 1 else Or(tests, span)
        self.grouped[id(node)] = node
        return node


def _flat(node: Node | None) -> Node | None:
    """`a AND b AND c` as one AND of three. While a query is read it is an AND whose first operand is the AND before: a new AND
    of all at each operator would take time in proportion to the square of the query."""
    if isinstance(node, And | Or) and isinstance(node.children[0], type(node)):
        return replace(node, children=_operands(node))
    return node


def _operands(node: And | Or) -> tuple[Node, ...]:
    kind, later, first = type(node), list[tuple[Node, ...]](), node.children
    while isinstance(first[0], And | Or) and isinstance(first[0], kind):
        later.append(first[1:])
        first = first[0].children
    return (*first, *(one for operands in reversed(later) for one in operands))
