"""Compares the meaning of two texts of a rule: clauses gained and lost, and whether each finds more or less.

What makes no difference to any article is none: the order of clauses, spelling, parentheses, comments, repeats, where a NOT stands
(alerts.management.meaning). An effect is said where it is proved (alerts.management.implication).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from alerts.management.implication import Implied, covers
from alerts.management.meaning import Langs, meaning, normal
from alerts.rules.aliases import AliasSet
from alerts.rules.forms.context import said_by
from alerts.rules.printer import print_rule
from alerts.rules.syntax import And, AtLeast, FieldTest, First, KOf, Near, Node, Not, Or, Scope, Within, WordField

_MOST_COMPARED = 10  # clauses that one is compared with

__all__ = ["Change", "Effect", "diff", "meaning"]


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


def diff(old: Node, new: Node, aliases: AliasSet | None = None) -> list[Change]:
    """The changes that lead from `old` to `new`, lost ones first at each place; none: they mean the same. `aliases`: what
    references stand for; None: only the same reference is the same."""
    comparison = _Comparison(aliases)
    old, new = comparison.told_apart(old, ()), comparison.told_apart(new, ())
    if comparison.same(old, new):
        return []
    found = list(comparison.changes(old, new, _Place()))
    return found or list(comparison.whole(old, new, _Place()))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where two clauses are compared. `within`: what they stand in; `more`: whether what makes this part true more often makes the
    rule true more often; `field`: that searches here, where none of their own does; `placed`: whether it matters where they stand,
    as it does to a proximity."""

    within: str = ""
    more: bool = True
    field: WordField | None = None
    placed: bool = False

    def inside(
        self, label: str, *, turned: bool = False, field: WordField | None = None, placed: bool = False
    ) -> "_Place":
        """One level down."""
        return _Place(_inside(self.within, label), self.more is not turned, field or self.field, self.placed or placed)


