"""The health of rules: those that are probably not what their author wanted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.management.rule_health import RuleFacts, RuleTrouble, troubles
from alerts.rules.parser import parse
from core.db.connection import Connection
from core.model.rule import RuleRow
from core.store import findings, rule_search, rules, stats
from core.store.rule_search import RuleFilter
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission

_MOST_FINDINGS = 2000  # a rule, whose evidence is looked at
_MOST_ON_A_PAGE = 200  # the same, for who waits for the answer
_LIST = "health by name"


@dataclass(frozen=True, slots=True)
class RulesHealth:
    """What is wrong, of so many rules in force."""

    rules: int
    troubles: tuple[RuleTrouble, ...]
    next: str | None = None


@reads(Permission.READ_RULES)
async def health(acting: Acting, days: int) -> RulesHealth:
    """Rules that never match, flood, repeat another rule, are slow, or have a clause that does nothing."""
    async with acting.db.connection() as conn:
        now = acting.clock.now()
        rows = await rules.list_active(conn, acting.listed_team)
        spent = await stats.totals(conn, (now - timedelta(days=days)).date())
        facts = [one for row in rows if (one := await _facts(conn, row, now, days, spent.get(row.rule_id))) is not None]
    return RulesHealth(len(rows), tuple(troubles(facts, now=now, days=days)))


@reads(Permission.READ_RULES)
async def health_page(acting: Acting, days: int, paging: Paging) -> RulesHealth:
    """The same of the rules in force on one page of the list by name; those that mean the same are found within a page."""
    async with acting.db.connection() as conn:
        rows = await rule_search.page_by_name(
            conn,
            RuleFilter(enabled=True),
            limit=paging.asked,
            after=paging.after_name(_LIST),
            team_id=acting.listed_team,
        )
        page = paging.page(_LIST, rows, lambda row: (row.name, row.rule_id))
        found = await _troubles(acting, conn, page.items, days)
    return RulesHealth(len(page.items), found, page.next)


@reads(Permission.READ_RULES)
async def health_of(acting: Acting, row: RuleRow, days: int) -> tuple[RuleTrouble, ...]:
    """The same of one rule."""
    async with acting.db.connection() as conn:
        return await _troubles(acting, conn, [row], days)


async def _troubles(acting: Acting, conn: Connection, rows: Sequence[RuleRow], days: int) -> tuple[RuleTrouble, ...]:
    now = acting.clock.now()
    spent = await stats.totals(conn, (now - timedelta(days=days)).date(), [row.rule_id for row in rows])
    found = [await _facts(conn, row, now, days, spent.get(row.rule_id), _MOST_ON_A_PAGE) for row in rows if row.enabled]
    return tuple(troubles([one for one in found if one is not None], now=now, days=days))


async def _facts(
    conn: Connection,
    row: RuleRow,
    now: datetime,
    days: int,
    spent: stats.RuleStats | None,
    most: int = _MOST_FINDINGS,
) -> RuleFacts | None:
    parsed = parse(row.query)
    if parsed.tree is None:
        return None  # `wirewatch check` and the metric news_rules tell that
    since = now - timedelta(days=days)
    found = await findings.of_rule(conn, row.rule_id, since=since, until=now, limit=most)
    return RuleFacts(
        row=row,
        tree=parsed.tree,
        last_matched=await findings.last_matched(conn, row.rule_id),
        matches_by_day=Counter((now - moment).days for moment in await findings.times_since(conn, row.rule_id, since)),
        findings=[finding for finding in found if finding.match.rule.version == row.version],
        evaluations=0 if spent is None else spent.candidates,
        evaluation_seconds=0.0 if spent is None else spent.evaluation_seconds,
    )
