"""The embedded event log: one SQLite file, one process, durable against kill -9 and power loss.

append ==> writer thread (group commit: BEGIN, rows of all who wait, COMMIT = one sync) ==> acknowledge, wake the members
fetch  <== reader thread (its own connection; readers and the writer do not block each other in WAL mode)
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from core.clock import Clock, SystemClock
from core.db.damage import START_SECONDS, damaged, examine, is_damage
from core.errors import Unavailable, WirewatchError
from core.log import log
from core.log import sqlite_file as file
from core.log.groups import Groups, Names, partition_of
from core.log.lock import DirectoryLock
from core.log.log import Delivery, Lag, OnAssign, OnRevoke, Record, Subscription, TopicPartition, check
from core.log.topics import TOPICS, Topic, topic_named
from core.log.writer import Writer

R = TypeVar("R")

READ_RECORDS = 256
PRUNE_RECORDS = 500  # of one transaction, so that pruning never keeps an append waiting for long


class SqliteLog:
    """`data_dir/log.db`. Entering raises Busy when another process has the directory."""

    def __init__(self, data_dir: Path, clock: Clock | None = None, topics: Sequence[Topic] = TOPICS) -> None:
        self._data_dir = data_dir
        self.path = data_dir / "log.db"
        self._clock = clock or SystemClock()
        self._settings = tuple(topics)
        self._topics: dict[str, file.TopicRow] = {}
        self._ends: dict[TopicPartition, int] = {}  # what has been acknowledged; of the event loop
        self._next: dict[int, int] = {}  # by id of offset 0, the id that comes next; of the writer thread
        self._last = 0  # the newest appended time, in microseconds; of the writer thread
        self._groups = Groups(self)
        self._names = Names()
        self.damage: str | None = None  # what was found while it was used; only a restore mends it
        self._writer: Writer
        self._reader: sqlite3.Connection
        self._threads: ThreadPoolExecutor
        self._open = AsyncExitStack()

    @property
    def failing(self) -> bool:
        """Whether nothing can be appended, as far as the last tries tell."""
        return self._writer.failing

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        await self._append(topic, records, lambda: None)

    async def _append(self, topic: str, records: Sequence[Record], may: Callable[[], None]) -> None:
        check(records)
        if not records:
            return
        row = await self._topic(topic)
        may()  # nothing comes between this and the place in the writer's line

        def write(connection: sqlite3.Connection) -> dict[TopicPartition, int]:
            return self._write(connection, row, records)

        await self._writer.do(write, self._acknowledged)

    def _write(
        self, connection: sqlite3.Connection, topic: file.TopicRow, records: Sequence[Record]
    ) -> dict[TopicPartition, int]:
        """In the writer thread: the rows, and the ends they lead to."""
        self._last = now = max(file.microseconds(self._clock.now()), self._last)
        rows, ends = [], {}
        for record in records:
            partition = partition_of(record.key, topic.partitions)
            first = topic.first(partition)
            row_id = self._next.get(first)
            if row_id is None:
                row_id = file.end(connection, first)
            self._next[first] = row_id + 1
            rows.append((row_id, now, record.key, file.pack_headers(record.headers), record.value))
            ends[TopicPartition(topic.name, partition)] = row_id + 1 - first
        connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows)
        return ends

    def _acknowledged(self, ends: Mapping[TopicPartition, int]) -> None:
        for place, end in ends.items():
            self._ends[place] = max(end, self._ends.get(place, 0))
        self._groups.appended(ends.keys())

    async def writer(self, name: str) -> log.Writer:
        taken = self._names.take(name, self._append)
        await self._writer.do(lambda _: None)  # behind what earlier holders have in line
        return taken

    async def subscribe(
        self,
        group: str,
        topics: Sequence[str],
        on_revoke: OnRevoke | None = None,
        on_assign: OnAssign | None = None,
    ) -> Subscription:
        for topic in topics:
            await self._topic(topic)
        return await self._groups.join(group, topics, on_revoke, on_assign)

    async def read(self, topic: str, *, since: datetime | None = None) -> AsyncIterator[Delivery]:
        row = await self._topic(topic)
        ends = {place: self.end(place) for place in row.places()}
        for place, end in ends.items():
            offset = 0 if since is None else await self._first_since(row, place, since)
            while offset < end:
                found = await self.load(place, offset, min(READ_RECORDS, end - offset))
                for delivery in found:
                    if delivery.offset < end:
                        yield delivery
                offset = found[-1].offset + 1 if found else end

    async def lag(self, group: str, topic: str) -> Lag:
        row = await self._topic(topic)
        now = file.microseconds(self._clock.now())

        def measure(connection: sqlite3.Connection) -> Lag:
            committed = file.commits(connection, group, row)
            records, seconds = 0, 0.0
            for place in row.places():
                first = row.first(place.partition)
                start = max(file.oldest(connection, first), first + committed.get(place.partition, 0))
                waiting = file.end(connection, first) - start
                if waiting > 0:
                    records += waiting
                    seconds = max(seconds, (now - (file.appended(connection, start) or now)) / 1e6)
            return Lag(records, seconds)

        return await self._read(measure)

    async def waiting(self, group: str, topic: str) -> list[Delivery]:
        return await self._read(lambda connection: file.waiting(connection, group, topic))

    async def seek(self, group: str, topic: str, since: datetime) -> None:
        row = await self._topic(topic)
        self._groups.refuse_members(group, topic)

        def move(connection: sqlite3.Connection) -> None:
            for place in row.places():
                first = row.first(place.partition)
                file.commit(connection, group, first, file.first_since(connection, first, since) - first)

        await self._writer.do(move)

    async def prune(self) -> int:
        total = 0
        for row in list(self._topics.values()):
            before = self._clock.now() - timedelta(hours=topic_named(row.name, self._settings).retention_hours)
            for place in row.places():
                total += await self._prune(row.first(place.partition), before)
        return total

    async def _prune(self, first: int, before: datetime) -> int:
        total = 0
        while dropped := await self._writer.do(lambda connection: file.prune(connection, first, before, PRUNE_RECORDS)):
            total += dropped
        return total

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            lock = DirectoryLock.acquire(self._data_dir)
            stack.callback(lock.release)
            self._writer = Writer(self._connect, self._next.clear, f"the event log {self.path}", self._failed)
            await self._writer.open()
            stack.push_async_callback(self._writer.close)
            self._threads = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="log-reader"))
            loop = asyncio.get_running_loop()
            self._reader = await loop.run_in_executor(self._threads, lambda: file.connect(self.path, writer=False))
            stack.push_async_callback(loop.run_in_executor, self._threads, self._reader.close)  # after the last query
            await self._recall()
            stack.push_async_callback(self._groups.close)
            self._open = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    def _connect(self) -> sqlite3.Connection:
        examine(self.path, START_SECONDS)
        try:
            return file.connect(self.path, writer=True)
        except sqlite3.DatabaseError as e:
            if is_damage(e):
                raise damaged(self.path, str(e)) from e
            raise Unavailable(f"the event log {self.path} cannot be opened: {e}") from e

    def _failed(self, error: sqlite3.Error | OSError) -> WirewatchError | None:
        """What a failure is called when the file is damaged; None for all others."""
        if not is_damage(error):
            return None
        found = damaged(self.path, str(error))
        self.damage = str(found)
        return found

    async def _recall(self) -> None:
        """Make the topics that are missing, and learn where everything stands."""

        def recall(connection: sqlite3.Connection) -> tuple[list[file.TopicRow], dict[TopicPartition, int]]:
            for topic in self._settings:
                file.add_topic(connection, topic.name, topic.partitions)
            rows = file.topic_rows(connection)
            self._last = file.newest_time(connection, rows)
            firsts = {place: row.first(place.partition) for row in rows for place in row.places()}
            return rows, {place: file.end(connection, first) - first for place, first in firsts.items()}

        rows, self._ends = await self._writer.do(recall)
        self._topics = {row.name: row for row in rows}

    async def _topic(self, name: str) -> file.TopicRow:
        if name not in self._topics:
            settings = topic_named(name, self._settings)
            self._topics[name] = await self._writer.do(
                lambda connection: file.add_topic(connection, name, settings.partitions)
            )
        return self._topics[name]

    async def _first_since(self, row: file.TopicRow, place: TopicPartition, since: datetime) -> int:
        first = row.first(place.partition)
        return await self._read(lambda connection: file.first_since(connection, first, since)) - first

    async def _read(self, query: Callable[[sqlite3.Connection], R]) -> R:
        """In the reader thread: the event loop never waits for the disk."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, query, self._reader)
        except sqlite3.Error as e:
            raise self._failed(e) or Unavailable(f"the event log {self.path} cannot be read: {e}") from e
        except RuntimeError as e:
            raise Unavailable(f"the event log {self.path} is closed") from e

    # what the groups need (core.log.groups.Storage)

    def partitions(self, topic: str) -> int:
        return self._topics[topic].partitions

    def end(self, place: TopicPartition) -> int:
        return self._ends.get(place, 0)

    async def load(self, place: TopicPartition, offset: int, max_records: int) -> list[Delivery]:
        row = self._topics[place.topic]
        return await self._read(lambda connection: file.load(connection, row, place.partition, offset, max_records))

    async def committed(self, group: str, topic: str) -> Mapping[int, int]:
        return await self._read(lambda connection: file.commits(connection, group, self._topics[topic]))

    async def store(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        firsts = {self._topics[place.topic].first(place.partition): offset for place, offset in offsets.items()}

        def write(connection: sqlite3.Connection) -> None:
            for first, offset in firsts.items():
                file.commit(connection, group, first, offset)

        await self._writer.do(write)
