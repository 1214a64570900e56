"""kind = "kafka": one record a notification on a topic, keyed by rule, with the webhook's JSON body (webhook.schema.json).

A record is confirmed when all replicas have it. A repeat after a lost answer has the same id in its header `webhook-id`.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, SecretStr

from alerts.channels.channel import Capabilities, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.kafka_producers import need_aiokafka
from alerts.channels.kind import ChannelTools, Kind
from alerts.channels.message import Message
from alerts.channels.settings import ChannelSettings, Surroundings, secret_text
from alerts.channels.signing import ID
from alerts.channels.webhook import webhook_body, webhook_cut
from core.errors import ConfigError, Unavailable, UserError
from core.log.kafka_options import KafkaOptions, sign_in_problem
from core.model.outcome import FailureReason
from core.net.guard import AddressGuard, BlockedAddress

_MOST_BYTES = 900_000  # below the million that brokers take by default
_LEAST_BYTES = 5_000  # a headline and its link fit
_LIMITS = Limits(max_bytes=_MOST_BYTES, in_flight=1)  # one at a time: the records of a rule stay in order
_CAPABILITIES = Capabilities(idempotent=True)
_PARTITIONS = 3  # of a topic that is made here
_TOPIC_EXISTS = 36
_PLACE = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")
_NO_LOG = "the event log is no Kafka; name the brokers (host:9092)"
_OWN = ("security_protocol", "sasl_mechanism", "sasl_username", "sasl_password", "sasl_password_file")


def _topic(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,249}", value) or value in (".", ".."):
        raise ValueError("expected the name of a topic: 1 to 249 letters, digits, dots, _ and -")
    return value


def _brokers(value: str) -> str:
    if not all(_PLACE.fullmatch(place.strip()) for place in value.split(",")):
        raise ValueError('expected brokers as "host:9092,host2:9092"')
    return value


class KafkaSettings(ChannelSettings):
    """Without `bootstrap` the topic is in the cluster of the event log, under its security. Files are PEM."""

    meanings: ClassVar[Mapping[str, str]] = {
        "topic": "the topic: 1 to 249 letters, digits, dots, _ and -",
        "bootstrap": "brokers as host:port, separated by commas; without it those of the event log",
        "security_protocol": "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
        "sasl_mechanism": "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
        "sasl_username": "who signs in",
        "sasl_password": "their password",
    }

    kind: Literal["kafka"]
    topic: Annotated[str, AfterValidator(_topic)]
    bootstrap: Annotated[str, AfterValidator(_brokers)] | None = None
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    sasl_password_file: str | None = None
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None

    def clashes(self) -> Iterator[str]:
        yield from super().clashes()
        passwords = sum(one is not None for one in (self.sasl_password, self.sasl_password_file))
        if problem := sign_in_problem(self.security_protocol, self.sasl_username, passwords):
            yield problem
        own = self.model_fields_set & {*_OWN, "ca_file", "cert_file", "key_file"}
        if self.bootstrap is None and own:
            yield f"`{min(own)}` needs `bootstrap`; the event log's cluster is reached as [log.kafka] says"

    def unfit(self, around: Surroundings) -> tuple[str, str] | None:
        if self.bootstrap is None and not around.kafka_log:
            return "bootstrap", _NO_LOG
        return None

    def check_files(self, base_dir: Path) -> None:
        need_aiokafka(f"channel {self.name}: kind")
        try:
            self.options(base_dir, KafkaOptions(bootstrap="log:9092")).client()
        except UserError as error:
            raise ConfigError([f"channel {self.name}: security_protocol: {error}"]) from None

    def options(self, base_dir: Path, log: KafkaOptions) -> KafkaOptions:
        """How its cluster is reached; `log`: how the event log's is. Raises ConfigError where there is none."""
        if self.bootstrap is None:
            if not log.bootstrap:
                raise ConfigError([f"channel {self.name}: bootstrap: {_NO_LOG}"])
            return replace(log, seat=None)
        where = f"channel {self.name}: sasl_password_file"
        ca_file, cert_file, key_file = (
            None if file is None else str(base_dir / file) for file in (self.ca_file, self.cert_file, self.key_file)
        )
        return KafkaOptions(
            bootstrap=self.bootstrap,
            security_protocol=self.security_protocol,
            sasl_mechanism=self.sasl_mechanism,
            sasl_username=self.sasl_username,
            sasl_password=secret_text(self.sasl_password, self.sasl_password_file, where=where, base_dir=base_dir),
            ca_file=ca_file,
            cert_file=cert_file,
            key_file=key_file,
        )


