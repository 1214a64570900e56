"""The event log's promise; engines in sqlite.py, kafka.py and memory.py keep it, one contract suite checks them."""

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
    """What is appended. Records of one key stay in order; `headers` carry e.g. W3C traceparent."""

    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


def check(records: Sequence[Record]) -> None:
    """Raise RecordError for the first record that an engine would not take: too large, or a key that is no text."""
    for record in records:
        if len(record.value) > MAX_RECORD_BYTES:
            raise RecordError(
                DeadLetterReason.FAILED,
                f"a record of {len(record.value):,} bytes (key {record.key[:80]!r}); the log takes {MAX_RECORD_BYTES:,}",
            )
        try:
            record.key.encode()
        except UnicodeEncodeError as e:
            raise RecordError(DeadLetterReason.FAILED, f"key {record.key[:80]!r} is no Unicode text") from e


@dataclass(frozen=True, slots=True)
class TopicPartition:
    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record as a subscription hands it out, with its place and the time it was appended (UTC)."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    appended: datetime


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a group is behind on a topic: records not yet committed, and the age of the oldest of them."""

    records: int
    seconds: float


OnRevoke = Callable[[frozenset[TopicPartition]], Awaitable[None]]
OnAssign = Callable[[frozenset[TopicPartition]], Awaitable[None]]
REVOKE_SECONDS = 5.0


class Subscription(Protocol):
    """One member of a group. Partitions of its topics are shared among the group's members. Used by one task."""

    async def fetch(
        self, max_records: int, timeout_seconds: float, skip: Collection[TopicPartition] = ()
    ) -> list[Delivery]:
        """Next records, in order within a partition; waits up to the time-out for the first, then returns what is there.

        A record is handed out once per assignment; after a crash or revocation, again from the last commit.
        Partitions in `skip` are left where they stand.
        """
        ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Store the offset of the *next* record to read of each partition. Durable when it returns.

        Offsets of partitions that were revoked meanwhile are ignored: their new owner repeats the work.
        """
        ...

    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions owned now."""
        ...

    async def close(self) -> None:
        """Leave the group. Idempotent."""
        ...


class Writer(Protocol):
    """The right to append under a name, for as long as nobody else has taken that name."""

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        """As the log's `append`, but all or nothing. Raises Fenced when somebody else has taken the name.

        After any failure a new writer is needed.
        """
        ...

    async def close(self) -> None:
        """Idempotent."""
        ...


class EventLog(Protocol):
    """Durable topics. Use as an async context manager."""

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        """Append all or raise; when it returns the records survive a crash of this process and of the machine.

        Raises Unavailable (disk full, no broker): some may have been appended, none is promised; append them again.
        Raises RecordError for a record over MAX_RECORD_BYTES or with a key that is no text, before anything is appended.
        """
        ...

    async def writer(self, name: str) -> Writer:
        """Take the name from whoever has it.

        When this returns, what earlier holders appended is readable, and nothing of theirs is appended any more.
        """
        ...

    async def subscribe(
        self,
        group: str,
        topics: Sequence[str],
        on_revoke: OnRevoke | None = None,
        on_assign: OnAssign | None = None,
    ) -> Subscription:
        """Join a group; a new group begins at the oldest record kept.

        `on_revoke` is awaited, for REVOKE_SECONDS at most, before partitions go to another member: finish or drop the
        work in hand and commit. Nothing more is handed out of them meanwhile; after it, commits of them are ignored.
        `on_assign` is awaited within `fetch`, before anything of newly assigned partitions is handed out, also when they
        come back; what it raises, `fetch` raises, and the next `fetch` asks again.
        """
        ...

    def read(self, topic: str, *, since: datetime | None = None) -> AsyncIterator[Delivery]:
        """All records from `since` (None: the oldest kept) to the end as it stands at the first step.

        No group, no commit; in order within a partition, one partition after another.
        """
        ...

    async def lag(self, group: str, topic: str) -> Lag:
        """How far the group is behind; nothing is behind on an empty topic."""
        ...

    async def waiting(self, group: str, topic: str) -> list[Delivery]:
        """The record that the group is to be handed next, of each partition where one waits. Joins no group.

        Makes nothing: none wait on a topic that is not there.
        """
        ...

    async def seek(self, group: str, topic: str, since: datetime) -> None:
        """Set the group's committed offsets to the first record at or after `since`, or to the end.

        Raises Busy while the group has members: they would commit over it.
        """
        ...

    async def prune(self) -> int:
        """Drop records older than their topic's retention, read or not; how many. Kafka's brokers do so themselves."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
