"""What the pipeline has done by the hour, of all processes together: a funnel from what was seen to what was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_channels import hourly_counts


class Step(StrEnum):
    """The funnel's steps, in the order of the way that an article goes."""

    SEEN = "seen"  # entries that polls found new in their feeds
    READ = "read"  # of those, articles with a text or a headline of their own
    NEW = "new"  # of those, the first of their story
    MATCHED = "matched"  # articles that at least one rule was true of
    TOLD = "told"  # messages that went out


@dataclass(frozen=True, slots=True)
class Hour:
    """What was counted in the hour that begins then."""

    hour: datetime
    counts: Mapping[Step, int]


async def add(conn: Connection, now: datetime, counts: Mapping[Step, int]) -> None:
    """Add to the present hour. What a process counted and did not write before it was killed is missing: these are estimates."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = [{"hour": hour, "step": step.value, "number": counts[step]} for step in Step if counts.get(step)]
    if rows:
        statement = insert(conn, hourly_counts)
        keys = [hourly_counts.c.hour, hourly_counts.c.step]
        more = {"number": hourly_counts.c.number + statement.excluded.number}
        await conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=more), rows)


async def since(conn: Connection, moment: datetime) -> list[Hour]:
    """The hours from that of `moment` on, oldest first; those in which nothing happened are missing."""
    begin = moment.replace(minute=0, second=0, microsecond=0)
    statement = select(hourly_counts).where(hourly_counts.c.hour >= begin).order_by(hourly_counts.c.hour)
    found: dict[datetime, dict[Step, int]] = {}
    for row in await conn.execute(statement):
        if row.step in set(Step):
            found.setdefault(row.hour, {})[Step(row.step)] = int(row.number)
    return [Hour(hour, counts) for hour, counts in found.items()]


async def prune(conn: Connection, before: datetime) -> int:
    """Delete hours before then; how many rows."""
    return (await conn.execute(delete(hourly_counts).where(hourly_counts.c.hour < before))).rowcount


async def oldest(conn: Connection) -> datetime | None:
    """Since when is counted; None: nothing was yet."""
    found: datetime | None = (await conn.execute(select(func.min(hourly_counts.c.hour)))).scalar_one()
    return found
