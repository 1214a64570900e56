"""What only the Kafka log promises: topics made as stated in docs/log.md, and refused when they cannot serve."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from core.errors import UserError
from core.log.kafka import MAX_MESSAGE_BYTES, KafkaLog
from core.log.kafka_member import KafkaMember
from core.log.kafka_options import KafkaOptions
from core.log.log import Record, TopicPartition
from core.log.topics import Topic


@pytest.fixture
async def admin(kafka_bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await client.start()
    yield client
    await client.close()


@pytest.fixture
def name() -> str:
    return f"kafka-{uuid4().hex[:8]}"


async def test_topics_are_made_as_stated(kafka_bootstrap: str, admin: AIOKafkaAdminClient, name: str) -> None:
    async with KafkaLog(KafkaOptions(bootstrap=kafka_bootstrap), topics=[Topic(name, 3, 72)]):
        pass
    (described,) = await admin.describe_topics([name])
    assert len(described["partitions"]) == 3
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    settings = {entry[0]: entry[1] for entry in answer.resources[0][4]}
    assert settings["retention.ms"] == str(72 * 3600 * 1000)
    assert settings["max.message.bytes"] == str(MAX_MESSAGE_BYTES)
    assert settings["message.timestamp.type"] == "LogAppendTime"
    assert settings["cleanup.policy"] == "delete"


async def test_processes_that_start_together_make_topics_once(kafka_bootstrap: str, name: str) -> None:
    logs = [KafkaLog(KafkaOptions(bootstrap=kafka_bootstrap), topics=[Topic(name, 2, 1)]) for _ in range(2)]
    async with logs[0], logs[1]:
        await logs[0].append(name, [Record("k", b"1")])
        await logs[1].append(name, [Record("k", b"2")])
        assert [delivery.value async for delivery in logs[0].read(name)] == [b"1", b"2"]


async def test_a_topic_with_more_partitions_than_its_order_allows_is_refused(
    kafka_bootstrap: str, admin: AIOKafkaAdminClient, name: str
) -> None:
    await admin.create_topics([NewTopic(name, 2, 1)])
    with pytest.raises(UserError, match="has 2 partitions; wirewatch needs it with one"):
        await KafkaLog(KafkaOptions(bootstrap=kafka_bootstrap), topics=[Topic(name, 1, 1)]).__aenter__()


async def test_an_existing_topic_with_other_partitions_is_used_as_it_is(
    kafka_bootstrap: str, admin: AIOKafkaAdminClient, name: str
) -> None:
    await admin.create_topics([NewTopic(name, 5, 1)])
    async with KafkaLog(KafkaOptions(bootstrap=kafka_bootstrap), topics=[Topic(name, 2, 1)]) as log:
        subscription = await log.subscribe("g", [name])
        assert len(subscription.assigned()) == 5


async def test_two_prefixes_share_a_cluster_and_see_nothing_of_each_other(
    kafka_bootstrap: str, admin: AIOKafkaAdminClient, name: str
) -> None:
    def log(prefix: str) -> KafkaLog:
        return KafkaLog(KafkaOptions(bootstrap=kafka_bootstrap, topic_prefix=prefix), topics=[Topic(name, 1, 1)])

    async with log("one.") as one, log("two.") as two:
        await one.append(name, [Record("k", b"1")])
        await two.append(name, [Record("k", b"2")])
        subscription = await one.subscribe("g", [name])
        (delivery,) = await subscription.fetch(10, 10)
        assert (delivery.topic, delivery.value) == (name, b"1")
        await subscription.commit({TopicPartition(name, 0): 1})
        assert (await one.lag("g", name)).records == 0
        assert (await two.lag("g", name)).records == 1
        assert [delivery.value async for delivery in two.read(name)] == [b"2"]
        await subscription.close()
    assert {f"one.{name}", f"two.{name}"} <= set(await admin.list_topics())


async def test_a_record_of_someone_else_without_key_or_value_is_handed_out(kafka_bootstrap: str, name: str) -> None:
    async with KafkaLog(KafkaOptions(bootstrap=kafka_bootstrap), topics=[Topic(name, 1, 1)]) as log:
        producer = await log._ready_producer()
        await producer.send_and_wait(name, None, key=b"\xff")
        await producer.send_and_wait(name, b"v", key=None)
        found = [(delivery.key, delivery.value) async for delivery in log.read(name)]
    assert found == [("\ufffd", b""), ("", b"v")]


async def test_a_dead_process_keeps_nobody_waiting_who_sits_on_its_seat(kafka_bootstrap: str, name: str) -> None:
    def log(seat: str) -> KafkaLog:
        options = KafkaOptions(bootstrap=kafka_bootstrap, session_seconds=40, seat=seat)
        return KafkaLog(options, topics=[Topic(name, 1, 1)])

    async with log("here-1") as dead, log("there-2") as other:
        gone = await dead.subscribe("g", [name])
        assert isinstance(gone, KafkaMember)
        assert gone.assigned() or await gone.fetch(1, 1) == []
        gone._consumer._coordinator._heartbeat_task.cancel()  # what kill -9 leaves: a member that says nothing, not even goodbye
        gone._consumer._coordinator._coordination_task.cancel()
        async with asyncio.timeout(20), log("here-1") as after:
            member = await after.subscribe("g", [name])
            while not member.assigned():
                await member.fetch(1, 0.1)
            beside = await other.subscribe("g", [name])
            await member.fetch(1, 0.5)
            assert len(member.assigned()) + len(beside.assigned()) <= 1, "another's member stays where it is"
            await beside.close()
