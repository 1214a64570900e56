import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.ticker import Ticker
from core.wake_up import WakeUp
from tests.fakes.clock import START, FakeClock
from tests.fakes.running import running, until


class Looks:
    """Counts the looks; each answers the next of `seconds`, the last one for ever."""

    def __init__(self, *seconds: float | None) -> None:
        self.count = 0
        self._seconds: Iterator[float | None] = iter(seconds)
        self._last = seconds[-1]

    async def look(self) -> float | None:
        self.count += 1
        return next(self._seconds, self._last)


def a_ticker(clock: FakeClock, bell: WakeUp | None = None) -> Ticker:
    return Ticker(clock, bell or WakeUp(), least_seconds=0.1, most_seconds=5.0)


async def test_it_looks_again_when_the_next_is_due_and_at_its_bound_at_the_latest() -> None:
    clock, looks = FakeClock(), Looks(2.0, 3600.0, None)
    async with running(a_ticker(clock).run(looks.look)):
        for seconds, count in ((1.9, 1), (0.2, 2), (4.9, 2), (0.2, 3), (5.0, 4)):
            await clock.until_sleeping()
            clock.advance(seconds)
            await until(lambda count=count: looks.count == count)  # type: ignore[misc] # bound at once


async def test_after_work_it_looks_again_at_once() -> None:
    clock, looks = FakeClock(), Looks(0.0, 0.0, 0.0, None)
    async with running(a_ticker(clock).run(looks.look)):
        await clock.until_sleeping()
        assert looks.count == 4


async def test_it_hears_who_leaves_work_while_it_sleeps_and_while_it_looks() -> None:
    clock, bell, looks = FakeClock(), WakeUp(), Looks(None)

    async def look() -> float | None:
        if looks.count == 0:
            bell.notify()
        return await looks.look()

    async with running(a_ticker(clock, bell).run(look)):
        await until(lambda: looks.count == 2)
        await clock.until_sleeping()
        bell.notify()
        await until(lambda: looks.count == 3)


async def test_what_stays_due_is_not_looked_for_without_a_pause() -> None:
    ticker = a_ticker(FakeClock())
    assert ticker.seconds_until(None) is None
    assert ticker.seconds_until(START - timedelta(hours=1)) == 0.1
    assert ticker.seconds_until(START + timedelta(seconds=3)) == 3.0


async def test_what_a_look_raises_ends_it() -> None:
    async def look() -> float | None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        async with asyncio.timeout(5):
            await a_ticker(FakeClock()).run(look)
