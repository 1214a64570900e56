"""The health of sources, by the state that their polls saved: counts and the worst sources, by index, for any number of sources.

What is bad is found by its own index, and the rest is what is left; no statement reads all rows. The words for it and the
sentences are with who polls (`ingest.poll.health`), which a test holds against this.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select

from core.db.connection import Connection
from core.db.tables import sources
from core.store.sources import SourceRow, source_row


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthBounds:
    """From when on it is bad. `overdue`: after the next poll was due; `ahead`: of a last poll, beyond now."""

    overdue: timedelta
    ahead: timedelta
    failing_from: int  # failures in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """Every source is in one of them. `overdue` and `ahead` are for want of a poller or a clock, whatever their polls said."""

    paused: int = 0
    overdue: int = 0
    ahead: int = 0
    failing: int = 0
    degraded: int = 0
    stale: int = 0
    healthy: int = 0


@dataclass(frozen=True, slots=True)
class _Bad:
    """`indexed`: finds them and some others; `exactly`: tells them from those others."""

    indexed: ColumnElement[bool]
    exactly: ColumnElement[bool]
    order: ColumnElement[object]

    def count(self) -> ColumnElement[int]:
        # In the sum, so that no database takes another index for what is only a check.
        found = func.coalesce(func.sum(case((self.exactly, 1), else_=0)), 0)
        return select(found).where(self.indexed).scalar_subquery()


def conditions(now: datetime, bounds: HealthBounds) -> dict[str, _Bad]:
    """What makes a source bad, the worst first; none of them is true of one that is bad for another reason."""
    row, on = sources.c, sources.c.enabled.is_(True)
    late, ahead = row.next_poll < now - bounds.overdue, row.last_attempt > now + bounds.ahead
    polled = and_(not_(late), not_(ahead))  # and was polled at all: NULL is neither
    few = row.failures < bounds.failing_from
    return {
        "overdue": _Bad(and_(on, late), late, row.next_poll),
        "ahead": _Bad(and_(on, ahead), and_(ahead, not_(late)), row.last_attempt.desc()),
        "failing": _Bad(and_(on, row.failures > 0), and_(polled, not_(few)), row.failures.desc()),
        "degraded": _Bad(and_(on, row.failures > 0), and_(polled, few), row.failures.desc()),
        "stale": _Bad(and_(on, row.stale_at < now), and_(polled, row.failures == 0), row.stale_at),
    }


async def counts(conn: Connection, now: datetime, bounds: HealthBounds) -> SourceCounts:
    """The number of sources in each state."""
    total = select(func.count()).select_from(sources).scalar_subquery()
    paused = select(func.count()).where(sources.c.enabled.is_(False)).scalar_subquery()
    bad = conditions(now, bounds)
    statement = select(total.label("total"), paused.label("paused"), *(one.count().label(n) for n, one in bad.items()))
    found = (await conn.execute(statement)).one()
    numbers = {name: int(getattr(found, name)) for name in ("paused", *bad)}
    return SourceCounts(**numbers, healthy=int(found.total) - sum(numbers.values()))


async def longest_overdue(conn: Connection, now: datetime) -> timedelta:
    """How long the most overdue source has waited for its poll; zero if none waits."""
    first: datetime | None = (
        await conn.execute(select(func.min(sources.c.next_poll)).where(sources.c.enabled.is_(True)))
    ).scalar_one()
    return timedelta() if first is None else max(now - first, timedelta())


async def worst(conn: Connection, now: datetime, bounds: HealthBounds, limit: int) -> list[SourceRow]:
    """The `limit` sources that need attention most: overdue, failing, degraded, stale; then the others by name, paused ones last."""
    row, bad = sources.c, conditions(now, bounds)
    statements = [
        select(sources).where(one.indexed, one.exactly).order_by(one.order, row.source_id) for one in bad.values()
    ]
    well = and_(
        row.last_attempt <= now + bounds.ahead, row.failures == 0, or_(row.stale_at.is_(None), row.stale_at >= now)
    )
    due = row.next_poll >= now - bounds.overdue
    statements.append(_by_name(row.enabled.is_(True), due, or_(row.last_attempt.is_(None), well)))
    statements.append(_by_name(row.enabled.is_(False)))
    found: list[SourceRow] = []
    for statement in statements:
        if len(found) < limit:
            found += [source_row(one) for one in await conn.execute(statement.limit(limit - len(found)))]
    return found


def _by_name(*which: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return select(sources).where(*which).order_by(sources.c.name, sources.c.source_id)
