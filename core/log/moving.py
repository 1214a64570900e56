"""Takes what a log keeps to another one: every record under its key and in its order, and how far each group has come.

Each record carries where it stood before, so that a move that was killed goes on where it ended. Where the other log spreads
keys differently over its partitions, some records that a group had done are done again; ids are derived, so that changes
nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import Unavailable, UserError
from core.log.log import EventLog, Record, TopicPartition
from core.log.topics import Topic

FROM = "moved-from"  # the header: PARTITION/OFFSET
_BATCH_RECORDS, _BATCH_BYTES = 500, 4 * 1024 * 1024
_ASSIGN_TRIES = 120
_HEADER_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Moved:
    """`records`: of the topic; `copied`: of those, now. `waiting`: what its group has still to do, before and after."""

    topic: str
    records: int
    copied: int
    waiting_before: int
    waiting_after: int


async def move_topic(source: EventLog, target: EventLog, topic: Topic, group: str) -> Moved:
    """Raises UserError where the target's topic has records of its own."""
    there = await _there(target, topic.name)
    total = copied = size = 0
    batch: list[Record] = []
    async for one in source.read(topic.name):
        total += 1
        if (one.partition, one.offset) in there:
            continue
        batch.append(Record(one.key, one.value, (*one.headers, (FROM, f"{one.partition}/{one.offset}".encode()))))
        size += len(one.value)
        if len(batch) >= _BATCH_RECORDS or size >= _BATCH_BYTES:
            await target.append(topic.name, batch)
            copied, batch, size = copied + len(batch), [], 0
    await target.append(topic.name, batch)
    copied += len(batch)
    before = (await source.lag(group, topic.name)).records
    await _commit(source, target, topic.name, group)
    after = (await target.lag(group, topic.name)).records
    return Moved(topic.name, total, copied, before, after)


async def _there(target: EventLog, topic: str) -> set[tuple[int, int]]:
    found = set()
    async for one in target.read(topic):
        place = _place(one.headers)
        if place is None:
            raise UserError(
                f"topic {topic!r} of the other log has records of its own; name a cluster or a prefix without any"
            )
        found.add(place)
    return found


async def _commit(source: EventLog, target: EventLog, topic: str, group: str) -> None:
    """Before the first record of each partition that the group has not done."""
    left = {one.partition: one.offset for one in await source.waiting(group, topic)}
    offsets: dict[TopicPartition, int] = {}
    waits: set[TopicPartition] = set()
    async for one in target.read(topic):
        where, place = TopicPartition(topic, one.partition), _place(one.headers)
        if place is None or where in waits:
            continue
        done = place[0] not in left or place[1] < left[place[0]]
        offsets[where] = one.offset + 1 if done else one.offset
        if not done:
            waits.add(where)
    if offsets:
        await _commit_as(target, group, topic, offsets)


async def _commit_as(target: EventLog, group: str, topic: str, offsets: Mapping[TopicPartition, int]) -> None:
    member = await target.subscribe(group, [topic])
    try:
        for _ in range(_ASSIGN_TRIES):
            await member.fetch(1, 0.5)
            if offsets.keys() <= member.assigned():
                await member.commit(offsets)
                return
        raise Unavailable(
            f"the group {group!r} has other members, or its coordinator gives us no partition of {topic!r}"
        )
    finally:
        await member.close()


def _place(headers: tuple[tuple[str, bytes], ...]) -> tuple[int, int] | None:
    for name, value in headers:
        if name == FROM and len(value) < _HEADER_LIMIT:
            partition, _, offset = value.decode("ascii", "replace").partition("/")
            if partition.isdigit() and offset.isdigit():
                return int(partition), int(offset)
    return None
