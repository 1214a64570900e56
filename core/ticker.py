"""The one ticker: finds due work, runs it, and sleeps until the next due time or a wake-up.

look -> 0 s: look again at once | s seconds: until the next is due | None: nothing is known to come
            every sleep is bounded, since work that another process leaves wakes nobody here
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NoReturn

from core.clock import Clock
from core.wake_up import WakeUp

# Does what is due; seconds until it is worth looking again, None where nothing is known to come.
Look = Callable[[], Awaitable[float | None]]


class Ticker:
    """`most_seconds`: how late what another process left may be found. `least_seconds`: between two looks for what stays due."""

    def __init__(self, clock: Clock, wake_up: WakeUp, *, most_seconds: float, least_seconds: float = 0.0) -> None:
        self._clock = clock
        self._wake_up = wake_up
        self._least = least_seconds
        self._most = most_seconds

    async def run(self, look: Look) -> NoReturn:
        """Look and sleep until cancelled. What `look` raises ends it."""
        while True:
            heard = self._wake_up.count  # before the look: what rings while it goes on is not lost
            seconds = await look()
            if seconds is None:
                seconds = self._most
            if seconds > 0:
                await self._wake_up.wait(heard, self._clock, min(seconds, self._most))

    def seconds_until(self, due: datetime | None) -> float | None:
        """From now until the next due time, `least_seconds` where that is past: somebody else holds it, or it cannot be done yet."""
        return None if due is None else max((due - self._clock.now()).total_seconds(), self._least)
