"""One round of the collector, which `serve` makes every five seconds: milliseconds in all, and on the event loop's thread.

    python -m bench.collector [--sources 20000] [--database sqlite|postgresql|URL] [--rounds 20]

Of the sources, most are well, some fail, are stale, overdue or paused. SQLite in a folder of its own is the default,
`postgresql` a server of its own.
"""

import argparse
import asyncio
import tempfile
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from core.clock import SystemClock
from core.db.engine import Database
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model import ids
from core.model.outcome import PollOutcome
from core.model.source import Source
from core.store import sources
from core.store.sources import PollState
from ingest.poll.health import stale_at
from tests.services import postgres
from wirewatch.health.collector import Collector
from wirewatch.health.parts import Health


def source_of(number: int) -> Source:
    url = f"https://outlet{number}.example/feeds/world.xml"
    return Source(source_id=ids.url_key(url), name=f"Outlet {number}", url=url, country="DE", lang="de")


def state_of(number: int, now: datetime) -> PollState:
    """Of every 100: 88 are well, 5 fail, 2 failed once, 3 are stale, 1 is overdue; the rest is paused elsewhere."""
    kind = number % 100
    failures = 5 if kind < 5 else 1 if kind < 7 else 0
    last_new = now - timedelta(days=40 if 7 <= kind < 10 else 0, minutes=number % 600)
    memory = {"items": 14.0 + number % 50, "seconds": 600_000.0, "lately_items": 1.5, "lately_seconds": 9_000.0}
    return PollState(
        etag=f'"{number:032x}"',
        body_hash=f"{number:032x}",
        next_poll=now - timedelta(hours=1) if kind == 10 else now + timedelta(hours=1 + number % 7),
        interval_seconds=900.0,
        last_attempt=now - timedelta(minutes=5),
        last_success=now - timedelta(minutes=5),
        last_new=last_new,
        failures=failures,
        outcome=PollOutcome.TIMEOUT if failures else PollOutcome.OK,
        entries_seen_total=number,
        full_get_at=now - timedelta(hours=3),
        memory=memory,
        stale_at=stale_at(last_new, memory),
    )


async def fill(db: Database, count: int, now: datetime) -> None:
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source_of(number) for number in range(count)], now)
        for number in range(count):
            await sources.save_poll(conn, source_of(number).source_id, state_of(number, now))
            if number % 100 == 11:
                await sources.set_enabled(conn, source_of(number).source_id, enabled=False)


async def measure(url: str, folder: Path, count: int, rounds: int) -> None:
    clock = SystemClock()
    async with Database.open(url, folder) as db, MemoryLog(clock) as log:
        await fill(db, count, clock.now())
        health = Health(dict)
        collector = Collector(log, db, clock=clock, metrics=Metrics(), health=health)
        passed, busy = [], []
        for _ in range(rounds):
            began, used = perf_counter(), thread_time()
            found = await collector.collect()
            passed.append(perf_counter() - began)
            busy.append(thread_time() - used)
    print(f"{count:,} sources: {1000 * median(passed):.1f} ms in all, {1000 * median(busy):.1f} ms on the event loop")
    print(" · ".join(f"{number:,} {state}" for state, number in found.feeds.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=20_000)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = "sqlite:" if options.database == "sqlite" else options.database
        if url == "postgresql":
            url = stack.enter_context(postgres.server())
        asyncio.run(measure(url, folder, options.sources, options.rounds))


if __name__ == "__main__":
    main()
