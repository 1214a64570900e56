"""Which source is polled when, with polls that a test ends: nothing is fetched."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.db.engine import Database
from core.errors import Unavailable
from core.metrics import Metrics
from core.model.source import Source
from core.store import source_pages, sources
from core.store.sources import DueSource, PollState
from ingest.hosts.rate_limit import HostRateLimit, RateLimitSettings
from ingest.poll.pacing import Pacing
from ingest.poll.scheduler import Scheduler
from tests.fakes.clock import FakeClock
from tests.fakes.running import running, until

HOUR = timedelta(hours=1)


@dataclass
class Rig:
    db: Database
    clock: FakeClock
    scheduler: Scheduler
    begun: list[str] = field(default_factory=list)
    ends: dict[str, asyncio.Event] = field(default_factory=dict)

    async def add(self, name: str, host: str, *, well: bool = True) -> None:
        """A source that is due; one that is not well may take its whole time."""
        now = self.clock.now()
        source = Source(source_id=name, name=name, url=f"https://{host}.example/{name}")
        success = now - HOUR if well else None
        state = PollState(next_poll=now, last_attempt=now - HOUR, last_success=success, interval_seconds=60.0)
        async with self.db.transaction() as conn:
            await sources.add(conn, source, now)
            await sources.save_poll(conn, name, state)
        self.ends[name] = asyncio.Event()

    async def poll(self, due: DueSource) -> None:
        name = due.source.source_id
        self.begun.append(name)
        await self.ends[name].wait()
        async with self.db.transaction() as conn:
            await sources.save_poll(conn, name, replace(due.state, next_poll=self.clock.now() + HOUR), "me")


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    clock = FakeClock()
    async with Database.open("sqlite:", tmp_path) as db:
        rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=3.0))
        pacing = Pacing(clock, Metrics(), least_seconds=60.0, polls_per_minute=1200.0)
        yield Rig(db, clock, Scheduler(db, rate_limit, clock, pacing, owner="me", workers=4))


async def test_what_is_due_is_polled_for_as_many_workers_as_there_are(rig: Rig) -> None:
    for number in range(6):
        await rig.add(f"s{number}", f"host{number}")
    async with running(rig.scheduler.run(rig.poll)):
        await until(lambda: len(rig.begun) == 4)
        await rig.clock.until_sleeping(2)  # it waits, and one watches the leases
        assert rig.scheduler.polling == 4
        rig.ends[rig.begun[0]].set()
        await until(lambda: len(rig.begun) == 5)
        assert rig.scheduler.polling == 4


async def test_who_only_waits_keeps_no_worker_from_others(rig: Rig) -> None:
    for number in range(6):
        await rig.add(f"s{number}", f"host{number}")
    async with running(rig.scheduler.run(rig.poll)):
        await until(lambda: len(rig.begun) == 4)

        def all_have_begun() -> bool:
            rig.clock.advance(0.1)
            return len(rig.begun) == 6

        await until(all_have_begun)
        assert not any(end.is_set() for end in rig.ends.values())


async def test_sources_that_may_take_their_whole_time_get_half_of_the_workers(rig: Rig) -> None:
    for number in range(3):
        await rig.add(f"bad{number}", f"bad{number}", well=False)
    await rig.add("good", "good")
    async with running(rig.scheduler.run(rig.poll)):
        await until(lambda: len(rig.begun) == 3)
        await rig.clock.until_sleeping(2)
        assert sum(name.startswith("bad") for name in rig.begun) == 2
        assert "good" in rig.begun


async def test_one_host_has_one_poll_and_the_others_get_slots_as_its_spacing_lets_them_in(rig: Rig) -> None:
    for number in range(3):
        await rig.add(f"s{number}", "host")
    async with running(rig.scheduler.run(rig.poll)):
        await until(lambda: len(rig.begun) == 1)
        await rig.clock.until_sleeping(2)
        async with rig.db.connection() as conn:
            leases = [
                row.lease_until
                for row in await source_pages.page(conn, limit=None)
                if row.source.source_id not in rig.begun
            ]
        now = rig.clock.now()
        assert sorted(one - now for one in leases if one is not None) == [timedelta(seconds=3), timedelta(seconds=6)]
        rig.ends[rig.begun[0]].set()

        def second_has_begun() -> bool:
            rig.clock.advance(0.1)
            return len(rig.begun) == 2

        await until(second_has_begun)
        assert rig.clock.now() - now >= timedelta(seconds=3)


async def test_a_source_that_comes_is_polled_at_once_when_it_is_told(rig: Rig) -> None:
    async with running(rig.scheduler.run(rig.poll)):
        await rig.clock.until_sleeping(2)
        await rig.add("new", "host")
        rig.scheduler.wake()
        await until(lambda: rig.begun == ["new"])


async def test_a_poll_that_fails_for_want_of_a_service_ends_the_run_with_that_error(rig: Rig) -> None:
    await rig.add("s", "host")

    async def fails(_: DueSource) -> None:
        raise Unavailable("the log is away")

    with pytest.raises(Unavailable, match="the log is away"):
        await rig.scheduler.run(fails)
    assert rig.scheduler.polling == 0