class KafkaChannel:
    """Produces through the producers that all channels of the process share."""

    kind = "kafka"
    limits = _LIMITS
    capabilities = _CAPABILITIES
    limit_key = ""

    def __init__(self, settings: KafkaSettings, tools: ChannelTools) -> None:
        settings.check_files(tools.base_dir)
        self.name = settings.name
        self._topic = settings.topic
        self._options = settings.options(tools.base_dir, tools.producers.log)
        self._guard = None if settings.bootstrap is None else tools.guard  # the log's cluster is the operator's own
        self._timeout_seconds = settings.timeout_seconds
        self._producers = tools.producers
        self._watch = tools.watch
        self._most_bytes = _MOST_BYTES
        self._known: Any = None  # the producer whose brokers and topic were looked at

    async def send(self, message: Message, sending: Sending) -> Receipt:
        while True:
            body = webhook_body(message, attempt=sending.attempt, max_bytes=self._most_bytes)
            try:
                return await self._produce(message.rule.rule_id, body, sending.notification_id)
            except SendFailure as failure:
                smaller = min(self._most_bytes, len(body)) // 4
                if failure.reason is not FailureReason.PAYLOAD_TOO_LARGE or smaller < _LEAST_BYTES:
                    raise
                self._most_bytes = smaller  # this topic takes less than brokers do by default

    async def _produce(self, key: str, body: bytes, notification_id: str) -> Receipt:
        headers = {ID: notification_id, "content-type": "application/json"}
        self._watch("PRODUCE", f"kafka://{self._options.bootstrap}/{self._topic}", {"key": key, **headers}, body)
        producer = None
        try:
            with _failures(self._options.bootstrap, self._topic, self._timeout_seconds):
                async with asyncio.timeout(self._timeout_seconds):
                    await may_reach(self._guard, self._options.bootstrap.split(","))
                    producer = await self._producers.get(self._options)
                    if self._known is not producer:
                        await self._look(producer)
                    sent = await producer.send_and_wait(
                        self._topic,
                        body,
                        key=key.encode(),
                        headers=[(name, value.encode()) for name, value in headers.items()],
                    )
        except SendFailure as failure:
            if producer is not None and failure.reason is not FailureReason.PAYLOAD_TOO_LARGE:
                self._known = None
                await self._producers.drop(self._options, producer)
            raise
        return Receipt(Confirmation.DELIVERED, detail=f"partition {sent.partition}, offset {sent.offset}")

    async def _look(self, producer: Any) -> None:
        """See that the brokers that the cluster names may be reached, and that the topic is there; make it where it may be made."""
        from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # noqa: PLC0415 - only who uses Kafka needs its client

        from core.log.kafka_client import STOP_SECONDS, close_client  # noqa: PLC0415 - the same

        cluster = await producer.client.fetch_all_metadata()
        await may_reach(self._guard, [f"{broker.host}:{broker.port}" for broker in cluster.brokers()])
        if self._topic not in cluster.topics():
            admin = AIOKafkaAdminClient(**self._options.client())
            try:
                await admin.start()
                answer = await admin.create_topics(
                    [NewTopic(self._topic, _PARTITIONS, self._options.replication_factor)]
                )
            finally:
                await close_client(admin, STOP_SECONDS)
            for _, code, *detail in answer.topic_errors:
                if code not in (0, _TOPIC_EXISTS):
                    told = f"there is no topic {self._topic!r}, and it cannot be made: {detail[0] if detail else code}"
                    raise SendFailure(FailureReason.REFUSED, told, retriable=True)
        self._known = producer


async def may_reach(guard: AddressGuard | None, places: list[str]) -> None:
    """Raises SendFailure where a broker's address is none that may be reached."""
    from core.net.resolver import addresses_of  # noqa: PLC0415 - it loads aiohttp

    if guard is None:
        return
    for place in places:
        host, _, port = place.strip().rpartition(":")
        try:
            found = await addresses_of(host.strip("[]"), int(port))
        except OSError as error:
            raise SendFailure(FailureReason.DNS, f"no address is known for {host}", retriable=True) from error
        try:
            for address in dict.fromkeys(entry["host"] for entry in found):
                guard.check(address)
        except BlockedAddress as error:
            raise SendFailure(FailureReason.SSRF_BLOCKED, str(error.strerror), retriable=True) from error


@contextmanager
def _failures(bootstrap: str, topic: str, seconds: float) -> Iterator[None]:
    """What aiokafka raises, as what it means for a send."""
    from core.log.kafka_client import kafka_errors  # noqa: PLC0415 - only who uses Kafka needs its client

    try:
        with kafka_errors(bootstrap):
            yield
    except Unavailable as error:
        raise _failure_of(error.__cause__, str(error), topic, seconds) from error
    except UserError as error:
        raise SendFailure(FailureReason.TLS, str(error), retriable=True) from error


def _failure_of(cause: BaseException | None, told: str, topic: str, seconds: float) -> SendFailure:
    from aiokafka import errors  # noqa: PLC0415 - only who uses Kafka needs its client

    match cause:
        case errors.MessageSizeTooLargeError() | errors.RecordTooLargeError() | errors.RecordListTooLargeError():
            return SendFailure(FailureReason.PAYLOAD_TOO_LARGE, f"{told} (topic {topic})", retriable=False)
        case (
            errors.TopicAuthorizationFailedError()
            | errors.ClusterAuthorizationFailedError()
            | errors.SaslAuthenticationFailed()
            | errors.AuthenticationFailedError()
            | errors.UnsupportedSaslMechanismError()
        ):
            return SendFailure(FailureReason.AUTH_ERROR, f"{told} (topic {topic})", retriable=False)
        case errors.InvalidTopicError():
            return SendFailure(FailureReason.CLIENT_ERROR, f"{told} (topic {topic})", retriable=False)
        case errors.KafkaConnectionError() | errors.NoBrokersAvailable() | ConnectionError():
            return SendFailure(FailureReason.CONNECT, told, retriable=True)
        case TimeoutError() | errors.KafkaTimeoutError() | errors.RequestTimedOutError():
            return SendFailure(FailureReason.TIMEOUT, f"{told}: no acknowledgement in {seconds:g} s", retriable=True)
        case _:
            return SendFailure(FailureReason.OTHER, told, retriable=True)


KIND = Kind(
    what="a topic of Kafka, keyed by rule, with the webhook's body",
    settings=KafkaSettings,
    make=KafkaChannel,
    limits=_LIMITS,
    capabilities=_CAPABILITIES,
    cut=lambda message: webhook_cut(message, _MOST_BYTES),
    worded=False,
)
