"""The event log on Apache Kafka, through aiokafka: idempotent producer, acks=all, manual commits, topics made as stated.

The settings of topics, producer and consumers stand in docs/log.md.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

import aiokafka
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError, NotCoordinatorForGroupError

from core.clock import Clock, SystemClock
from core.errors import Busy, Unavailable, UserError
from core.log.kafka_client import STOP_SECONDS, close_client, kafka_errors, send_dead_away
from core.log.kafka_member import KafkaMember, delivery_of
from core.log.kafka_options import KafkaOptions
from core.log.kafka_writer import KafkaWriter, send
from core.log.log import MAX_RECORD_BYTES, Delivery, Lag, OnAssign, OnRevoke, Record, Subscription, Writer, check
from core.log.topics import TOPICS, Topic, topic_named

MAX_MESSAGE_BYTES = MAX_RECORD_BYTES + 1024 * 1024  # key, headers and framing around the largest record
BATCH_BYTES = 256 * 1024
APPEND_SECONDS = 30.0
TRANSACTION_MS = 40_000  # what its writer left open is dropped after so long; at once when another one takes the name
RETRIES, RETRY_SECONDS = 100, 0.1  # for what a broker is still making
LOOKS = 10  # of a fifth of a second each, for the oldest record that waits
_TOPIC_EXISTS = 36  # error code, https://kafka.apache.org/protocol#protocol_error_codes


class KafkaLog:
    """One log for many processes. Entering makes the topics that are missing; raises Unavailable without a broker."""

    def __init__(self, options: KafkaOptions, clock: Clock | None = None, topics: Sequence[Topic] = TOPICS) -> None:
        self._options = options
        self._clock = clock or SystemClock()
        self._topics = tuple(topics)
        self._known: set[str] = set()
        self._producer: aiokafka.AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._observing = asyncio.Lock()
        self._admin: AIOKafkaAdminClient
        self._observer: aiokafka.AIOKafkaConsumer
        self._members: list[KafkaMember] = []
        self._writers: list[KafkaWriter] = []
        self._joined: set[str] = set()
        self._open = AsyncExitStack()
        self._closed = True

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        check(records)
        if not records:
            return
        await self._ensure([topic])
        with kafka_errors(self._options.bootstrap):
            producer = await self._ready_producer()
            try:
                async with asyncio.timeout(APPEND_SECONDS):  # an idempotent producer would try again for ever
                    await send(producer, self._named(topic), records)
            except (KafkaError, TimeoutError) as e:
                await self._drop_producer(producer)  # some errors are for good; a new one starts from scratch
                raise Unavailable(
                    f"Kafka at {self._options.bootstrap} did not acknowledge an append to {topic!r}: "
                    f"{str(e) or f'no answer within {APPEND_SECONDS:.0f} s'}"
                ) from e

    async def writer(self, name: str) -> Writer:
        if self._closed:
            raise Unavailable(f"Kafka at {self._options.bootstrap}: the log is closed")

        async def ready(topic: str) -> str:
            await self._ensure([topic])
            return self._named(topic)

        with kafka_errors(self._options.bootstrap):
            producer = await self._started_producer(
                transactional_id=self._named(name), transaction_timeout_ms=TRANSACTION_MS
            )
        writer = KafkaWriter(producer, name, self._options.bootstrap, ready, APPEND_SECONDS)
        self._writers = [*(other for other in self._writers if not other.closed), writer]
        return writer

    async def subscribe(
        self,
        group: str,
        topics: Sequence[str],
        on_revoke: OnRevoke | None = None,
        on_assign: OnAssign | None = None,
    ) -> Subscription:
        await self._ensure(topics)
        if self._options.seat is not None and group not in self._joined:
            with kafka_errors(self._options.bootstrap):
                await send_dead_away(self._admin, self._named(group), self._options.member_client_id)
            self._joined.add(group)  # from now on members of that name are ours
        member = KafkaMember(self._options, group, topics, on_revoke, on_assign)
        await member.join()
        self._members = [*(other for other in self._members if not other.closed), member]
        return member

    async def read(self, topic: str, *, since: datetime | None = None) -> AsyncIterator[Delivery]:
        await self._ensure([topic])
        consumer = self._plain_consumer(max_partition_fetch_bytes=4 * 1024 * 1024)
        try:
            with kafka_errors(self._options.bootstrap):
                await consumer.start()
                places = await self._places(topic)
                ends = await consumer.end_offsets(places)
                starts = await self._starts(consumer, places, since)
            for place in places:
                consumer.assign([place])
                consumer.seek(place, starts[place])
                while True:
                    with kafka_errors(self._options.bootstrap):
                        if await consumer.position(place) >= ends[place]:
                            break
                        found = await consumer.getmany(place, timeout_ms=1000, max_records=256)
                    for record in found.get(place, []):
                        if record.offset < ends[place]:
                            yield delivery_of(record, self._options.topic_prefix)
        finally:
            await close_client(consumer, STOP_SECONDS)

    async def lag(self, group: str, topic: str) -> Lag:
        await self._ensure([topic])
        with kafka_errors(self._options.bootstrap):
            async with self._observing:
                found, ends = await self._behind(group, topic)
        now = self._clock.now()
        ages = [(now - oldest.appended).total_seconds() for _, oldest in found.values() if oldest is not None]
        return Lag(sum(ends[place] - offset for place, (offset, _) in found.items()), max([0.0, *ages]))

    async def waiting(self, group: str, topic: str) -> list[Delivery]:
        with kafka_errors(self._options.bootstrap):
            async with self._observing:
                if self._named(topic) not in await self._admin.list_topics():
                    return []
                found, _ = await self._behind(group, topic)
        return [oldest for _, oldest in found.values() if oldest is not None]

    async def _behind(
        self, group: str, topic: str
    ) -> tuple[dict[aiokafka.TopicPartition, tuple[int, Delivery | None]], dict[aiokafka.TopicPartition, int]]:
        """Of each partition that the group is behind on, the offset and the record it stands at; and all ends."""
        places = await self._places(topic)
        committed = await self._committed(group, places)
        first = await self._observer.beginning_offsets(places)
        ends = await self._observer.end_offsets(places)
        starts = {place: max(first[place], committed.get(place, 0)) for place in places}
        behind = {place: starts[place] for place in places if ends[place] > starts[place]}
        return {place: await self._oldest(place, start, ends[place]) for place, start in behind.items()}, ends

    async def seek(self, group: str, topic: str, since: datetime) -> None:
        await self._ensure([topic])
        with kafka_errors(self._options.bootstrap):
            await self._refuse_members(group, topic)
            consumer = self._plain_consumer(group_id=self._named(group))
            try:
                await consumer.start()
                places = await self._places(topic)
                consumer.assign(places)
                await consumer.commit(await self._starts(consumer, places, since))
            finally:
                await close_client(consumer, STOP_SECONDS)

    async def prune(self) -> int:
        return 0

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            with kafka_errors(self._options.bootstrap):
                self._admin = AIOKafkaAdminClient(**self._options.client())
                stack.push_async_callback(close_client, self._admin, STOP_SECONDS)
                await self._admin.start()
                self._observer = self._plain_consumer(max_partition_fetch_bytes=64 * 1024)
                stack.push_async_callback(close_client, self._observer, STOP_SECONDS)
                await self._observer.start()
                self._closed = False
                await self._ensure([topic.name for topic in self._topics])
            stack.push_async_callback(self._leave)
            self._open = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def _leave(self) -> None:
        self._closed = True
        for member in self._members:
            await member.close()
        for writer in self._writers:
            await writer.close()
        if self._producer is not None:
            await self._drop_producer(self._producer)

    async def _ready_producer(self) -> aiokafka.AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                self._producer = await self._started_producer(enable_idempotence=True)
            return self._producer

    async def _started_producer(self, **settings: object) -> aiokafka.AIOKafkaProducer:
        producer = aiokafka.AIOKafkaProducer(
            **self._options.client(),
            acks="all",
            max_batch_size=BATCH_BYTES,
            max_request_size=MAX_MESSAGE_BYTES,
            **settings,
        )
        try:
            async with asyncio.timeout(APPEND_SECONDS):  # it would ask for its number for ever
                await producer.start()
        except (KafkaError, OSError, asyncio.CancelledError):
            await close_client(producer, STOP_SECONDS)
            raise
        return producer

    async def _drop_producer(self, producer: aiokafka.AIOKafkaProducer) -> None:
        if self._producer is producer:
            self._producer = None
        # its unacknowledged records fail, and their appenders get the error
        await close_client(producer, STOP_SECONDS)

    async def _ensure(self, names: Sequence[str]) -> None:
        """Make the topics that are missing."""
        if self._closed:
            raise Unavailable(f"Kafka at {self._options.bootstrap}: the log is closed")
        missing = [topic_named(name, self._topics) for name in names if name not in self._known]
        if not missing:
            return
        with kafka_errors(self._options.bootstrap):
            there = set(await self._admin.list_topics())
            new = [self._new_topic(topic) for topic in missing if self._named(topic.name) not in there]
            if new:
                answer = await self._admin.create_topics(new)
                for name, code, *detail in answer.topic_errors:
                    if code not in (0, _TOPIC_EXISTS):
                        raise Unavailable(
                            f"Kafka at {self._options.bootstrap}: topic {name!r} cannot be made: {detail}"
                        )
            await self._check_single(
                [topic for topic in missing if self._named(topic.name) in there and topic.partitions == 1]
            )
        self._known.update(names)

    def _new_topic(self, topic: Topic) -> NewTopic:
        settings = {
            "cleanup.policy": "delete",
            "retention.ms": str(int(topic.retention_hours * 3_600_000)),
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "message.timestamp.type": "LogAppendTime",  # never goes back, so a time finds one place
        }
        name = self._named(topic.name)
        return NewTopic(name, topic.partitions, self._options.replication_factor, topic_configs=settings)

    def _named(self, name: str) -> str:
        """A topic's or group's name in the cluster."""
        return self._options.topic_prefix + name

    async def _check_single(self, topics: Sequence[Topic]) -> None:
        """A topic whose order matters as a whole must not have been made with more partitions by someone else."""
        names = [self._named(topic.name) for topic in topics]
        for described in await self._admin.describe_topics(names) if names else ():
            if len(described["partitions"]) > 1:
                raise UserError(
                    f"Kafka topic {described['topic']!r} has {len(described['partitions'])} partitions; wirewatch needs "
                    "it with one, because one owner decides there. Delete it; wirewatch makes it anew"
                )

    def _plain_consumer(self, **settings: object) -> aiokafka.AIOKafkaConsumer:
        """A consumer that joins no group."""
        return aiokafka.AIOKafkaConsumer(
            **self._options.client(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            **settings,
        )

    async def _places(self, topic: str) -> list[aiokafka.TopicPartition]:
        for _ in range(RETRIES):  # a topic that was just made is not known everywhere at once
            (described,) = await self._admin.describe_topics([self._named(topic)])
            partitions = sorted(partition["partition"] for partition in described["partitions"])
            if partitions and not any(partition["error_code"] for partition in described["partitions"]):
                return [aiokafka.TopicPartition(self._named(topic), partition) for partition in partitions]
            await asyncio.sleep(RETRY_SECONDS)
        raise Unavailable(f"Kafka at {self._options.bootstrap}: topic {topic!r} has no partitions")

    async def _starts(
        self, consumer: aiokafka.AIOKafkaConsumer, places: Sequence[aiokafka.TopicPartition], since: datetime | None
    ) -> dict[aiokafka.TopicPartition, int]:
        """The offset of the first record at or after `since`, or the end."""
        if since is None:
            return dict(await consumer.beginning_offsets(places))
        milliseconds = -int(-since.timestamp() * 1000 // 1)
        found = await consumer.offsets_for_times(dict.fromkeys(places, milliseconds))
        ends = await consumer.end_offsets(places)
        return {place: ends[place] if found[place] is None else found[place].offset for place in places}

    async def _committed(
        self, group: str, places: Sequence[aiokafka.TopicPartition]
    ) -> dict[aiokafka.TopicPartition, int]:
        for _ in range(RETRIES):  # a broker's first group: it makes its own topic first
            try:
                found = await self._admin.list_consumer_group_offsets(self._named(group), partitions=list(places))
            except (GroupCoordinatorNotAvailableError, NotCoordinatorForGroupError):
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return {place: stored.offset for place, stored in found.items() if stored.offset >= 0}
        raise Unavailable(f"Kafka at {self._options.bootstrap}: no coordinator for group {group!r}")

    async def _oldest(self, place: aiokafka.TopicPartition, start: int, end: int) -> tuple[int, Delivery | None]:
        """The first record from `start` on, and its offset; the end where only markers of transactions stand there."""
        self._observer.assign([place])
        self._observer.seek(place, start)
        for _ in range(LOOKS):
            found = await self._observer.getmany(place, timeout_ms=200, max_records=1)
            for record in found.get(place, []):
                return record.offset, delivery_of(record, self._options.topic_prefix)
            if await self._observer.position(place) >= end:
                return end, None
        return start, None

    async def _refuse_members(self, group: str, topic: str) -> None:
        await self._committed(group, await self._places(topic))  # waits for the coordinator
        for response in await self._admin.describe_consumer_groups([self._named(group)]):
            for described in response.groups:
                if described[5]:
                    raise Busy(f"group {group!r} has members; stop its stage first, then seek topic {topic!r}")
