"""What the pages of a host share, as each source showed them: learned by readers, told by `sources show`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import host_patterns
from core.store.pruning import prune_oldest


@dataclass(frozen=True, slots=True)
class HostRow:
    """`memory`: as ingest/hosts/patterns.py writes it."""

    host: str
    source_id: str
    memory: Mapping[str, object]
    changed: datetime


async def of_host(conn: Connection, host: str) -> list[HostRow]:
    return await _rows(conn, host_patterns.c.host == host)


async def of_source(conn: Connection, source_id: str) -> list[HostRow]:
    return await _rows(conn, host_patterns.c.source_id == source_id)


async def _rows(conn: Connection, condition: object) -> list[HostRow]:
    statement = select(host_patterns).where(condition).order_by(host_patterns.c.host, host_patterns.c.source_id)  # type: ignore[arg-type]
    return [HostRow(row.host, row.source_id, row.memory, row.changed) for row in await conn.execute(statement)]


async def put_many(conn: Connection, rows: Sequence[HostRow]) -> None:
    """Keep what was learned; of two readers of one host the last one's stays."""
    if not rows:
        return
    statement = insert(conn, host_patterns)
    statement = statement.on_conflict_do_update(
        index_elements=[host_patterns.c.host, host_patterns.c.source_id],
        set_={"memory": statement.excluded.memory, "changed": statement.excluded.changed},
    )
    ordered = sorted(rows, key=lambda row: (row.host, row.source_id))
    values = [
        {"host": one.host, "source_id": one.source_id, "memory": one.memory, "changed": one.changed} for one in ordered
    ]
    await conn.execute(statement, values)


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of those not changed since then (see `prune_oldest`)."""
    return await prune_oldest(conn, host_patterns.c.changed, before, limit)
