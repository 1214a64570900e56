"""The list of rules, as people look through it: who owns each, what it did lately, what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerts.rules.cost import is_slow
from core.db.connection import Connection
from core.model.origin import FILE
from core.model.rule import RuleRow
from core.model.team import DEFAULT_TEAM
from core.store import rule_figures, rule_search, teams
from core.store.rule_search import RuleFilter
from core.store.stats import RuleStats
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.named_rules import stored_rule
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission

_MOST_REASONS = 10
DAYS = 14  # that the figures are about, today (UTC) included
_LIST = "rules by name"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """What a rule did in the last days. `alerts_by_day`: the oldest day first, today last.

    `evaluations` and `evaluation_seconds`: as far as the rule was among the slowest. `not_relevant`: of its alerts.
    """

    last_matched: datetime | None
    alerts_by_day: tuple[int, ...]
    matches: int
    evaluations: int
    evaluation_seconds: float
    not_relevant: int

    @property
    def alerts(self) -> int:
        return sum(self.alerts_by_day)

    @property
    def share_not_relevant(self) -> float | None:
        """Of the alerts of these days; None where there are none."""
        return min(self.not_relevant / self.alerts, 1.0) if self.alerts else None

    @property
    def mean_seconds(self) -> float | None:
        """Of one evaluation; None where none was measured."""
        return self.evaluation_seconds / self.evaluations if self.evaluations else None

    @property
    def slow(self) -> bool:
        return is_slow(self.evaluations, self.evaluation_seconds)


@dataclass(frozen=True, slots=True)
class ListedRule:
    """`owner`: the name of the user who made it; None: a file or a command did, or that user is gone.

    `file`: where it is managed, with the line; None of any other rule, and where this process has not read its file.
    """

    row: RuleRow
    figures: RuleFigures
    owner: str | None
    file: str | None


@reads(Permission.READ_RULES)
async def overview(acting: Acting, paging: Paging, asked: RuleFilter | None = None) -> Page[ListedRule]:
    """The team's rules by name, removed ones too, with what they did in the last days."""
    async with acting.db.connection() as conn:
        rows = await rule_search.page_by_name(
            conn, asked or RuleFilter(), limit=paging.asked, after=paging.after_name(_LIST), team_id=acting.listed_team
        )
        page = paging.page(_LIST, rows, lambda row: (row.name, row.rule_id))
        found = await _listed(acting, conn, page.items)
    return Page(tuple(found), page.next)


@reads(Permission.READ_RULES)
async def figures_of(acting: Acting, row: RuleRow) -> ListedRule:
    """The same of one rule."""
    async with acting.db.connection() as conn:
        return (await _listed(acting, conn, [row]))[0]


@reads(Permission.READ_RULES)
async def one(acting: Acting, name: str) -> ListedRule:
    """The same of a rule by its name or id. Raises NotFound with the nearest name."""
    async with acting.db.connection() as conn:
        return (await _listed(acting, conn, [await stored_rule(conn, acting, name)]))[0]


@reads(Permission.READ_RULES)
async def why_not_relevant(acting: Acting, rule_id: str) -> tuple[tuple[str, int], ...]:
    """The reasons for which alerts of the rule were marked as not relevant lately, each with how often."""
    async with acting.db.connection() as conn:
        since = acting.clock.now() - timedelta(days=DAYS)
        return tuple(await rule_figures.reasons(conn, rule_id, since, _MOST_REASONS))


async def _listed(acting: Acting, conn: Connection, rows: Sequence[RuleRow]) -> list[ListedRule]:
    now = acting.clock.now()
    keys = [row.rule_id for row in rows]
    first = now.date() - timedelta(days=DAYS - 1)
    matched = await rule_figures.last_matched(conn, keys)
    days = await rule_figures.days(conn, keys, first)
    unfit = await rule_figures.not_relevant(conn, keys, now - timedelta(days=DAYS))
    owners = await rule_figures.owner_names(conn, {row.owner for row in rows if row.owner is not None})
    files = await _files(acting, conn, rows)
    return [
        ListedRule(
            row,
            _figures(first, days.get(row.rule_id, ()), matched.get(row.rule_id), unfit.get(row.rule_id, 0)),
            owners.get(row.owner or ""),
            files.get(row.rule_id),
        )
        for row in rows
    ]


async def _files(acting: Acting, conn: Connection, rows: Sequence[RuleRow]) -> dict[str, str]:
    """Where the rules of files stand, by their ids."""
    managed = [row for row in rows if row.origin == FILE]
    if not managed:
        return {}
    team_ids = await teams.ids_by_name(conn) | {DEFAULT_TEAM: DEFAULT_TEAM}
    wanted = {(row.team_id, row.name): row.rule_id for row in managed}
    found: dict[str, str] = {}
    for rule in acting.config.rules:
        rule_id = wanted.get((team_ids.get(rule.team, ""), rule.name))
        if rule_id is not None:
            place = rule.place("name", "")
            found[rule_id] = f"{place.file}:{place.line}" if place.line else place.file
    return found


def _figures(first: date, days: Sequence[RuleStats], matched: datetime | None, not_relevant: int) -> RuleFigures:
    alerts: Mapping[date, int] = {day.day: day.alerts for day in days}
    return RuleFigures(
        last_matched=matched,
        alerts_by_day=tuple(alerts.get(first + timedelta(days=place), 0) for place in range(DAYS)),
        matches=sum(day.matches for day in days),
        evaluations=sum(day.candidates for day in days),
        evaluation_seconds=sum(day.evaluation_seconds for day in days),
        not_relevant=not_relevant,
    )


__all__ = ["DAYS", "ListedRule", "RuleFigures", "RuleFilter", "figures_of", "one", "overview"]
