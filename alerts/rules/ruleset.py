"""Many rules against one article: the engine is chosen by how many there are (alerts.rules.engine). A set is immutable.

A change costs in proportion to itself and to what changed lately; merging brings a set into its fastest form. Importing this
loads no machine code: that is done when a set is made that needs it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Protocol, Self

from alerts.rules.aliases import AliasSet
from alerts.rules.cost import Effort, RuleCost
from alerts.rules.engine import MOST_INTERPRETED, Engine, choose, wants_machine_code
from alerts.rules.interpreter import InterpretedRules
from alerts.rules.kept import parse_once
from alerts.rules.problem import render
from core.model.match import Evidence
from core.text.document import Searchable

Aliases = Mapping[str, Sequence[str]]


class RuleSource(Protocol):
    """A rule as it is stored: core.model.rule.RuleRow."""

    @property
    def rule_id(self) -> str: ...
    @property
    def query(self) -> str: ...


class Hit(Protocol):
    """A rule that is true of an article, and why."""

    @property
    def key(self) -> str: ...
    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


class CompiledRules(Protocol):
    """A set in machine code: alerts.rules.native.segments.SegmentedRules."""

    def match(self, article: Searchable) -> Sequence[Hit]: ...
    def updated(self, changed: Iterable[tuple[str, str]], removed: Iterable[str], aliases: AliasSet) -> Self: ...
    def merged(self) -> Self: ...
    @property
    def wants_merge(self) -> bool: ...
    def effort(self) -> Effort: ...
    def costs(self, top: int) -> Sequence[RuleCost]: ...
    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that are matched together."""

    rules: InterpretedRules | CompiledRules = field(default_factory=InterpretedRules)

    @classmethod
    def of(cls, rules: Iterable[tuple[str, str]], aliases: Aliases | None = None) -> Self:
        """The set of rules, (id, text) each. ValueError says which text is no rule, and why."""
        rest = iter(rules)
        first = list(islice(rest, MOST_INTERPRETED + 1))  # a million texts are not collected to be counted
        return cls().with_rules(len(first), chain(first, rest), (), AliasSet.of((aliases or {}).items()))

    @property
    def engine(self) -> Engine:
        return Engine.INTERPRETER if isinstance(self.rules, InterpretedRules) else Engine.MACHINE_CODE

    def match(self, article: Searchable) -> Sequence[Hit]:
        """The rules that are true of the article, in no order."""
        return self.rules.match(article)

    def updated(self, changed: Sequence[RuleSource], removed: Iterable[str], aliases: Aliases) -> Self:
        """The set with these rules in place of their other versions, and without the removed ones."""
        pairs = ((row.rule_id, row.query) for row in changed)
        return self.with_rules(len(changed), pairs, removed, AliasSet.of(aliases.items()))

    def with_rules(
        self, many: int, changed: Iterable[tuple[str, str]], removed: Iterable[str], aliases: AliasSet
    ) -> Self:
        """`updated`, with so many rules as (id, text). Many go into machine code at once; a set that grows slowly, when it is merged."""
        rules = self.rules
        if isinstance(rules, InterpretedRules) and choose(many).engine is Engine.MACHINE_CODE:
            rules = _compiled(rules)
        return type(self)(rules.updated(changed, removed, aliases))

    def merged(self) -> Self:
        """The same rules in their fastest form."""
        if isinstance(self.rules, InterpretedRules):
            chosen = choose(len(self.rules)).engine if len(self.rules) > 0 else Engine.INTERPRETER
            return type(self)(_compiled(self.rules)) if chosen is Engine.MACHINE_CODE else self
        return type(self)(self.rules.merged())

    @property
    def wants_merge(self) -> bool:
        """Whether too much has changed since the set was merged, or it has become too large for the interpreter."""
        if isinstance(self.rules, InterpretedRules):
            return wants_machine_code(len(self.rules)) and len(self.rules) > 0
        return self.rules.wants_merge

    def effort(self) -> Effort:
        """What matching has taken so far."""
        return self.rules.effort()

    def costs(self, top: int) -> Sequence[RuleCost]:
        """The rules that cost most, most first."""
        return self.rules.costs(top)

    def __len__(self) -> int:
        return len(self.rules)


def _compiled(rules: InterpretedRules) -> CompiledRules:
    """The same rules in machine code."""
    from alerts.rules.native.segments import SegmentedRules  # noqa: PLC0415 - it loads machine code, which few rules do not need

    by_aliases: dict[int, tuple[AliasSet, list[tuple[str, str]]]] = {}
    for rule in rules.rules.values():
        by_aliases.setdefault(id(rule.aliases), (rule.aliases, []))[1].append((rule.key, rule.text))
    return SegmentedRules.of(by_aliases.values())


class RuleCompiler:
    """Makes rule sets, and says why a rule cannot be in one."""

    def empty(self) -> RuleSet:
        return RuleSet()

    def problems(self, query: str, aliases: Aliases) -> Sequence[str]:
        """What is wrong with a rule's text, each with its place; empty: it can be compiled."""
        return _said(query, AliasSet.of(aliases.items()))

    def refused(self, rules: Sequence[RuleSource], aliases: Aliases) -> dict[str, Sequence[str]]:
        """The rules that cannot be compiled: id -> what is wrong."""
        known = AliasSet.of(aliases.items())
        told = ((row.rule_id, _said(row.query, known)) for row in _suspects(rules, known))
        return {rule_id: problems for rule_id, problems in told if problems}


def _suspects(rules: Sequence[RuleSource], aliases: AliasSet) -> Iterable[RuleSource]:
    """The rules that have to be looked at one by one: of many, those of a shape that is refused."""
    if choose(len(rules)).engine is Engine.INTERPRETER:
        return rules
    from alerts.rules.native.segments import odd_ones  # noqa: PLC0415 - it loads machine code, which few rules do not need

    return (rules[k] for k in odd_ones([row.query for row in rules], aliases))


def _said(query: str, aliases: AliasSet) -> Sequence[str]:
    return [render(problem, query) for problem in parse_once(query, aliases).problems]
