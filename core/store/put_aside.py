"""The retry queue: entries that could not be read yet, as rows with a due time, leased while a process reads them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Row, case, delete, func, literal, or_, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import put_aside
from core.errors import RecordError
from core.model.source import Entry
from core.store import leases
from core.store.payload import pack, unpack

_logger = structlog.get_logger(__name__)

MOST_OF_A_SOURCE = 5000  # rows; more would never be read
_CHANGED = ("source_id", "due_at", "tries", "reason", "record", "told_article", "told_revision")


@dataclass(frozen=True, slots=True)
class Told:
    """An article that was made of an entry before all of it could be read."""

    article_id: str
    revision: str


class Waiting(NamedTuple):
    """How many entries wait, and how many of them are articles already."""

    entries: int
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """`tries`: requests that failed so far; `since`: when it was put aside first; `reason`: an ArticleOutcome's word or none.

    `owner`: the holder of its lease. `told`: as what it is an article already, by its headline or its beginning.
    """

    entry: Entry
    due: datetime
    since: datetime
    tries: int = 0
    reason: str = ""
    owner: str | None = None
    told: Told | None = None


async def put_many(conn: Connection, rows: Sequence[PutAside]) -> None:
    """Put entries aside; one that is there already gets the new due time and tries, and its lease ends.

    One that its reader puts aside once more (`owner`) stays as it is if its feed showed it anew meanwhile.
    """
    latest = {(row.entry.entry_id, row.owner): row for row in sorted(rows, key=lambda row: row.owner is None)}
    if not latest:
        return
    statement = insert(conn, put_aside)
    changed = {name: statement.excluded[name] for name in _CHANGED}
    mine = or_(statement.excluded.lease_owner.is_(None), put_aside.c.lease_owner == statement.excluded.lease_owner)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[put_aside.c.entry_id],
            set_={**changed, "lease_owner": None, "lease_until": None},
            where=mine,
        ),
        [
            {
                "entry_id": row.entry.entry_id,
                "source_id": row.entry.source.source_id,
                "due_at": row.due,
                "since": row.since,
                "tries": row.tries,
                "reason": row.reason,
                "record": pack(row.entry),
                "lease_owner": row.owner,
                "lease_until": None,
                "told_article": None if row.told is None else row.told.article_id,
                "told_revision": None if row.told is None else row.told.revision,
            }
            for row in latest.values()
        ],
    )


async def claim_due(  # noqa: PLR0913 - one claim, everything named
    conn: Connection,
    now: datetime,
    *,
    limit: int,
    each: int,
    owner: str,
    lease_seconds: float,
    without: Collection[str] = (),
    held: Mapping[str, int] | None = None,
) -> list[PutAside]:
    """Lease up to `limit` that are due, of one source `each` at most; none of the sources `without`.

    First those of the sources that hold least already (`held`: how many), of these the longest due. Nobody else gets
    them until `done`, `put_many` or the end of the lease.
    """
    place = func.row_number().over(partition_by=put_aside.c.source_id, order_by=put_aside.c.due_at)
    before = case(dict(sorted(held.items())), value=put_aside.c.source_id, else_=0) if held else literal(0)
    due = (
        select(put_aside.c.entry_id, put_aside.c.due_at, place.label("place"), (place + before).label("turn"))
        .where(leases.claimable(leases.PUT_ASIDE, now), put_aside.c.source_id.not_in(sorted(without)))
        .subquery()
    )
    chosen = select(due.c.entry_id).where(due.c.place <= each).order_by(due.c.turn, due.c.due_at).limit(limit)
    only = put_aside.c.entry_id.in_(chosen)
    rows = await leases.claim(conn, leases.PUT_ASIDE, now, limit, owner, lease_seconds, only)
    return [one for row in rows if (one := _read(row, owner)) is not None]


def _read(row: Row[Any], owner: str) -> PutAside | None:
    """None for one that cannot be read: it waits until its lease ends, and holds up no other.

    Raises UpgradeFirst for one of a later release: it is left to those who can read it, and so is what else was claimed.
    """
    try:
        entry = unpack(row.record, Entry)
    except RecordError as error:
        _logger.warning("put_aside_unreadable", entry_id=row.entry_id, reason=str(error))
        return None
    told = Told(row.told_article, row.told_revision) if row.told_article else None
    return PutAside(
        entry=entry, due=row.due_at, since=row.since, tries=row.tries, reason=row.reason, owner=owner, told=told
    )


async def done(conn: Connection, entry_ids: Sequence[str], owner: str) -> None:
    """Remove entries that have ended; one that was put aside again meanwhile stays."""
    mine = put_aside.c.lease_owner == owner
    await conn.execute(delete(put_aside).where(put_aside.c.entry_id.in_(list(entry_ids)), mine))


async def next_due(conn: Connection, now: datetime, without: Collection[str] = ()) -> datetime | None:
    """When the next one is due that nobody has leased, of none of the sources `without`; None if none waits."""
    only = put_aside.c.source_id.not_in(sorted(without))
    return await leases.next_due(conn, leases.PUT_ASIDE, now, only)


async def count(conn: Connection) -> Waiting:
    """The number of waiting entries."""
    statement = select(func.count(), func.count(put_aside.c.told_article)).select_from(put_aside)
    entries, told = (await conn.execute(statement)).one()
    return Waiting(entries, told)


async def full(conn: Connection) -> frozenset[str]:
    """Sources with the maximum number of waiting entries."""
    statement = select(put_aside.c.source_id).group_by(put_aside.c.source_id).having(func.count() >= MOST_OF_A_SOURCE)
    return frozenset((await conn.execute(statement)).scalars())


async def count_of(conn: Connection, source_id: str) -> int:
    """The number of a source's waiting entries."""
    statement = select(func.count()).where(put_aside.c.source_id == source_id)
    return int((await conn.execute(statement)).scalar_one())
