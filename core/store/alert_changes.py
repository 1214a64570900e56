"""What became of alerts, in one order that every reader sees without gaps.

A writer only adds a row, and waits for nobody. Numbers alone would not do for readers: of two writers on PostgreSQL the later
number may be committed first, and who has read it would never see the earlier one. So a reader gives places to all rows that
are committed, one reader at a time (revisions.py): a row that is committed later gets a later place.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, literal, select, update

from core.db.connection import Connection
from core.db.engine import Database
from core.db.statements import insert, slices
from core.db.tables_alerts import notification_alerts
from core.db.tables_inbox import alert_changes
from core.model.alert_state import AlertChange
from core.store import revisions
from core.store.payload import member_or_none
from core.store.pruning import prune_oldest

_COUNTER = "alert_changes"
_MOST_PLACED = 1000  # in one transaction


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` None: of a later release."""

    place: int
    alert_id: str
    kind: AlertChange | None
    at: datetime


async def note(conn: Connection, alert_id: str, kind: AlertChange, at: datetime) -> None:
    """In the transaction that makes the change."""
    await conn.execute(insert(conn, alert_changes), {"alert_id": alert_id, "kind": kind, "at": at})


async def note_deliveries(conn: Connection, notification_ids: Collection[str], at: datetime) -> None:
    """These messages are delivered or given up: a change of each alert that they are about."""
    for part in slices(sorted(notification_ids)):
        of_alerts = (
            select(
                notification_alerts.c.alert_id,
                literal(AlertChange.DELIVERY.value),
                literal(at, alert_changes.c.at.type),
            )
            .where(notification_alerts.c.notification_id.in_(part))
            .distinct()
        )
        await conn.execute(insert(conn, alert_changes).from_select(["alert_id", "kind", "at"], of_alerts))


async def place(db: Database) -> int:
    """Give places to what has none; the last place that is given. Takes no lock where there is nothing to do."""
    async with db.connection() as conn:
        waiting = (
            await conn.execute(select(alert_changes.c.number).where(alert_changes.c.place.is_(None)).limit(1))
        ).first()
        if waiting is None:
            return await revisions.read(conn, _COUNTER)
    placed = _MOST_PLACED
    last = 0
    while placed >= _MOST_PLACED:
        async with db.transaction() as conn:
            last = await revisions.lock(conn, _COUNTER)
            unplaced = (
                select(alert_changes.c.number)
                .where(alert_changes.c.place.is_(None))
                .order_by(alert_changes.c.number)
                .limit(_MOST_PLACED)
            )
            numbers = list((await conn.execute(unplaced)).scalars())
            placed = len(numbers)
            if numbers:
                given = [{"of": number, "to": last + step} for step, number in enumerate(numbers, 1)]
                mine = update(alert_changes).where(alert_changes.c.number == bindparam("of"))
                await conn.execute(mine.values(place=bindparam("to")), given)
                last += placed
                await revisions.advance(conn, _COUNTER, last)
    return last


async def first_place(conn: Connection) -> int | None:
    """The first one that is kept; None where none is."""
    found: int | None = (await conn.execute(select(func.min(alert_changes.c.place)))).scalar_one()
    return found


async def after(conn: Connection, place_: int, limit: int) -> Sequence[Change]:
    """The changes behind that place, in order."""
    statement = select(alert_changes).where(alert_changes.c.place > place_).order_by(alert_changes.c.place).limit(limit)
    return [
        Change(row.place, row.alert_id, member_or_none(AlertChange, row.kind), row.at)
        for row in await conn.execute(statement)
    ]


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete changes of before then; a piece, as `prune_oldest` says."""
    return await prune_oldest(conn, alert_changes.c.at, before, limit)
