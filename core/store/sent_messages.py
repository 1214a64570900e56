"""Where messages are at their services: to bring them up to date, and to answer below them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_alerts import notification_alerts, sent_messages
from core.store import leases


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """`reference`: the message's, in the channel's own words. `attempts`: to bring it up to date, that failed."""

    notification_id: str
    channel: str
    story_id: str
    reference: str
    sent: datetime
    attempts: int = 0


async def put(conn: Connection, message: SentMessage) -> None:
    """Keep where a message is; one that was sent again is where it was sent last."""
    values = {
        "channel": message.channel,
        "story_id": message.story_id,
        "reference": message.reference,
        "sent": message.sent,
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
    for part in slices(sorted(alert_ids)):
        carrying = select(notification_alerts.c.notification_id).where(notification_alerts.c.alert_id.in_(part))
        later = or_(sent_messages.c.edit_at.is_(None), sent_messages.c.edit_at > at)
        statement = update(sent_messages).where(sent_messages.c.notification_id.in_(carrying), later)
        count += (await conn.execute(statement.values(edit_at=at, attempts=0))).rowcount
    return count


async def claim_due(conn: Connection, now: datetime, limit: int, owner: str, lease_seconds: float) -> list[SentMessage]:
    """Lease messages that are to be brought up to date."""
    rows = await leases.claim(conn, leases.SENT_MESSAGES, now, limit, owner, lease_seconds)
    return [_message(row) for row in rows]


def _message(row: object) -> SentMessage:
    return SentMessage(**{name: getattr(row, name) for name in SentMessage.__slots__})
