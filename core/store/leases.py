"""Due work: rows with a due time, leased by the process that works on them. The one way to claim, renew, release and free.

A claim leases the first due rows that are free. Their owner renews the lease while it works, and gives back rows that it did
not handle. An expired lease frees its row. A process that knows that an earlier owner is dead can free its rows at once.
On PostgreSQL concurrent claims do not wait for each other; SQLite has one writer.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Table, literal_column, or_, select, true, tuple_, update

from core.db.connection import Connection
from core.db.tables import dead_letters, put_aside, raw_pages, sources
from core.db.tables_alerts import notifications, sent_messages, timers

CLOCKS_DIFFER = timedelta(minutes=1)  # at most, those of several processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A table of due work. `key`: its primary key. `which`: the rows that can be due. `order`: the first row first.

    `longest_lease`: a lease that ends later was taken by a clock that was ahead. `renewed_within`: when the clock has just
    gone back, an owner that lives renews its lease within this time.
    """

    table: Table
    key: tuple[Column[Any], ...]
    due: Column[datetime]
    which: ColumnElement[bool]
    order: tuple[Column[Any], ...]
    longest_lease: timedelta = timedelta(hours=1)
    renewed_within: timedelta = timedelta(minutes=1)


SOURCES = Queue(
    table=sources,
    key=(sources.c.source_id,),
    due=sources.c.next_poll,
    which=sources.c.enabled.is_(True),
    order=(sources.c.next_poll,),
)
PUT_ASIDE = Queue(
    table=put_aside,
    key=(put_aside.c.entry_id,),
    due=put_aside.c.due_at,
    which=true(),
    order=(put_aside.c.due_at,),
    renewed_within=timedelta(minutes=5),
)
TIMERS = Queue(
    table=timers,
    key=(timers.c.kind, timers.c.key),
    due=timers.c.due_at,
    which=true(),
    order=(timers.c.due_at,),
)
NOTIFICATIONS = Queue(
    table=notifications,
    key=(notifications.c.notification_id,),
    due=notifications.c.due_at,
    which=notifications.c.state == literal_column("'pending'"),  # as the index of those that wait says it
    order=(notifications.c.urgency, notifications.c.due_at),
    longest_lease=CLOCKS_DIFFER + timedelta(seconds=6),  # renewed all along (alerts/deliver/stage.py)
)
SENT_MESSAGES = Queue(
    table=sent_messages,
    key=(sent_messages.c.notification_id,),
    due=sent_messages.c.edit_at,
    which=sent_messages.c.edit_at.is_not(None),
    order=(sent_messages.c.edit_at,),
)
DEAD_LETTERS = Queue(
    table=dead_letters,
    key=(dead_letters.c.letter_id,),
    due=dead_letters.c.changed,
    which=dead_letters.c.state == literal_column("'redriving'"),
    order=(dead_letters.c.at,),
)
RAW_PAGES = Queue(
    table=raw_pages,
    key=(raw_pages.c.article_id,),
    due=raw_pages.c.again_at,
    which=raw_pages.c.again_at.is_not(None),
    order=(raw_pages.c.again_at, raw_pages.c.fetched),
    renewed_within=timedelta(minutes=5),
)
QUEUES = (SOURCES, PUT_ASIDE, TIMERS, NOTIFICATIONS, SENT_MESSAGES, DEAD_LETTERS, RAW_PAGES)


def free(queue: Queue, now: datetime) -> ColumnElement[bool]:
    """True for rows without an owner."""
    until = queue.table.c.lease_until
    return or_(until.is_(None), until <= now)


def claimable(queue: Queue, now: datetime) -> ColumnElement[bool]:
    """True for rows that are due and have no owner."""
    return queue.which & (queue.due <= now) & free(queue, now)


async def claim(
    conn: Connection,
    queue: Queue,
    now: datetime,
    limit: int,
    owner: str,
    lease_seconds: float,
    *only: ColumnElement[bool],
) -> list[Row[Any]]:
    """Lease the first `limit` rows that are due and free (of those, `only` these), in their order."""
    if limit <= 0:
        return []
    picked = (
        select(*queue.key)
        .where(claimable(queue, now), *only)
        .order_by(*queue.order)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such words and needs none: one writer
        .cte("picked")
    )
    statement = (
        update(queue.table)
        .where(_key(queue).in_(select(*(picked.c[column.name] for column in queue.key))))
        .values(lease_owner=owner, lease_until=now + timedelta(seconds=lease_seconds))
        .returning(queue.table)
    )
    places = [column.name for column in (*queue.order, *queue.key)]
    rows = await conn.execute(statement)
    return sorted(rows, key=lambda row: tuple(getattr(row, place) for place in places))


async def next_due(conn: Connection, queue: Queue, now: datetime, *only: ColumnElement[bool]) -> datetime | None:
    """The due time of the next free row (of `only` these), to sleep until then; None if there is none."""
    statement = select(queue.due).where(queue.which, free(queue, now), *only).order_by(queue.due).limit(1)
    found: datetime | None = (await conn.execute(statement)).scalar_one_or_none()
    return found


async def renew(conn: Connection, queue: Queue, owners: Collection[str], until: datetime) -> int:
    """Renew these owners' leases; return how many. A lease that another owner took stays with that owner.

    A row that somebody writes right now is left to the next renewal: to wait for it, with others in hand, could be for ever.
    """
    table = queue.table
    mine = select(*queue.key).where(table.c.lease_owner.in_(sorted(owners))).with_for_update(skip_locked=True)
    return (await conn.execute(update(table).where(_key(queue).in_(mine)).values(lease_until=until))).rowcount


async def release(conn: Connection, queue: Queue, owner: str) -> int:
    """Release all leases of an owner; return how many."""
    return await _end(conn, queue, queue.table.c.lease_owner == owner)


async def free_all(conn: Connection, seat: str | None = None) -> int:
    """End all leases, or those of a seat; return how many. For a process that knows that their owners are dead.

    An owner's name begins with the seat of its process.
    """
    freed = 0
    for queue in QUEUES:
        owner = queue.table.c.lease_owner
        theirs = owner.is_not(None) if seat is None else owner.startswith(f"{seat}-", autoescape=True)
        freed += await _end(conn, queue, theirs)
    return freed


async def _end(conn: Connection, queue: Queue, which: ColumnElement[bool]) -> int:
    statement = update(queue.table).where(which).values(lease_owner=None, lease_until=None)
    return (await conn.execute(statement)).rowcount


def _key(queue: Queue) -> ColumnElement[Any]:
    return queue.key[0] if len(queue.key) == 1 else tuple_(*queue.key)
