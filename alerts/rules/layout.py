"""A rule laid out for reading: a long one with a clause in each line, indented, and comments at their clauses.

What was written over several lines stays so, and what is short and stands in one line too; a blank line between two clauses stays.
`parse(formatted(text).text)` is `parse(text)`, and `formatted` of its own text is that text.
"""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import pairwise

from alerts.rules.attached import Remarks, attached
from alerts.rules.comments import without_comments
from alerts.rules.limits import MAX_CHARACTERS
from alerts.rules.parser import parse
from alerts.rules.printer import Binds, as_written, binds
from alerts.rules.problem import Code, Problem
from alerts.rules.syntax import And, AtLeast, First, KOf, Near, Node, Not, Or, Scope, Within
from alerts.rules.walk import children_of, nodes_of

WIDTH = 100  # characters of a line
_INDENTS = (4, 2, 0)  # of what stands in parentheses; less where the text would be too long
_NOTHING = Remarks()
_BLANK_LINE = re.compile(r"\n[^\S\n]*\r?\n")


@dataclass(frozen=True, slots=True)
class Formatted:
    """`text` is the rule as it was where there are problems."""

    text: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Breaks:
    """Nodes by their ids. `broken`: their parts stand in several lines; `apart`: a blank line stands before them."""

    broken: AbstractSet[int] = frozenset()
    apart: AbstractSet[int] = frozenset()


def formatted(text: str) -> Formatted:
    """The rule laid out, or what is wrong with it. Nothing has to be there for it to match: what is searched for once is laid out too."""
    parsed = parse(text, anchored=False)
    if parsed.tree is None:
        return Formatted(text, parsed.problems)
    laid = laid_out(parsed.tree, attached(text, parsed.tree), breaks_of(text, parsed.tree))
    if len(laid) <= MAX_CHARACTERS:
        return Formatted(laid)
    message = f"laid out, the rule has {len(laid)} characters, at most {MAX_CHARACTERS} are allowed; it stays as it is"
    return Formatted(text, (Problem(Code.TOO_LONG, 0, len(text), message),))


def laid_out(tree: Node, remarks: Mapping[int, Remarks], breaks: Breaks) -> str:
    """A tree as text. `remarks`: the comments of its nodes, by id. Indented less where it would be too long a rule."""
    asking = {place for place, own in remarks.items() if own.every} | breaks.broken
    busy = {id(node) for node in _with_inner(tree, asking)}
    laying = _Laying(remarks, breaks, busy)
    lines = laying.block(tree, Binds.OR, 0)
    if id(tree) in breaks.apart:  # behind the comments at the head
        lines.insert(next(place for place, line in enumerate(lines) if line.code), _Line())
    text = ""
    for indent in _INDENTS:
        text = "\n".join(line.shown(indent) for line in lines)
        if len(text) <= MAX_CHARACTERS:
            break
    return text


def breaks_of(text: str, tree: Node) -> Breaks:
    """Where a rule that was read from a text has line breaks."""
    bare, broken, apart = without_comments(text), set[int](), set[int]()
    for node in nodes_of(tree):
        parts = children_of(node)
        for one, other in pairwise(parts):
            place = slice(one.span[1], other.span[0])
            if "\n" in bare[place]:
                broken.add(id(node))
                if _BLANK_LINE.search(text[place]):
                    apart.add(id(other))
    head = text[: tree.span[0]]
    if head.strip() and _BLANK_LINE.search(head.lstrip()):
        apart.add(id(tree))
    return Breaks(broken, apart)


def _with_inner(tree: Node, ids: AbstractSet[int]) -> Iterable[Node]:
    """Nodes within or at which something stands that asks for lines of their own."""
    found: list[Node] = []

    def look(node: Node) -> bool:
        within = [look(child) for child in children_of(node)]
        if id(node) in ids or any(within):
            found.append(node)
            return True
        return False

    look(tree)
    return found


@dataclass(slots=True)
class _Line:
    """`code` empty: a line of a comment alone, or a blank one."""

    code: str = ""
    remark: str = ""
    depth: int = 0

    def shown(self, indent: int) -> str:
        space = " " * (indent * self.depth)
        if not self.code:
            return f"{space}{self.remark}".rstrip()
        return f"{space}{self.code}  {self.remark}" if self.remark else space + self.code


