"""kind = "kafka" on a real broker: one record a notification, keyed by rule; brokers that are away, refuse or take little."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import aiokafka
import orjson
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from jsonschema import Draft202012Validator

from alerts.channels.channel import Confirmation, SendFailure, Sending
from alerts.channels.kafka import KafkaChannel, may_reach
from alerts.channels.kafka_producers import KafkaProducers
from alerts.channels.kind import ChannelTools
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from core.errors import ConfigError
from core.log.kafka_options import KafkaOptions
from core.model.outcome import FailureReason
from core.net.guard import AddressGuard
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW, alert, notification, rule_ref
from tests.alerts.webhook_schema import webhook_schema
from tests.fakes.channel_tools import tools
from tests.services.process import free_ports
from wirewatch.config.loading import examine

SHAPES = shapes()
MESSAGE = message_of(notification())


@pytest.fixture
def topic() -> str:
    return f"alerts-{uuid4().hex[:8]}"


@pytest.fixture
async def producers() -> AsyncIterator[KafkaProducers]:
    async with KafkaProducers() as made:
        yield made


def channel(producers: KafkaProducers, topic: str, base_dir: Path = Path(), **more: object) -> KafkaChannel:
    given = tools(cast("Any", _Nobody()), base_dir)
    wired = ChannelTools(poster=given.poster, base_dir=base_dir, guard=given.guard, producers=producers)
    made = build_channel(channel_settings({"name": "stream", "kind": "kafka", "topic": topic, **more}), wired)
    assert isinstance(made, KafkaChannel)
    return made


class _Nobody:
    async def request(self, *_: object, **__: object) -> object:
        raise AssertionError("a Kafka channel asks nothing over HTTP")


def sending(number: int = 1, attempt: int = 1) -> Sending:
    return Sending(notification_id=f"n{number}", attempt=attempt, now=NOW)


async def records(bootstrap: str, topic: str, count: int) -> list[aiokafka.ConsumerRecord]:
    consumer = aiokafka.AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(30):
            return [await consumer.getone() for _ in range(count)]
    finally:
        await consumer.stop()


async def failure_of(channel: KafkaChannel) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        await channel.send(MESSAGE, sending())
    return caught.value


@pytest.mark.kafka
async def test_a_record_is_keyed_by_rule_and_has_the_webhooks_body(
    kafka_bootstrap: str, producers: KafkaProducers, topic: str
) -> None:
    stream = channel(producers, topic, bootstrap=kafka_bootstrap)  # the topic is made
    receipt = await stream.send(MESSAGE, sending(1, attempt=2))
    await stream.send(message_of(notification(alert(rule=rule_ref("other")))), sending(2))
    assert receipt.confirmation is Confirmation.DELIVERED
    assert receipt.detail.startswith("partition ")
    one, other = sorted(await records(kafka_bootstrap, topic, 2), key=lambda record: dict(record.headers)["webhook-id"])
    assert one.key.decode() == MESSAGE.rule.rule_id != other.key.decode()
    assert dict(one.headers) == {"webhook-id": b"n1", "content-type": b"application/json"}
    body = orjson.loads(one.value)
    Draft202012Validator(webhook_schema()).validate(body)
    assert (body["event"], body["attempt"], body["rule"]["id"]) == ("alert.created", 2, MESSAGE.rule.rule_id)


@pytest.mark.kafka
async def test_without_brokers_of_its_own_the_topic_is_in_the_logs_cluster(kafka_bootstrap: str, topic: str) -> None:
    async with KafkaProducers(KafkaOptions(bootstrap=kafka_bootstrap)) as producers:
        await channel(producers, topic).send(MESSAGE, sending())
    assert len(await records(kafka_bootstrap, topic, 1)) == 1
    async with KafkaProducers() as nowhere:
        with pytest.raises(ConfigError, match="the event log is no Kafka; name the brokers"):
            channel(nowhere, topic)


@pytest.mark.kafka
async def test_what_is_too_large_for_the_topic_is_cut_and_not_lost(
    kafka_bootstrap: str, producers: KafkaProducers, topic: str
) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1, topic_configs={"max.message.bytes": "20000"})])
    await admin.close()
    message = SHAPES["200-articles"]
    stream = channel(producers, topic, bootstrap=kafka_bootstrap)
    for number in (1, 2):
        await stream.send(message, sending(number))
    for record in await records(kafka_bootstrap, topic, 2):
        body = orjson.loads(record.value)
        assert len(record.value) < 20_000
        assert body["truncated"] == 200 - len(body["articles"]) > 0


@pytest.mark.kafka
@pytest.mark.parametrize("shape", ["title-surrogate", "digest", "flatline", "long", "200-articles"])
async def test_every_message_is_taken(kafka_bootstrap: str, producers: KafkaProducers, topic: str, shape: str) -> None:
    await channel(producers, topic, bootstrap=kafka_bootstrap).send(SHAPES[shape], sending())
    (record,) = await records(kafka_bootstrap, topic, 1)
    Draft202012Validator(webhook_schema()).validate(orjson.loads(record.value))


async def test_a_broker_that_is_away_is_tried_again(producers: KafkaProducers) -> None:
    (port,) = free_ports(1)
    failure = await failure_of(channel(producers, "alerts", bootstrap=f"127.0.0.1:{port}"))
    assert (failure.reason, failure.retriable) == (FailureReason.CONNECT, True)
    assert str(port) in failure.detail


async def test_a_broker_that_says_nothing_is_given_up_in_time_and_tried_again(producers: KafkaProducers) -> None:
    writers: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(lambda _reader, writer: writers.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with asyncio.timeout(20):
        failure = await failure_of(channel(producers, "alerts", bootstrap=f"127.0.0.1:{port}", timeout_seconds=0.5))
    silent.close()
    for writer in writers:
        writer.close()
        await writer.wait_closed()
    assert failure.retriable
    assert failure.reason in (FailureReason.TIMEOUT, FailureReason.CONNECT)


async def test_private_addresses_are_not_reached() -> None:
    with pytest.raises(SendFailure) as caught:
        await may_reach(AddressGuard(), ["127.0.0.1:9092"])
    assert (caught.value.reason, caught.value.retriable) == (FailureReason.SSRF_BLOCKED, True)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "topic: missing"),
        ({"topic": "a b"}, "expected the name of a topic"),
        ({"topic": "t", "bootstrap": "broker"}, 'expected brokers as "host:9092,host2:9092"'),
        ({"topic": "t", "bootstrap": "b:1", "security_protocol": "SASL_SSL"}, "needs `sasl_username` and"),
        ({"topic": "t", "sasl_username": "x"}, "`sasl_username` needs `bootstrap`"),
        (
            {"topic": "t", "bootstrap": "b:1", "sasl_password": "x", "sasl_password_file": "y"},
            "only one of `sasl_password` and `sasl_password_file`",
        ),
    ],
)
def test_what_cannot_be_meant_is_told(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        channel_settings({"name": "stream", "kind": "kafka", **settings})
    assert told in str(caught.value)


def test_security_is_that_of_the_settings_and_its_password_is_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret-of-kafka\n")
    settings = channel_settings(
        {
            "name": "stream",
            "kind": "kafka",
            "topic": "t",
            "bootstrap": "b:1",
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_username": "desk",
            "sasl_password_file": "password",
        }
    )
    options = settings.options(tmp_path, KafkaOptions())  # type: ignore[attr-defined] # of its kind only
    assert options.client()["sasl_plain_password"] == "s3cret-of-kafka"
    assert "s3cret-of-kafka" not in repr(options) + repr(settings)
    missing = settings.model_copy(update={"security_protocol": "SSL", "ca_file": "nowhere.pem"})
    with pytest.raises(ConfigError, match="security_protocol: kafka certificates"):
        missing.check_files(tmp_path)


def test_a_channel_without_brokers_needs_a_log_in_kafka(tmp_path: Path) -> None:
    main = tmp_path / "wirewatch.toml"
    channel = '[[channels]]\nname = "s"\nkind = "kafka"\ntopic = "t"\n'
    main.write_text(channel)
    _, (problem,) = examine(main, {})
    assert str(problem).startswith("wirewatch.toml:1: channels[0].bootstrap: the event log is no Kafka")
    main.write_text(f'[log]\nurl = "kafka://127.0.0.1:9092"\n{channel}')
    assert examine(main, {})[1] == []
