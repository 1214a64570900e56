"""A rule engine in ten lines: a rule is words that must all be in the title or text; `@name` is any of an alias's terms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Self

from alerts.match.rule_cache import Aliases
from alerts.rules.cost import Effort, RuleCost
from core.model.article import Article
from core.model.match import Evidence
from core.model.rule import RuleRow


@dataclass(frozen=True)
class FakeFound:
    key: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class FakeRules:
    """`fresh`: rules not merged yet; more than 2 want a merge. `gate`: holds a merge until it is set."""

    rules: Mapping[str, tuple[str, tuple[tuple[str, ...], ...]]] = field(default_factory=dict)
    fresh: int = 0
    gate: Event | None = None
    engine: str = "fake"

    def match(self, article: Article) -> list[FakeFound]:
        found = []
        for key, (query, clauses) in self.rules.items():
            evidence = [_place(query, terms, article) for terms in clauses]
            if all(evidence):
                found.append(FakeFound(key, tuple(item for item in evidence if item)))
        return found

    def updated(self, changed: Sequence[RuleRow], removed: Iterable[str], aliases: Aliases) -> Self:
        rules = {key: value for key, value in self.rules.items() if key not in set(removed)}
        for row in changed:
            clauses = [
                tuple(aliases[word[1:]]) if word.startswith("@") else (word,) for word in row.query.split(" AND ")
            ]
            rules[row.rule_id] = (row.query, tuple(clauses))
        return type(self)(rules, self.fresh + len(changed), self.gate)

    def merged(self) -> Self:
        if self.gate is not None:
            self.gate.wait(10)
        return type(self)(self.rules, 0, self.gate)

    @property
    def wants_merge(self) -> bool:
        return self.fresh > 2

    def effort(self) -> Effort:
        return Effort()

    def costs(self, top: int) -> Sequence[RuleCost]:
        return [RuleCost(key, 1, 1, 0.5) for key in list(self.rules)[:top]]


class FakeCompiler:
    """`BROKEN` cannot be compiled, nor can an alias that is not there."""

    def __init__(self, gate: Event | None = None) -> None:
        self.gate = gate

    def empty(self) -> FakeRules:
        return FakeRules(gate=self.gate)

    def problems(self, query: str, aliases: Aliases) -> Sequence[str]:
        unknown = [word for word in query.split() if word.startswith("@") and word[1:] not in aliases]
        return [f"unknown alias {word}" for word in unknown] + (["broken"] if "BROKEN" in query else [])

    def refused(self, rules: Sequence[RuleRow], aliases: Aliases) -> Mapping[str, Sequence[str]]:
        told = {row.rule_id: self.problems(row.query, aliases) for row in rules}
        return {rule_id: problems for rule_id, problems in told.items() if problems}


def _place(query: str, terms: tuple[str, ...], article: Article) -> Evidence | None:
    for term in terms:
        for name, text in (("title", article.title), ("body", article.text)):
            at = text.find(term)
            if at >= 0:
                clause = max(query.find(term), 0)
                return Evidence(clause, clause + len(term), name, at, at + len(term), term)
    return None
