"""Leases on rows: who works on one holds it for a while, renews that while it works, and gives back what it did not do.

A lease that runs out frees its row, whoever died with it. A process that knows that an earlier owner is dead need not
wait for that. The claims themselves are with what they claim.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, update

from core.db.connection import Connection
from core.db.tables import put_aside, sources
from core.db.tables_alerts import notifications

# What processes lease: an owner's name begins with the seat of its process.
SOURCES, PUT_ASIDE, NOTIFICATIONS = sources, put_aside, notifications


async def renew(conn: Connection, table: Table, owner: str, until: datetime) -> int:
    """Keep an owner's leases for longer; how many it holds. One that ran out and that another took stays the other's."""
    return (await conn.execute(update(table).where(table.c.lease_owner == owner).values(lease_until=until))).rowcount


async def release(conn: Connection, table: Table, owner: str) -> int:
    """Give back what an owner holds; how many."""
    return await _end(conn, table, table.c.lease_owner == owner)


async def free_all(conn: Connection, seat: str | None = None) -> int:
    """End all leases, or those of all who sat on a seat; how many. For a process that knows that who held them is dead."""
    freed = 0
    for table in (SOURCES, PUT_ASIDE, NOTIFICATIONS):
        owner = table.c.lease_owner
        theirs = owner.is_not(None) if seat is None else owner.startswith(f"{seat}-", autoescape=True)
        freed += await _end(conn, table, theirs)
    return freed


async def _end(conn: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return (await conn.execute(update(table).where(which).values(lease_owner=None, lease_until=None))).rowcount
