"""Counters that grow with every change and become visible in commit order, so that a reader can skip none."""

from sqlalchemy import select, update

from core.db.connection import Connection
from core.db.tables_alerts import revisions


async def lock(conn: Connection, name: str) -> int:
    """The counter's value, locked against other writers until this transaction ends. Lock it before reading the rows."""
    statement = select(revisions.c.value).where(revisions.c.name == name).with_for_update()
    value: int = (await conn.execute(statement)).scalar_one()
    return value


async def advance(conn: Connection, name: str, value: int) -> None:
    """Set the counter that `lock` holds."""
    await conn.execute(update(revisions).where(revisions.c.name == name).values(value=value))


async def read(conn: Connection, name: str) -> int:
    """The committed counter: all changes up to it are visible."""
    value: int = (await conn.execute(select(revisions.c.value).where(revisions.c.name == name))).scalar_one()
    return value
