"""Polls and reads on an embedded log and database until it is killed: the process that test_collect_crash.py kills.

Arguments: data directory, URL of the feed, fault point or an empty text.
"""

import asyncio
import sys
from pathlib import Path

from core.clock import SystemClock
from core.db.engine import Database
from core.faults import arm
from core.log.sqlite import SqliteLog
from core.metrics import Metrics
from core.model.ids import url_key
from core.model.source import Source
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from core.store import sources
from ingest.hosts.rate_limit import HostRateLimit, RateLimitSettings
from ingest.hosts.robots import Robots
from ingest.poll.schedule import AdaptiveSchedule
from ingest.poll.stage import PollParts, PollStage
from ingest.read.stage import ReadParts, ReadStage
from tests.fakes.parser import FakeParser


async def main(data_dir: Path, url: str, fault: str) -> None:
    clock, metrics, parser = SystemClock(), Metrics(), FakeParser()
    async with (
        SqliteLog(data_dir) as log,
        Database.open("sqlite:", data_dir) as db,
        Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch-test/1", clock) as fetcher,
    ):
        source = Source(source_id=url_key(url), name="News", url=url, interval_seconds=0.2)
        async with db.transaction() as conn:
            await sources.add(conn, source, clock.now())
            row = await sources.get(conn, source.source_id)
            assert row is not None
            await sources.save_poll(conn, source.source_id, row.state)  # the dead process's lease, as if it had run out
        if fault:
            arm(fault)
        rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=0.0))
        poll = PollStage(
            PollParts(
                log=log,
                db=db,
                fetcher=fetcher,
                parser=parser,
                rate_limit=rate_limit,
                schedule=AdaptiveSchedule(),
                clock=clock,
                metrics=metrics,
            ),
            owner="crash",
        )
        read = ReadStage(
            ReadParts(
                log=log,
                db=db,
                fetcher=fetcher,
                parser=parser,
                rate_limit=rate_limit,
                robots=Robots(fetcher, clock),
                clock=clock,
                metrics=metrics,
                retry_seconds=(0.2,) * 5,
            )
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(poll.run())
            tasks.create_task(read.run())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
