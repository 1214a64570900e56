"""Whose turn it is to write where there can be only one writer: in the order of coming, the urgent ones first."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_URGENT_IN_A_ROW = 8  # then one of the others, so that none waits for ever


class Turn:
    """One holder at a time. An urgent task waits for the holder and for other urgent ones only."""

    def __init__(self) -> None:
        self._held = False
        self._in_a_row = 0
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def taken(self, *, urgent: bool = False) -> AsyncIterator[None]:
        """Until the end of the block nobody else has it."""
        if self._held:
            await self._wait(self._urgent if urgent else self._others)
        self._held = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, line: deque[asyncio.Future[None]]) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._pass_on()  # it was ours already
            raise

    def _pass_on(self) -> None:
        for line in self._lines():
            while line:
                place = line.popleft()
                if not place.done():  # else who waited there was cancelled
                    self._in_a_row = self._in_a_row + 1 if line is self._urgent else 0
                    place.set_result(None)
                    return
        self._held = False

    def _lines(self) -> tuple[deque[asyncio.Future[None]], ...]:
        if self._in_a_row < _URGENT_IN_A_ROW:
            return self._urgent, self._others
        return self._others, self._urgent
