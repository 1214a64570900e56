"""The known entries of each feed, so that only new ones pass."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables import entries
from core.store.pruning import prune_oldest

_REFRESH = timedelta(days=1)  # an entry that stays in its feed is written again once a day, not at every poll


async def known(conn: Connection, source_id: str, entry_ids: Collection[str]) -> dict[str, datetime]:
    """Those of `entry_ids` that this source has shown before, and when that was noted last (see `_REFRESH`)."""
    found: dict[str, datetime] = {}
    wanted = select(entries.c.entry_id, entries.c.last_seen).where(entries.c.source_id == source_id)
    for part in slices(sorted(entry_ids)):
        rows = await conn.execute(wanted.where(entries.c.entry_id.in_(part)))
        found.update((row.entry_id, row.last_seen) for row in rows)
    return found


async def remember(conn: Connection, source_id: str, entry_ids: Collection[str], now: datetime) -> None:
    """Note that the source shows these now.

    Call it with all ids of the feed, not only new ones: what is in the feed still must outlive `prune`.
    """
    if not entry_ids:
        return
    statement = insert(conn, entries)
    statement = statement.on_conflict_do_update(
        index_elements=[entries.c.source_id, entries.c.entry_id],
        set_={"last_seen": statement.excluded.last_seen},
        where=entries.c.last_seen < now - _REFRESH,
    )
    # Sorted, so that two writers of the same rows take their locks in the same order.
    rows = [{"source_id": source_id, "entry_id": entry_id, "last_seen": now} for entry_id in sorted(entry_ids)]
    await conn.execute(statement, rows)


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of entries that no feed has shown since `before` (see `prune_oldest`)."""
    return await prune_oldest(conn, entries.c.last_seen, before, limit)
