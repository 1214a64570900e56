"""Every match, stored as a finding with its outcome, whether it alerted or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_alerts import findings
from core.model.match import Match
from core.model.outcome import BEFORE, AlertOutcome
from core.store.payload import member, pack, unpack
from core.store.pruning import prune_oldest


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A match, its outcome, and the alert it raised or joined."""

    match: Match
    outcome: AlertOutcome
    alert_id: str | None = None


async def put_many(conn: Connection, rows: Sequence[Finding]) -> set[str]:
    """Store findings; a known one keeps its first outcome. Returns the new match ids."""
    if not rows:
        return set()
    statement = insert(conn, findings).on_conflict_do_nothing(index_elements=[findings.c.match_id])
    by_id = {row.match.match_id: row for row in rows}
    result = await conn.execute(statement.returning(findings.c.match_id), [_values(row) for row in by_id.values()])
    return set(result.scalars())


async def known(conn: Connection, match_ids: Sequence[str]) -> set[str]:
    """The `match_ids` that are stored already: repeats."""
    found: set[str] = set()
    for part in slices(match_ids):
        found.update((await conn.execute(select(findings.c.match_id).where(findings.c.match_id.in_(part)))).scalars())
    return found


async def of_article(conn: Connection, article_id: str) -> list[Finding]:
    """What the rules found in an article, oldest first."""
    return await _all(conn, select(findings).where(findings.c.article_id == article_id).order_by(findings.c.matched))


async def of_rule(
    conn: Connection, rule_id: str, *, since: datetime, until: datetime, limit: int = 100
) -> list[Finding]:
    """A rule's findings matched from `since` until before `until`, newest first."""
    statement = select(findings).where(
        findings.c.rule_id == rule_id, findings.c.matched >= since, findings.c.matched < until
    )
    return await _all(conn, statement.order_by(findings.c.matched.desc()).limit(limit))


async def counts(conn: Connection, rule_id: str, since: datetime) -> dict[AlertOutcome, int]:
    """The number of a rule's findings since then, for every outcome."""
    statement = (
        select(findings.c.outcome, func.count())
        .where(findings.c.rule_id == rule_id, findings.c.matched >= since)
        .group_by(findings.c.outcome)
    )
    found = {row[0]: row[1] for row in await conn.execute(statement)}
    return {outcome: found.get(outcome, 0) for outcome in AlertOutcome}


async def last_matched(conn: Connection, rule_id: str) -> datetime | None:
    """The time of the rule's last stored match."""
    found: datetime | None = (
        await conn.execute(
            select(findings.c.matched).where(findings.c.rule_id == rule_id).order_by(findings.c.matched.desc()).limit(1)
        )
    ).scalar_one_or_none()
    return found


async def times_since(conn: Connection, rule_id: str, since: datetime) -> list[datetime]:
    """The times of the rule's matches since then."""
    statement = select(findings.c.matched).where(findings.c.rule_id == rule_id, findings.c.matched >= since)
    return list((await conn.execute(statement)).scalars())


async def count_by_outcome(
    conn: Connection, rule_id: str, since: datetime, outcomes: Sequence[AlertOutcome]
) -> dict[AlertOutcome, int]:
    """How many stories of a rule that matched since then ended so, for the outcomes asked for; those without are missing."""
    statement = select(findings.c.outcome, func.count(findings.c.story_id.distinct())).where(
        findings.c.rule_id == rule_id, findings.c.matched >= since, findings.c.outcome.in_(sorted(outcomes))
    )
    rows = await conn.execute(statement.group_by(findings.c.outcome))
    return {AlertOutcome(row[0]): row[1] for row in rows}


async def stories_since(
    conn: Connection, rule_id: str, since: datetime, *, from_version: int = 1
) -> dict[str, datetime]:
    """The stories that a rule found first since then and in no version before that one, with the time of that match.

    What was there before its source or the rule is none of them.
    """
    news = findings.c.outcome.not_in(BEFORE)
    recent = select(findings.c.story_id).where(findings.c.rule_id == rule_id, findings.c.matched >= since, news)
    first = func.min(findings.c.matched).label("first")
    statement = (
        select(findings.c.story_id, first)
        .where(findings.c.rule_id == rule_id, findings.c.story_id.in_(recent.distinct()), news)
        .group_by(findings.c.story_id)
        .having(first >= since, func.min(findings.c.version) >= from_version)
    )
    rows = await conn.execute(statement)
    return {row.story_id: row.first for row in rows}


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete findings matched before then; a piece, as `prune_oldest` says."""
    return await prune_oldest(conn, findings.c.matched, before, limit)


async def _all(conn: Connection, statement: Select[tuple[object, ...]]) -> list[Finding]:
    return [
        Finding(match=unpack(row.record, Match), outcome=member(AlertOutcome, row.outcome), alert_id=row.alert_id)
        for row in await conn.execute(statement)
    ]


def _values(row: Finding) -> dict[str, object]:
    match = row.match
    return {
        "match_id": match.match_id,
        "rule_id": match.rule.rule_id,
        "version": match.rule.version,
        "article_id": match.article.article_id,
        "story_id": match.story_id,
        "matched": match.matched,
        "outcome": row.outcome,
        "alert_id": row.alert_id,
        "record": pack(match),
    }
