"""PagerDuty tells us who took an alert: what is signed and concerns one is heeded, once; all else changes nothing."""

import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from core.clock import SystemClock
from core.model.alert_state import OPEN, AlertEvent, AlertState
from core.model.outcome import AlertStatus
from core.store import alert_states
from tests.wirewatch.statuspage import StatusPage, an_alert, status_page

SECRET, OLD = "s3cret-of-the-subscription", "the-one-before"
ALERT = an_alert()
CHANNELS = f"""
[[channels]]
name = "on call"
kind = "pagerduty"
routing_key = "R0UTING"
webhook_secret = "{SECRET} {OLD}"

[[channels]]
name = "deaf"
kind = "pagerduty"
routing_key = "R0UTING"
"""
ANN = {"id": "PXPGF42", "type": "user_reference", "summary": "Ann Example"}
ITSELF = {"id": "PF9", "type": "events_api_v2_inbound_integration_reference", "summary": "wirewatch"}


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path, server=CHANNELS) as made:
        await made.raise_alert(ALERT)
        yield made


def event(
    kind: str, *, key: str = ALERT.alert_id, agent: dict[str, str] | None = ANN, minutes: float = 0
) -> dict[str, Any]:
    at = SystemClock().now() + timedelta(minutes=minutes)
    return {
        "event": {
            "id": "01BZ",
            "event_type": kind,
            "resource_type": "incident",
            "occurred_at": at.isoformat().replace("+00:00", "Z"),
            "agent": agent,
            "data": {"id": "PT4KHLK", "type": "incident", "incident_key": key, "status": "acknowledged"},
        }
    }


def signature(body: bytes, secret: str = SECRET) -> str:
    return "v1=" + hmac.new(secret.encode(), body, sha256).hexdigest()


async def tell(
    page: StatusPage, said: object, *, channel: str = "on%20call", signed: str | None = None
) -> tuple[int, str]:
    body = said if isinstance(said, bytes) else orjson.dumps(said)
    headers = {"X-PagerDuty-Signature": signature(body) if signed is None else signed}
    url = f"{page.server.address}/hooks/pagerduty/{channel}"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def state(page: StatusPage) -> AlertState:
    async with page.db.connection() as conn:
        return (await alert_states.of_alerts(conn, [ALERT.alert_id])).get(ALERT.alert_id, OPEN)


async def test_who_acknowledges_and_resolves_there_does_so_here(page: StatusPage) -> None:
    assert await tell(page, event("incident.acknowledged")) == (200, "the alert is acknowledged\n")
    found = await state(page)
    assert (found.status, found.by) == (AlertStatus.ACKNOWLEDGED, "Ann Example (PagerDuty)")
    assert (await tell(page, event("incident.resolved", agent=None)))[0] == 200
    assert (await state(page)).status is AlertStatus.RESOLVED
    async with page.db.connection() as conn:
        assert [one.via for one in await alert_states.history(conn, ALERT.alert_id)] == ["pagerduty", "pagerduty"]


async def test_the_same_webhook_twice_changes_nothing_more(page: StatusPage) -> None:
    said = event("incident.acknowledged")
    for _ in range(2):
        assert (await tell(page, said))[0] == 200
    async with page.db.connection() as conn:
        assert len(await alert_states.history(conn, ALERT.alert_id)) == 1


async def test_a_person_opens_it_again_and_a_rule_of_theirs_does_not(page: StatusPage) -> None:
    await tell(page, event("incident.acknowledged"))
    assert "a time of theirs" in (await tell(page, event("incident.unacknowledged", agent=ITSELF)))[1]
    assert (await state(page)).status is AlertStatus.ACKNOWLEDGED
    assert (await tell(page, event("incident.unacknowledged")))[1] == "the alert is open\n"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (AlertStatus.ACKNOWLEDGED, "incident.acknowledged"),
        (AlertStatus.RESOLVED, "incident.resolved"),
        (AlertStatus.NOT_RELEVANT, "incident.resolved"),
        (AlertStatus.SNOOZED, "incident.acknowledged"),
    ],
)
async def test_our_own_word_that_comes_back_changes_nothing(page: StatusPage, ours: AlertStatus, theirs: str) -> None:
    await _said_here(page, ours, 0)
    assert "already" in (await tell(page, event(theirs, agent=ITSELF)))[1]
    assert ((await state(page)).status, (await state(page)).by) == (ours, "kim")


async def _said_here(page: StatusPage, status: AlertStatus, minutes: float) -> None:
    at = SystemClock().now() + timedelta(minutes=minutes)
    async with page.db.transaction() as conn:
        await alert_states.put(conn, AlertEvent(alert_id=ALERT.alert_id, at=at, by="kim", status=status))


async def test_a_webhook_that_comes_late_does_not_undo_what_was_said_since(page: StatusPage) -> None:
    await _said_here(page, AlertStatus.OPEN, 0)
    assert "since" in (await tell(page, event("incident.resolved", minutes=-10)))[1]
    assert (await state(page)).status is AlertStatus.OPEN


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (event("incident.acknowledged", key="anothers"), "of no alert"),
        (event("incident.acknowledged", key="\0" + "x" * 100), "of no alert"),
        (event("incident.acknowledged", key="x" * 300), "nothing to do"),
        (event("incident.escalated"), "nothing to do"),
        ({"event": {"event_type": "pagey.ping", "data": {"message": "Hello"}}}, "nothing to do"),
    ],
)
async def test_what_concerns_no_alert_is_taken_and_changes_nothing(page: StatusPage, said: object, answer: str) -> None:
    code, text = await tell(page, said)
    assert code == 200
    assert answer in text
    assert await state(page) == OPEN


async def test_only_what_is_signed_is_heard(page: StatusPage) -> None:
    body = orjson.dumps(event("incident.acknowledged"))
    for bad in ("", "v1=", signature(body, "other"), signature(body)[:-1], signature(body).removeprefix("v1=")):
        assert (await tell(page, body, signed=bad))[0] == 401
    assert (await tell(page, body + b" ", signed=signature(body)))[0] == 401
    assert (await tell(page, body, channel="deaf"))[0] == 404
    assert (await tell(page, body, channel="none"))[0] == 404
    assert (await tell(page, b"[1, 2"))[0] == 400
    assert await state(page) == OPEN
    assert (await tell(page, body, signed=f"v1=00, {signature(body, OLD)}"))[0] == 200
    assert (await state(page)).status is AlertStatus.ACKNOWLEDGED


async def test_unsigned_requests_are_slowed_down_and_signed_ones_go_on(page: StatusPage) -> None:
    codes = [(await tell(page, b"{}", signed="v1=00"))[0] for _ in range(25)]
    assert codes[-1] == 429
    assert (await tell(page, event("incident.acknowledged")))[0] == 200


async def test_a_body_of_any_size_is_read_within_bounds(page: StatusPage) -> None:
    assert (await tell(page, b"x" * 600_000))[0] == 413


async def test_the_secret_is_shown_nowhere(page: StatusPage) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{page.server.address}/api/v1/channels") as answer,
    ):
        assert SECRET not in await answer.text()
