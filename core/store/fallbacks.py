"""Messages that another channel has instead of the one that they were meant for, and those that they stand for.

The one that was meant is never due while another stands for it, so that no process sends both.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update

from core.db.connection import Connection
from core.db.tables_alerts import notification_attempts, notifications
from core.model.alert import Notification
from core.model.outcome import FailureReason, NotificationState
from core.store import leases
from core.store.notifications import Pending, add, pending_of, release_behind

_FIRST = 200
_PENDING, _DEAD = NotificationState.PENDING.value, NotificationState.DEAD.value


async def meant_for(conn: Connection, channel: str, now: datetime, limit: int) -> list[Pending]:
    """What waits for a channel, the most urgent first; what stands for another channel's message stays where it is."""
    free = leases.free(leases.NOTIFICATIONS, now)
    mine = and_(notifications.c.state == _PENDING, notifications.c.channel == channel, free)
    return await _read(conn, _all().where(mine, notifications.c.stands_for.is_(None)), limit)


async def dead_of(
    conn: Connection, channel: str, reasons: Collection[FailureReason], since: datetime, limit: int
) -> list[Pending]:
    """What a channel gave up since then for one of these reasons."""
    mine = and_(notifications.c.state == _DEAD, notifications.c.channel == channel, notifications.c.finished >= since)
    for_that = notifications.c.last_reason.in_([reason.value for reason in reasons])
    return await _read(conn, _all().where(mine, for_that, notifications.c.stands_for.is_(None)), limit)


async def dead_since(
    conn: Connection, channel: str, reasons: Collection[FailureReason], since: datetime
) -> datetime | None:
    """Since when a channel has given messages up for one of these reasons and delivered none, looking back that far."""
    of_channel = and_(notifications.c.channel == channel, notifications.c.finished >= since)
    delivered = select(func.max(notifications.c.finished)).where(
        of_channel, notifications.c.state == NotificationState.DELIVERED.value
    )
    last: datetime | None = (await conn.execute(delivered)).scalar_one()
    dead = select(func.min(notifications.c.finished)).where(
        of_channel,
        notifications.c.state.in_([_DEAD, NotificationState.FALLBACK.value]),
        notifications.c.last_reason.in_([reason.value for reason in reasons]),
    )
    if last is not None:
        dead = dead.where(notifications.c.finished > last)
    first: datetime | None = (await conn.execute(dead)).scalar_one()
    return first


async def failing_since(conn: Connection, channel: str) -> datetime | None:
    """Since when a channel has failed to send what it tries first, and has delivered nothing; None: it does not fail.

    Of its first messages alone, since very many may wait.
    """
    first = (
        select(notifications.c.notification_id, notifications.c.attempts)
        .where(notifications.c.state == _PENDING, notifications.c.channel == channel)
        .order_by(notifications.c.urgency, notifications.c.due_at)
        .limit(_FIRST)
        .subquery()
    )
    tried = notification_attempts.join(first, first.c.notification_id == notification_attempts.c.notification_id)
    statement = select(func.min(notification_attempts.c.at)).select_from(tried).where(first.c.attempts > 0)
    since: datetime | None = (await conn.execute(statement)).scalar_one()
    if since is None:
        return None
    delivered = select(notifications.c.notification_id).where(
        notifications.c.channel == channel,
        notifications.c.state == NotificationState.DELIVERED.value,
        notifications.c.finished > since,
    )
    works = (await conn.execute(delivered.limit(1))).first() is not None
    return None if works else since


async def divert(conn: Connection, pending: Pending, instead: Notification, because: str, now: datetime) -> bool:
    """Let another channel's message stand for this one; False if it is being sent, or that message had its try already."""
    known = select(notifications.c.state).where(notifications.c.notification_id == instead.notification_id)
    state = (await conn.execute(known)).scalar_one_or_none()
    if state not in (None, NotificationState.RETURNED.value):
        return False
    key = pending.notification.notification_id
    mine = update(notifications).where(
        notifications.c.notification_id == key,
        or_(
            notifications.c.state == _DEAD,
            and_(notifications.c.state == _PENDING, leases.free(leases.NOTIFICATIONS, now)),
        ),
    )
    told = {"state": NotificationState.FALLBACK, "finished": now, "behind": None, "last_detail": because}
    if (await conn.execute(mine.values(**told, lease_owner=None, lease_until=None))).rowcount == 0:
        return False
    await release_behind(conn, [key], now)
    return await add(conn, instead, now)


async def standing(conn: Connection, now: datetime, limit: int) -> dict[str, list[Pending]]:
    """What stands for others and waits, and surely has not arrived, or was given up; by its channel."""
    surely_not = and_(
        notifications.c.state == _PENDING,
        notifications.c.begun.is_(None),
        notifications.c.maybe_sent.is_(None),
        leases.free(leases.NOTIFICATIONS, now),
    )
    other = notifications.alias()
    stood_for = select(other.c.notification_id).where(other.c.state == NotificationState.FALLBACK.value)
    given_up = and_(notifications.c.state == _DEAD, notifications.c.stands_for.in_(stood_for))
    statement = _all().where(notifications.c.stands_for.is_not(None), or_(surely_not, given_up))
    found: dict[str, list[Pending]] = {}
    for pending in await _read(conn, statement, limit):
        found.setdefault(pending.notification.channel, []).append(pending)
    return found


async def give_back(conn: Connection, stood: Notification, because: str, now: datetime) -> bool:
    """Have the message wait for its own channel again that this one stood for; False if that is not so any more."""
    waiting = and_(
        notifications.c.state == _PENDING,
        notifications.c.begun.is_(None),
        leases.free(leases.NOTIFICATIONS, now),
    )
    mine = notifications.c.notification_id == stood.notification_id
    returned = update(notifications).where(mine, waiting)
    values = {"state": NotificationState.RETURNED, "finished": now, "last_detail": because}
    changed = (await conn.execute(returned.values(**values, lease_owner=None, lease_until=None))).rowcount
    dead = select(notifications.c.notification_id).where(mine, notifications.c.state == _DEAD)
    if not changed and (await conn.execute(dead)).scalar_one_or_none() is None:
        return False
    again = update(notifications).where(
        notifications.c.notification_id == stood.stands_for,
        notifications.c.state == NotificationState.FALLBACK.value,
    )
    due = {"state": NotificationState.PENDING, "due_at": now, "finished": None, "last_detail": because}
    return (await conn.execute(again.values(**due))).rowcount == 1


def _all() -> Select[Any]:
    return select(notifications)


async def _read(conn: Connection, statement: Select[Any], limit: int) -> list[Pending]:
    ordered = statement.order_by(notifications.c.urgency, notifications.c.created, notifications.c.notification_id)
    return [pending_of(row) for row in await conn.execute(ordered.limit(limit))]
