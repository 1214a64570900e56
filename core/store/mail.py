"""Mail: which recipients have a message, and who unsubscribed from which channel."""

from datetime import datetime

from sqlalchemy import delete, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import mail_recipients, mail_unsubscribed


async def handed_over(conn: Connection, notification_id: str) -> dict[str, str]:
    """Recipient -> what the server said."""
    statement = select(mail_recipients.c.recipient, mail_recipients.c.said)
    rows = await conn.execute(statement.where(mail_recipients.c.notification_id == notification_id))
    return {row.recipient: row.said for row in rows}


async def note(conn: Connection, notification_id: str, recipient: str, said: str, now: datetime) -> None:
    """A recipient has a message."""
    values = {"notification_id": notification_id, "recipient": recipient, "said": said, "at": now}
    await conn.execute(insert(conn, mail_recipients).values(**values).on_conflict_do_nothing())


async def unsubscribed(conn: Connection, channel: str) -> dict[str, datetime]:
    """Address in small letters -> since when, of a channel's key."""
    statement = select(mail_unsubscribed.c.address, mail_unsubscribed.c.at).where(
        mail_unsubscribed.c.channel == channel
    )
    return {row.address: row.at for row in await conn.execute(statement)}


async def unsubscribe(conn: Connection, channel: str, address: str, now: datetime) -> bool:
    """False if they had before."""
    values = {"channel": channel, "address": address.lower(), "at": now}
    result = await conn.execute(insert(conn, mail_unsubscribed).values(**values).on_conflict_do_nothing())
    return result.rowcount == 1


async def subscribe_again(conn: Connection, channel: str, address: str) -> bool:
    """False if they had not unsubscribed."""
    here = (mail_unsubscribed.c.channel == channel) & (mail_unsubscribed.c.address == address.lower())
    return (await conn.execute(delete(mail_unsubscribed).where(here))).rowcount == 1
