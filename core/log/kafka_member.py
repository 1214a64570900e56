"""A member of a Kafka consumer group: manual commits, and a revocation that lets the work in hand finish.

aiokafka (0.14) rebalances eagerly: on every join and leave all members give up all partitions and get their new share.
It lacks KIP-429's incremental rebalance. So before partitions go, no more records are handed out, and the work in progress is
finished or dropped and committed; uncommitted records are read again.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import aiokafka
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from core.errors import Unavailable, WirewatchError
from core.log.kafka_client import close_client, kafka_errors
from core.log.kafka_options import KafkaOptions
from core.log.log import REVOKE_SECONDS, Delivery, OnAssign, OnRevoke, TopicPartition

JOIN_SECONDS = 60.0
COMMIT_SECONDS = 30.0
CLOSE_SECONDS = 4.0
LOST_SECONDS = 10.0  # without the group's coordinator, until the role says so and starts anew

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def delivery_of(record: aiokafka.ConsumerRecord, prefix: str) -> Delivery:
    """The record under our name of its topic."""
    return Delivery(
        record.topic.removeprefix(prefix),
        record.partition,
        record.offset,
        (record.key or b"").decode("utf-8", "replace"),
        record.value or b"",
        tuple(record.headers),
        _EPOCH + timedelta(milliseconds=record.timestamp),
    )


class KafkaMember(aiokafka.ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka ships no types
    """A Subscription."""

    def __init__(
        self,
        options: KafkaOptions,
        group: str,
        topics: Sequence[str],
        on_revoke: OnRevoke | None,
        on_assign: OnAssign | None = None,
    ) -> None:
        self._bootstrap = options.bootstrap
        self._prefix = options.topic_prefix
        self._topics = [self._prefix + topic for topic in topics]
        self._on_revoke = on_revoke
        self._on_assign = on_assign
        self._assigned: frozenset[TopicPartition] = frozenset()
        self._new = False  # `on_assign` has not run yet; the partitions are paused until then
        self._assignments = 0
        self._lost_at: float | None = None  # since when the coordinator is unknown
        self._last: dict[TopicPartition, int] = {}  # of this assignment: the newest offset handed out
        self.closed = False
        self._consumer = aiokafka.AIOKafkaConsumer(
            **{**options.client(), "client_id": options.member_client_id},
            group_id=self._prefix + group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=int(options.session_seconds * 1000),
            heartbeat_interval_ms=int(options.session_seconds * 300),
            rebalance_timeout_ms=60_000,
            max_poll_interval_ms=600_000,
        )

    async def join(self) -> None:
        with kafka_errors(self._bootstrap):
            self._consumer.subscribe(self._topics, listener=self)
            try:
                async with asyncio.timeout(JOIN_SECONDS):
                    await self._consumer.start()
            except (KafkaError, OSError, asyncio.CancelledError):
                await self.close()  # in vain or not: the error that counts is the one in hand
                raise

    async def fetch(
        self, max_records: int, timeout_seconds: float, skip: Collection[TopicPartition] = ()
    ) -> list[Delivery]:
        if self.closed:
            return []
        await self._tell_assigned()
        wanted = [self._there(place) for place in self._assigned if place not in skip]
        if self._assigned and not wanted:
            await asyncio.sleep(timeout_seconds)
            return []
        with kafka_errors(self._bootstrap):
            try:
                # during a rebalance getmany waits for its end, however long; nothing is lost by cancelling it
                async with asyncio.timeout(timeout_seconds + 0.5):
                    found = await self._consumer.getmany(
                        *(wanted if skip else ()), timeout_ms=int(timeout_seconds * 1000), max_records=max_records
                    )
            except TimeoutError:
                found = {}
        if not found:
            self._check_coordinator()
        deliveries = [delivery_of(record, self._prefix) for records in found.values() for record in records]
        for delivery in deliveries:
            self._last[TopicPartition(delivery.topic, delivery.partition)] = delivery.offset
        return deliveries

    def _check_coordinator(self) -> None:
        """Raise Unavailable where the group's coordinator has been unknown for long: the client looks for it for ever and
        hands out nothing meanwhile, as if all were well."""
        coordinator = self._consumer._coordinator  # noqa: SLF001 - nothing else tells
        if coordinator is None or coordinator.coordinator_id is not None:
            self._lost_at = None
            return
        now = asyncio.get_running_loop().time()
        self._lost_at = now if self._lost_at is None else self._lost_at
        if now - self._lost_at > LOST_SECONDS:
            raise Unavailable(f"Kafka at {self._bootstrap}: no coordinator of the group for {LOST_SECONDS:.0f} s")

    async def _tell_assigned(self) -> None:
        while self._new and self._on_assign is not None:
            told = self._assignments
            await self._on_assign(self._assigned)
            if told == self._assignments:  # else they were taken and given again meanwhile
                self._new = False
                self._consumer.resume(*map(self._there, self._assigned))

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        owned = {self._there(place): offset for place, offset in offsets.items() if place in self._assigned}
        if not owned:
            return
        with kafka_errors(self._bootstrap):
            try:
                async with asyncio.timeout(COMMIT_SECONDS):  # aiokafka tries again for ever
                    await self._consumer.commit(await self._past_markers(owned))
            except (CommitFailedError, IllegalStateError):
                return  # revoked meanwhile: the new owner repeats the work

    async def _past_markers(self, owned: dict[aiokafka.TopicPartition, int]) -> dict[aiokafka.TopicPartition, int]:
        """Behind the last record a transaction's marker may stand, which nobody is handed: it is done with, too."""
        last = {self._there(place): offset for place, offset in self._last.items()}
        return {
            place: max(offset, await self._consumer.position(place)) if last.get(place) == offset - 1 else offset
            for place, offset in owned.items()
        }

    def assigned(self) -> frozenset[TopicPartition]:
        return self._assigned

    async def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self._on_revoke = None
        # Where the broker does not answer it drops us from the group when the session ends.
        await close_client(self._consumer, CLOSE_SECONDS)

    async def on_partitions_revoked(self, revoked: Collection[aiokafka.TopicPartition]) -> None:
        """Called by aiokafka before it joins again; commits are still taken until this returns."""
        places = self._ours(revoked)
        try:
            if places and self._on_revoke is not None:
                async with asyncio.timeout(REVOKE_SECONDS):
                    await self._on_revoke(places)
        except (TimeoutError, WirewatchError):
            pass  # the next owner repeats what was not committed
        finally:
            self._assigned = frozenset()

    async def on_partitions_assigned(self, assigned: Collection[aiokafka.TopicPartition]) -> None:
        """Called by aiokafka before it can know where to begin: nothing has been read of these partitions yet."""
        self._assigned = self._ours(assigned)
        self._assignments += 1
        self._last.clear()
        self._new = self._on_assign is not None and bool(assigned)
        if self._new:
            self._consumer.pause(*assigned)

    def _there(self, place: TopicPartition) -> aiokafka.TopicPartition:
        return aiokafka.TopicPartition(self._prefix + place.topic, place.partition)

    def _ours(self, places: Collection[aiokafka.TopicPartition]) -> frozenset[TopicPartition]:
        return frozenset(TopicPartition(place.topic.removeprefix(self._prefix), place.partition) for place in places)
