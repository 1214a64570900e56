"""The health of rules: those that are probably not what their author wanted."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.management.rule_health import RuleFacts, RuleTrouble, troubles
from alerts.rules.parser import parse
from core.db.connection import Connection
from core.model.rule import RuleRow
from core.store import findings, rules, stats
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.permission import Permission

_MOST_FINDINGS = 2000  # a rule, whose evidence is looked at


@dataclass(frozen=True, slots=True)
class RulesHealth:
    """What is wrong, of so many rules in force."""

    rules: int
    troubles: tuple[RuleTrouble, ...]


@reads(Permission.READ_RULES)
async def health(acting: Acting, days: int) -> RulesHealth:
    """Rules that never match, flood, repeat another rule, are slow, or have a clause that does nothing."""
    async with acting.db.connection() as conn:
        now = acting.clock.now()
        rows = await rules.list_active(conn, acting.listed_team)
        spent = await stats.totals(conn, (now - timedelta(days=days)).date())
        facts = [one for row in rows if (one := await _facts(conn, row, now, days, spent.get(row.rule_id))) is not None]
    return RulesHealth(len(rows), tuple(troubles(facts, now=now, days=days)))


async def _facts(
    conn: Connection, row: RuleRow, now: datetime, days: int, spent: stats.RuleStats | None
) -> RuleFacts | None:
    parsed = parse(row.query)
    if parsed.tree is None:
        return None  # `wirewatch check` and the metric news_rules tell that
    since = now - timedelta(days=days)
    found = await findings.of_rule(conn, row.rule_id, since=since, until=now, limit=_MOST_FINDINGS)
    return RuleFacts(
        row=row,
        tree=parsed.tree,
        last_matched=await findings.last_matched(conn, row.rule_id),
        matches_by_day=Counter((now - moment).days for moment in await findings.times_since(conn, row.rule_id, since)),
        findings=[finding for finding in found if finding.match.rule.version == row.version],
        evaluations=0 if spent is None else spent.candidates,
        evaluation_seconds=0.0 if spent is None else spent.evaluation_seconds,
    )
