"""Many records in work at once: a queue for each key, a window for each partition, one commit at a time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from core.clock import Clock
from core.errors import WirewatchError
from core.log.log import Delivery, Subscription, TopicPartition
from core.log.window import Window
from core.tasks import kept

FETCH_SECONDS = 1.0  # how long one fetch waits; it wakes at once when something is appended
FULL_FETCH_SECONDS = 0.05  # the same while partitions are left out for being too far ahead
FETCH_RECORDS = 128
COMMIT_SECONDS = 0.2  # records finished in this time share a commit
STOP_SECONDS = 3.0  # a stop lets what is in work finish for so long
LAST_COMMIT_SECONDS = 1.5

Work = Callable[[Sequence[Delivery]], Awaitable[object]]
Committed = Callable[[int, datetime], None]


class Flow:
    """Order is kept per key; in a partition, work runs ahead of the last commit by `max_ahead` records at most."""

    def __init__(self, work: Work, committed: Committed, clock: Clock, max_ahead: int) -> None:
        self._work = work
        self._report = committed
        self._clock = clock
        self._max_ahead = max_ahead
        self._fetch_records = max(1, min(FETCH_RECORDS, max_ahead // 4))
        self._windows: dict[TopicPartition, Window] = {}
        self._queues: dict[tuple[TopicPartition, str], deque[tuple[Delivery, Window]]] = {}
        self._ready: asyncio.Queue[tuple[TopicPartition, str]] = asyncio.Queue()  # keys with work and nobody on it
        self._rested = asyncio.Event()
        self._finished = asyncio.Event()
        self._committing = asyncio.Lock()

    async def run(self, subscription: Subscription, concurrency: int) -> None:
        """Until cancelled; raises an ExceptionGroup of what the work raised. What is finished is committed either way."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(concurrency):
                    tasks.create_task(kept(self._worker()))
                tasks.create_task(kept(self._commit_often(subscription)))
                await self._feed(subscription)
        finally:
            await self._commit_last(subscription)

    async def release(self, places: Iterable[TopicPartition], subscription: Subscription) -> None:
        """Begin nothing more of these partitions, let what is in work finish, commit it."""
        windows = [self._windows.pop(place) for place in places if place in self._windows]
        await self._rest(windows)
        await self._commit(subscription, windows)

    async def _feed(self, subscription: Subscription) -> None:
        try:
            while True:
                full = [w.place for w in self._windows.values() if w.ahead() > self._max_ahead - self._fetch_records]
                wait = FULL_FETCH_SECONDS if full else FETCH_SECONDS
                for delivery in await subscription.fetch(self._fetch_records, wait, full):
                    self._take_in(delivery)
        except asyncio.CancelledError:
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await self._rest(list(self._windows.values()))
            except TimeoutError:
                pass
            raise

    def _take_in(self, delivery: Delivery) -> None:
        place = TopicPartition(delivery.topic, delivery.partition)
        window = self._windows.get(place)
        if window is None or delivery.offset <= window.last:  # handed out again: a new assignment
            if window is not None:
                window.stopped = True
            window = self._windows[place] = Window(place)
        window.take_in(delivery)
        key = (place, delivery.key)
        if key in self._queues:
            self._queues[key].append((delivery, window))
        else:
            self._queues[key] = deque([(delivery, window)])
            self._ready.put_nowait(key)

    async def _worker(self) -> None:
        while True:
            key = await self._ready.get()
            queue = self._queues[key]
            delivery, window = queue[0]
            if not window.stopped:
                await self._do(delivery, window)
            queue.popleft()
            if queue:
                self._ready.put_nowait(key)  # at the end: one long key does not keep others waiting
            else:
                del self._queues[key]

    async def _do(self, delivery: Delivery, window: Window) -> None:
        window.running += 1
        try:
            await self._work([delivery])
            window.finish(delivery)
            self._finished.set()
        finally:
            window.running -= 1
            self._rested.set()

    async def _rest(self, windows: Sequence[Window]) -> None:
        for window in windows:
            window.stopped = True
        while any(window.running for window in windows):
            self._rested.clear()
            await self._rested.wait()

    async def _commit_often(self, subscription: Subscription) -> None:
        while True:
            await self._finished.wait()
            self._finished.clear()
            await self._clock.sleep(COMMIT_SECONDS)
            await self._commit(subscription, list(self._windows.values()))

    async def _commit(self, subscription: Subscription, windows: Sequence[Window]) -> None:
        async with self._committing:
            offsets = {window: offset for window in windows if (offset := window.to_commit()) is not None}
            if not offsets:
                return
            await subscription.commit({window.place: offset for window, offset in offsets.items()})
            progress = [window.committed(offset) for window, offset in offsets.items()]
            times = [newest for _, newest in progress if newest is not None]
            if times:
                self._report(sum(count for count, _ in progress), max(times))

    async def _commit_last(self, subscription: Subscription) -> None:
        try:
            async with asyncio.timeout(LAST_COMMIT_SECONDS):
                await self._commit(subscription, list(self._windows.values()))
        except (WirewatchError, OSError):  # TimeoutError too: the next run repeats it
            pass
