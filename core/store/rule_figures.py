"""What rules did lately, for many of them at once: matches, alerts, cost, and what readers found not relevant."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import func, select

from core.db.connection import Connection
from core.db.statements import slices
from core.db.tables_alerts import alert_states, alerts, findings, rule_stats, rules
from core.db.tables_people import users
from core.model.outcome import AlertStatus
from core.store.stats import RuleStats


async def last_matched(conn: Connection, rule_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of the rules matched last; those that never did are left out."""
    newest = (
        select(findings.c.matched)
        .where(findings.c.rule_id == rules.c.rule_id)
        .order_by(findings.c.matched.desc())
        .limit(1)
        .correlate(rules)
        .scalar_subquery()
    )
    found: dict[str, datetime] = {}
    for part in slices(rule_ids):
        for row in await conn.execute(select(rules.c.rule_id, newest).where(rules.c.rule_id.in_(part))):
            if row[1] is not None:
                found[row[0]] = row[1]
    return found


async def days(conn: Connection, rule_ids: Sequence[str], since: date) -> dict[str, list[RuleStats]]:
    """The days (UTC) of each of the rules from `since` on that have anything, oldest first."""
    found: dict[str, list[RuleStats]] = {}
    for part in slices(rule_ids):
        statement = select(*(rule_stats.c[one.name] for one in fields(RuleStats)))
        statement = statement.where(rule_stats.c.rule_id.in_(part), rule_stats.c.day >= since)
        for rule_id, day, candidates, matches, alerts_, seconds in await conn.execute(
            statement.order_by(rule_stats.c.day)
        ):  # named here once: a thousand rules have 14,000 days
            found.setdefault(rule_id, []).append(
                RuleStats(
                    rule_id=rule_id,
                    day=day,
                    candidates=candidates,
                    matches=matches,
                    alerts=alerts_,
                    evaluation_seconds=seconds,
                )
            )
    return found


async def not_relevant(conn: Connection, rule_ids: Sequence[str], since: datetime) -> Mapping[str, int]:
    """How many alerts of each rule were marked as not relevant since then, and still are."""
    found: Counter[str] = Counter()
    marked = alert_states.join(alerts, alerts.c.alert_id == alert_states.c.alert_id)
    for part in slices(rule_ids):
        statement = (
            select(alerts.c.rule_id, func.count())
            .select_from(marked)
            .where(
                alert_states.c.status == AlertStatus.NOT_RELEVANT.value,
                alert_states.c.at >= since,
                alerts.c.rule_id.in_(part),
            )
            .group_by(alerts.c.rule_id)
        )
        found.update({row[0]: row[1] for row in await conn.execute(statement)})
    return found


async def reasons(conn: Connection, rule_id: str, since: datetime, limit: int) -> list[tuple[str, int]]:
    """Why alerts of a rule were marked as not relevant since then, and how often for each reason, the most frequent first."""
    number = func.count().label("number")
    statement = (
        select(alert_states.c.comment, number)
        .select_from(alert_states.join(alerts, alerts.c.alert_id == alert_states.c.alert_id))
        .where(
            alert_states.c.status == AlertStatus.NOT_RELEVANT.value,
            alert_states.c.at >= since,
            alert_states.c.comment != "",
            alerts.c.rule_id == rule_id,
        )
        .group_by(alert_states.c.comment)
        .order_by(number.desc(), alert_states.c.comment)
        .limit(limit)
    )
    return [(row.comment, row.number) for row in await conn.execute(statement)]


async def owner_names(conn: Connection, user_ids: Collection[str]) -> dict[str, str]:
    """The names of the users who own rules; those who are gone are left out."""
    found: dict[str, str] = {}
    for part in slices(sorted(user_ids)):
        statement = select(users.c.user_id, users.c.name).where(users.c.user_id.in_(part))
        found |= {row.user_id: row.name for row in await conn.execute(statement)}
    return found
