"""Consumer groups of the embedded engines: owners of partitions, positions of readers, wake-ups.

Members live in one process and one event loop. When a member joins, the owners of what it gets finish or drop their
work first; a new owner begins at the last commit.
"""

import asyncio
from binascii import crc32
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol

from core.errors import Busy, Fenced
from core.log.log import REVOKE_SECONDS, Delivery, OnAssign, OnRevoke, Record, TopicPartition


def partition_of(key: str, partitions: int) -> int:
    """The same on every machine and in every year, so that records of a key stay in order."""
    return crc32(key.encode()) % partitions


class Storage(Protocol):
    """What an engine keeps for its groups."""

    def partitions(self, topic: str) -> int: ...

    def end(self, place: TopicPartition) -> int:
        """The offset that the next record will have."""
        ...

    async def load(self, place: TopicPartition, offset: int, max_records: int) -> list[Delivery]:
        """Records from `offset` on, or from the oldest kept after it."""
        ...

    async def committed(self, group: str, topic: str) -> Mapping[int, int]: ...

    async def store(self, group: str, offsets: Mapping[TopicPartition, int]) -> None: ...


class Member:
    """A Subscription of an embedded engine."""

    def __init__(
        self,
        groups: "Groups",
        group: str,
        topics: Sequence[str],
        on_revoke: OnRevoke | None,
        on_assign: OnAssign | None,
    ) -> None:
        self._groups = groups
        self.group = group
        self.topics = tuple(topics)
        self._on_revoke = on_revoke
        self._on_assign = on_assign
        self._new: dict[TopicPartition, object] = {}  # assigned and not yet told; a mark of the assignment
        self._positions: dict[TopicPartition, int | None] = {}  # None: not yet looked up
        self._revoking: frozenset[TopicPartition] = frozenset()
        self._turn = 0
        self._wake = asyncio.Event()
        self._closed = False

    async def fetch(
        self, max_records: int, timeout_seconds: float, skip: Collection[TopicPartition] = ()
    ) -> list[Delivery]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_seconds
        while not self._closed:
            self._wake.clear()  # before looking: what is appended while we look wakes us again
            await self._tell_assigned()
            found = await self._take(max_records, skip)
            if found:
                return found
            try:
                async with asyncio.timeout_at(deadline):
                    await self._wake.wait()
            except TimeoutError:
                break
        return []

    async def _tell_assigned(self) -> None:
        while self._new and self._on_assign is not None:
            told = dict(self._new)
            await self._on_assign(frozenset(told))
            self._new = {place: mark for place, mark in self._new.items() if told.get(place) is not mark}

    async def _take(self, max_records: int, skip: Collection[TopicPartition]) -> list[Delivery]:
        """Up to `max_records` out of the owned partitions, beginning with another one every time."""
        places = sorted(self._positions, key=lambda place: (place.topic, place.partition))
        self._turn += 1
        found: list[Delivery] = []
        for i in range(len(places)):
            place = places[(self._turn + i) % len(places)]
            if place not in skip and len(found) < max_records:
                found += await self._take_from(place, max_records - len(found))
        return found

    async def _take_from(self, place: TopicPartition, max_records: int) -> list[Delivery]:
        storage = self._groups.storage
        position = self._positions.get(place)
        if position is None and self._free(place):
            position = (await storage.committed(self.group, place.topic)).get(place.partition, 0)
            if self._free(place):
                self._positions[place] = position
        if position is None or not self._free(place) or position >= storage.end(place):
            return []
        records = await storage.load(place, position, max_records)
        if not records or not self._free(place) or self._positions[place] != position:  # revoked while we read
            return []
        self._positions[place] = records[-1].offset + 1
        return records

    def _free(self, place: TopicPartition) -> bool:
        return place in self._positions and place not in self._revoking and place not in self._new

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        owned = {place: offset for place, offset in offsets.items() if place in self._positions}
        if owned:
            await self._groups.storage.store(self.group, owned)

    def assigned(self) -> frozenset[TopicPartition]:
        return frozenset(self._positions)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._wake.set()
            await self._groups.leave(self)

    async def release(self, places: frozenset[TopicPartition]) -> None:
        """Hand out nothing more of these and let the holder finish."""
        self._revoking = places
        if self._on_revoke is not None and places:
            try:
                async with asyncio.timeout(REVOKE_SECONDS):
                    await self._on_revoke(places)
            except TimeoutError:
                return  # the next owner repeats what was not committed

    def assign(self, places: Collection[TopicPartition]) -> None:
        """Own exactly these from now on."""
        fresh = {place: object() for place in places if place not in self._positions}
        kept = {place: mark for place, mark in self._new.items() if place in places}
        self._new = {} if self._on_assign is None else kept | fresh
        self._positions = {place: self._positions.get(place) for place in places}
        self._revoking = frozenset()
        self._wake.set()

    def wake(self, places: Collection[TopicPartition]) -> None:
        if any(place in self._positions for place in places):
            self._wake.set()


