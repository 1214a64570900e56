"""What the events of PagerDuty say, and what becomes of an incident by what people do here."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from alerts.channels.channel import EditingChannel, Sending
from alerts.channels.message import Message
from alerts.channels.registry import build_channel, channel_settings
from core.clock import SystemClock
from core.errors import ConfigError
from core.model.alert_state import AlertState
from core.model.outcome import AlertStatus, Priority
from core.net.client import Fetcher, FetchSettings
from core.net.guard import AddressGuard
from tests.alerts.channels.message_shapes import shapes
from tests.alerts.making import NOW
from tests.fakes.channel_tools import tools
from tests.fakes.services.pagerduty import FakePagerDuty

SHAPES = shapes()


@pytest.fixture
async def service() -> AsyncIterator[FakePagerDuty]:
    async with FakePagerDuty() as fake:
        yield fake


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock(), FetchSettings()) as fetcher:
        yield fetcher


def channel(service: FakePagerDuty, fetcher: Fetcher, **more: object) -> EditingChannel:
    raw = {"name": "oncall", "kind": "pagerduty", **service.settings(), **more}
    return cast(EditingChannel, build_channel(channel_settings(raw), tools(fetcher, Path())))


def sending(number: int = 1) -> Sending:
    return Sending(notification_id=f"n{number}", attempt=1, now=NOW)


def in_state(message: Message, status: AlertStatus) -> Message:
    return replace(message, state=AlertState(status=status, by="Ann", at=NOW))


@pytest.mark.parametrize(
    ("status", "theirs"),
    [
        (AlertStatus.ACKNOWLEDGED, "acknowledged"),
        (AlertStatus.SNOOZED, "acknowledged"),
        (AlertStatus.RESOLVED, "resolved"),
        (AlertStatus.NOT_RELEVANT, "resolved"),
        (AlertStatus.OPEN, "triggered"),
    ],
)
async def test_what_people_do_with_the_alert_is_done_with_the_incident(
    service: FakePagerDuty, fetcher: Fetcher, status: AlertStatus, theirs: str
) -> None:
    oncall = channel(service, fetcher)
    message = SHAPES["evidence-latin"]
    receipt = await oncall.send(message, sending())
    await oncall.edit(in_state(message, status), receipt.reference, sending())
    (incident,) = service.incidents
    assert (incident.key, incident.status) == (message.stories[0].alert_id, theirs)


async def test_an_update_joins_the_incident_that_is_open_and_opens_another_after_it_was_resolved(
    service: FakePagerDuty, fetcher: Fetcher
) -> None:
    oncall = channel(service, fetcher)
    receipt = await oncall.send(SHAPES["evidence-latin"], sending(1))
    await oncall.send(SHAPES["update"], sending(2))
    assert [one.events for one in service.incidents] == [2]
    service.forget(receipt.reference)
    await oncall.send(SHAPES["update"], sending(3))
    assert [one.status for one in service.incidents] == ["resolved", "triggered"]


async def test_a_digest_is_an_incident_of_its_own(service: FakePagerDuty, fetcher: Fetcher) -> None:
    await channel(service, fetcher).send(SHAPES["digest"], sending(7))
    assert [one.key for one in service.incidents] == ["n7"]


async def test_a_test_touches_no_incident(service: FakePagerDuty, fetcher: Fetcher) -> None:
    oncall = channel(service, fetcher)
    await oncall.send(SHAPES["evidence-latin"], sending(1))
    await oncall.send(SHAPES["test"], sending(2))
    assert [(one.key, one.events) for one in service.incidents] == [
        (SHAPES["evidence-latin"].stories[0].alert_id, 1),
        ("n2", 1),
    ]


async def test_the_severity_is_the_priority_unless_it_is_set(service: FakePagerDuty, fetcher: Fetcher) -> None:
    flash, normal = SHAPES["flash"], SHAPES["evidence-latin"]
    low = replace(normal, rule=replace(normal.rule, priority=Priority.LOW))
    oncall = channel(service, fetcher, severity={"normal": "error"})
    for number, message in enumerate((flash, normal, low)):
        stories = tuple(replace(one, alert_id=f"a{number}") for one in message.stories)
        await oncall.send(replace(message, stories=stories), sending(number))
    assert [one.severity for one in service.incidents] == ["critical", "error", "info"]


async def test_a_template_stands_beside_the_state(service: FakePagerDuty, fetcher: Fetcher) -> None:
    oncall = channel(service, fetcher, template="{{ rule.name }} says **{{ articles[0].headline }}**")
    await oncall.send(SHAPES["acknowledged"], sending())
    (shown,) = service.shown
    assert "dprk-arms says North Korea ships arms to Russia" in shown.text
    assert "Acknowledged by Ann" in shown.text


def test_channels_of_one_integration_share_its_limit() -> None:
    def key(routing_key: str) -> str:
        raw = {"name": "oncall", "kind": "pagerduty", "routing_key": routing_key}
        return build_channel(channel_settings(raw), tools(cast(Fetcher, None), Path())).limit_key

    one, other = "8c1f0b62d57e4a3f9b2d6c7e8f901a2b", "00000b62d57e4a3f9b2d6c7e8f901a2b"
    assert key(one) == key(one) != key(other)
    assert one not in key(one)


@pytest.mark.parametrize("key", ["", " ", "two words", "line\nbreak"])
def test_a_key_that_cannot_be_one_is_refused_without_being_shown(key: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(key)
    settings = channel_settings({"name": "oncall", "kind": "pagerduty", "routing_key_file": "key"})
    with pytest.raises(ConfigError) as caught:
        settings.check_files(tmp_path)
    (problem,) = caught.value.problems
    assert problem == "channel oncall: routing_key_file: expected a token of at least 6 characters, without blanks"
