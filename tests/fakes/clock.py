"""A clock that moves only when a test says so."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """`advance` moves time and wakes the sleepers that are due.

    With `auto` a sleep moves the clock itself and returns at once, for code whose waiting is not the subject.
    """

    def __init__(self, start: datetime = START, *, auto: bool = False) -> None:
        self._start = start
        self._elapsed = 0.0
        self._auto = auto
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._slept = asyncio.Event()
        self.slept: list[float] = []  # what was asked of `sleep`, in order

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self._auto:
            self._elapsed += max(seconds, 0.0)
            await asyncio.sleep(0)
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._elapsed + seconds, waiter))
        self._slept.set()
        await waiter

    def advance(self, seconds: float) -> None:
        """Move time on; sleepers that are due run as soon as the test awaits something."""
        self._elapsed += seconds
        for due, waiter in self._sleepers:
            if due <= self._elapsed and not waiter.done():
                waiter.set_result(None)
        self._sleepers = [entry for entry in self._sleepers if not entry[1].done()]

    def sleepers(self) -> int:
        """How many tasks sleep now."""
        return sum(not waiter.done() for _, waiter in self._sleepers)

    async def until_sleeping(self, count: int = 1) -> None:
        """Return when `count` tasks sleep: the moment to advance."""
        while self.sleepers() < count:
            self._slept.clear()
            await self._slept.wait()


class JumpyClock(FakeClock):
    """Its wall clock is `ahead` by so many seconds, beside the time that passes."""

    ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)
