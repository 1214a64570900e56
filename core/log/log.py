"""The promise of the event log. sqlite.py, kafka.py and memory.py implement it; one contract suite checks all three."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from core.errors import RecordError
from core.model.outcome import DeadLetterReason

MAX_RECORD_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """A record to append. Records of one key stay in order; `headers` carry e.g. W3C traceparent."""

    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


def check(records: Sequence[Record]) -> None:
    """Raise RecordError for the first record that an engine would refuse: too large, or with a key that is not text."""
    for record in records:
        if len(record.value) > MAX_RECORD_BYTES:
            raise RecordError(
                DeadLetterReason.FAILED,
                f"a record of {len(record.value):,} bytes (key {record.key[:80]!r}); the log takes {MAX_RECORD_BYTES:,}",
            )
        try:
            record.key.encode()
        except UnicodeEncodeError as e:
            raise RecordError(DeadLetterReason.FAILED, f"key {record.key[:80]!r} is not Unicode text") from e


@dataclass(frozen=True, slots=True)
class TopicPartition:
    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record as a subscription returns it, with its position and the time it was appended (UTC)."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    appended: datetime


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a group is behind on a topic: the number of uncommitted records, and the age of the oldest."""

    records: int
    seconds: float


OnRevoke = Callable[[frozenset[TopicPartition]], Awaitable[None]]
OnAssign = Callable[[frozenset[TopicPartition]], Awaitable[None]]
REVOKE_SECONDS = 5.0


class Subscription(Protocol):
    """One member of a group. The members share the partitions of its topics. One task uses it."""

    async def fetch(
        self, max_records: int, timeout_seconds: float, skip: Collection[TopicPartition] = ()
    ) -> list[Delivery]:
        """The next records, in order within a partition. Waits up to the time-out for the first one.

        Each record is returned once per assignment; after a crash or revocation, again from the last commit.
        Partitions in `skip` do not advance.
        """
        ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Store the offset of the *next* record to read of each partition. Durable when it returns.

        Ignores offsets of partitions that were revoked meanwhile: their new owner repeats the work.
        """
        ...

    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions that this member owns now."""
        ...

    async def close(self) -> None:
        """Leave the group. Idempotent."""
        ...


class Writer(Protocol):
    """The right to append under a name, until another writer takes that name."""

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        """Like the log's `append`, but all or nothing. Raises Fenced when another writer has taken the name.

        After any failure, take a new writer.
        """
        ...

    async def close(self) -> None:
        """Idempotent."""
        ...


class EventLog(Protocol):
    """Durable topics. Use as an async context manager."""

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        """Append all records or raise. When it returns, they survive a crash of this process and of the machine.

        Raises Unavailable (disk full, no broker): some records may have been appended; append all again.
        Raises RecordError for a record over MAX_RECORD_BYTES or with a key that is not text, before it appends anything.
        """
        ...

    async def writer(self, name: str) -> Writer:
        """Take the name from its holder.

        When this returns, all appends of earlier holders are readable, and they can append no more.
        """
        ...

    async def subscribe(
        self,
        group: str,
        topics: Sequence[str],
        on_revoke: OnRevoke | None = None,
        on_assign: OnAssign | None = None,
    ) -> Subscription:
        """Join a group. A new group begins at the oldest record of the log.

        `on_revoke` is awaited, for REVOKE_SECONDS at most, before partitions go to another member: finish or drop the
        work in progress and commit. Meanwhile these partitions return no records; afterwards their commits are ignored.
        `on_assign` is awaited within `fetch`, before newly assigned partitions return records, even if this member owned
        them before. `fetch` raises its errors, and the next `fetch` calls it again.
        """
        ...

    def read(self, topic: str, *, since: datetime | None = None) -> AsyncIterator[Delivery]:
        """All records from `since` (None: the oldest) to the end as of the first step.

        No group, no commit; in order within a partition, one partition after another.
        """
        ...

    async def lag(self, group: str, topic: str) -> Lag:
        """How far the group is behind; zero on an empty topic."""
        ...

    async def waiting(self, group: str, topic: str) -> list[Delivery]:
        """The group's next record in each partition that has one. Joins no group and creates no topic."""
        ...

    async def seek(self, group: str, topic: str, since: datetime) -> None:
        """Set the group's committed offsets to the first record at or after `since`, or to the end.

        Raises Busy while the group has members, since their commits would overwrite this.
        """
        ...

    async def prune(self) -> int:
        """Drop records older than their topic's retention, read or not; return how many. Kafka's brokers do it themselves."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
