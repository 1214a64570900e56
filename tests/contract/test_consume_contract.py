"""The consume loop on every engine: members come and go, processes stop, and every record is worked on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from core.errors import UpgradeFirst
from core.log.consumer import Options, Output, consume_batches, consume_each
from core.log.log import EventLog, Record, TopicPartition
from core.model.codec import decode, encode
from core.model.source import Source
from tests.contract.log_engines import Engine, make_engine
from tests.fakes.running import running, until


@pytest.fixture(params=["memory", "sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    where = str(request.getfixturevalue("kafka_bootstrap")) if request.param == "kafka" else str(tmp_path)
    return make_engine(request.param, where)


@pytest.fixture
async def log(engine: Engine) -> AsyncIterator[EventLog]:
    async with engine.log() as opened:
        yield opened


def records(start: int, stop: int) -> list[Record]:
    return [
        Record(f"host-{number % 50}", encode(Source(source_id=str(number), name="", url="")))
        for number in range(start, stop)
    ]


async def worked_on(log: EventLog, topic: str) -> list[int]:
    return [int(decode(delivery.value, Source).source_id) async for delivery in log.read(topic)]


async def test_members_that_come_and_go_leave_no_record_out(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, records(0, 300))
    seen: list[int] = []

    async def handle(one: Source) -> list[Output]:
        await asyncio.sleep(0.001)
        seen.append(int(one.source_id))
        return [Output(engine.single, one.source_id, one)]

    async with running(
        consume_each(log, group="g", topic=engine.topic, record_type=Source, handle=handle, concurrency=8)
    ):
        await until(lambda: len(seen) >= 30)
        async with running(
            consume_each(log, group="g", topic=engine.topic, record_type=Source, handle=handle, concurrency=8)
        ):
            await until(lambda: len(seen) >= 100)
        await log.append(engine.topic, records(300, 400))
        await until(lambda: set(seen) == set(range(400)))
    assert (await log.lag("g", engine.topic)).records == 0, "a stop commits what is finished"
    assert set(await worked_on(log, engine.single)) == set(range(400))


async def test_a_stage_that_is_stopped_again_and_again_finishes_everything(engine: Engine, log: EventLog) -> None:
    await log.append(engine.topic, records(0, 200))
    batches = 0

    async def handle(batch: Sequence[Source]) -> list[Output]:
        nonlocal batches
        batches += 1
        await asyncio.sleep(0)
        return [Output(engine.single, one.source_id, one) for one in batch]

    for stop in (1, 3, 5):
        async with running(
            consume_batches(log, group="g", topic=engine.topic, record_type=Source, handle=handle, max_batch=20)
        ):
            await until(lambda wanted=stop: batches >= wanted)  # type: ignore[misc]
    async with running(
        consume_batches(log, group="g", topic=engine.topic, record_type=Source, handle=handle, max_batch=50)
    ):
        async with asyncio.timeout(20):
            while (await log.lag("g", engine.topic)).records:  # noqa: ASYNC110 - asked of a broker, which sends no event
                await asyncio.sleep(0.05)
    assert set(await worked_on(log, engine.single)) == set(range(200))


@pytest.mark.parametrize("each", [False, True])
async def test_in_a_rolling_upgrade_the_older_process_makes_way_and_comes_back(
    engine: Engine, log: EventLog, *, each: bool
) -> None:
    """The older one reads 0, meets 1, which a later release wrote, and leaves; a newer one reads 1; the older one reads 2."""
    later = Record("host-1", b'{"v":999,"t":"source","d":{"source_id":"1"}}')
    seen: list[int] = []
    options = Options()

    async def handle(one: Source) -> list[Output]:
        seen.append(int(one.source_id))
        return []

    async def handle_all(batch: Sequence[Source]) -> list[Output]:
        return [output for one in batch for output in await handle(one)]

    async def consume() -> None:
        which = {"group": "g", "topic": engine.single, "record_type": Source, "options": options}
        if each:
            await consume_each(log, handle=handle, **which)  # type: ignore[arg-type]
        else:
            await consume_batches(log, handle=handle_all, **which)  # type: ignore[arg-type]

    await log.append(engine.single, records(0, 1))
    async with running(consume()):
        await until(lambda: seen == [0])
    await log.append(engine.single, [later, *records(2, 3)])
    with pytest.raises(UpgradeFirst, match=r"record 1 of .*/0 is of a later release .*; upgrade this process first"):
        await consume()
    newer = await log.subscribe("g", [engine.single])
    async with asyncio.timeout(20):
        while not (found := await newer.fetch(1, 1.0)):
            pass
    assert [one.value for one in found] == [later.value], "nothing was passed over"
    for _ in range(3):
        with pytest.raises(UpgradeFirst):
            await consume()
        assert newer.assigned() == {TopicPartition(engine.single, 0)}, "the newer one keeps what it has"
    await newer.commit({TopicPartition(engine.single, 0): found[0].offset + 1})
    await newer.close()
    async with running(consume()):
        await until(lambda: seen == [0, 2])
