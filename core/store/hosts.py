"""Hosts that asked for a pause (Retry-After), and its end."""

from datetime import datetime

from sqlalchemy import select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import hosts


async def set_not_before(conn: Connection, host: str, until: datetime) -> None:
    """Send nothing to the host until then; a later stored time stays."""
    statement = insert(conn, hosts).values(host=host, not_before=until)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[hosts.c.host],
            set_={"not_before": statement.excluded.not_before},
            where=hosts.c.not_before < statement.excluded.not_before,
        )
    )


async def not_before(conn: Connection, now: datetime) -> dict[str, datetime]:
    """All hosts to be left alone at `now`, for a poller's start."""
    rows = await conn.execute(select(hosts.c.host, hosts.c.not_before).where(hosts.c.not_before > now))
    return {row.host: row.not_before for row in rows}
