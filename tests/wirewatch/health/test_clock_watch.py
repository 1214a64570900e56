"""The watch over the wall clock, on a real database."""

import asyncio
from datetime import timedelta
from pathlib import Path

from core.db.engine import Database
from core.metrics import Metrics
from core.model.source import Source
from core.store import sources
from core.store.sources import PollState
from tests.fakes.clock import JumpyClock
from tests.fakes.running import PATIENCE, running
from wirewatch.health.clock_watch import watch_clock

SOURCE = Source(source_id="s", name="S", url="https://s.example/")


async def test_a_jump_is_counted_and_what_waits_for_it_is_due_at_once_also_after_a_restart(tmp_path: Path) -> None:
    clock, metrics = JumpyClock(), Metrics()
    async with Database.open("sqlite:", tmp_path) as db:

        async def poll() -> None:
            async with db.transaction() as conn:
                await sources.save_poll(
                    conn, "s", PollState(next_poll=clock.now() + timedelta(seconds=40), last_attempt=clock.now())
                )

        async def is_due() -> bool:
            async with db.connection() as conn:
                row = await sources.get(conn, "s")
            return row is not None and row.state.next_poll <= clock.now()

        async with db.transaction() as conn:
            await sources.add(conn, SOURCE, clock.now())
        async with running(watch_clock(db, clock, metrics, 86400)):
            await clock.until_sleeping()
            await poll()
            clock.advance(1)
            await clock.until_sleeping()
            assert not await is_due()
            clock.ahead = -10
            clock.advance(1)
            await clock.until_sleeping()
            assert await is_due()
            await poll()
        clock.ahead = -400
        assert not await is_due()
        async with running(watch_clock(db, clock, metrics, 86400)):
            async with asyncio.timeout(PATIENCE):
                while not await is_due():  # noqa: ASYNC110 - it is another task that comes
                    await asyncio.sleep(0.001)
    assert metrics.clock_jumps.labels("back")._value.get() == 1
    assert metrics.clock_jumps.labels("ahead")._value.get() == 0
