"""`wirewatch rules health`: rules that are probably not what their author wanted."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import click

from alerts.management.rule_health import RuleFacts, RuleTrouble, troubles
from alerts.rules.parser import parse
from core.db.connection import Connection
from core.model.rule import RuleRow
from core.store import findings, rules, stats
from wirewatch.cli import output
from wirewatch.cli.opened import config_option, json_option, open_database, run

_MOST_FINDINGS = 2000  # a rule, whose evidence is looked at


@click.command("health")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True)
@config_option
@json_option
def health(path: Path, days: int, *, as_json: bool) -> None:
    """Rules that never match, flood, repeat another rule, are slow, or have a clause that does nothing."""
    count, found = run(_health(path, days))
    rows: list[dict[str, object]] = [{"rule": one.rule, "trouble": one.trouble, "why": one.sentence} for one in found]
    empty = f"Nothing is wrong with {'the only rule' if count == 1 else f'any of {count} rules'}."
    output.show(rows, ("rule", "trouble", "why"), as_json=as_json, empty=empty if count else "No rule is in force.")


async def _health(path: Path, days: int) -> tuple[int, list[RuleTrouble]]:
    async with open_database(path) as opened, opened.db.connection() as conn:
        now = opened.clock.now()
        rows = await rules.list_active(conn)
        spent = await stats.totals(conn, (now - timedelta(days=days)).date())
        facts = [one for row in rows if (one := await _facts(conn, row, now, days, spent.get(row.rule_id))) is not None]
    return len(rows), troubles(facts, now=now, days=days)


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
