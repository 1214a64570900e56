"""The event log's promise; engines in sqlite.py, kafka.py and memory.py keep it, one contract suite checks them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self


@dataclass(frozen=True, slots=True)
class Record:
    """What is appended. Records of one key stay in order; `headers` carry e.g. W3C traceparent."""

    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


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


class Subscription(Protocol):
    """One member of a group. Partitions of its topics are shared among the group's members."""

    async def fetch(self, max_records: int, timeout_seconds: float) -> list[Delivery]:
        """Next records, in order within a partition; waits up to the time-out for the first, then returns what is there.

        A record is handed out once per assignment; after a crash or revocation, again from the last commit.
        """
        ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Store the offset of the *next* record to read of each partition. Durable when it returns.

        Offsets of partitions that were revoked meanwhile are ignored: their new owner repeats the work.
        """
        ...

    def assigned(self) -> frozenset[TopicPartition]:
        """The partitions owned now; work on others that is still under way must not be committed."""
        ...

    async def close(self) -> None:
        """Leave the group. Idempotent."""
        ...


class EventLog(Protocol):
    """Durable topics. Use as an async context manager."""

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        """Append all or raise; when it returns the records survive a crash of this process and of the machine."""
        ...

    async def subscribe(self, group: str, topics: Sequence[str]) -> Subscription:
        """Join a group; a new group begins at the oldest record kept."""
        ...

    def read(self, topic: str, *, since: datetime | None = None) -> AsyncIterator[Delivery]:
        """All records from `since` (None: the oldest kept) to the end as it stands at the call; no group, no commit."""
        ...

    async def lag(self, group: str, topic: str) -> Lag: ...

    async def seek(self, group: str, topic: str, since: datetime) -> None:
        """Set the group's committed offsets to the first record at or after `since`. The group must have no members."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
