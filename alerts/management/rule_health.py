"""Finds rules that probably do not do what their author wanted, from their matches, with a sentence each. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.management.diff import meaning
from alerts.rules.cost import BUDGET_SECONDS, is_slow
from alerts.rules.syntax import (
    AliasRef,
    And,
    AtLeast,
    First,
    Forms,
    KOf,
    Listed,
    Near,
    Node,
    Or,
    Regex,
    Scope,
    Span,
    Term,
    Within,
)
from alerts.rules.walk import children_of
from core.model.outcome import StoryVerdict
from core.model.rule import RuleRow
from core.store.findings import Finding

TENFOLD = 10
_NOTICED = 20  # matches in a day; fewer are no flood
_HISTORY_DAYS = 3  # before a day can be out of the ordinary
_ENOUGH = 20  # findings before a clause is reported as never contributing
_COPIES = 5


class Trouble(StrEnum):
    """What is the matter with a rule."""

    NEVER_MATCHED = "never_matched"
    RATE_UP = "rate_up"
    IDLE_CLAUSE = "idle_clause"
    SAME_AS = "same_as"
    ONLY_COPIES = "only_copies"
    SLOW = "slow"
    UNREADABLE_SETTINGS = "unreadable_settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFacts:
    """A rule with what is known of it since `since`.

    `matches_by_day`: days back (0: the last 24 hours) -> matches. `findings`: of the version in force, the newest.
    """

    row: RuleRow
    tree: Node  # aliases as references
    last_matched: datetime | None
    matches_by_day: Mapping[int, int]
    findings: Sequence[Finding]
    evaluations: int = 0  # in those days, as far as the rule was among the slowest
    evaluation_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RuleTrouble:
    """One trouble of one rule, for people."""

    rule: str
    trouble: Trouble
    sentence: str


def troubles(rules: Sequence[RuleFacts], *, now: datetime, days: int) -> list[RuleTrouble]:
    """All troubles, by rule; `days` is how far back the facts reach."""
    found: list[RuleTrouble] = []
    same = _same_rules(rules)
    for facts in rules:
        told = [
            *_never_matched(facts, now, days),
            *_rate_up(facts, now, days),
            *_idle_clauses(facts),
            *same.get(facts.row.name, ()),
            *_only_copies(facts),
            *_slow(facts),
            *_unreadable(facts.row),
        ]
        found += [RuleTrouble(facts.row.name, trouble, sentence) for trouble, sentence in told]
    return found


Told = tuple[Trouble, str]


def _slow(facts: RuleFacts) -> Iterable[Told]:
    if is_slow(facts.evaluations, facts.evaluation_seconds):
        mean = 1000 * facts.evaluation_seconds / facts.evaluations
        budget = 1000 * BUDGET_SECONDS
        said = f"takes {mean:.1f} ms an evaluation, in the mean of {facts.evaluations}; {budget:g} ms is its budget"
        yield Trouble.SLOW, f"{said}. Proximities of common words, case(...) and regular expressions cost most"


def _unreadable(row: RuleRow) -> Iterable[Told]:
    if row.settings.unreadable:
        said = "; ".join(row.settings.unreadable)
        yield Trouble.UNREADABLE_SETTINGS, f"The rule goes on without what cannot be read of its settings: {said}."


def _never_matched(facts: RuleFacts, now: datetime, days: int) -> Iterable[Told]:
    oldest = now - timedelta(days=days)
    if facts.row.created > oldest or (facts.last_matched is not None and facts.last_matched >= oldest):
        return
    when = "ever" if facts.last_matched is None else f"since {facts.last_matched:%Y-%m-%d}"
    yield (
        Trouble.NEVER_MATCHED,
        f"Nothing matched in {days} days ({when}). `wirewatch rules preview` shows near misses.",
    )


def _rate_up(facts: RuleFacts, now: datetime, days: int) -> Iterable[Told]:
    alive = min(days, (now - facts.row.created).days)
    today = facts.matches_by_day.get(0, 0)
    if alive <= _HISTORY_DAYS or today < _NOTICED:
        return
    before = sum(count for day, count in facts.matches_by_day.items() if 0 < day < alive) / (alive - 1)
    if today >= TENFOLD * max(before, 1.0):
        yield Trouble.RATE_UP, f"{today} matches in the last 24 hours; before, {before:.1f} a day."


def _idle_clauses(facts: RuleFacts) -> Iterable[Told]:
    if len(facts.findings) < _ENOUGH:
        return
    proven = {(e.clause_start, e.clause_end) for finding in facts.findings for e in finding.match.evidence}
    for clause in _alternatives(facts.tree):
        if not any(_inside(span, clause.span) for span in proven):
            text = facts.row.query[slice(*clause.span)]
            yield Trouble.IDLE_CLAUSE, f"{text!r} was part of none of the last {len(facts.findings)} matches."


def _alternatives(node: Node) -> Iterable[Node]:
    """Members of every OR and KOF outside NOT that leave evidence when they are true."""
    match node:
        case Or(children=children) | KOf(children=children):
            yield from (child for child in children if _leaves_evidence(child))
            for child in children:
                yield from _alternatives(child) if not isinstance(child, Term) else ()
        case And() | Near() | Within() | AtLeast() | First() | Scope():
            for child in children_of(node):
                yield from _alternatives(child)
        case _:
            return


def _leaves_evidence(node: Node) -> bool:
    match node:
        case Term() | Regex() | AliasRef() | Forms() | Listed():
            return True
        case And() | Or() | KOf() | Near() | Within() | AtLeast() | First() | Scope():
            return any(map(_leaves_evidence, children_of(node)))
        case _:
            return False


def _inside(span: Span, outer: Span) -> bool:
    return outer[0] <= span[0] and span[1] <= outer[1]


def _same_rules(rules: Sequence[RuleFacts]) -> dict[str, list[Told]]:
    names: dict[str, list[str]] = {}
    for facts in rules:
        # The same text with another condition (often, first seen, ...) tells something else.
        condition = str(facts.row.settings.standing)
        names.setdefault(meaning(facts.tree) + condition, []).append(facts.row.name)
    told: dict[str, list[Told]] = {}
    for group in names.values():
        for name in group[1:]:
            told[name] = [(Trouble.SAME_AS, f"It means the same as {group[0]!r}.")]
    return told


def _only_copies(facts: RuleFacts) -> Iterable[Told]:
    found = facts.findings
    if len(found) >= _COPIES and all(finding.match.verdict is StoryVerdict.COPY for finding in found):
        yield Trouble.ONLY_COPIES, f"All {len(found)} matches are copies of stories whose first article did not match."
