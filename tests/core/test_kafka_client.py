"""What aiokafka's clients do when a broker goes away is a failure of theirs, never a stop of ours. No broker is needed."""

import asyncio
from collections.abc import Awaitable, Callable

import aiokafka
import pytest

from core.errors import Unavailable
from core.log import kafka_member
from core.log.kafka import KafkaLog
from core.log.kafka_client import close_client, kafka_errors
from core.log.kafka_member import KafkaMember
from core.log.kafka_options import KafkaOptions
from core.log.log import Record


async def cancels_its_own() -> None:
    inner: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    inner.cancel()
    await inner


async def hangs() -> None:
    await asyncio.Event().wait()


async def swallows_cancellations() -> None:
    while True:
        try:
            await asyncio.sleep(0.3)
        except asyncio.CancelledError:
            continue
        else:
            return


async def fails() -> None:
    raise ValueError("a defect of the client")


class Below:
    """The connections of a client."""

    closed = 0

    async def close(self) -> None:
        self.closed += 1


class Client(aiokafka.AIOKafkaConsumer):  # type: ignore[misc] # aiokafka ships no types
    """A consumer that closes as it is told."""

    def __init__(self, stop: Callable[[], Awaitable[None]]) -> None:
        self._stop = stop
        self._client = Below()

    def __del__(self) -> None:
        return

    async def stop(self) -> None:
        await self._stop()


@pytest.mark.parametrize("stop", [cancels_its_own, hangs, swallows_cancellations, fails])
async def test_a_close_ends_hides_no_error_and_leaves_no_connection(stop: Callable[[], Awaitable[None]]) -> None:
    client = Client(stop)

    async def work() -> None:
        try:
            raise Unavailable("the error in hand")
        finally:
            await close_client(client, 0.05)

    with pytest.raises(Unavailable, match="the error in hand"):
        await work()
    assert client._client.closed == 1
    await asyncio.sleep(0.35)


async def test_a_close_goes_on_to_its_end_when_we_are_stopped_meanwhile() -> None:
    begun, finish, finished = asyncio.Event(), asyncio.Event(), []

    async def slow() -> None:
        begun.set()
        await finish.wait()
        finished.append(True)

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(close_client(Client(slow), 10))
        await begun.wait()
        task.cancel()
        await asyncio.sleep(0)
        finish.set()
    assert task.cancelled()
    assert finished


async def test_a_dropped_request_is_a_failure_and_a_stop_is_a_stop() -> None:
    with pytest.raises(Unavailable, match="dropped the request"), kafka_errors("kafka:9092"):
        await cancels_its_own()

    async def stopped() -> None:
        async with asyncio.timeout(0.01):
            with kafka_errors("kafka:9092"):
                await hangs()

    with pytest.raises(TimeoutError):
        await stopped()


async def test_an_append_that_the_client_drops_is_not_acknowledged() -> None:
    class Producer(aiokafka.AIOKafkaProducer):  # type: ignore[misc] # aiokafka ships no types
        def __init__(self) -> None:
            self.client = Below()

        def __del__(self) -> None:
            return

        async def send(self, *_: object, **__: object) -> asyncio.Future[None]:
            sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            sent.cancel()
            return sent

        async def stop(self) -> None:
            await cancels_its_own()

    log = KafkaLog(KafkaOptions(bootstrap="kafka:9092"))
    log._closed = False
    log._known.add("entries")
    log._producer = Producer()
    with pytest.raises(Unavailable, match=r"did not acknowledge an append to 'entries': .*cancelled by the client"):
        await log.append("entries", [Record("k", b"v")])
    assert log._producer is None


async def test_a_member_without_its_coordinator_is_no_member_that_has_nothing_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Coordinator:
        coordinator_id: int | None = 1

    class Quiet:
        """A consumer that hands out nothing and fails at nothing, as aiokafka's does when the broker is away."""

        _coordinator = Coordinator()

        async def getmany(self, *_: object, **__: object) -> dict[object, list[object]]:
            await asyncio.sleep(0)
            return {}

    monkeypatch.setattr(kafka_member, "LOST_SECONDS", 0.05)
    member = KafkaMember(KafkaOptions(bootstrap="kafka:9092"), "g", ["entries"], None)
    consumer, member._consumer = member._consumer, Quiet()
    for _ in range(3):
        assert await member.fetch(10, 0.01) == []
    Quiet._coordinator.coordinator_id = None
    assert await member.fetch(10, 0.01) == [], "a coordinator moves now and then"
    Quiet._coordinator.coordinator_id = 2
    assert await member.fetch(10, 0.01) == []

    async def without_it() -> None:
        Quiet._coordinator.coordinator_id = None
        while True:
            assert await member.fetch(10, 0.01) == []

    with pytest.raises(Unavailable, match="no coordinator"):
        await asyncio.wait_for(without_it(), 10)
    await close_client(consumer, 1)