@dataclass(frozen=True, slots=True)
class _Laying:
    """`busy`: nodes with comments or line breaks at or within them."""

    remarks: Mapping[int, Remarks]
    breaks: Breaks
    busy: AbstractSet[int]
    indent: int = field(default=_INDENTS[0])

    def block(self, node: Node, least: Binds, room: int) -> list[_Line]:
        """The lines of a node, in parentheses where it binds less tightly than `least`. `room`: characters that stand before it."""
        own = self.remarks.get(id(node), _NOTHING)
        own = Remarks([*own.before], [*own.behind], [*own.after])
        ends = binds(node) >= least
        lines = self._flat(node, least, room, own)
        if lines is None:
            lines = self._parts(node, room if ends else room + self.indent)
            if not ends:
                lines = [_Line("("), *_deeper(lines), _Line(")")]
        return _with_remarks(lines, own)

    def _flat(self, node: Node, least: Binds, room: int, own: Remarks) -> list[_Line] | None:
        """One line, where it fits and nothing within asks for more."""
        if children_of(node):
            if id(node) in self.breaks.broken or any(self._asks(child) for child in children_of(node)):
                last = self._last(node) if binds(node) >= least else None
                if last is None:
                    return None
                own.behind[:0] = self.remarks[id(last)].behind
            text = as_written(node)
            text = text if binds(node) >= least else f"({text})"
            return [_Line(text)] if room + len(text) <= WIDTH else None
        return [_Line(as_written(node))]

    def _asks(self, node: Node) -> bool:
        return id(node) in self.busy

    def _last(self, node: Node) -> Node | None:
        """The last part of what ends with it, where only a comment behind it asks for a line: it stands behind the whole as well."""
        if isinstance(node, AtLeast | First | KOf) or id(node) in self.breaks.broken:
            return None
        *others, last = children_of(node)
        remarks = self.remarks.get(id(last), _NOTHING)
        if any(map(self._asks, others)) or remarks.before or remarks.after or id(last) in self.breaks.broken:
            return None
        return last if not any(map(self._asks, children_of(last))) else None

    def _parts(self, node: Node, room: int) -> list[_Line]:
        match node:
            case And(children=children):
                return self._joined(children, "AND ", room)
            case Or(children=children):
                return self._joined(children, "OR ", room)
            case Not(child=child):
                return _prefixed("NOT ", self.block(child, Binds.NOT, room + 4))
            case Scope(field=scope, child=child):
                return _prefixed(f"{scope.value}:", self.block(child, Binds.OPERAND, room + len(scope.value) + 1))
            case Near(left=left, right=right):
                name = ("NOT " if node.negated else "") + ("ONEAR" if node.ordered else "NEAR")
                return self._beside(left, f"{name}/{node.distance} ", right, room)
            case Within(left=left, right=right, unit=unit):
                return self._beside(left, f"{unit.value} ", right, room)
            case AtLeast(count=count, child=child):
                return self._listed(f"ATLEAST/{count}(", (child,), room)
            case First(count=count, child=child):
                return self._listed(f"FIRST/{count}(", (child,), room)
            case KOf(count=count, children=children):
                return self._listed(f"KOF/{count}(", children, room)
            case _:
                return [_Line(as_written(node))]

    def _joined(self, children: Iterable[Node], operator: str, room: int) -> list[_Line]:
        lines: list[_Line] = []
        for place, child in enumerate(children):
            block = self.block(child, Binds.NOT, room + (len(operator) if place else 0))
            lines += self._apart(child) if place else []
            lines += _prefixed(operator, block) if place else block
        return lines

    def _beside(self, left: Node, operator: str, right: Node, room: int) -> list[_Line]:
        first = self.block(left, Binds.NEAR, room)
        second = _prefixed(operator, self.block(right, Binds.OPERAND, room + self.indent + len(operator)))
        return first + _deeper(self._apart(right) + second)

    def _listed(self, opening: str, children: tuple[Node, ...], room: int) -> list[_Line]:
        lines = [_Line(opening)]
        for place, child in enumerate(children):
            block = self.block(child, Binds.OR, room + self.indent + 1)
            if place < len(children) - 1:
                last = next(line for line in reversed(block) if line.code)
                last.code += ","
            lines += _deeper((self._apart(child) if place else []) + block)
        return [*lines, _Line(")")]

    def _apart(self, node: Node) -> list[_Line]:
        return [_Line()] if id(node) in self.breaks.apart else []


def _prefixed(prefix: str, lines: list[_Line]) -> list[_Line]:
    first = next(line for line in lines if line.code)
    first.code = prefix + first.code
    return lines


def _deeper(lines: Iterable[_Line]) -> list[_Line]:
    return [replace(line, depth=line.depth + 1) for line in lines]


def _with_remarks(lines: list[_Line], own: Remarks) -> list[_Line]:
    """With the comments of the part itself. A line has room for one; others stand in lines of their own behind it."""
    behind = own.behind
    if behind and lines[-1].code and not lines[-1].remark:
        lines[-1].remark, *behind = behind
    return [*(_Line(remark=one) for one in own.before), *lines, *(_Line(remark=one) for one in (*behind, *own.after))]
