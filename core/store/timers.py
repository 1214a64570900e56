"""Timers as rows: group flush, digest, release of quiet hours. They survive a restart; several tickers share them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, func, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import timers
from core.model.timer import Timer
from core.store import leases


async def put(conn: Connection, timer: Timer, *, move: bool = False) -> None:
    """Set a timer. One that exists stays unchanged, or moves with `move`.

    One that was claimed and is not done yet is always set anew: its work may not have seen what this one is for.
    """
    statement = insert(conn, timers).values(
        kind=timer.kind, key=timer.key, due_at=timer.due_at, payload=timer.payload, generation=0
    )
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[timers.c.kind, timers.c.key],
            set_={
                "due_at": statement.excluded.due_at,
                "payload": statement.excluded.payload,
                "generation": timers.c.generation + 1,
                "lease_owner": None,
                "lease_until": None,
            },
            where=None if move else timers.c.lease_owner.is_not(None),
        )
    )


async def claim_due(
    conn: Connection, kind: str, now: datetime, limit: int, owner: str, lease_seconds: float
) -> list[Timer]:
    """Lease up to `limit` due timers of a kind, longest due first. `done` ends them; a lease that runs out frees them."""
    rows = await leases.claim(conn, leases.TIMERS, now, limit, owner, lease_seconds, timers.c.kind == kind)
    return [_timer(row) for row in rows]


async def done(conn: Connection, timer: Timer) -> bool:
    """End a claimed timer; False if it was set anew meanwhile, and so stays."""
    mine = and_(timers.c.kind == timer.kind, timers.c.key == timer.key, timers.c.generation == timer.generation)
    return (await conn.execute(delete(timers).where(mine))).rowcount == 1


async def cancel(conn: Connection, kind: str, key: str) -> bool:
    """Delete a timer; False if there was none."""
    statement = delete(timers).where(timers.c.kind == kind, timers.c.key == key)
    return (await conn.execute(statement)).rowcount == 1


async def get(conn: Connection, kind: str, key: str) -> Timer | None:
    statement = select(timers).where(timers.c.kind == kind, timers.c.key == key)
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else _timer(row)


async def due_of(conn: Connection, kinds: Sequence[str], keys: Sequence[str]) -> dict[str, datetime]:
    """When the next timer of these kinds is due, by key, for those of the keys that have one."""
    statement = select(timers.c.key, func.min(timers.c.due_at).label("due")).where(
        timers.c.kind.in_(list(kinds)), timers.c.key.in_(list(keys))
    )
    return {row.key: row.due for row in await conn.execute(statement.group_by(timers.c.key))}


async def all_of(conn: Connection, kind: str) -> list[Timer]:
    """All timers of a kind, by key."""
    rows = await conn.execute(select(timers).where(timers.c.kind == kind).order_by(timers.c.key))
    return [_timer(row) for row in rows]


async def next_due(conn: Connection, now: datetime, *kinds: str) -> datetime | None:
    """When the next timer of these kinds is due that nobody holds, for a ticker's sleep; None without timers."""
    return await leases.next_due(conn, leases.TIMERS, now, timers.c.kind.in_(kinds))


def _timer(row: Row[Any]) -> Timer:
    return Timer(kind=row.kind, key=row.key, due_at=row.due_at, payload=row.payload, generation=row.generation)
