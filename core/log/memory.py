"""The event log in memory, for tests and experiments; its records end with the process."""

from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from core.clock import Clock, SystemClock
from core.errors import Unavailable
from core.log.groups import Groups, Names, partition_of
from core.log.log import Delivery, Lag, OnAssign, OnRevoke, Record, Subscription, TopicPartition, Writer, check
from core.log.topics import TOPICS, Topic, topic_named


class MemoryLog:
    """Keeps the log's promise but for durability. May be left and entered again: what was appended is still there."""

    def __init__(self, clock: Clock | None = None, topics: Sequence[Topic] = TOPICS) -> None:
        self._clock = clock or SystemClock()
        self._topics = tuple(topics)
        self._records: dict[TopicPartition, list[Delivery]] = {}
        self._dropped: dict[TopicPartition, int] = {}  # how many were pruned: the offset of the oldest kept
        self._committed: dict[tuple[str, TopicPartition], int] = {}
        self._groups = Groups(self)
        self._names = Names()
        self._closed = False

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        await self._append(topic, records, lambda: None)

    async def _append(self, topic: str, records: Sequence[Record], may: Callable[[], None]) -> None:
        if self._closed:
            raise Unavailable("the log is closed")
        check(records)
        may()
        now = self._clock.now()
        places = set()
        for record in records:
            place = TopicPartition(topic, partition_of(record.key, self.partitions(topic)))
            kept = self._records.setdefault(place, [])
            appended = max(now, kept[-1].appended) if kept else now
            kept.append(
                Delivery(
                    topic, place.partition, self.end(place), record.key, record.value, record.headers, appended=appended
                )
            )
            places.add(place)
        self._groups.appended(places)

    async def writer(self, name: str) -> Writer:
        return self._names.take(name, self._append)

    async def subscribe(
        self,
        group: str,
        topics: Sequence[str],
        on_revoke: OnRevoke | None = None,
        on_assign: OnAssign | None = None,
    ) -> Subscription:
        if self._closed:
            raise Unavailable("the log is closed")
        return await self._groups.join(group, topics, on_revoke, on_assign)

    async def read(self, topic: str, *, since: datetime | None = None) -> AsyncIterator[Delivery]:
        ends = {place: self.end(place) for place in self._places(topic)}
        for place, end in ends.items():
            for delivery in list(self._records.get(place, [])):
                if delivery.offset < end and (since is None or delivery.appended >= since):
                    yield delivery

    async def lag(self, group: str, topic: str) -> Lag:
        records, seconds = 0, 0.0
        for place in self._places(topic):
            waiting = await self.load(place, self._committed.get((group, place), 0), self.end(place))
            records += len(waiting)
            if waiting:
                seconds = max(seconds, (self._clock.now() - waiting[0].appended).total_seconds())
        return Lag(records, seconds)

    async def waiting(self, group: str, topic: str) -> list[Delivery]:
        found = []
        for place in self._places(topic):
            found += await self.load(place, self._committed.get((group, place), 0), 1)
        return found

    async def seek(self, group: str, topic: str, since: datetime) -> None:
        self._groups.refuse_members(group, topic)
        for place in self._places(topic):
            kept = self._records.get(place, [])
            self._committed[group, place] = self._dropped.get(place, 0) + bisect_left(
                kept, since, key=lambda delivery: delivery.appended
            )

    async def prune(self) -> int:
        dropped = 0
        for place, kept in self._records.items():
            retention = timedelta(hours=topic_named(place.topic, self._topics).retention_hours)
            old = bisect_left(kept, self._clock.now() - retention, key=lambda delivery: delivery.appended)
            del kept[:old]
            self._dropped[place] = self._dropped.get(place, 0) + old
            dropped += old
        return dropped

    async def __aenter__(self) -> Self:
        self._closed = False
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        await self._groups.close()

    # what the groups need (core.log.groups.Storage)

    def partitions(self, topic: str) -> int:
        return topic_named(topic, self._topics).partitions

    def end(self, place: TopicPartition) -> int:
        return self._dropped.get(place, 0) + len(self._records.get(place, []))

    async def load(self, place: TopicPartition, offset: int, max_records: int) -> list[Delivery]:
        first = max(0, offset - self._dropped.get(place, 0))
        return self._records.get(place, [])[first : first + max_records]

    async def committed(self, group: str, topic: str) -> Mapping[int, int]:
        return {
            place.partition: offset
            for (owner, place), offset in self._committed.items()
            if (owner, place.topic) == (group, topic)
        }

    async def store(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        self._committed.update({(group, place): offset for place, offset in offsets.items()})

    def _places(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(topic, partition) for partition in range(self.partitions(topic))]
