"""Compares the meaning of two texts of a rule: clauses gained and lost, and whether each finds more or less.

The order of clauses, spelling, parentheses and repeats are no difference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from alerts.rules.printer import print_rule
from alerts.rules.syntax import And, AtLeast, FieldTest, First, KOf, Near, Node, Not, Or, Scope, Within


class Effect(StrEnum):
    """The effect of a change on the rule's matches."""

    MORE = "finds more"
    LESS = "finds less"
    OTHER = "finds other articles"


@dataclass(frozen=True, slots=True)
class Change:
    """A clause that only one of the two has, in canonical form. `within`: what it stands in; empty at the top."""

    gained: bool
    clause: str
    within: str
    effect: Effect


def diff(old: Node, new: Node) -> list[Change]:
    """The changes that lead from `old` to `new`, lost ones first at each place; none: they mean the same."""
    return list(_changes(old, new, "", more=True))


def meaning(node: Node) -> str:
    """Equal for two rules that mean the same: canonical text, the parts of AND, OR and KOF in order of the alphabet."""
    return print_rule(_sorted(node))


def _changes(old: Node, new: Node, within: str, *, more: bool) -> Iterator[Change]:
    """`more`: whether what makes this part true more often makes the rule true more often."""
    if meaning(old) == meaning(new):
        return
    match old, new:
        case (And(), And()) | (Or(), Or()):
            yield from _listed(_parts(old), _parts(new), within, kind=type(old), more=more)
        case (KOf(count=a), KOf(count=b)) if a == b:
            yield from _listed(_parts(old), _parts(new), within, kind=KOf, more=more)
        case (And() | Or(), _) if meaning(new) in map(meaning, _parts(old)):
            yield from _listed(_parts(old), [new], within, kind=type(old), more=more)
        case (_, And() | Or()) if meaning(old) in map(meaning, _parts(new)):
            yield from _listed([old], _parts(new), within, kind=type(new), more=more)
        case (Not(child=a), Not(child=b)):
            yield from _changes(a, b, _inside(within, "NOT"), more=not more)
        case (Scope(field=field, child=a), Scope(field=other, child=b)) if field == other:
            yield from _changes(a, b, _inside(within, f"{field.value}:"), more=more)
        case _:
            effect = _towards(_compared(old, new), more=more)
            yield Change(False, print_rule(old), within, effect)
            yield Change(True, print_rule(new), within, effect)


def _listed(old: Sequence[Node], new: Sequence[Node], within: str, *, kind: type[Node], more: bool) -> Iterator[Change]:
    before, after = ({meaning(node): node for node in nodes} for nodes in (old, new))
    lost = [node for form, node in before.items() if form not in after]
    gained = [node for form, node in after.items() if form not in before]
    for counterpart in (_counterpart, _joined_or_left):
        for left in list(lost):
            right = counterpart(left, gained)
            if right is None:
                continue
            lost.remove(left)
            gained.remove(right)
            label = _label(left, kind) or _label(right, kind)
            yield from _changes(left, right, _inside(within, label), more=more)
    less_by_gain = kind is And
    for node in lost:
        yield Change(False, print_rule(node), within, Effect.MORE if less_by_gain == more else Effect.LESS)
    for node in gained:
        yield Change(True, print_rule(node), within, Effect.LESS if less_by_gain == more else Effect.MORE)


def _counterpart(node: Node, others: Sequence[Node]) -> Node | None:
    """The clause that this one became: of the same kind, with most parts in common."""
    best, most = None, 0
    for other in others:
        if type(other) is not type(node) or isinstance(node, FieldTest):
            continue
        shared = len(set(map(meaning, _parts(node))) & set(map(meaning, _parts(other))))
        if shared > most:
            best, most = other, shared
    return best


def _joined_or_left(node: Node, others: Sequence[Node]) -> Node | None:
    """The list that this clause became a part of, or its part that is left: `arms` and `(arms OR weapon)`."""
    for other in others:
        if isinstance(other, And | Or) and meaning(node) in map(meaning, _parts(other)):
            return other
        if isinstance(node, And | Or) and meaning(other) in map(meaning, _parts(node)):
            return other
    return None


def _parts(node: Node) -> Sequence[Node]:
    match node:
        case And(children=children) | Or(children=children) | KOf(children=children):
            return children
        case Near(left=left, right=right) | Within(left=left, right=right):
            return (left, right)
        case AtLeast(child=child) | First(child=child):
            return (child,)
        case Not(child=child) | Scope(child=child):
            return _parts(child) or (child,)
        case _:
            return ()


def _compared(old: Node, new: Node) -> Effect:
    """The effect of another number in an otherwise equal clause."""
    match old, new:
        case Near(), Near() if meaning(replace(old, distance=new.distance)) == meaning(new):
            return Effect.MORE if (new.distance > old.distance) != new.negated else Effect.LESS
        case AtLeast(), AtLeast() if meaning(old.child) == meaning(new.child):
            return Effect.MORE if new.count < old.count else Effect.LESS
        case First(), First() if meaning(old.child) == meaning(new.child):
            return Effect.MORE if new.count > old.count else Effect.LESS
        case KOf(), KOf() if set(map(meaning, old.children)) == set(map(meaning, new.children)):
            return Effect.MORE if new.count < old.count else Effect.LESS
        case _:
            return Effect.OTHER


def _towards(effect: Effect, *, more: bool) -> Effect:
    if more or effect is Effect.OTHER:
        return effect
    return Effect.LESS if effect is Effect.MORE else Effect.MORE


def _label(node: Node, kind: type[Node]) -> str:
    """What a part is called where a change stands inside it."""
    match node:
        case And() | Or() | KOf() if not isinstance(node, kind):
            return f"({_shortened(print_rule(node))})"
        case _:
            return ""


def _shortened(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _inside(within: str, what: str) -> str:
    return " ".join(filter(None, (within, what)))


def _sorted(node: Node) -> Node:
    match node:
        case And(children=children) | Or(children=children):
            parts = {print_rule(part): part for part in map(_sorted, children)}
            kept = tuple(parts[text] for text in sorted(parts))
            return kept[0] if len(kept) == 1 else replace(node, children=kept)
        case KOf(children=children):
            return replace(node, children=tuple(sorted(map(_sorted, children), key=print_rule)))
        case Near(left=left, right=right) | Within(left=left, right=right):
            return _sided(node, _sorted(left), _sorted(right))
        case Not(child=child) | AtLeast(child=child) | First(child=child) | Scope(child=child):
            return replace(node, child=_sorted(child))
        case _:
            return node


def _sided(node: Near | Within, left: Node, right: Node) -> Node:
    """Either order is the same, unless the rule says otherwise."""
    fixed = isinstance(node, Near) and (node.ordered or node.negated)
    if not fixed and print_rule(right) < print_rule(left):
        left, right = right, left
    return replace(node, left=left, right=right)
