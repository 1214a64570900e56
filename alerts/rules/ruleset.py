"""Many rules against one article. A set is immutable: one large layer, a small fresh one, and what no longer counts.

A change costs in proportion to itself and to the fresh layer; merging makes one large layer of all, without reading a rule
again. The machinery is alerts.rules.native (docs/matching.md); importing this loads it, which takes a second.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from alerts.rules.aliases import AliasSet
from alerts.rules.cost import Effort, RuleCost
from alerts.rules.native.layers import Layer, joined, made, matched, odd_ones, slowest
from alerts.rules.native.part import Hit as Hit  # noqa: PLC0414 - what a set finds
from alerts.rules.parser import parse
from alerts.rules.problem import render
from core.text.document import Searchable

Aliases = Mapping[str, Sequence[str]]
_FRESH = 1000  # rules that may stay in the fresh layer, whatever the size of the large one
_FRESH_SHARE = 50  # and one in so many of the large layer


class RuleSource(Protocol):
    """A rule as it is stored: core.model.rule.RuleRow."""

    @property
    def rule_id(self) -> str: ...
    @property
    def query(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that are matched together. `layers`: the large one and, after changes, the fresh one."""

    layers: tuple[Layer, ...] = ()

    @classmethod
    def of(cls, rules: Iterable[tuple[str, str]], aliases: Aliases | None = None) -> Self:
        """The set of rules, (id, text) each, read as they come. ValueError says which text is no rule, and why."""
        return cls((made(rules, AliasSet.of((aliases or {}).items())),))

    def match(self, article: Searchable) -> list[Hit]:
        """The rules that are true of the article, in no order."""
        return matched(self.layers, article)

    def updated(self, changed: Sequence[RuleSource], removed: Iterable[str], aliases: Aliases) -> Self:
        """The set with these rules in place of their other versions, and without the removed ones."""
        gone = [*removed, *(row.rule_id for row in changed)]
        kept = [layer.without(gone) for layer in self.layers]
        if changed:
            rules = ((row.rule_id, row.query) for row in changed)
            kept.append(made(rules, AliasSet.of(aliases.items())))
        if len(kept) > 2:
            kept[1:] = [joined(kept[1:])]
        return type(self)(tuple(kept))

    def merged(self) -> Self:
        """The same rules in one layer, found by what has been learnt of the words' frequency."""
        if len(self.layers) == 1 and not self.layers[0].improvable:
            return self
        return type(self)((joined(self.layers),))

    @property
    def wants_merge(self) -> bool:
        """Whether the fresh layer, or the share of the large one that no longer counts, has grown."""
        if not self.layers:
            return False
        large, fresh = self.layers[0], sum(layer.living for layer in self.layers[1:])
        return max(fresh, len(large) - large.living) > max(_FRESH, len(large) // _FRESH_SHARE)

    def effort(self) -> Effort:
        """What matching has taken since the layers were made."""
        tallies = [layer.part.tally for layer in self.layers]
        unanchored = sum(len(layer.part.rules.lookup.always) for layer in self.layers)
        return Effort(sum(t.candidates for t in tallies), sum(t.asked for t in tallies), unanchored)

    def costs(self, top: int) -> list[RuleCost]:
        """The rules that cost most, most first."""
        return slowest(self.layers, top)

    def __len__(self) -> int:
        return sum(layer.living for layer in self.layers)


class RuleCompiler:
    """Makes rule sets, and says why a rule cannot be in one."""

    def empty(self) -> RuleSet:
        return RuleSet()

    def problems(self, query: str, aliases: Aliases) -> Sequence[str]:
        """What is wrong with a rule's text, each with its place; empty: it can be compiled."""
        return self._said(query, AliasSet.of(aliases.items()))

    def refused(self, rules: Sequence[RuleSource], aliases: Aliases) -> dict[str, Sequence[str]]:
        """The rules that cannot be compiled: id -> what is wrong. One rule of each shape is read by the parser."""
        known = AliasSet.of(aliases.items())
        odd = odd_ones([row.query for row in rules], known)
        told = ((rules[k].rule_id, self._said(rules[k].query, known)) for k in odd)
        return {rule_id: problems for rule_id, problems in told if problems}

    def _said(self, query: str, aliases: AliasSet) -> Sequence[str]:
        return [render(problem, query) for problem in parse(query, aliases=aliases).problems]
