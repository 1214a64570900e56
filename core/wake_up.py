"""Wakes tasks that wait for work in this process. Missed work is found by their next look at the database."""

import asyncio

from core.clock import Clock


class WakeUp:
    """`notify` wakes all tasks that wait. Calls between two waits are not lost."""

    def __init__(self) -> None:
        self._count = 0
        self._event = asyncio.Event()

    @property
    def count(self) -> int:
        """How often it was notified; take it before looking for work and hand it to `wait`."""
        return self._count

    def notify(self) -> None:
        """There is work."""
        self._count += 1
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, heard: int, clock: Clock, seconds: float) -> None:
        """Return when it was notified more than `heard` times, or after `seconds`."""
        if self._count > heard or seconds <= 0:
            return
        event = self._event
        async with asyncio.TaskGroup() as group:
            waits = [group.create_task(event.wait()), group.create_task(_sleep(clock, seconds))]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()


async def _sleep(clock: Clock, seconds: float) -> bool:
    await clock.sleep(seconds)
    return True
