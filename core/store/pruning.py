"""Deletes the oldest rows of a table, a batch at a time."""

from datetime import datetime

from sqlalchemy import Column, delete, select

from core.db.connection import Connection


async def prune_oldest(conn: Connection, column: Column[datetime], before: datetime, limit: int) -> int:
    """Delete the `limit` oldest rows with `column` before then, and those of the last one's instant; return how many.

    Call it again while it returns at least `limit`. NULLs stay. The column has an index.
    """
    edge = select(column).where(column < before).order_by(column).offset(limit - 1).limit(1)
    last = (await conn.execute(edge)).scalar_one_or_none()
    condition = column < before if last is None else column <= last
    return (await conn.execute(delete(column.table).where(condition))).rowcount
