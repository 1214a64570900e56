"""The one place that reads the wall clock; everything else is handed a Clock."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Time as the program sees it; tests pass their own."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean something."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after at least `seconds` of this clock."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the one place

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SteadyClock:
    """The wall clock of the moment when this was made, carried on by the monotonic one: for waits that no jump may change."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start, self._passed = clock.now(), clock.monotonic()

    def now(self) -> datetime:
        """Only differences within this process mean something; use the wall clock for times that others read."""
        return self._start + timedelta(seconds=self._clock.monotonic() - self._passed)


class JumpWatch:
    """Tells a jump of the wall clock from time that passed: the two clocks of a process go alike but for small steps."""

    def __init__(self, clock: Clock, least_seconds: float = 5.0) -> None:
        self._clock = clock
        self._least = least_seconds
        self._wall, self._passed = clock.now(), clock.monotonic()

    def jumped(self) -> float:
        """Seconds that the wall clock jumped by since the last call, ahead or (below 0) back; 0 for none."""
        wall, passed = self._clock.now(), self._clock.monotonic()
        jump = (wall - self._wall).total_seconds() - (passed - self._passed)
        self._wall, self._passed = wall, passed
        return jump if abs(jump) >= self._least else 0.0
