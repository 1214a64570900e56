"""Where messages are at their services: to bring them up to date, and to answer below them.

shown -(its alerts changed: stale)-> due -(claimed, edited)-> shown | due again, since they changed meanwhile | gone
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, literal, or_, select, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_alerts import notification_alerts, sent_messages
from core.store import leases

APART = timedelta(seconds=30)  # the least between two edits of one message


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """`reference`: the message's, in the channel's own words. `attempts`: to bring it up to date, that failed.

    `shown`: a digest of what it shows. `edited`: when it was brought up to date last. `generation`: grows each time it is to be.
    """

    notification_id: str
    channel: str
    story_id: str
    reference: str
    sent: datetime
    attempts: int = 0
    generation: int = 0
    shown: str | None = None
    edited: datetime | None = None


async def put(conn: Connection, message: SentMessage, *, edit_at: datetime | None = None) -> None:
    """Keep where a message is; one that was sent again is where it was sent last. `edit_at`: when to look whether it is up to date."""
    values = {
        "channel": message.channel,
        "story_id": message.story_id,
        "reference": message.reference,
        "sent": message.sent,
        "shown": message.shown,
        "edit_at": edit_at,
        "attempts": 0,
    }
    statement = insert(conn, sent_messages).values(notification_id=message.notification_id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=[sent_messages.c.notification_id], set_=values))


async def first_of_story(conn: Connection, channel: str, story_id: str) -> SentMessage | None:
    """A channel's first message about a story: what others answer below."""
    statement = (
        select(sent_messages)
        .where(sent_messages.c.channel == channel, sent_messages.c.story_id == story_id)
        .order_by(sent_messages.c.sent, sent_messages.c.notification_id)
        .limit(1)
    )
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else _message(row)


async def stale(conn: Connection, alert_ids: Collection[str], at: datetime) -> int:
    """Have the messages that carry these alerts brought up to date at that time, or earlier where they already wait; how many."""
    count = 0
    due = sent_messages.c.edit_at
    earlier = case((or_(due.is_(None), due > at), literal(at, due.type)), else_=due)
    for part in slices(sorted(alert_ids)):
        carrying = select(notification_alerts.c.notification_id).where(notification_alerts.c.alert_id.in_(part))
        statement = update(sent_messages).where(sent_messages.c.notification_id.in_(carrying))
        values = {"edit_at": earlier, "attempts": 0, "generation": sent_messages.c.generation + 1}
        count += (await conn.execute(statement.values(values))).rowcount
    return count


async def claim_due(
    conn: Connection, now: datetime, limit: int, owner: str, lease_seconds: float, channel: str | None = None
) -> list[SentMessage]:
    """Lease messages that are to be brought up to date, of a channel if given; none that was edited a moment ago."""
    only: list[ColumnElement[bool]] = [] if channel is None else [sent_messages.c.channel == channel]
    rows = await leases.claim(conn, leases.SENT_MESSAGES, now, limit, owner, lease_seconds, *only, _rested(now))
    return [_message(row) for row in rows]


async def due_channels(conn: Connection, now: datetime) -> list[str]:
    """The channels with messages to bring up to date now."""
    statement = select(sent_messages.c.channel).where(leases.claimable(leases.SENT_MESSAGES, now), _rested(now))
    return list((await conn.execute(statement.distinct().order_by(sent_messages.c.channel))).scalars())


async def forget_edits(conn: Connection, channels: Sequence[str], now: datetime) -> int:
    """Ask for no edits on channels that cannot make any; how many were asked for."""
    statement = update(sent_messages).where(
        sent_messages.c.edit_at <= now, sent_messages.c.channel.in_(sorted(channels))
    )
    return (await conn.execute(statement.values(edit_at=None))).rowcount


async def holds(conn: Connection, message: SentMessage, owner: str) -> bool:
    """Whether the owner still has it leased."""
    statement = select(sent_messages.c.lease_owner).where(
        sent_messages.c.notification_id == message.notification_id, sent_messages.c.lease_owner == owner
    )
    return (await conn.execute(statement)).first() is not None


async def brought_up(
    conn: Connection, message: SentMessage, shown: str, now: datetime, owner: str, *, edited: bool
) -> None:
    """It shows that now. It stays due where its alerts changed meanwhile, or another took it over: the last word is then theirs."""
    unchanged = and_(
        sent_messages.c.generation == message.generation,
        or_(sent_messages.c.lease_owner == owner, sent_messages.c.lease_owner.is_(None)),
    )
    values: dict[str, object] = {
        "shown": shown,
        "attempts": 0,
        "edit_at": case((unchanged, None), else_=literal(now, sent_messages.c.edit_at.type)),
    }
    if edited:
        values["edited"] = now
    await _end(conn, message, values, owner)


async def put_off(conn: Connection, message: SentMessage, until: datetime, owner: str) -> None:
    """An edit failed; it is tried again then."""
    await _end(conn, message, {"attempts": message.attempts + 1, "edit_at": until}, owner)


async def give_up(conn: Connection, message: SentMessage, owner: str) -> None:
    """It cannot be brought up to date for now; a further change tries again."""
    unchanged = sent_messages.c.generation == message.generation
    due = case((unchanged, None), else_=sent_messages.c.edit_at)
    await _end(conn, message, {"attempts": 0, "edit_at": due}, owner)


async def gone(conn: Connection, message: SentMessage) -> None:
    """It is there no more: nothing is edited, and nothing answers below it."""
    mine = sent_messages.c.notification_id == message.notification_id
    await conn.execute(delete(sent_messages).where(mine, sent_messages.c.reference == message.reference))


async def _end(conn: Connection, message: SentMessage, values: dict[str, Any], owner: str) -> None:
    mine = update(sent_messages).where(sent_messages.c.notification_id == message.notification_id)
    held = sent_messages.c.lease_owner == owner
    free = {name: case((held, None), else_=sent_messages.c[name]) for name in ("lease_owner", "lease_until")}
    await conn.execute(mine.values({**values, **free}))


def _rested(now: datetime) -> ColumnElement[bool]:
    edited = sent_messages.c.edited
    return or_(edited.is_(None), edited <= now - APART, edited > now)  # a clock may have been ahead


def _message(row: Row[Any]) -> SentMessage:
    return SentMessage(**{name: getattr(row, name) for name in SentMessage.__slots__})
