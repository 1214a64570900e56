"""Marks a send in the outbox before and after it, and stops notifications that must not be sent."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Update, bindparam, delete, or_, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import notification_alerts, notification_attempts, notifications
from core.model.alert import Notification
from core.model.outcome import FailureReason, NotificationState
from core.store import endpoints, leases
from core.store.notifications import ASIDE, Pending, hasten, pending_of
from core.store.payload import pack

_INTERRUPTED = "the send was begun and its end was not written down: the message may have arrived"
_PENDING = NotificationState.PENDING.value


async def begin(conn: Connection, pending: Pending, owner: str, now: datetime) -> Pending | None:
    """Note that a send begins now; None if `owner` no longer holds the lease, and so must not send.

    Where an earlier send has no end, that one is kept as an attempt of its own, and what is sent now may be a repeat.
    """
    key = pending.notification.notification_id
    if (await conn.execute(_begin(), {"of": key, "by": owner, "new_begun": now})).rowcount == 0:
        return None
    if pending.begun is None:
        return pending
    await conn.execute(
        insert(conn, notification_attempts),
        {
            "notification_id": key,
            "at": pending.begun,
            "outcome": FailureReason.INTERRUPTED,
            "status": None,
            "latency_seconds": 0.0,
            "detail": _INTERRUPTED,
        },
    )
    counted = update(notifications).where(notifications.c.notification_id == key)
    await conn.execute(
        counted.values(
            attempts=notifications.c.attempts + 1,
            maybe_sent=pending.begun,
            last_reason=FailureReason.INTERRUPTED,
            last_detail=_INTERRUPTED,
        )
    )
    return replace(pending, attempts=pending.attempts + 1, begun=None, maybe_sent=pending.begun)


@cache
def _begin() -> Update:
    return (
        update(notifications)
        .where(
            notifications.c.notification_id == bindparam("of"),
            notifications.c.lease_owner == bindparam("by"),
            notifications.c.state == _PENDING,
        )
        .values(begun=bindparam("new_begun", type_=notifications.c.begun.type))
    )


async def put_aside(
    conn: Connection, notification_id: str, state: NotificationState, because: str, now: datetime, *, owner: str | None
) -> bool:
    """Keep one that waits instead of sending it; False if it waits no more or a worker other than `owner` has it."""
    free = leases.free(leases.NOTIFICATIONS, now)
    mine = free if owner is None else or_(free, notifications.c.lease_owner == owner)
    statement = update(notifications).where(
        notifications.c.notification_id == notification_id, notifications.c.state == _PENDING, mine
    )
    result = await conn.execute(
        statement.values(state=state, finished=now, last_detail=because, lease_owner=None, lease_until=None)
    )
    return result.rowcount == 1


async def leave_out(conn: Connection, reduced: Notification, alert_ids: Collection[str]) -> None:
    """Keep a notification without some of its alerts."""
    key = reduced.notification_id
    await conn.execute(update(notifications).where(notifications.c.notification_id == key).values(record=pack(reduced)))
    mine = notification_alerts.c.notification_id == key
    await conn.execute(delete(notification_alerts).where(mine, notification_alerts.c.alert_id.in_(sorted(alert_ids))))


async def is_told_otherwise(conn: Connection, alert_id: str, notification_id: str) -> bool:
    """Whether another notification of the alert was sent, waits, or was given up."""
    statement = (
        select(notifications.c.notification_id)
        .join(notification_alerts, notification_alerts.c.notification_id == notifications.c.notification_id)
        .where(
            notification_alerts.c.alert_id == alert_id,
            notifications.c.notification_id != notification_id,
            notifications.c.state.not_in(sorted(ASIDE)),
        )
        .limit(1)
    )
    return (await conn.execute(statement)).first() is not None


async def waiting(conn: Connection, after: str, limit: int) -> list[Pending]:
    """What waits on any channel, by id: a piece that begins after the id `after`."""
    statement = select(notifications).where(notifications.c.state == _PENDING, notifications.c.notification_id > after)
    rows = await conn.execute(statement.order_by(notifications.c.notification_id).limit(limit))
    return [pending_of(row) for row in rows]


async def overdue(conn: Connection, channel: str, now: datetime, patience: timedelta, limit: int) -> list[Pending]:
    """A channel's notifications that have been due for that long, and that nobody is sending."""
    statement = select(notifications).where(
        leases.claimable(leases.NOTIFICATIONS, now),
        notifications.c.channel == channel,
        notifications.c.due_at <= now - patience,
    )
    rows = await conn.execute(statement.order_by(notifications.c.due_at).limit(limit).with_for_update(skip_locked=True))
    return [pending_of(row) for row in rows]


async def mended(
    conn: Connection, channels: Collection[str], now: datetime, reason: FailureReason | None = None
) -> int:
    """What failed on these channels (for this reason) is tried at once, and so are their endpoints; how many."""
    await endpoints.forget(conn, channels, reason)
    return await hasten(conn, channels, now, None if reason is None else [reason])
