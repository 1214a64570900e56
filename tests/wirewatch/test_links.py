"""The pages behind signed links: opening one changes nothing, its button does, and what is no link says so."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import FormData

from alerts.deliver.link_maker import LinkMaker, keys_in, rotate
from alerts.links import Link, LinkAction, sign
from core.clock import SystemClock
from core.model.alert import Alert
from core.model.alert_state import AlertEvent, AlertState
from core.model.outcome import AlertStatus
from core.model.rule import RuleDraft
from core.store import alert_states, rules, silences
from tests.wirewatch.statuspage import HOSTILE, StatusPage, an_alert, status_page, with_title

ALERT = with_title(an_alert(), f"Ships {HOSTILE}")
RULE = "dprk [arms]*"  # signs that a pattern would have


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        async with made.db.transaction() as conn:
            draft = RuleDraft(rule_id=ALERT.rule.rule_id, name=RULE, query="arms", canonical="arms")
            await rules.put(conn, draft, SystemClock().now())
        await made.raise_alert(replace(ALERT, created=SystemClock().now()))
        yield made


async def link(page: StatusPage, action: LinkAction, *, days: float = 7, alert: Alert = ALERT) -> str:
    (key, *_) = await keys_in(page.db)
    expires = SystemClock().now() + timedelta(days=days)
    return f"{page.server.address}/a/{sign(key, Link(action=action, alert_id=alert.alert_id, expires=expires))}"


async def ask(url: str, method: str = "GET", form: dict[str, str] | None = None) -> tuple[int, str, Mapping[str, str]]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=None if form is None else FormData(form)) as answer,
    ):
        return answer.status, await answer.text(), answer.headers


async def state(page: StatusPage) -> AlertState | None:
    async with page.db.connection() as conn:
        return (await alert_states.of_alerts(conn, [ALERT.alert_id])).get(ALERT.alert_id)


@pytest.mark.parametrize("action", LinkAction)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_a_link_changes_nothing(page: StatusPage, action: LinkAction, method: str) -> None:
    url = await link(page, action)
    for _ in range(3):
        code, text, headers = await ask(url, method)
        assert code == 200
    assert await state(page) is None
    async with page.db.connection() as conn:
        assert await silences.page(conn) == []
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert "<script>document" not in text


async def test_the_button_acknowledges_under_the_name_given(page: StatusPage) -> None:
    url = await link(page, LinkAction.ACKNOWLEDGE)
    assert ">Acknowledge</button>" in (await ask(url))[1]
    code, text, _ = await ask(url, "POST", {"name": "  Ann <b>\n "})
    assert code == 200
    assert "Acknowledged by Ann &lt;b&gt; (by link)." in text
    found = await state(page)
    assert found is not None
    assert (found.status, found.by) == (AlertStatus.ACKNOWLEDGED, "Ann <b> (by link)")
    assert "so already" in (await ask(url, "POST", {"name": "Ann <b>"}))[1]
    assert "Take over" in (await ask(url))[1]
    assert "Ann" in (await ask(f"{page.server.address}/alerts/{ALERT.alert_id}"))[1]


async def test_without_a_name_it_is_by_link(page: StatusPage) -> None:
    await ask(await link(page, LinkAction.ACKNOWLEDGE), "POST", {})
    found = await state(page)
    assert found is not None
    assert found.by == "by link"


async def test_what_is_settled_is_not_acknowledged_and_says_why(page: StatusPage) -> None:
    async with page.db.transaction() as conn:
        event = AlertEvent(alert_id=ALERT.alert_id, at=SystemClock().now(), by="kim", status=AlertStatus.RESOLVED)
        await alert_states.put(conn, event)
    url = await link(page, LinkAction.ACKNOWLEDGE)
    assert "<button" not in (await ask(url))[1]
    code, text, _ = await ask(url, "POST", {})
    assert code == 409
    assert "resolved, by kim" in text


async def test_a_silence_shows_what_it_hides_and_is_of_this_rule_alone(page: StatusPage) -> None:
    url = await link(page, LinkAction.SILENCE)
    _, text, _ = await ask(url)
    assert "1 alert in the last 4 h" in text
    assert 'value="24"' in text
    code, text, _ = await ask(url, "POST", {"hours": "24", "name": "Ann"})
    assert code == 200
    assert "Silenced until" in text
    async with page.db.connection() as conn:
        [silence] = await silences.page(conn)
    assert silence.rule == "dprk [[]arms][*]"
    assert silence.author == "Ann (by link)"
    assert ALERT.alert_id in silence.comment
    assert timedelta(hours=23) < silence.ends - SystemClock().now() <= timedelta(hours=24)


@pytest.mark.parametrize("hours", ["0", "5", "9" * 30, "-4", "x", ""])
async def test_a_silence_for_another_time_than_offered_is_refused(page: StatusPage, hours: str) -> None:
    code, text, _ = await ask(await link(page, LinkAction.SILENCE), "POST", {"hours": hours})
    assert code == 409
    assert "Expected one of" in text
    async with page.db.connection() as conn:
        assert await silences.page(conn) == []


async def test_why_shows_the_evidence_and_why_it_was_sent(page: StatusPage) -> None:
    _, text, _ = await ask(await link(page, LinkAction.WHY))
    assert "→ “<bdi>arms</bdi>” in the body" in text
    assert "the first match of the rule in this story" in text
    assert "<button" not in text
    assert (await ask(await link(page, LinkAction.WHY), "POST", {}))[0] == 200
    assert await state(page) is None


async def test_a_link_that_is_over_is_gone_and_one_that_was_changed_is_not_found(page: StatusPage) -> None:
    over = await link(page, LinkAction.ACKNOWLEDGE, days=-0.01)
    good = await link(page, LinkAction.ACKNOWLEDGE)
    unknown = await link(page, LinkAction.ACKNOWLEDGE, alert=an_alert("another"))
    for method in ("GET", "POST"):
        code, text, _ = await ask(over, method)
        assert (code, "This link is over" in text) == (410, True)
        for url in (good[:-1], good.replace(".ack.", ".silence."), good.replace("/a/", "/a/x"), unknown):
            assert (await ask(url, method))[0] == 404
    assert await state(page) is None


async def test_links_of_a_replaced_key_stay_valid_unless_they_are_revoked(page: StatusPage) -> None:
    url = await link(page, LinkAction.ACKNOWLEDGE)
    async with page.db.transaction() as conn:
        await rotate(conn, SystemClock().now(), revoke=False)
    assert (await ask(url))[0] == 200
    async with page.db.transaction() as conn:
        await rotate(conn, SystemClock().now(), revoke=True)
    assert (await ask(url))[0] == 404


async def test_guessing_is_slowed_down_and_good_links_go_on_working(page: StatusPage) -> None:
    url = await link(page, LinkAction.ACKNOWLEDGE)
    codes = [(await ask(f"{page.server.address}/a/guess{number}"))[0] for number in range(30)]
    assert codes[:20] == [404] * 20
    assert codes[-1] == 429
    assert (await ask(url))[0] == 200


async def test_a_form_of_any_size_is_read_within_bounds(page: StatusPage) -> None:
    url = await link(page, LinkAction.ACKNOWLEDGE)
    assert (await ask(url, "POST", {"name": "x" * 9000}))[0] == 413
    assert await state(page) is None


async def test_the_links_of_a_message_lead_to_these_pages(page: StatusPage) -> None:
    maker = LinkMaker(page.db, SystemClock(), f"{page.server.address}/")
    await maker.refresh()
    made = maker(ALERT)
    assert made is not None
    for url in (made.alert, made.acknowledge, made.silence, made.why):
        assert (await ask(url))[0] == 200
    assert LinkMaker(page.db, SystemClock(), "")(ALERT) is None
