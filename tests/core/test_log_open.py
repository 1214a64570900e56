"""Which engine a URL opens, and what is refused without telling a secret."""

import sys
from pathlib import Path
from uuid import uuid4

import pytest

from core.errors import Unavailable, UserError
from core.log.kafka import KafkaLog
from core.log.kafka_options import KafkaOptions
from core.log.log import Record
from core.log.memory import MemoryLog
from core.log.open import later_records, open_log, reach_kafka
from core.log.sqlite import SqliteLog
from tests.services.process import free_ports


def test_a_url_names_the_engine(tmp_path: Path) -> None:
    assert isinstance(open_log("sqlite:", tmp_path), SqliteLog)
    assert isinstance(open_log("memory:", tmp_path), MemoryLog)
    assert isinstance(open_log("kafka://a:9092,b:9092", tmp_path), KafkaLog)


@pytest.mark.parametrize(
    "url", ["", "redis://x", "kafka:", "kafka://", "sqlite:/somewhere", "kafka://me:hush@host:9092"]
)
def test_any_other_url_is_refused_and_no_password_shown(url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"log\.url") as caught:
        open_log(url, tmp_path)
    assert "hush" not in str(caught.value)


async def test_without_the_kafka_client_only_kafka_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in [name for name in sys.modules if name.startswith("core.log.kafka") and "options" not in name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "aiokafka", None)  # as on a machine for which it has no wheels
    with pytest.raises(UserError, match=r"log\.url 'kafka://a:9092': .*aiokafka is not installed.*wirewatch\[kafka\]"):
        open_log("kafka://a:9092", tmp_path)
    with pytest.raises(UserError, match="aiokafka is not installed"):
        await reach_kafka("kafka://a:9092", KafkaOptions())
    assert isinstance(open_log("sqlite:", tmp_path), SqliteLog)


async def test_no_broker_is_unavailable_and_named(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    with pytest.raises(Unavailable, match=f"127.0.0.1:{port}"):
        await open_log(f"kafka://127.0.0.1:{port}", tmp_path).__aenter__()


def test_secrets_are_not_shown() -> None:
    options = KafkaOptions(
        bootstrap="h:1", security_protocol="SASL_PLAINTEXT", sasl_username="me", sasl_password="hush"
    )
    assert "hush" not in repr(options)
    assert options.client()["sasl_plain_password"] == "hush"


def test_sasl_and_tls_are_passed_through(tmp_path: Path) -> None:
    arguments = KafkaOptions(
        bootstrap="h:1", security_protocol="SASL_SSL", sasl_mechanism="SCRAM-SHA-512", sasl_username="me",
        sasl_password="hush",
    ).client()  # fmt: skip
    assert arguments["security_protocol"] == "SASL_SSL"
    assert arguments["sasl_mechanism"] == "SCRAM-SHA-512"
    assert arguments["sasl_plain_username"] == "me"
    assert arguments["ssl_context"] is not None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (KafkaOptions(security_protocol="TLS"), "expected one of"),
        (KafkaOptions(security_protocol="SASL_SSL"), "sasl_username and sasl_password are missing"),
        (KafkaOptions(security_protocol="SSL", ca_file="nowhere.pem"), "nowhere.pem"),
    ],
)
def test_options_that_cannot_work_are_refused(options: KafkaOptions, message: str) -> None:
    with pytest.raises(UserError, match=message):
        options.client()


async def test_an_unopened_kafka_log_is_closed() -> None:
    with pytest.raises(Unavailable, match="closed"):
        await KafkaLog(KafkaOptions(bootstrap="127.0.0.1:1")).append("entries", [Record("k", b"v")])


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
async def test_what_a_later_release_wrote_is_told_from_outside_and_nothing_is_made(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
) -> None:
    url, kafka = "sqlite:", KafkaOptions(topic_prefix=f"{uuid4().hex[:8]}-")
    if engine == "kafka":
        url = f"kafka://{request.getfixturevalue('kafka_bootstrap')}"
    assert await later_records(url, tmp_path, kafka) == []
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240 - nobody waits for this test
    async with open_log(url, tmp_path, kafka) as log:
        assert await later_records(url, tmp_path, kafka) == [], "the topics are empty"
        await log.append("matches", [Record("k", b'{"v":999,"t":"match","d":{}}'), Record("k", b"no record")])
        await log.append("articles", [Record("k", b"no record"), Record("k", b'{"v":999,"t":"article","d":{}}')])
        [one] = await later_records(url, tmp_path, kafka)
        assert "record 0 of matches/" in str(one)
        assert "upgrade this process first" in str(one)
