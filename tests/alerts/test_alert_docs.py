"""The documents of the alert side say what the code does."""

import base64
import re
import textwrap
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from alerts.channels.registry import KINDS, channel_settings
from alerts.channels.signing import keys_of, signed_headers
from alerts.deliver.endpoint import EndpointPolicy
from alerts.deliver.retry_policy import RetryPolicy
from core.clock import SystemClock
from core.model.outcome import AlertOutcome, EscalationOutcome, FailureReason
from core.model.rule import RuleSettings
from core.model.rule_tables import TABLES, read_settings, read_table, written
from core.model.sending import Digest, QuietHours, Throttle, aware
from tests.alerts.webhook_schema import webhook_schema

DOCS = Path(__file__).resolve().parents[2] / "docs"
ALERTING = (DOCS / "alerting.md").read_text()
CHANNELS = (DOCS / "channels.md").read_text()
WEBHOOK = (DOCS / "webhook.md").read_text()


def blocks(text: str) -> list[str]:
    """The indented blocks of a document."""
    found = re.findall(r"(?:(?<=\n\n)|\A)((?:    .*\n|\n(?=    ))+)", text)
    return [textwrap.dedent(block) for block in found]


def block_with(text: str, word: str) -> str:
    return next(block for block in blocks(text) if word in block)


@pytest.mark.parametrize("word", [*AlertOutcome, *EscalationOutcome, *FailureReason])
def test_every_outcome_and_reason_is_documented(word: str) -> None:
    assert re.search(rf"^\| .*`{word}`.*\|", ALERTING, re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_channel_is_shown_with_a_few_lines_that_work(kind: str) -> None:
    (table,) = tomllib.loads(block_with(CHANNELS, f'kind = "{kind}"'))["channels"]
    if "secret" in table:
        table["secret"] = "whsec_" + base64.b64encode(bytes(32)).decode()
    assert channel_settings(table).kind == kind


def documented_settings() -> RuleSettings:
    (table,) = tomllib.loads(block_with(ALERTING, "[[rules]]"))["rules"]
    table["throttle"] = Throttle(**table["throttle"])
    table |= {name: tuple(table[name]) for name in ("channels", "inhibits", "spread_outlets", "tags")}
    table["since"] = aware(table["since"])
    plain = {key: value for key, value in table.items() if key not in {"name", "query"}}
    assert set(RuleSettings.__dataclass_fields__) - {"standing", "unreadable"} == set(plain)
    return RuleSettings(**{key: read_table(key, value) if key in TABLES else value for key, value in plain.items()})


def test_the_settings_of_a_rule_are_documented_as_they_are_read() -> None:
    settings = documented_settings()
    assert isinstance(settings.quiet_hours, QuietHours)
    assert isinstance(settings.digest, Digest)


def test_settings_survive_the_database() -> None:
    settings = documented_settings()
    assert read_settings(orjson.loads(orjson.dumps(written(settings)))) == settings


def test_the_schedule_of_tries_is_the_documented_one() -> None:
    policy = RetryPolicy()
    assert [policy.backoff.delay_seconds(n, 0.5) for n in (1, 2, 3)] == [5, 15, 45]
    assert policy.backoff.max_seconds == 6 * 3600
    assert f"after {policy.max_attempts} attempts that may have arrived" in ALERTING
    assert f"when it is {policy.max_age_hours:g} hours old and was tried {policy.least_attempts} times" in ALERTING
    assert f"failed for {policy.least_failing_seconds / 60:g} minutes or more" in ALERTING
    rests = EndpointPolicy().backoff
    assert (rests.first_seconds, rests.factor, rests.max_seconds, rests.jitter) == (5, 1.05, 600, 0.2)
    for row in (
        "| first | 5 s |",
        "| growth | a twentieth longer after each further failure |",
        "| longest | 10 minutes |",
        "| jitter | a fifth |",
    ):
        assert row in ALERTING


def test_the_example_body_follows_the_schema() -> None:
    body = orjson.loads(block_with(WEBHOOK, '"version": 1'))
    Draft202012Validator(webhook_schema()).validate(body)
    properties: Any = webhook_schema()["properties"]
    for event in properties["event"]["enum"] + properties["reason"]["enum"]:
        assert f"`{event}`" in WEBHOOK


def test_the_example_check_accepts_ours_and_refuses_others() -> None:
    namespace: dict[str, Any] = {}
    exec(block_with(WEBHOOK, "def verify"), namespace)  # the document's own code
    verify = SimpleNamespace(**namespace).verify
    secret, other = ("whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
    headers = signed_headers(
        keys_of(f"{other} {secret}"), notification_id="n", timestamp=SystemClock().now(), body=b"{}"
    )
    assert verify(secret, headers, b"{}")
    assert verify(other, headers, b"{}")
    assert not verify(secret, headers, b"{ }")
