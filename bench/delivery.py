"""How fast one deliverer is, how it is with a million messages waiting, and what trouble makes of it.

    python -m bench.delivery throughput --messages 10000
    python -m bench.delivery waiting --rows 1000000
    python -m bench.delivery soak --alerts 20000 --kills 50              # --database postgresql://... for PostgreSQL

`throughput`: of one deliver stage on one core, to a webhook on loopback; the receiver is a process of its own. `waiting`: how
long a claim and the other looks at the outbox take, with ever more rows. `soak`: bench/soak.py.
"""

import asyncio
import logging
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
import structlog

from bench.delivering import delivering
from bench.receiver import receiver
from bench.soak import Soak, soak_report
from core.clock import SystemClock
from core.db.connection import Connection
from core.db.engine import Database
from core.db.statements import insert
from core.db.tables_alerts import notifications as table
from core.model.alert import Notification
from core.store import leases, notifications, outbox
from core.store.payload import pack
from core.wake_up import WakeUp
from tests.alerts.making import alert, notification

_PIECE = 500
_CHANNELS = 12
_TRIES = 20


@click.group()
def main() -> None:
    """The deliver stage at work."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@main.command()
@click.option("--messages", type=int, default=10_000, show_default=True)
@click.option("--database", default="sqlite:", show_default=True)
def throughput(messages: int, database: str) -> None:
    """Messages a second of one deliverer on one core."""
    with receiver() as url, tempfile.TemporaryDirectory() as folder:
        if hasattr(os, "sched_setaffinity"):  # the receiver, started before, has the other cores
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        click.echo(asyncio.run(_throughput(database, Path(folder), f"{url}/ok/desk", messages)))


async def _throughput(database: str, folder: Path, url: str, messages: int) -> str:
    async with Database.open(database, folder) as db:
        await put(db, (numbered(number, "desk") for number in range(messages)))
        began, used = time.monotonic(), time.process_time()
        async with delivering(db, {"desk": url}, WakeUp()):
            while await _pending(db):  # noqa: ASYNC110 - what is waited for stands in the database
                await asyncio.sleep(0.2)
        seconds = time.monotonic() - began
    used = time.process_time() - used
    return f"{messages / seconds:.0f} messages a second; {1000 * used / messages:.2f} ms of CPU time a message"


@main.command()
@click.option("--rows", type=int, default=1_000_000, show_default=True)
@click.option("--database", default="sqlite:", show_default=True)
def waiting(rows: int, database: str) -> None:
    """What looks at the outbox cost, by how many messages wait."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_waiting(database, Path(folder), rows))


async def _waiting(database: str, folder: Path, rows: int) -> None:
    there = 0
    async with Database.open(database, folder) as db:
        for wanted in (rows // 100, rows // 10, rows):
            await _put_alike(db, there, wanted)
            there = wanted
            click.echo(f"{there:,} waiting: " + ", ".join([f"{what} {ms:.2f} ms" async for what, ms in _looks(db)]))


async def _looks(db: Database) -> AsyncIterator[tuple[str, float]]:
    """A name and milliseconds of each."""
    now = SystemClock().now()
    yield "claim of 16", await _median(lambda: _claim(db, now))
    yield "channels with due messages", await _median(lambda: _read(db, lambda c: notifications.due_channels(c, now)))
    yield "numbers of the queues", await _median(lambda: _read(db, outbox.queue_stats), 3)


async def _median(look: Callable[[], Awaitable[None]], tries: int = _TRIES) -> float:
    times = []
    for _ in range(tries):
        began = time.perf_counter()
        await look()
        times.append(time.perf_counter() - began)
    return 1000 * sorted(times)[tries // 2]


async def _read(db: Database, look: Callable[[Connection], Awaitable[object]]) -> None:
    async with db.connection() as conn:
        await look(conn)


async def _claim(db: Database, now: datetime) -> None:
    async with db.transaction() as conn:
        assert len(await notifications.claim_due(conn, now, "c3", 16, "bench", 60.0)) == 16
    async with db.transaction() as conn:
        await leases.release(conn, leases.NOTIFICATIONS, "bench")


async def _put_alike(db: Database, first: int, end: int) -> None:
    """Rows that differ in what indexes see; their records are one, since nobody reads them all."""
    item = numbered(0, "c0")
    record, now = pack(item), SystemClock().now()
    for start in range(first, end, 5000):
        values = [
            {
                "notification_id": f"n{number}",
                "channel": f"c{number % _CHANNELS}",
                "sequence": 0,
                "state": "pending",
                "urgency": number % 3,
                "due_at": now,
                "attempts": 0,
                "created": now,
                "record": record,
                "story_id": f"s{number}",
            }
            for number in range(start, min(start + 5000, end))
        ]
        async with db.transaction() as conn:
            await conn.execute(insert(conn, table), values)


@main.command()
@click.option("--alerts", type=int, default=20_000, show_default=True)
@click.option("--kills", type=int, default=50, show_default=True)
@click.option("--seconds", type=float, default=120.0, show_default=True, help="Within which the alerts come.")
@click.option("--deliverers", type=int, default=1, show_default=True, help="Processes; several need PostgreSQL.")
@click.option("--database", default="sqlite:", show_default=True)
def soak(alerts: int, kills: int, seconds: float, deliverers: int, database: str) -> None:
    """Sick receivers beside healthy ones, and processes that are killed."""
    click.echo(soak_report(Soak(alerts=alerts, kills=kills, seconds=seconds, deliverers=deliverers, database=database)))


def numbered(number: int, channel: str) -> Notification:
    """A message to a channel about a story of its own."""
    now = SystemClock().now()
    return replace(notification(alert(story=f"bench-{number}"), channel=channel), created=now, matched=now)


async def put(db: Database, items: Iterable[Notification]) -> None:
    rows = [(item, item.created) for item in items]
    for start in range(0, len(rows), _PIECE):
        async with db.transaction() as conn:
            await notifications.add_many(conn, rows[start : start + _PIECE])


async def _pending(db: Database) -> int:
    async with db.connection() as conn:
        return sum(queue.pending for queue in await outbox.queue_stats(conn))


if __name__ == "__main__":
    main()
