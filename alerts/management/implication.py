"""Whether a rule is true of every article that another is true of, as far as their texts prove it. It never says so falsely."""

from alerts.rules import comparison, exact
from alerts.rules.implied import Wider
from alerts.rules.syntax import (
    And,
    AtLeast,
    Comparison,
    FieldTest,
    First,
    KOf,
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

_MOST_PAIRS = 20_000  # of parts that are compared with each other
# What is found in the one field is found in the others; None: where a term without a field is searched.
_WIDER: dict[WordField | None, tuple[WordField | None, ...]] = {
    WordField.TITLE: (WordField.HLEAD, None),
    WordField.LEAD: (WordField.HLEAD, WordField.BODY, None),
    WordField.HLEAD: (None,),
    WordField.BODY: (None,),
}


class Implied:
    """Of two normal forms (alerts.management.meaning). It ends after so many pairs of parts, with `not proved`."""

    def __init__(self) -> None:
        self._left = _MOST_PAIRS
        self._known: dict[tuple[int, int], bool] = {}
        self._parts: dict[int, frozenset[Node]] = {}  # of lists, by their id

    def implies(self, one: Node, other: Node) -> bool:
        """`other` is true wherever `one` is."""
        pair = (id(one), id(other))
        if pair not in self._known:
            self._left -= 1
            if self._left < 0:
                return False
            self._known[pair] = False
            self._known[pair] = self._implied(one, other)
        return self._known[pair]

    def _implied(self, one: Node, other: Node) -> bool:
        if one == other:
            return True
        if isinstance(one, Or):
            return all(self.implies(part, other) for part in one.children)
        if isinstance(other, And):
            return all(self.implies(one, part) for part in other.children)
        if isinstance(other, Or) and one in self._parts_of(other):
            return True
        if isinstance(one, And) and any(self.implies(part, other) for part in one.children):
            return True
        if isinstance(other, Or):
            return any(self.implies(one, part) for part in other.children)
        if isinstance(one, Not) and isinstance(other, Not):
            return self.implies(other.child, one.child)
        if isinstance(one, KOf) and isinstance(other, KOf):
            return self._counted(one, other)
        if isinstance(other, KOf):
            return sum(self.implies(one, part) for part in other.children) >= other.count
        return self._found(one, other)

    def _parts_of(self, node: Or) -> frozenset[Node]:
        found = self._parts.get(id(node))
        if found is None:
            found = self._parts[id(node)] = frozenset(node.children)
        return found

    def _counted(self, one: KOf, other: KOf) -> bool:
        """The parts of the one stand in the other, so many more of them may be true as are asked for."""
        left = list(other.children)
        for part in one.children:
            if part in left:
                left.remove(part)
        missing = len(one.children) - (len(other.children) - len(left))
        return one.count - missing >= other.count

    def _found(self, one: Node, other: Node) -> bool:
        field, inner = _scope(one)
        wanted, asked = _scope(other)
        if field != wanted and (wanted not in _WIDER.get(field, ()) or (isinstance(inner, Near) and inner.negated)):
            return False
        if _held(inner, asked):
            return True
        match inner:
            case Near(left=left, negated=True):
                return self._found_in(left, asked)
            case Near(left=left, right=right) | Within(left=left, right=right):
                return self._found_in(left, asked) or self._found_in(right, asked)
            case AtLeast(child=child) | First(child=child):
                return self._found_in(child, asked)
            case _:
                return False

    def _found_in(self, part: Node, asked: Node) -> bool:
        """Whether any place of a part proves what is asked for."""
        if isinstance(part, Or):
            return all(self._found_in(one, asked) for one in part.children)
        return self._found(part, asked)


def _scope(node: Node) -> tuple[WordField | None, Node]:
    return (node.field, node.child) if isinstance(node, Scope) else (None, node)


def _held(one: Node, other: Node) -> bool:
    """Whether the one, found somewhere, is the other."""
    if isinstance(one, Term) and isinstance(other, Term) and not one.cased and not other.cased:
        return one.words == other.words or Wider([other]).than(one) is not None
    if isinstance(one, Comparison) and isinstance(other, Comparison):
        return comparison.implies(one, other)
    if isinstance(one, FieldTest) and isinstance(other, FieldTest):
        return exact.implies(one, other)
    if isinstance(one, First) and isinstance(other, First):
        return one.count <= other.count and covers(one.child, other.child)
    if isinstance(one, AtLeast) and isinstance(other, AtLeast):
        return one.count >= other.count and covers(one.child, other.child)
    if isinstance(one, Near) and one.negated:
        return isinstance(other, Near) and other.negated and _refused(one, other)
    return covers(one, other)


def _refused(one: Near, other: Near) -> bool:
    """`a NOT NEAR/9 b` and `a NOT NEAR/5 b`."""
    order = one.ordered <= other.ordered
    return order and one.distance >= other.distance and covers(one.left, other.left) and covers(other.right, one.right)


def covers(one: Node, other: Node) -> bool:
    """Whether each place of the one is a place of the other."""
    if one == other:
        return True
    if isinstance(one, Or):
        return all(covers(part, other) for part in one.children)
    if isinstance(other, Or):
        return any(covers(one, part) for part in other.children)
    match one, other:
        case Term(cased=False), Term(cased=False):
            same = len(one.words) == len(other.words)
            return same and all(map(_word_covers, one.words, other.words))
        case Near(negated=False), Near(negated=False):
            kept = one.distance <= other.distance and one.ordered >= other.ordered
            return kept and _sides(one, other, swapped=not other.ordered)
        case Near(negated=False), Within(unit=Unit.PARAGRAPH):
            return _sides(one, other, swapped=True)
        case Within(), Within():
            return (one.unit is other.unit or other.unit is Unit.PARAGRAPH) and _sides(one, other, swapped=True)
        case _:
            return False


def _sides(one: Near | Within, other: Near | Within, *, swapped: bool) -> bool:
    if covers(one.left, other.left) and covers(one.right, other.right):
        return True
    return swapped and covers(one.left, other.right) and covers(one.right, other.left)


def _word_covers(one: WordPattern, other: WordPattern) -> bool:
    if one == other:
        return True
    return other.prefix and "?" not in other.text and one.text.partition("?")[0].startswith(other.text)
