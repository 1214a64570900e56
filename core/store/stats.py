"""The cost and the matches of each rule by day (UTC)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import rule_stats


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStats:
    """A rule's day: articles evaluated, of them matched, alerts raised, seconds of evaluation."""

    rule_id: str
    day: date
    candidates: int = 0
    matches: int = 0
    alerts: int = 0
    evaluation_seconds: float = 0.0


_SUMS = ("candidates", "matches", "alerts", "evaluation_seconds")


async def add_many(conn: Connection, rows: Sequence[RuleStats]) -> None:
    """Add to the rules' days. A batch that is repeated after a crash counts twice: these are estimates."""
    if not rows:
        return
    total: dict[tuple[str, date], dict[str, Any]] = {}
    for row in rows:
        values = total.setdefault(
            (row.rule_id, row.day), {"rule_id": row.rule_id, "day": row.day, **dict.fromkeys(_SUMS, 0)}
        )
        for name in _SUMS:
            values[name] += getattr(row, name)
    statement = insert(conn, rule_stats)
    sums = {name: rule_stats.c[name] + statement.excluded[name] for name in _SUMS}
    await conn.execute(
        statement.on_conflict_do_update(index_elements=[rule_stats.c.rule_id, rule_stats.c.day], set_=sums),
        [total[key] for key in sorted(total)],  # sorted, so that two writers take their locks in the same order
    )


async def of(conn: Connection, rule_id: str, since: date) -> list[RuleStats]:
    """A rule's days from `since` on, oldest first."""
    statement = select(rule_stats).where(rule_stats.c.rule_id == rule_id, rule_stats.c.day >= since)
    return [RuleStats(**row._asdict()) for row in await conn.execute(statement.order_by(rule_stats.c.day))]


async def totals(conn: Connection, since: date, rule_ids: Sequence[str] | None = None) -> dict[str, RuleStats]:
    """Each rule's sums from `since` on, as of that day; with `rule_ids` of those alone, a page of them at most."""
    statement = (
        select(rule_stats.c.rule_id, *(func.sum(rule_stats.c[name]).label(name) for name in _SUMS))
        .where(rule_stats.c.day >= since)
        .group_by(rule_stats.c.rule_id)
    )
    if rule_ids is not None:
        statement = statement.where(rule_stats.c.rule_id.in_(rule_ids))
    return {
        row.rule_id: RuleStats(
            rule_id=row.rule_id,
            day=since,
            candidates=int(row.candidates),
            matches=int(row.matches),
            alerts=int(row.alerts),
            evaluation_seconds=float(row.evaluation_seconds),
        )
        for row in await conn.execute(statement)
    }


async def prune(conn: Connection, before: date) -> int:
    """Delete days before then; how many rows."""
    return (await conn.execute(delete(rule_stats).where(rule_stats.c.day < before))).rowcount
