"""How many messages each channel with a cap took in its present hour. An hour begins with the first message that it counts.

The row of a channel is its lock: who counts, and who ends an hour, holds it until the transaction ends, so that several
processes count as one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, select, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_alerts import channel_hours, notifications
from core.model.alert import Notification
from core.model.outcome import NotificationState
from core.store.leases import CLOCKS_DIFFER
from core.store.payload import unpack

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ChannelHour:
    """An hour of a channel: since when, and how many messages it counted."""

    since: datetime
    taken: int


@dataclass(frozen=True, slots=True)
class Capped:
    """What an hour's cap kept back: how many messages, and the first of them."""

    total: int
    first: tuple[Notification, ...]


async def lock(conn: Connection, channel: str, now: datetime) -> ChannelHour:
    """The channel's present hour, a new one where the last is over, or was begun by a clock that was ahead."""
    fresh = {"channel": channel, "since": now, "taken": 0}
    await conn.execute(insert(conn, channel_hours).values(**fresh).on_conflict_do_nothing())
    statement = select(channel_hours).where(channel_hours.c.channel == channel).with_for_update()
    row = (await conn.execute(statement)).one()
    if row.since <= now + CLOCKS_DIFFER and now < row.since + HOUR:
        return ChannelHour(row.since, row.taken)
    await _put(conn, channel, ChannelHour(now, 0))
    return ChannelHour(now, 0)


async def counted(conn: Connection, notification_ids: Sequence[str]) -> set[str]:
    """Those of them that an hour has counted already."""
    found: set[str] = set()
    for part in slices(sorted(notification_ids)):
        statement = select(notifications.c.notification_id).where(
            notifications.c.notification_id.in_(part), notifications.c.counted_in.is_not(None)
        )
        found |= set((await conn.execute(statement)).scalars())
    return found


async def note(
    conn: Connection, channel: str, hour: ChannelHour, notification_ids: Collection[str], *, taken: int
) -> None:
    """Note that the hour has counted these, of which it took so many."""
    for part in slices(sorted(notification_ids)):
        which = notifications.c.notification_id.in_(part)
        await conn.execute(update(notifications).where(which).values(counted_in=hour.since))
    await _put(conn, channel, ChannelHour(hour.since, hour.taken + taken))


async def end(conn: Connection, channel: str, since: datetime, most: int) -> Capped:
    """End the hour that began then, and tell what its cap kept back; at most so many messages by themselves."""
    mine = and_(channel_hours.c.channel == channel, channel_hours.c.since == since)
    await conn.execute(delete(channel_hours).where(mine))  # waits for who counts in it
    kept = and_(
        notifications.c.channel == channel,
        notifications.c.counted_in == since,
        notifications.c.state == NotificationState.CAPPED.value,
    )
    total: int = (await conn.execute(select(func.count()).select_from(notifications).where(kept))).scalar_one()
    statement = select(notifications.c.record).where(kept).order_by(notifications.c.urgency, notifications.c.created)
    rows = (await conn.execute(statement.limit(most))).scalars()
    return Capped(total, tuple(unpack(record, Notification) for record in rows))


async def _put(conn: Connection, channel: str, hour: ChannelHour) -> None:
    mine = update(channel_hours).where(channel_hours.c.channel == channel)
    await conn.execute(mine.values(since=hour.since, taken=hour.taken))