class Groups:
    """All groups of one embedded log."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._members: dict[str, list[Member]] = {}
        self._moving = asyncio.Lock()

    async def join(
        self, group: str, topics: Sequence[str], on_revoke: OnRevoke | None, on_assign: OnAssign | None = None
    ) -> Member:
        member = Member(self, group, topics, on_revoke, on_assign)
        async with self._moving:
            members = [*self._members.get(group, []), member]
            shares = self._shares(members)
            for other, share in zip(members, shares, strict=True):
                await other.release(other.assigned() - share)
            self._settle(group, [m for m in members if m is member or m in self._members[group]])
        return member

    async def leave(self, member: Member) -> None:
        member.assign(())
        members = [other for other in self._members.get(member.group, []) if other is not member]
        self._settle(member.group, members)

    def appended(self, places: Collection[TopicPartition]) -> None:
        """Wake their owners, since no consumer polls."""
        for members in self._members.values():
            for member in members:
                member.wake(places)

    def refuse_members(self, group: str, topic: str) -> None:
        """Raise Busy when someone reads the topic as this group."""
        if any(topic in member.topics for member in self._members.get(group, [])):
            raise Busy(f"group {group!r} is reading topic {topic!r}; stop its stage first, then seek")

    async def close(self) -> None:
        for members in list(self._members.values()):
            for member in list(members):
                await member.close()

    def _settle(self, group: str, members: list[Member]) -> None:
        self._members[group] = members
        for member, share in zip(members, self._shares(members), strict=True):
            member.assign(share)

    def _shares(self, members: Sequence[Member]) -> list[set[TopicPartition]]:
        """What each member is to own: partitions in turn, so that shares differ by one at most."""
        shares: list[set[TopicPartition]] = [set() for _ in members]
        for topic in {topic for member in members for topic in member.topics}:
            readers = [i for i, member in enumerate(members) if topic in member.topics]
            for partition in range(self.storage.partitions(topic)):
                shares[readers[partition % len(readers)]].add(TopicPartition(topic, partition))
        return shares


class Names:
    """Who may append under which name; of an embedded log, whose holders are all in one event loop."""

    def __init__(self) -> None:
        self._holders: dict[str, object] = {}

    def take(
        self, name: str, append: Callable[[str, Sequence[Record], Callable[[], None]], Awaitable[None]]
    ) -> "Holder":
        """`append` calls what it is given last when nothing can come between that and the append."""
        holder = self._holders[name] = Holder(self, name, append)
        return holder

    def check(self, holder: "Holder") -> None:
        """Raise Fenced when somebody else has the name."""
        if self._holders.get(holder.name) is not holder:
            raise Fenced(f"another owner has taken over {holder.name!r}")


class Holder:
    """A Writer of an embedded log."""

    def __init__(
        self,
        names: Names,
        name: str,
        append: Callable[[str, Sequence[Record], Callable[[], None]], Awaitable[None]],
    ) -> None:
        self._names = names
        self.name = name
        self._append = append

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        await self._append(topic, records, lambda: self._names.check(self))

    async def close(self) -> None:
        return
