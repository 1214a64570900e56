"""Corrects impossible due times, which a wall clock that was ahead leaves far in the future.

`LONGEST` says for each column how far ahead a time may lie that anybody meant; what lies beyond is due now. What a poll
of the future left (`last_attempt` ahead of now) says nothing about when to poll next. When the clock has just gone back,
by however little, all that waits for a time after something (retries, groups, leases) is too late by as much: then it is due
now, and nothing is lost by that but a wait. Digests and quiet hours wait for a time of day and stay.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Table, not_, or_, true, update

from core.db.connection import Connection
from core.db.tables import dead_letters, hosts, put_aside, raw_pages, sources
from core.db.tables_alerts import endpoints, notifications, timers
from core.model.outcome import AlertOutcome, NotificationState
from core.model.timer import CAP
from core.store import kv
from core.store.leases import CLOCKS_DIFFER, DEAD_LETTERS, QUEUES, RAW_PAGES
from core.store.source_pace import own_intervals
from core.store.sources import OWN_INTERVAL

_DAY = timedelta(days=1, hours=2)  # Retry-After is believed for a day; retries and what is put aside wait for no longer

LONGEST: Sequence[tuple[Table, Column[datetime], timedelta]] = (
    *((queue.table, queue.table.c.lease_until, queue.longest_lease) for queue in QUEUES),
    (hosts, hosts.c.not_before, _DAY),
    (put_aside, put_aside.c.due_at, _DAY),
    (timers, timers.c.due_at, timedelta(days=32)),  # a monthly digest is the longest
    (notifications, notifications.c.due_at, _DAY),
    (endpoints, endpoints.c.until, _DAY),
    (endpoints, endpoints.c.asked_until, _DAY),
    (dead_letters, dead_letters.c.changed, CLOCKS_DIFFER),  # when somebody asked for the redrive, which is due at once
)
_SEEN = "clock.seen"


async def draw_in(conn: Connection, now: datetime, longest_poll_seconds: float) -> int:
    """Make impossible due times due now; return how many rows. `longest_poll_seconds`: the adaptive schedule's upper bound."""
    count = 0
    for table, column, longest in LONGEST:
        count += await _now(conn, table, column, column > now + longest, now)
    next_poll, longest = sources.c.next_poll, _longest(longest_poll_seconds)
    strange = or_(sources.c.last_attempt > now + CLOCKS_DIFFER, not_(OWN_INTERVAL) & (next_poll > now + longest))
    count += await _now(conn, sources, next_poll, strange & (next_poll > now), now)
    for one in await own_intervals(conn, now + longest):
        if one.state.next_poll > now + _longest(one.source.interval_seconds or 0.0):
            count += await _now(conn, sources, next_poll, sources.c.source_id == one.source.source_id, now)
    return count


async def went_back(conn: Connection, now: datetime) -> int:
    """Make due now what waits for a time after something, since the clock that set it was ahead; how many rows."""
    count = 0
    for queue in QUEUES:
        column, soon = queue.table.c.lease_until, now + queue.renewed_within  # its owner may live
        count += (await conn.execute(update(queue.table).where(column > soon).values({column: soon}))).rowcount
    pending = notifications.c.state == NotificationState.PENDING.value
    for table, column, which in (
        (sources, sources.c.next_poll, sources.c.last_attempt > now),
        (put_aside, put_aside.c.due_at, true()),
        (timers, timers.c.due_at, timers.c.kind.in_([AlertOutcome.GROUPED.value, CAP])),
        (notifications, notifications.c.due_at, pending),
        (endpoints, endpoints.c.until, true()),
        (endpoints, endpoints.c.asked_until, true()),
        (dead_letters, dead_letters.c.changed, DEAD_LETTERS.which),
        (raw_pages, raw_pages.c.again_at, RAW_PAGES.which),
    ):
        count += await _now(conn, table, column, which & (column > now), now)
    return count


async def is_behind(conn: Connection, now: datetime) -> bool:
    """Whether an earlier process saw a time well after `now`: the clock went back while none ran. Notes the time."""
    seen = await kv.get(conn, _SEEN)
    await kv.put(conn, _SEEN, now.isoformat())
    return seen is not None and datetime.fromisoformat(seen) > now + CLOCKS_DIFFER


def _longest(interval_seconds: float) -> timedelta:
    """How far ahead a poll may be due: an interval with its jitter, or what a Retry-After may ask for."""
    return timedelta(seconds=1.2 * max(interval_seconds, 86400.0))


async def _now(
    conn: Connection, table: Table, column: Column[datetime], strange: ColumnElement[bool], now: datetime
) -> int:
    return (await conn.execute(update(table).where(strange).values({column: now}))).rowcount
