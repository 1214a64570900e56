"""Waking those who wait for work in this process; what nobody hears is found by their next look at the database."""

import asyncio

from core.clock import Clock


class Bell:
    """Rung by who leaves work, heard by all who wait. Rings between two waits are not lost."""

    def __init__(self) -> None:
        self._rings = 0
        self._rung = asyncio.Event()

    @property
    def rings(self) -> int:
        """How often it has rung; take it before looking for work and hand it to `wait`."""
        return self._rings

    def ring(self) -> None:
        self._rings += 1
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self, heard: int, clock: Clock, seconds: float) -> None:
        """Return when it has rung after the `heard`-th time, or after `seconds`."""
        if self._rings > heard or seconds <= 0:
            return
        rung = self._rung
        async with asyncio.TaskGroup() as group:
            waits = [group.create_task(rung.wait()), group.create_task(_sleep(clock, seconds))]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()


async def _sleep(clock: Clock, seconds: float) -> bool:
    await clock.sleep(seconds)
    return True
