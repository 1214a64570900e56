"""Marks a send in the outbox before and after it, and stops notifications that must not be sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import and_, bindparam, delete, literal_column, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_alerts import notification_alerts, notification_attempts, notifications
from core.model import ids
from core.model.alert import Notification
from core.model.outcome import Event, FailureReason, NotificationState
from core.store import alert_changes, endpoints, leases
from core.store.notifications import ASIDE, Pending, hasten, pending_of, release_behind, story_of
from core.store.payload import pack

_INTERRUPTED = "the send was begun and its end was not written down: the message may have arrived"
_PENDING = NotificationState.PENDING.value
_LOOKS_AGAIN = timedelta(seconds=1)  # for what waits behind another, whose end released it already otherwise


@dataclass(frozen=True, slots=True)
class Behind:
    """What a message waits behind: an earlier one of its story on the same channel, and when that is due."""

    notification_id: str
    due: datetime


async def begin(conn: Connection, pending: Pending, owner: str, now: datetime) -> Pending | None:
    """Note that a send begins now; None if `owner` no longer holds the lease, and so must not send.

    Where an earlier send has no end, that one is kept as an attempt of its own, and what is sent now may be a repeat.
    """
    return (await begin_many(conn, [(pending, owner)], now)).get(pending.notification.notification_id)


async def begin_many(conn: Connection, begun: Sequence[tuple[Pending, str]], now: datetime) -> dict[str, Pending]:
    """The same for several, each with its owner: those that their owner still holds, by id."""
    owner_of = {pending.notification.notification_id: owner for pending, owner in begun}
    held: set[str] = set()
    for part in slices(sorted(owner_of)):
        rows = await conn.execute(
            _begin(), {"of": part, "by": sorted({owner_of[key] for key in part}), "new_begun": now}
        )
        held |= {row.notification_id for row in rows if row.lease_owner == owner_of[row.notification_id]}
    mine = [pending for pending, _ in begun if pending.notification.notification_id in held]
    interrupted = [pending for pending in mine if pending.begun is not None]
    if interrupted:
        await _note_interrupted(conn, interrupted)
    return {pending.notification.notification_id: _as_begun(pending) for pending in mine}


def _as_begun(pending: Pending) -> Pending:
    if pending.begun is None:
        return pending
    return replace(pending, attempts=pending.attempts + 1, begun=None, maybe_sent=pending.begun)


async def _note_interrupted(conn: Connection, interrupted: Sequence[Pending]) -> None:
    lost = [
        {
            "notification_id": pending.notification.notification_id,
            "at": pending.begun,
            "outcome": FailureReason.INTERRUPTED,
            "status": None,
            "latency_seconds": 0.0,
            "detail": _INTERRUPTED,
        }
        for pending in interrupted
    ]
    await conn.execute(insert(conn, notification_attempts), lost)
    for pending in interrupted:
        counted = update(notifications).where(notifications.c.notification_id == pending.notification.notification_id)
        await conn.execute(
            counted.values(
                attempts=notifications.c.attempts + 1,
                maybe_sent=pending.begun,
                last_reason=FailureReason.INTERRUPTED,
                last_detail=_INTERRUPTED,
            )
        )


@cache
def _begin() -> ReturningUpdate[tuple[str, str | None]]:
    return (
        update(notifications)
        .where(
            notifications.c.notification_id.in_(bindparam("of", expanding=True)),
            notifications.c.lease_owner.in_(bindparam("by", expanding=True)),
            notifications.c.state == _PENDING,
        )
        .values(begun=bindparam("new_begun", type_=notifications.c.begun.type))
        .returning(notifications.c.notification_id, notifications.c.lease_owner)
    )


async def behind(conn: Connection, pending: Pending) -> Behind | None:
    """What this message is to wait behind: the alert's first message, or the last before it about its story, on its channel.

    A first message waits for none, so that one rule's trouble holds up no other's alert.
    """
    note = pending.notification
    story_id = story_of(note)
    if story_id is None or note.event is not Event.ALERT_UPDATED:
        return None
    before = or_(
        notifications.c.created < note.created,
        and_(notifications.c.created == note.created, notifications.c.notification_id < note.notification_id),
    )
    first = ids.notification_id(note.alerts[0].alert_id, note.channel, 0)  # whatever the clock said then
    waiting = select(notifications.c.notification_id, notifications.c.due_at).where(
        notifications.c.state == literal_column("'pending'"), notifications.c.notification_id != note.notification_id
    )
    of_story = waiting.where(notifications.c.story_id == story_id, notifications.c.channel == note.channel, before)
    latest = of_story.order_by(notifications.c.created.desc(), notifications.c.notification_id.desc()).limit(1)
    for statement in (latest, waiting.where(notifications.c.notification_id == first)):
        row = (await conn.execute(statement)).first()
        if row is not None:
            return Behind(row.notification_id, row.due_at)
    return None


async def postpone(conn: Connection, notification_id: str, earlier: Behind, owner: str, now: datetime) -> None:
    """Give one back that is to wait behind an earlier one: until that is sent, given up, or due again."""
    mine = update(notifications).where(
        notifications.c.notification_id == notification_id,
        notifications.c.lease_owner == owner,
        notifications.c.state == _PENDING,
    )
    await conn.execute(
        mine.values(
            behind=earlier.notification_id,
            due_at=max(earlier.due, now) + _LOOKS_AGAIN,
            last_detail=f"waits behind an earlier message of its story: {earlier.notification_id}",
            lease_owner=None,
            lease_until=None,
        )
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
        statement.values(
            state=state, finished=now, last_detail=because, lease_owner=None, lease_until=None, behind=None
        )
    )
    if result.rowcount == 0:
        return False
    await release_behind(conn, [notification_id], now)
    await alert_changes.note_deliveries(conn, [notification_id], now)
    return True


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
