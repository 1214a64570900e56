"""What a log keeps is taken to another one, in its order, and each group goes on where it was."""

from pathlib import Path

import pytest

from core.clock import SystemClock
from core.errors import UserError
from core.log.log import Delivery, EventLog, Record, TopicPartition
from core.log.memory import MemoryLog
from core.log.moving import move_topic
from core.log.sqlite import SqliteLog
from core.log.topics import MATCHES

GROUP = "alert"


async def _fill(log: EventLog, number: int) -> None:
    await log.append(MATCHES.name, [Record(f"rule-{one % 5}", str(one).encode()) for one in range(number)])


async def _all(log: EventLog) -> list[Delivery]:
    return [one async for one in log.read(MATCHES.name)]


async def _done(log: EventLog, number: int) -> set[bytes]:
    """Let the group do some; which."""
    member = await log.subscribe(GROUP, [MATCHES.name])
    found: list[Delivery] = []
    while len(found) < number:
        found += await member.fetch(number - len(found), 1)
    await member.commit({TopicPartition(one.topic, one.partition): one.offset + 1 for one in found})
    await member.close()
    return {one.value for one in found}


async def test_every_record_goes_over_once_and_what_was_not_done_is_still_to_do(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path) as source, MemoryLog(SystemClock()) as target:
        await _fill(source, 50)
        done = await _done(source, 20)
        moved = await move_topic(source, target, MATCHES, GROUP)
        assert (moved.records, moved.copied, moved.waiting_before) == (50, 50, 30)
        assert moved.waiting_after >= 30
        there = await _all(target)
        for key in {one.key for one in there}:
            mine = [int(one.value) for one in there if one.key == key]
            assert mine == sorted(mine)
        member = await target.subscribe(GROUP, [MATCHES.name])
        left: set[bytes] = set()
        while fetched := await member.fetch(100, 0.2):
            left |= {one.value for one in fetched}
        await member.close()
        assert {str(one).encode() for one in range(50)} - done <= left
        again = await move_topic(source, target, MATCHES, GROUP)
        assert (again.records, again.copied) == (50, 0)
        assert len(await _all(target)) == 50


async def test_a_log_in_use_takes_nothing(tmp_path: Path) -> None:
    async with SqliteLog(tmp_path) as source, MemoryLog(SystemClock()) as target:
        await _fill(source, 3)
        await target.append(MATCHES.name, [Record("k", b"of its own")])
        with pytest.raises(UserError, match="has records of its own"):
            await move_topic(source, target, MATCHES, GROUP)
        assert len(await _all(target)) == 1
