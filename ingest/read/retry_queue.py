"""The queue of what was put aside, read when it is due: rows in the database, leased, a few at once and fairly by source.

due -> claim (a lease) -> read -> append(ARTICLES) -> the row is done with, or gets a later time

A crash before the last step reads the entry once more, to the same ids. An entry that fails for good is kept as a
dead letter, as the consume loop does it.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from core.db.engine import Database
from core.faults import FaultPoint, reach
from core.log.consumer import Alone, Options, Output
from core.log.log import EventLog
from core.log.topics import ENTRIES
from core.model.source import Entry
from core.net.url import authority_of
from core.store import leases, put_aside
from core.store.put_aside import PutAside
from core.tasks import first_error
from core.ticker import Ticker
from core.wake_up import WakeUp

PLACES, EACH = 24, 6  # entries read at once, and of one source
_AT_ONCE = EACH // 2  # claimed of one source
_LEAST_SECONDS = 0.1
LEASE_SECONDS = 300.0  # longer than anything takes
LOOK_SECONDS = 5.0  # how late what another process put aside may be found

Retry = Callable[[PutAside], Awaitable["Retried"]]


@dataclass(frozen=True, slots=True)
class Retried:
    """What is to be appended of an entry, and its row where it is put aside once more."""

    outputs: Sequence[Output] = ()
    again: PutAside | None = None


class RetryQueue:
    """Reads due entries until cancelled."""

    def __init__(self, log: EventLog, db: Database, retry: Retry, *, options: Options, owner: str) -> None:
        self._alone = Alone(log, ENTRIES.name, Entry, options)
        self._db = db
        self._retry = retry
        self._clock = options.clock
        self._owner = owner
        self._running: Counter[str] = Counter()
        self._wake_up = WakeUp()
        self._ticker = Ticker(options.clock, self._wake_up, least_seconds=_LEAST_SECONDS, most_seconds=LOOK_SECONDS)

    def wake(self) -> None:
        """Something was put aside."""
        self._wake_up.notify()

    async def run(self) -> None:
        """Until cancelled. Raises Unavailable."""
        self._running.clear()
        async with self._db.transaction() as conn:
            await leases.release(conn, leases.PUT_ASIDE, self._owner)  # ours of before a restart of the role
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._ticker.run(partial(self._look, tasks))
        except BaseExceptionGroup as together:
            raise first_error(together) from together

    async def start_due(self, tasks: asyncio.TaskGroup) -> int:
        """Begin to read what is due now and has a place; how many."""
        claimed = await self._claim()
        for aside in claimed:
            self._running[aside.entry.source.source_id] += 1
            tasks.create_task(self._one(aside))
        return len(claimed)

    async def _claim(self) -> list[PutAside]:
        free = PLACES - self._running.total()
        if free <= 0:
            return []
        async with self._db.transaction() as conn:
            return await put_aside.claim_due(
                conn,
                self._clock.now(),
                limit=free,
                each=_AT_ONCE,
                owner=self._owner,
                lease_seconds=LEASE_SECONDS,
                without=self._busy(),
                held=self._running,
            )

    def _busy(self) -> list[str]:
        """Sources that have their share."""
        return [source_id for source_id, count in self._running.items() if count > EACH - _AT_ONCE]

    async def _look(self, tasks: asyncio.TaskGroup) -> float | None:
        await self.start_due(tasks)
        if self._running.total() >= PLACES:
            return None  # an entry that ends wakes it
        async with self._db.connection() as conn:
            due = await put_aside.next_due(
                conn, self._clock.now(), self._busy()
            )  # a source with a full share wakes it when one ends
        return self._ticker.seconds_until(due)

    async def _one(self, aside: PutAside) -> None:
        source_id = aside.entry.source.source_id
        try:
            retried = Retried()

            async def read() -> Sequence[Output]:
                nonlocal retried
                retried = await self._retry(aside)
                return retried.outputs

            await self._alone.work(authority_of(aside.entry.url), aside.entry, read)
            reach(FaultPoint.READ_AGAIN)
            async with self._db.transaction() as conn:
                if retried.again is not None:  # only now: what it says to be told is on the log
                    await put_aside.put_many(conn, [retried.again])
                else:
                    await put_aside.done(conn, [aside.entry.entry_id], self._owner)
        finally:
            self._running[source_id] -= 1
            if self._running[source_id] <= 0:
                del self._running[source_id]
            self._wake_up.notify()