@dataclass(slots=True)
class _Comparison:
    aliases: AliasSet | None
    _langs: dict[int, tuple[Node, Langs]] = field(default_factory=dict)  # the node stays, so its id does
    _meanings: dict[int, str] = field(default_factory=dict)

    def told_apart(self, node: Node, langs: Langs) -> Node:
        """A copy of the tree, of each part of which is known for which languages the rule says it: `forms(minister)` is another list
        in `lang:pl AND ...` than by itself."""
        if isinstance(node, And):
            langs = said_by(node) or langs
        made: Node
        match node:
            case And(children=children) | Or(children=children) | KOf(children=children):
                made = replace(node, children=tuple(self.told_apart(child, langs) for child in children))
            case Near(left=left, right=right) | Within(left=left, right=right):
                made = replace(node, left=self.told_apart(left, langs), right=self.told_apart(right, langs))
            case Not(child=child) | AtLeast(child=child) | First(child=child) | Scope(child=child):
                made = replace(node, child=self.told_apart(child, langs))
            case _:
                made = replace(node)
        self._langs[id(made)] = made, langs
        return made

    def normal(self, node: Node, field: WordField | None = None) -> Node:
        return normal(node, self.aliases, self._langs[id(node)][1], field)

    def meaning(self, node: Node) -> str:
        known = self._meanings.get(id(node))
        if known is None:
            known = self._meanings[id(node)] = print_rule(self.normal(node))
        return known

    def same(self, one: Node, other: Node) -> bool:
        return self.meaning(one) == self.meaning(other)

    def shown(self, node: Node, beside: Sequence[Node]) -> str:
        """The clause's text; with the languages of its forms where a clause `beside` has the same text and means something else."""
        text, langs = print_rule(node), self._langs[id(node)][1]
        return f"{text} in lang:{', '.join(langs)}" if langs and text in map(print_rule, beside) else text

    def changes(self, old: Node, new: Node, place: _Place) -> Iterator[Change]:
        if self.same(old, new):
            return
        match old, new:
            case (And(), And()) | (Or(), Or()):
                yield from self._listed(_parts(old), _parts(new), place, kind=type(old))
            case (KOf(count=a), KOf(count=b)) if a == b and not self._repeats(old, new):
                yield from self._listed(_parts(old), _parts(new), place, kind=KOf)
            case (And() | Or(), _) if self._has(old, new):
                yield from self._listed(_parts(old), [new], place, kind=type(old))
            case (_, And() | Or()) if self._has(new, old):
                yield from self._listed([old], _parts(new), place, kind=type(new))
            case (Not(child=a), Not(child=b)):
                yield from self.changes(a, b, place.inside("NOT", turned=True))
            case (Scope(field=name, child=a), Scope(field=other, child=b)) if name == other:
                yield from self.changes(a, b, place.inside(f"{name.value}:", field=name))
            case _ if (inner := self._one_side(old, new)) is not None:
                left, right, onwards = inner
                label = f"({_shortened(print_rule(new))})"
                yield from self.changes(left, right, place.inside(label, turned=not onwards, placed=True))
            case _:
                yield from self.whole(old, new, place)

    def whole(self, old: Node, new: Node, place: _Place) -> Iterator[Change]:
        """One clause in place of another."""
        effect = _towards(self._compared(old, new, place), more=place.more)
        yield Change(False, self.shown(old, [new]), place.within, effect)
        yield Change(True, self.shown(new, [old]), place.within, effect)

    def _compared(self, old: Node, new: Node, place: _Place) -> Effect:
        if place.placed:
            before, after = self.normal(old), self.normal(new)
            return Effect.MORE if covers(before, after) else Effect.LESS if covers(after, before) else Effect.OTHER
        before, after = self.normal(old, place.field), self.normal(new, place.field)
        if Implied().implies(before, after):
            return Effect.MORE
        return Effect.LESS if Implied().implies(after, before) else Effect.OTHER

    def _has(self, node: Node, part: Node) -> bool:
        return self.meaning(part) in map(self.meaning, _parts(node))

    def _repeats(self, *nodes: Node) -> bool:
        """Whether a KOF has a part twice, which counts twice."""
        return any(max(Counter(map(self.meaning, _parts(node))).values(), default=0) > 1 for node in nodes)

    def _one_side(self, old: Node, new: Node) -> tuple[Node, Node, bool] | None:
        """The one operand that differs where all else is the same, and whether more of it is more of the whole."""
        pairs: list[tuple[Node, Node, bool]] = []
        if isinstance(old, Near) and isinstance(new, Near) and replace(old, left=new.left, right=new.right) == new:
            pairs = [(old.left, new.left, True), (old.right, new.right, not new.negated)]
        elif isinstance(old, Within) and isinstance(new, Within) and old.unit is new.unit:
            pairs = [(old.left, new.left, True), (old.right, new.right, True)]
        elif (isinstance(old, AtLeast) and isinstance(new, AtLeast) and old.count == new.count) or (
            isinstance(old, First) and isinstance(new, First) and old.count == new.count
        ):
            pairs = [(old.child, new.child, True)]
        differ = [pair for pair in pairs if not self.same(pair[0], pair[1])]
        lists = [pair for pair in differ if isinstance(pair[0], Or) or isinstance(pair[1], Or)]
        return lists[0] if len(differ) == 1 and lists else None

    def _listed(self, old: Sequence[Node], new: Sequence[Node], place: _Place, *, kind: type[Node]) -> Iterator[Change]:
        before, after = ({self.meaning(node): node for node in nodes} for nodes in (old, new))
        lost = [node for form, node in before.items() if form not in after]
        gained = [node for form, node in after.items() if form not in before]
        for counterpart in (self._counterpart, self._joined_or_left, self._wider_or_narrower):
            for left in list(lost):
                right = counterpart(left, gained, place)
                if right is None:
                    continue
                lost.remove(left)
                gained.remove(right)
                label = _label(left, kind) or _label(right, kind)
                yield from self.changes(left, right, place.inside(label))
        less_by_gain = kind is And
        for node in lost:
            effect = Effect.MORE if less_by_gain == place.more else Effect.LESS
            yield Change(False, self.shown(node, gained), place.within, effect)
        for node in gained:
            effect = Effect.LESS if less_by_gain == place.more else Effect.MORE
            yield Change(True, self.shown(node, lost), place.within, effect)

    def _counterpart(self, node: Node, others: Sequence[Node], _: _Place) -> Node | None:
        """The clause that this one became: of the same kind, with most parts in common."""
        best, most = None, 0
        for other in others:
            if type(other) is not type(node) or isinstance(node, FieldTest):
                continue
            shared = len(set(map(self.meaning, _parts(node))) & set(map(self.meaning, _parts(other))))
            if shared > most:
                best, most = other, shared
        return best

    def _joined_or_left(self, node: Node, others: Sequence[Node], _: _Place) -> Node | None:
        """The list that this clause became a part of, or its part that is left: `arms` and `(arms OR weapon)`."""
        for other in others:
            if isinstance(other, And | Or) and self._has(other, node):
                return other
            if isinstance(node, And | Or) and self._has(node, other):
                return other
        return None

    def _wider_or_narrower(self, node: Node, others: Sequence[Node], place: _Place) -> Node | None:
        """A clause that finds all that this one finds, or the other way round: `weapon*` and `weapons`."""
        few = others[:_MOST_COMPARED]
        return next((other for other in few if self._compared(node, other, place) is not Effect.OTHER), None)


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
