"""The consume loop: at least once, in order per key, bad records aside, bad code stopped."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from core.errors import RecordError, StageBroken, Unavailable, UpgradeFirst
from core.log.consumer import Consumed, Options, Output, Progress, consume_batches, consume_each
from core.log.failures import FailureLimit
from core.log.log import MAX_RECORD_BYTES, Record, TopicPartition
from core.log.memory import MemoryLog
from core.model.codec import decode, encode
from core.model.deadletter import DeadLetter
from core.model.outcome import DeadLetterReason
from core.model.source import Source
from tests.fakes.running import running, until

NOW = datetime(2026, 3, 2, tzinfo=UTC)
IN, OUT, ONE = "entries", "matches", "articles"  # eight partitions, eight, one


def source(number: int, name: str = "") -> Source:
    return Source(source_id=str(number), name=name, url="https://news.example/feed")


def records(numbers: Sequence[int], keys: int = 5) -> list[Record]:
    return [Record(f"host-{number % keys}", encode(source(number))) for number in numbers]


async def letters(log: MemoryLog) -> list[DeadLetter]:
    return [decode(delivery.value, DeadLetter) async for delivery in log.read("deadletter")]


async def outputs(log: MemoryLog) -> list[int]:
    return sorted([int(decode(delivery.value, Source).source_id) async for delivery in log.read(OUT)])


async def pass_on(batch: Sequence[Source]) -> list[Output]:
    return [Output(OUT, one.source_id, one) for one in batch]


async def pass_one_on(one: Source) -> list[Output]:
    return await pass_on([one])


class Stopwatched(MemoryLog):
    """Writes down what happens to it, and can be told to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[str] = []
        self.commits: dict[TopicPartition, int] = {}
        self.full: set[str] = set()

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        if topic in self.full:
            raise Unavailable("disk full")
        self.events.append(f"append {topic} {len(records)}")
        await super().append(topic, records)

    async def store(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        self.events.append("commit")
        self.commits.update(offsets)
        await super().store(group, offsets)


# batches


async def test_a_batch_is_handled_appended_and_then_committed() -> None:
    log = Stopwatched()
    await log.append(ONE, records(range(10)))
    done: list[Consumed[Source]] = []
    progress: list[Progress] = []
    work = consume_batches(
        log, group="g", topic=ONE, record_type=Source, handle=pass_on, on_committed=done.extend,
        options=Options(on_progress=progress.append),
    )  # fmt: skip
    async with running(work):
        await until(lambda: len(done) == 10)
    assert log.events == ["append articles 10", "append matches 10", "commit"]
    assert await outputs(log) == list(range(10))
    assert [one.record for one in done] == [source(number) for number in range(10)]
    assert [(one.topic, one.records) for one in progress] == [(ONE, 10)]
    assert (await log.lag("g", ONE)).records == 0


async def test_nothing_is_committed_when_the_results_cannot_be_appended() -> None:
    log = Stopwatched()
    await log.append(ONE, records(range(3)))
    log.full.add(OUT)
    with pytest.raises(Unavailable, match="disk full"):
        await consume_batches(log, group="g", topic=ONE, record_type=Source, handle=pass_on)
    assert (await log.lag("g", ONE)).records == 3
    log.full.clear()
    async with running(consume_batches(log, group="g", topic=ONE, record_type=Source, handle=pass_on)):
        await until(lambda: log.commits.get(TopicPartition(ONE, 0)) == 3)
    assert await outputs(log) == [0, 1, 2]


async def test_one_bad_record_is_found_and_set_aside_and_its_batch_goes_on() -> None:
    log = Stopwatched()
    await log.append(ONE, [*records(range(5)), Record("junk", b"\xff not json"), *records(range(5, 10))])
    reasons: list[DeadLetterReason] = []
    sizes: list[int] = []

    async def handle(batch: Sequence[Source]) -> list[Output]:
        sizes.append(len(batch))
        if any(one.source_id == "3" for one in batch):
            raise RecordError("bad_url", "no host")
        if any(one.source_id == "7" for one in batch):
            raise ZeroDivisionError("7")
        return await pass_on(batch)

    work = consume_batches(
        log, group="g", topic=ONE, record_type=Source, handle=handle, options=Options(on_dead_letter=reasons.append)
    )
    async with running(work):
        await until(lambda: log.commits.get(TopicPartition(ONE, 0)) == 11)
    assert sizes == [10] + [1] * 10
    assert await outputs(log) == [0, 1, 2, 4, 5, 6, 8, 9]
    found = {letter.offset: letter for letter in await letters(log)}
    assert {offset: letter.reason.value for offset, letter in found.items()} == {
        5: "unreadable", 3: "failed", 8: "failed",
    }  # fmt: skip
    assert found[5].original() == b"\xff not json"
    assert found[5].key == "junk"
    assert found[3].detail == "no host"
    assert found[8].detail == "ZeroDivisionError: 7"
    assert sorted(reasons) == ["failed", "failed", "unreadable"]


async def test_an_error_that_is_not_the_records_fault_goes_to_the_supervisor() -> None:
    for error in (Unavailable("database"), ConnectionResetError("gone"), ExceptionGroup("", [OSError("disk")])):
        log = Stopwatched()
        await log.append(ONE, records(range(3)))

        async def handle(_: Sequence[Source], error: Exception = error) -> list[Output]:
            raise error

        with pytest.raises(type(error)):
            await consume_batches(log, group="g", topic=ONE, record_type=Source, handle=handle)
        assert await letters(log) == []
        assert (await log.lag("g", ONE)).records == 3


async def test_when_most_records_fail_nothing_more_is_set_aside() -> None:
    log = Stopwatched()
    await log.append(ONE, records(range(50)))
    options = Options()

    async def handle(_: Sequence[Source]) -> list[Output]:
        raise KeyError("bad release")

    for _ in range(2):  # a restart does not change that
        with pytest.raises(StageBroken, match="bad release"):
            await consume_batches(log, group="g", topic=ONE, record_type=Source, handle=handle, options=options)
    assert await letters(log) == []
    assert (await log.lag("g", ONE)).records == 50


@pytest.mark.parametrize("each", [False, True])
async def test_a_record_of_a_later_release_waits_for_the_upgrade_and_is_not_set_aside(*, each: bool) -> None:
    log = Stopwatched()
    await log.append(ONE, [Record("k", b'{"v":999,"t":"source","d":{}}')])

    async def consume() -> None:
        if each:
            await consume_each(log, group="g", topic=ONE, record_type=Source, handle=pass_one_on)
        else:
            await consume_batches(log, group="g", topic=ONE, record_type=Source, handle=pass_on)

    for _ in range(2):  # a restart does not change that
        with pytest.raises(UpgradeFirst, match=r"record 0 of .*/0 is of a later release .* upgrade this process first"):
            await consume()
    assert await letters(log) == []
    assert (await log.lag("g", ONE)).records == 1


async def test_one_sources_bad_records_are_no_bad_code_and_others_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A thousand records of one publisher that the code raises on, beside those of others."""
    log = Stopwatched()
    options = Options(origins_of=lambda one: [one.name])
    await log.append(ONE, [Record("k", encode(source(0, "Good"))), Record("k", encode(source(1, "Fine")))])
    await log.append(ONE, [Record("k", encode(source(number, "Bad"))) for number in range(2, 1002)])
    await log.append(ONE, [Record("k", encode(source(number, "Good"))) for number in range(1002, 1012)])

    async def handle(one: Source) -> list[Output]:
        if one.name == "Bad":
            raise OverflowError("a date in the year 10^20")
        return [Output(OUT, one.source_id, one)]

    async with running(consume_each(log, group="g", topic=ONE, record_type=Source, handle=handle, options=options)):
        await until(lambda: log.commits.get(TopicPartition(ONE, 0)) == 1012)
    assert await outputs(log) == [0, 1, *range(1002, 1012)]
    assert len(await letters(log)) == 1000
    told = [line for line in capsys.readouterr().out.splitlines() if "OverflowError" in line]
    assert sum("│" not in line and "record_failed" not in line and "detail=" not in line for line in told) <= 2, (
        "one traceback is enough"
    )


def fail_often(limit: FailureLimit, *origins: str, times: int = 100) -> None:
    for _ in range(times):
        limit.failed(origins, "x")


def test_neither_one_source_nor_two_are_bad_code() -> None:
    limit = FailureLimit()
    fail_often(limit, "a", times=1000)
    fail_often(limit, "b", times=1000)
    with pytest.raises(StageBroken, match="3 of 3 sources"):
        fail_often(limit, "c")


def test_the_limit_lets_a_minority_of_the_sources_fail_and_remembers_the_others() -> None:
    limit = FailureLimit()
    for number in range(10):
        limit.passed([f"good {number}"])
    for number in range(10):
        fail_often(limit, f"bad {number}")
    with pytest.raises(StageBroken, match="11 of 21 sources"):
        fail_often(limit, "one more")
    for number in range(10):
        for _ in range(7):
            limit.passed([f"bad {number}"])
    limit.failed(["one more"], "x")


def test_a_source_of_many_good_records_may_have_bad_ones() -> None:
    limit = FailureLimit()
    for _ in range(500):
        for name in "abcd":
            limit.failed([name], "x")
            limit.passed([name])
            limit.passed([name])


def test_one_bad_source_seen_by_many_rules_is_no_bad_code_and_neither_is_one_bad_rule() -> None:
    limit = FailureLimit()
    for number in range(100):
        limit.failed([f"rule {number}", "bad source"], "x")
        limit.failed(["bad rule", f"source {number}"], "x")
        limit.passed([f"rule {number}", f"source {number}"])
    limit = FailureLimit()
    for number in range(19):
        limit.failed([f"rule {number}", f"source {number}"], "x")
    with pytest.raises(StageBroken, match="20 of 20"):
        limit.failed(["rule 19", "source 19"], "x")


def test_what_is_remembered_of_sources_is_bounded() -> None:
    limit = FailureLimit()
    for number in range(5000):
        limit.passed([str(number)])
    assert len(limit._kinds[0]) == FailureLimit.sources_kept


async def test_a_result_that_cannot_be_written_sets_its_record_aside() -> None:
    log = Stopwatched()
    await log.append(ONE, records(range(3)))

    async def handle(batch: Sequence[Source]) -> list[Output]:
        names = {"0": "fine", "1": "\ud800", "2": "x" * (MAX_RECORD_BYTES + 1)}
        return [Output(OUT, one.source_id, source(int(one.source_id), names[one.source_id])) for one in batch]

    async with running(consume_batches(log, group="g", topic=ONE, record_type=Source, handle=handle)):
        await until(lambda: log.commits.get(TopicPartition(ONE, 0)) == 3)
    assert await outputs(log) == [0]
    assert [letter.offset for letter in await letters(log)] == [1, 2]


async def test_a_bad_record_too_large_to_carry_is_set_aside_without_its_bytes() -> None:
    log = Stopwatched()
    await log.append(ONE, [Record("k", b"x" * MAX_RECORD_BYTES)])
    async with running(consume_batches(log, group="g", topic=ONE, record_type=Source, handle=pass_on)):
        await until(lambda: log.commits.get(TopicPartition(ONE, 0)) == 1)
    (letter,) = await letters(log)
    assert letter.original() is None


# many at once


async def test_records_of_one_key_are_worked_on_one_after_another_and_keys_side_by_side() -> None:
    log = Stopwatched()
    await log.append(IN, records(range(200), keys=10))
    busy: set[int] = set()
    order: dict[int, list[int]] = defaultdict(list)
    most = 0

    async def handle(one: Source) -> list[Output]:
        nonlocal most
        key = int(one.source_id) % 10
        assert key not in busy
        busy.add(key)
        most = max(most, len(busy))
        await asyncio.sleep(0)
        order[key].append(int(one.source_id))
        busy.remove(key)
        return [Output(OUT, one.source_id, one)]

    async with running(consume_each(log, group="g", topic=IN, record_type=Source, handle=handle)):
        await until(lambda: sum(log.commits.values()) == 200)
    assert most > 1
    assert all(numbers == sorted(numbers) for numbers in order.values())
    assert await outputs(log) == list(range(200))


async def test_the_commit_follows_the_lowest_unfinished_record() -> None:
    log = Stopwatched()
    await log.append(ONE, records(range(10), keys=10))
    slow = asyncio.Event()
    finished: list[int] = []

    async def handle(one: Source) -> list[Output]:
        if one.source_id == "4":
            await slow.wait()
        finished.append(int(one.source_id))
        return []

    place = TopicPartition(ONE, 0)
    async with running(consume_each(log, group="g", topic=ONE, record_type=Source, handle=handle)):
        await until(lambda: len(finished) == 9 and place in log.commits)
        assert log.commits[place] == 4
        slow.set()
        await until(lambda: log.commits[place] == 10)


async def test_work_runs_ahead_of_the_commit_by_a_bounded_number_of_records_and_other_partitions_go_on() -> None:
    log = Stopwatched()
    stuck = Record("stuck", encode(source(0)))
    await log.append(IN, [stuck])
    await log.append(IN, records(range(1, 1001), keys=100))
    finished: set[int] = set()

    async def handle(one: Source) -> list[Output]:
        if one.source_id == "0":
            await asyncio.Event().wait()
        finished.add(int(one.source_id))
        return []

    there = [delivery async for delivery in log.read(IN)]
    (blocked,) = (delivery.partition for delivery in there if delivery.key == "stuck")
    others = {int(decode(d.value, Source).source_id) for d in there if d.partition != blocked}
    behind = {int(decode(d.value, Source).source_id) for d in there if d.partition == blocked} - {0}
    async with running(consume_each(log, group="g", topic=IN, record_type=Source, handle=handle, max_ahead=40)) as task:
        await until(lambda: others <= finished)
        await until(lambda: len(finished & behind) >= 29)
        task.cancel()
    assert len(behind) > 40
    assert len(finished & behind) < 40
    assert TopicPartition(IN, blocked) not in log.commits


async def test_a_stop_lets_work_finish_and_commits_it_and_drops_what_had_not_begun() -> None:
    log = Stopwatched()
    await log.append(ONE, records(range(10), keys=1))
    begun: list[int] = []
    may_finish = asyncio.Event()

    async def handle(one: Source) -> list[Output]:
        begun.append(int(one.source_id))
        await may_finish.wait()
        return [Output(OUT, one.source_id, one)]

    async with running(consume_each(log, group="g", topic=ONE, record_type=Source, handle=handle)) as task:
        await until(lambda: bool(begun))
        task.cancel()
        await asyncio.sleep(0)
        may_finish.set()
    assert task.cancelled()
    assert begun == [0]
    assert await outputs(log) == [0]
    assert log.commits == {TopicPartition(ONE, 0): 1}


async def test_a_stop_does_not_wait_for_work_that_never_ends() -> None:
    log = Stopwatched()
    await log.append(ONE, records(range(2), keys=2))
    begun: list[str] = []

    async def handle(one: Source) -> list[Output]:
        begun.append(one.source_id)
        if one.source_id == "1":
            await asyncio.Event().wait()
        return []

    async with asyncio.timeout(10):
        async with running(consume_each(log, group="g", topic=ONE, record_type=Source, handle=handle)):
            await until(lambda: len(begun) == 2)
    assert log.commits == {TopicPartition(ONE, 0): 1}


async def test_an_unavailable_service_ends_the_loop_as_itself_and_finished_work_is_committed() -> None:
    log = Stopwatched()
    await log.append(ONE, records(range(4), keys=4))

    async def handle(one: Source) -> list[Output]:
        if one.source_id == "2":
            raise Unavailable("database")
        return []

    with pytest.raises(Unavailable, match="database"):
        await consume_each(log, group="g", topic=ONE, record_type=Source, handle=handle)
    assert log.commits.get(TopicPartition(ONE, 0), 0) <= 2
    assert await letters(log) == []


async def test_a_bad_record_among_many_is_set_aside_and_committed() -> None:
    log = Stopwatched()
    await log.append(ONE, [*records(range(5)), Record("k", b"{}"), *records(range(5, 8))])

    async def handle(one: Source) -> list[Output]:
        if one.source_id == "6":
            raise ExceptionGroup("", [RecordError(DeadLetterReason.FAILED, "six")])
        return []

    async with running(consume_each(log, group="g", topic=ONE, record_type=Source, handle=handle)):
        await until(lambda: log.commits.get(TopicPartition(ONE, 0)) == 9)
    assert {letter.offset: letter.detail for letter in await letters(log)}.keys() == {5, 7}


async def test_a_second_member_takes_over_its_share_without_losing_or_doubling_finished_work() -> None:
    log = Stopwatched()
    await log.append(IN, records(range(400), keys=100))
    seen: list[int] = []

    async def handle(one: Source) -> list[Output]:
        await asyncio.sleep(0.002)
        seen.append(int(one.source_id))
        return []

    first = consume_each(log, group="g", topic=IN, record_type=Source, handle=handle, concurrency=8)
    async with running(first):
        await until(lambda: len(seen) >= 50)
        second = consume_each(log, group="g", topic=IN, record_type=Source, handle=handle, concurrency=8)
        async with running(second):
            await until(lambda: sum(log.commits.values()) == 400)
    assert sorted(set(seen)) == list(range(400))
    assert len(seen) == 400, "what was in work was finished and committed before the partitions moved"


async def test_a_batch_in_hand_is_finished_before_its_partition_moves() -> None:
    log = Stopwatched()
    await log.append(ONE, records(range(5)))
    handled: list[int] = []
    go_on = asyncio.Event()

    async def handle(batch: Sequence[Source]) -> list[Output]:
        await go_on.wait()
        handled.extend(int(one.source_id) for one in batch)
        return []

    async with running(consume_batches(log, group="g", topic=ONE, record_type=Source, handle=handle)):
        await asyncio.sleep(0.01)
        async with running(consume_batches(log, group="g", topic=ONE, record_type=Source, handle=handle)):
            await asyncio.sleep(0.01)
            assert handled == []
            go_on.set()
            await until(lambda: log.commits.get(TopicPartition(ONE, 0)) == 5)
    assert handled == [0, 1, 2, 3, 4]
