"""What the event log promises, on every engine."""

import asyncio
import itertools
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import Busy, Fenced, RecordError, Unavailable
from core.log.log import MAX_RECORD_BYTES, Delivery, EventLog, Lag, OnAssign, Record, Subscription, TopicPartition
from tests.contract.log_engines import MOMENT, PARTITIONS, Engine, make_engine

LONG = 20.0  # seconds that nothing should ever take; a hang fails instead of blocking the suite


@pytest.fixture(params=["memory", "sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    where = str(request.getfixturevalue("kafka_bootstrap")) if request.param == "kafka" else str(tmp_path)
    return make_engine(request.param, where)


@pytest.fixture
async def log(engine: Engine) -> AsyncIterator[EventLog]:
    async with engine.log() as opened:
        yield opened


def numbered(count: int, keys: int = 20, start: int = 0) -> list[Record]:
    return [Record(f"key-{i % keys}", str(i).encode()) for i in range(start, start + count)]


def numbers(deliveries: Iterable[Delivery]) -> list[int]:
    return [int(delivery.value) for delivery in deliveries]


def next_offsets(deliveries: Iterable[Delivery]) -> dict[TopicPartition, int]:
    return {TopicPartition(d.topic, d.partition): d.offset + 1 for d in deliveries}


async def take(subscription: Subscription, count: int) -> list[Delivery]:
    """Exactly `count` records."""
    found: list[Delivery] = []
    async with asyncio.timeout(LONG):
        while len(found) < count:
            found += await subscription.fetch(count - len(found), 1.0)
    return found


async def everything(log: EventLog, topic: str) -> list[Delivery]:
    return [delivery async for delivery in log.read(topic)]


async def test_records_of_one_key_stay_in_order(engine: Engine, log: EventLog) -> None:
    for start in range(0, 300, 60):
        await log.append(engine.topic, numbered(60, start=start))
    found = await take(await log.subscribe("g", [engine.topic]), 300)
    by_key: dict[str, list[int]] = defaultdict(list)
    for delivery in found:
        by_key[delivery.key].append(int(delivery.value))
    assert sorted(numbers(found)) == list(range(300))
    assert all(values == sorted(values) for values in by_key.values())
    assert len({delivery.partition for delivery in found}) > 1, "keys spread over partitions"


async def test_offsets_count_up_within_a_partition(engine: Engine, log: EventLog) -> None:
    await log.append(engine.single, numbered(5))
    await log.append(engine.single, numbered(5))
    found = await everything(log, engine.single)
    assert [delivery.offset for delivery in found] == list(range(10))
    assert all(earlier.appended <= later.appended for earlier, later in itertools.pairwise(found))


async def test_appends_of_many_at_once_all_arrive(engine: Engine, log: EventLog) -> None:
    async with asyncio.TaskGroup() as tasks:
        for i in range(40):
            tasks.create_task(log.append(engine.topic, numbered(5, start=i * 5)))
    assert sorted(numbers(await everything(log, engine.topic))) == list(range(200))


async def test_an_empty_append_is_nothing(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, [])
    assert await everything(log, engine.topic) == []


async def test_key_value_and_headers_arrive_as_they_were(engine: Engine, log: EventLog) -> None:
    record = Record(
        "북한.example", b"\x00\xff" * 10, (("traceparent", b"00-1-2-01"), ("empty", b""), ("ключ", b"\xff"))
    )
    await log.append(engine.topic, [record, Record("", b"")])
    found = {delivery.key: delivery for delivery in await everything(log, engine.topic)}
    assert Record(found[record.key].key, found[record.key].value, found[record.key].headers) == record
    assert found[""].value == b""


@pytest.mark.parametrize("size", [1_000_000, MAX_RECORD_BYTES])
async def test_large_records_pass(engine: Engine, log: EventLog, size: int) -> None:
    await log.append(engine.topic, [Record("large", b"x" * size), Record("small", b"y")])
    found = await take(await log.subscribe("g", [engine.topic]), 2)
    assert sorted(len(delivery.value) for delivery in found) == [1, size]


async def test_a_record_that_is_too_large_is_refused_and_nothing_of_its_batch_appended(
    engine: Engine, log: EventLog
) -> None:
    with pytest.raises(RecordError, match=f"{MAX_RECORD_BYTES:,}"):
        await log.append(engine.topic, [Record("a", b"1"), Record("b", b"x" * (MAX_RECORD_BYTES + 1))])
    assert await everything(log, engine.topic) == []


async def test_a_key_that_is_no_text_is_refused(engine: Engine, log: EventLog) -> None:
    with pytest.raises(RecordError, match="not Unicode text"):
        await log.append(engine.topic, [Record("\ud800", b"1")])


async def test_a_new_group_begins_at_the_oldest_record(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, numbered(10))
    for group in ("one", "two"):
        found = await take(await log.subscribe(group, [engine.topic]), 10)
        assert sorted(numbers(found)) == list(range(10))


async def test_a_record_is_handed_out_once_while_assigned(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, numbered(10))
    subscription = await log.subscribe("g", [engine.topic])
    await take(subscription, 10)
    assert await subscription.fetch(10, 0.05) == []


async def test_uncommitted_records_come_again_and_committed_ones_do_not(engine: Engine, log: EventLog) -> None:
    await log.append(engine.single, numbered(10))
    first = await log.subscribe("g", [engine.single])
    found = await take(first, 10)
    await first.commit({TopicPartition(engine.single, 0): found[3].offset + 1})
    await first.close()
    again = await log.subscribe("g", [engine.single])
    assert numbers(await take(again, 6)) == [4, 5, 6, 7, 8, 9]


async def test_commits_and_records_survive_the_log_being_closed(engine: Engine) -> None:
    async with engine.log() as log:
        await log.append(engine.single, numbered(4))
        subscription = await log.subscribe("g", [engine.single])
        await subscription.commit(next_offsets((await take(subscription, 4))[:2]))
    async with engine.log() as log:
        await log.append(engine.single, numbered(2, start=4))
        assert numbers(await take(await log.subscribe("g", [engine.single]), 4)) == [2, 3, 4, 5]
        assert [delivery.offset for delivery in await everything(log, engine.single)] == [0, 1, 2, 3, 4, 5]


async def test_members_of_a_group_share_the_partitions(engine: Engine, log: EventLog) -> None:
    first = await log.subscribe("g", [engine.topic])
    second = await log.subscribe("g", [engine.topic])
    await log.append(engine.topic, numbered(200, keys=100))
    async with asyncio.timeout(LONG):
        mine: list[Delivery] = []
        yours: list[Delivery] = []
        while len(mine) + len(yours) < 200:
            mine += await first.fetch(100, 0.1)
            yours += await second.fetch(100, 0.1)
    assert sorted(numbers(mine + yours)) == list(range(200))
    assert {d.partition for d in mine}.isdisjoint({d.partition for d in yours})
    assert len(first.assigned()) == len(second.assigned()) == PARTITIONS // 2
    assert first.assigned().isdisjoint(second.assigned())


async def test_what_a_leaving_member_had_goes_to_the_others(engine: Engine, log: EventLog) -> None:
    first = await log.subscribe("g", [engine.topic])
    second = await log.subscribe("g", [engine.topic])
    await second.close()
    async with asyncio.timeout(LONG):
        while len(first.assigned()) < PARTITIONS:  # a broker tells the others with the next heartbeat
            await first.fetch(1, 0.1)
    await log.append(engine.topic, numbered(50, keys=50))
    assert sorted(numbers(await take(first, 50))) == list(range(50))
    assert len(first.assigned()) == PARTITIONS


async def test_closing_a_member_twice_is_nothing(engine: Engine, log: EventLog) -> None:
    subscription = await log.subscribe("g", [engine.topic])
    await subscription.close()
    await subscription.close()
    assert await subscription.fetch(1, 0.01) == []


async def test_before_partitions_move_the_work_in_hand_is_finished_and_committed(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, numbered(40, keys=40))
    in_hand: list[Delivery] = []
    revoked: list[frozenset[TopicPartition]] = []

    async def finish(places: frozenset[TopicPartition]) -> None:
        revoked.append(places)
        await first.commit(next_offsets(in_hand))

    first = await log.subscribe("g", [engine.topic], finish)
    in_hand += await take(first, 40)
    second = await log.subscribe("g", [engine.topic])
    await log.append(engine.topic, numbered(40, keys=40, start=40))
    async with asyncio.timeout(LONG):
        later: list[Delivery] = []
        while len(later) < 40:
            later += await first.fetch(40, 0.1) + await second.fetch(40, 0.1)
    assert revoked, "the owner was asked"
    assert sorted(numbers(later)) == list(range(40, 80)), "what was finished was not handed out again"


async def test_a_commit_of_a_partition_that_was_revoked_is_ignored(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, numbered(40, keys=40))
    first = await log.subscribe("g", [engine.topic])
    had = await take(first, 40)
    second = await log.subscribe("g", [engine.topic])
    async with asyncio.timeout(LONG):
        while len(second.assigned()) < PARTITIONS // 2 or len(first.assigned()) != PARTITIONS // 2:
            await first.fetch(1, 0.1, first.assigned())
    gone = [d for d in had if TopicPartition(d.topic, d.partition) in second.assigned()]
    await first.commit(next_offsets(gone))
    assert sorted(numbers(await take(second, len(gone)))) == sorted(numbers(gone)), "the new owner repeats the work"


async def test_an_owner_is_told_of_its_partitions_before_anything_of_them_is_handed_out(
    engine: Engine, log: EventLog
) -> None:
    events: list[str] = []

    async def assigned(places: frozenset[TopicPartition]) -> None:
        events.append(f"assigned {len(places)}")
        await asyncio.sleep(0.05)

    await log.append(engine.single, numbered(3))
    first = await log.subscribe("g", [engine.single], None, assigned)
    assert numbers(await take(first, 3)) == [0, 1, 2]
    assert events == ["assigned 1"]
    assert await first.fetch(1, 0.05) == []
    assert events == ["assigned 1"], "once for each assignment"
    await first.close()
    second = await log.subscribe("g", [engine.single], None, assigned)
    assert numbers(await take(second, 3)) == [0, 1, 2]
    assert events == ["assigned 1"] * 2


async def test_an_owner_that_gets_its_partition_back_is_told_again(engine: Engine, log: EventLog) -> None:
    told: list[str] = []

    def telling(name: str) -> OnAssign:
        async def assigned(_: frozenset[TopicPartition]) -> None:
            told.append(name)

        return assigned

    members = {}
    async with asyncio.timeout(60):
        for turn in range(3):
            members["a"] = await log.subscribe("g", [engine.single], None, telling("a"))
            while not members["a"].assigned() or told.count("a") <= turn:
                await members["a"].fetch(1, 0.05)
            members["b"] = await log.subscribe("g", [engine.single], None, telling("b"))
            await members["a"].close()
            while not members["b"].assigned() or told.count("b") <= turn:
                await members["b"].fetch(1, 0.05)
            await members["b"].close()
    found = [name for name, _ in itertools.groupby(told)]
    assert found == ["a", "b"] * 3


async def test_what_telling_an_owner_raises_is_raised_by_its_fetch_and_it_is_told_again(
    engine: Engine, log: EventLog
) -> None:
    tries = itertools.count()

    async def assigned(_: frozenset[TopicPartition]) -> None:
        if next(tries) == 0:
            raise Unavailable("cannot catch up")

    await log.append(engine.single, numbered(1))
    member = await log.subscribe("g", [engine.single], None, assigned)

    async def first_words() -> None:
        async with asyncio.timeout(LONG):
            while True:
                assert await member.fetch(1, 0.1) == []

    with pytest.raises(Unavailable, match="catch up"):
        await first_words()
    assert numbers(await take(member, 1)) == [0]


async def test_a_name_belongs_to_whoever_took_it_last(engine: Engine, log: EventLog) -> None:
    old = await log.writer(engine.single)
    await old.append(engine.topic, numbered(10, keys=10))
    new = await log.writer(engine.single)
    assert sorted(numbers(await everything(log, engine.topic))) == list(range(10)), "readable when the name is taken"
    with pytest.raises(Fenced):
        await old.append(engine.topic, numbered(10, keys=10, start=10))
    await new.append(engine.topic, numbered(10, keys=10, start=20))
    other = await log.writer(f"{engine.single}-other")
    await other.append(engine.topic, numbered(1, start=99))
    await new.append(engine.topic, numbered(1, start=30))
    expected = [*range(10), *range(20, 31), 99]
    assert sorted(numbers(await everything(log, engine.topic))) == expected
    subscription = await log.subscribe("g", [engine.topic])
    found = await take(subscription, len(expected))
    assert sorted(numbers(found)) == expected
    await subscription.commit(next_offsets(found))
    assert await log.lag("g", engine.topic) == Lag(0, 0.0)
    for writer in (old, new, other):
        await writer.close()
        await writer.close()


async def test_a_waiting_member_is_woken_by_an_append(engine: Engine, log: EventLog) -> None:
    subscription = await log.subscribe("g", [engine.topic])
    async with asyncio.timeout(LONG), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(subscription.fetch(10, 60.0))
        await asyncio.sleep(0)
        await log.append(engine.topic, numbered(1))
    assert numbers(waiting.result()) == [0]


async def test_a_fetch_returns_with_nothing_when_its_time_is_over(engine: Engine, log: EventLog) -> None:
    subscription = await log.subscribe("g", [engine.topic])
    async with asyncio.timeout(LONG):
        assert await subscription.fetch(10, 0.05) == []


async def test_skipped_partitions_stay_where_they_are(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, numbered(80, keys=40))
    subscription = await log.subscribe("g", [engine.topic])
    skipped = {place for place in subscription.assigned() if place.partition < 2}
    before: list[Delivery] = []
    async with asyncio.timeout(LONG):
        while found := await subscription.fetch(80, 1.0, skipped):
            before += found
    after = await take(subscription, 80 - len(before))
    assert {d.partition for d in before} == {2, 3}
    assert {d.partition for d in after} == {0, 1}
    assert sorted(numbers(before + after)) == list(range(80))
    assert await subscription.fetch(10, 0.05, subscription.assigned()) == []


async def test_lag_counts_what_is_not_committed_and_how_old_it_is(engine: Engine, log: EventLog) -> None:
    assert await log.lag("g", engine.topic) == Lag(0, 0.0)
    await log.append(engine.topic, numbered(10))
    engine.let_pass(30)
    lag = await log.lag("g", engine.topic)
    assert lag.records == 10
    assert lag.seconds == 30 if engine.clock else 0 <= lag.seconds < LONG
    subscription = await log.subscribe("g", [engine.topic])
    found = await take(subscription, 10)
    assert (await log.lag("g", engine.topic)).records == 10, "handed out is not yet committed"
    await subscription.commit(next_offsets(found))
    assert await log.lag("g", engine.topic) == Lag(0, 0.0)
    await log.append(engine.topic, numbered(3))
    assert (await log.lag("g", engine.topic)).records == 3


async def test_seek_takes_a_group_to_a_time(engine: Engine, log: EventLog) -> None:
    await log.append(engine.single, numbered(5))
    await _next_moment(engine)
    await log.append(engine.single, numbered(5, start=5))
    found = await everything(log, engine.single)
    subscription = await log.subscribe("g", [engine.single])
    await subscription.commit(next_offsets(await take(subscription, 10)))
    with pytest.raises(Busy, match="'g'"):
        await log.seek("g", engine.single, found[5].appended)
    await subscription.close()
    for since, expected in (
        (found[5].appended, [5, 6, 7, 8, 9]),
        (found[0].appended - timedelta(hours=1), list(range(10))),
    ):
        await log.seek("g", engine.single, since)
        subscription = await log.subscribe("g", [engine.single])
        assert numbers(await take(subscription, len(expected))) == expected
        await subscription.close()
    await log.seek("g", engine.single, found[9].appended + MOMENT)
    assert (await log.lag("g", engine.single)).records == 0


async def test_read_gives_everything_or_what_came_since(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, numbered(300, keys=50))
    await _next_moment(engine)
    await log.append(engine.topic, numbered(10, keys=50, start=300))
    found = await everything(log, engine.topic)
    assert sorted(numbers(found)) == list(range(310))
    since = min(d.appended for d in found if numbers([d])[0] >= 300)
    assert sorted(numbers([d async for d in log.read(engine.topic, since=since)])) == list(range(300, 310))
    after = max(d.appended for d in found) + MOMENT
    assert [d async for d in log.read(engine.topic, since=after)] == []


async def test_read_ends_where_the_topic_ended_when_it_began(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, numbered(20))
    found: list[Delivery] = []
    async for delivery in log.read(engine.topic):
        if not found:
            await log.append(engine.topic, numbered(5, start=20))
        found.append(delivery)
    assert sorted(numbers(found)) == list(range(20))


async def test_a_topic_that_nobody_declared_can_be_used(engine: Engine, log: EventLog) -> None:
    topic = f"shadow-{engine.single}"
    assert (await log.lag("g", topic)).records == 0
    await log.append(topic, numbered(3))
    assert numbers(await take(await log.subscribe("g", [topic]), 3)) == [0, 1, 2]


async def test_a_closed_log_refuses_appends_and_ends_waiting_members(engine: Engine) -> None:
    async with asyncio.timeout(LONG), asyncio.TaskGroup() as tasks, engine.log() as log:
        subscription = await log.subscribe("g", [engine.topic])
        waiting = tasks.create_task(_fetch_or_unavailable(subscription))
        await asyncio.sleep(0)
    assert waiting.result() == []
    with pytest.raises(Unavailable, match="closed"):
        await log.append(engine.topic, numbered(1))


async def test_appends_under_way_when_the_log_closes_are_acknowledged_or_refused(engine: Engine) -> None:
    acknowledged: list[int] = []

    async def append(number: int, log: EventLog) -> None:
        try:
            await log.append(engine.topic, numbered(1, start=number))
        except Unavailable:
            return
        acknowledged.append(number)

    async with asyncio.timeout(LONG), asyncio.TaskGroup() as tasks, engine.log() as log:
        await log.append(engine.topic, numbered(1, start=1000))
        for number in range(50):
            tasks.create_task(append(number, log))
        await asyncio.sleep(0)
    async with engine.log() as log:
        assert set(acknowledged) <= set(numbers(await everything(log, engine.topic)))


async def test_records_past_their_retention_are_dropped_and_readers_go_on(engine: Engine, log: EventLog) -> None:
    if engine.name == "kafka":
        assert await log.prune() == 0, "brokers drop records themselves, by retention.ms"
        return
    await log.append(engine.single, numbered(1200, keys=3))
    engine.let_pass(23 * 3600)
    await log.append(engine.single, numbered(2, start=1200))
    assert await log.prune() == 0
    engine.let_pass(2 * 3600)
    assert await log.prune() == 1200
    subscription = await log.subscribe("g", [engine.single])
    assert numbers(await take(subscription, 2)) == [1200, 1201]
    assert (await log.lag("g", engine.single)).records == 2
    engine.let_pass(48 * 3600)
    assert await log.prune() == 2
    assert await log.lag("g", engine.single) == Lag(0, 0.0)
    await log.append(engine.single, numbered(1, start=7))
    (found,) = await take(subscription, 1)
    assert (found.offset, found.value) == (1202, b"7"), "offsets are never given twice"


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)], indirect=True)
async def test_what_was_acknowledged_survives_kill_9(engine: Engine) -> None:
    with _process(engine, "append") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(200)]
        process.kill()
        acknowledged = [int(line) for line in lines + process.stdout.read().splitlines() if line.strip().isdigit()]
    async with engine.log() as log:
        found = numbers(await everything(log, engine.topic))
    assert set(acknowledged) <= set(found)
    assert len(found) == len(set(found))


async def test_what_waits_for_a_group_is_shown_without_joining_it(engine: Engine, log: EventLog) -> None:
    assert await log.waiting("g", "a-topic-that-nobody-made") == []
    await log.append(engine.single, numbered(3))
    await log.append(engine.topic, numbered(60))
    subscription = await log.subscribe("g", [engine.single])
    [first, *_] = await take(subscription, 3)
    assert numbers(await log.waiting("g", engine.single)) == [0], "not committed yet"
    await subscription.commit(next_offsets([first]))
    [waiting] = await log.waiting("g", engine.single)
    assert (waiting.topic, waiting.partition, waiting.offset) == (engine.single, 0, 1)
    assert subscription.assigned() == {TopicPartition(engine.single, 0)}, "nobody joined beside it"
    await subscription.commit({TopicPartition(engine.single, 0): 3})
    assert await log.waiting("g", engine.single) == []
    many = await log.waiting("g", engine.topic)
    assert {one.partition: one.offset for one in many} == dict.fromkeys(range(PARTITIONS), 0)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)], indirect=True)
async def test_what_a_killed_consumer_had_not_committed_goes_to_the_next(engine: Engine) -> None:
    async with engine.log() as log:
        await log.append(engine.single, numbered(10))
    with _process(engine, "consume") as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"5"
        process.kill()
    async with engine.log() as log:
        subscription = await log.subscribe("killed", [engine.single])
        assert numbers(await take(subscription, 5)) == [5, 6, 7, 8, 9]


def _process(engine: Engine, task: str) -> subprocess.Popen[bytes]:
    script = str(Path(__file__).with_name("log_process.py"))
    return subprocess.Popen(
        [sys.executable, script, task, engine.name, engine.where, engine.topic, engine.single], stdout=subprocess.PIPE
    )


async def _fetch_or_unavailable(subscription: Subscription) -> list[Delivery]:
    try:
        return await subscription.fetch(1, 60.0)
    except Unavailable:
        return []


async def _next_moment(engine: Engine) -> None:
    """Later appends get a later time: the real clock of a broker ticks in milliseconds."""
    engine.let_pass(60)
    if engine.clock is None:
        await asyncio.sleep(0.05)
