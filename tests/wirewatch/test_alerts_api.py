"""Alerts through the API: every filter, every verb, what was changed meanwhile, and who sees which."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.model.alert import Alert
from core.model.outcome import AlertOutcome
from core.store import alerts, users
from tests.wirewatch.people import SPORT, Browser, add_people, browser
from tests.wirewatch.statuspage import StatusPage, an_alert, status_page, with_title
from wirewatch.usecases.permission import Role

ARMS = with_title(an_alert("arms"), "Ships with arms leave")
SEIZED = with_title(an_alert("seized"), "A ship is seized")


class Api:
    """The API as somebody signed in uses it."""

    def __init__(self, page: StatusPage, opened: Browser) -> None:
        self.page, self.opened = page, opened
        self.etag = ""

    async def __call__(self, method: str, path: str, body: Any = None, *, status: int = 200, if_match: str = "") -> Any:
        more: dict[str, Any] = {} if body is None else {"json": body}
        headers = {"Origin": self.opened.address} | ({"If-Match": if_match} if if_match else {})
        answer = await self.opened.send(method, f"/api/v1{path}", headers=headers, **more)
        assert answer.status == status, answer.text
        self.etag = answer.headers.get("ETag", "")
        return orjson.loads(answer.text) if answer.text else None

    async def listed(self, query: str) -> list[str]:
        found = await self("GET", f"/alerts?{query}")
        return [one["alert"]["story_id"] for one in found["alerts"]]


async def insert(page: StatusPage, *made: Alert, outcome: AlertOutcome = AlertOutcome.CREATED) -> None:
    async with page.db.transaction() as conn:
        for alert in made:
            await alerts.insert_alert(conn, alert, outcome)


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with status_page(tmp_path) as page:
        await add_people(page, Role.ANALYST, Role.VIEWER, Role.EDITOR)
        await insert(page, ARMS, SEIZED)
        async with browser(page, "analyst") as opened:
            yield Api(page, opened)


def path(alert: Alert, verb: str = "") -> str:
    return f"/alerts/{alert.alert_id}{verb and '/'}{verb}"


async def test_alerts_are_narrowed_by_each_filter(api: Api) -> None:
    everything = sorted(["arms", "seized"])
    assert sorted(await api.listed("")) == everything
    for query in (
        "source=Example+World",
        "priority=normal",
        "state=open",
        "assignee=nobody",
        "team=default",
        "outcome=created",
    ):
        assert sorted(await api.listed(query)) == everything, query
    for query in ("source=Globe", "priority=flash", "state=resolved", "assignee=me", "outcome=silenced", "q=nothing"):
        assert await api.listed(query) == [], query
    assert await api.listed("q=SEIZED") == ["seized"]
    assert (
        sorted(await api.listed(f"rule={ARMS.rule.rule_id}&since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z"))
        == everything
    )
    assert await api.listed("until=2026-01-01T00:00:00%2B01:00") == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("rule=nosuch", 404, "not_found"),
        ("assignee=nosuch", 404, "not_found"),
        ("assignee=%00", 400, "bad_assignee"),
        ("team=nosuch", 404, "not_found"),
        ("since=yesterday", 400, "bad_since"),
        ("since=2026-01-01T00:00:00", 400, "bad_since"),
        ("since=2026-03-01T00:00:00Z&until=2026-02-01T00:00:00Z", 400, "bad_until"),
        ("priority=urgent", 400, "bad_priority"),
        ("colour=red", 400, "bad_query"),
    ],
)
async def test_a_filter_that_means_nothing_is_refused(api: Api, query: str, status: int, code: str) -> None:
    assert (await api("GET", f"/alerts?{query}", status=status))["code"] == code


async def test_an_alert_goes_through_its_states_and_each_word_is_kept_with_who_said_it(api: Api) -> None:
    taken = await api("POST", path(ARMS, "acknowledge"), {"comment": "I call them"})
    assert (taken["state"]["status"], taken["state"]["by"], taken["changed"]) == ("acknowledged", "analyst", True)
    assert not (await api("POST", path(ARMS, "acknowledge"), {}))["changed"]
    given = await api("POST", path(ARMS, "assign"), {"assignee": "editor"})
    assert (given["state"]["assignee_name"], given["changed"]) == ("editor", True)
    await api("POST", path(ARMS, "comment"), {"comment": "still nobody there"})
    shown = await api("GET", path(ARMS))
    assert shown["alert"]["state"]["assignee_name"] == "editor"
    assert [(one["status"], one["assignee_name"], one["comment"], one["via"]) for one in shown["history"]] == [
        ("acknowledged", None, "I call them", "api"),
        (None, "editor", "", "api"),
        (None, None, "still nobody there", "api"),
    ]
    assert await api.listed("assignee=editor") == ["arms"]
    assert await api.listed("state=acknowledged") == ["arms"]
    assert (await api("POST", path(ARMS, "not-relevant"), {"comment": "an exercise"}))["state"][
        "comment"
    ] == "an exercise"
    assert (await api("POST", path(ARMS, "acknowledge"), {}, status=409))["code"] == "conflict"
    assert (await api("POST", path(ARMS, "relevant"), {}))["state"]["status"] == "open"
    snoozed = await api("POST", path(ARMS, "snooze"), {"for_seconds": 3600})
    assert (snoozed["state"]["status"], bool(snoozed["state"]["until"])) == ("snoozed", True)
    assert (await api("POST", path(ARMS, "resolve"), {}))["state"]["status"] == "resolved"
    released = await api("POST", path(ARMS, "release"), {})
    assert (released["state"]["status"], released["state"]["assignee"]) == ("open", None)


@pytest.mark.parametrize(
    ("verb", "body", "status", "code"),
    [
        ("snooze", {}, 400, "invalid"),
        ("snooze", {"until": "2001-01-01T00:00:00Z"}, 400, "invalid"),
        ("snooze", {"until": "2099-01-01T00:00:00Z"}, 400, "invalid"),
        ("snooze", {"until": "2099-01-01T00:00:00Z", "for_seconds": 5}, 400, "invalid"),
        ("snooze", {"for_seconds": -1}, 400, "bad_body"),
        ("assign", {"assignee": "nosuch"}, 404, "not_found"),
        ("comment", {"comment": ""}, 400, "bad_body"),
        ("comment", {"comment": " "}, 400, "invalid"),
        ("release", {}, 409, "conflict"),
        ("relevant", {}, 409, "conflict"),
        ("acknowledge", {"by": "somebody else"}, 400, "bad_body"),
    ],
)
async def test_what_cannot_be_said_is_refused_with_its_place(
    api: Api, verb: str, body: dict[str, Any], status: int, code: str
) -> None:
    assert (await api("POST", path(ARMS, verb), body, status=status))["code"] == code


async def test_who_has_not_seen_the_last_change_is_told_of_it(api: Api) -> None:
    await api("GET", path(ARMS))
    seen = api.etag
    await api("POST", path(ARMS, "acknowledge"), {}, if_match=seen)
    assert api.etag not in ("", seen)
    stale = await api("POST", path(ARMS, "resolve"), {}, status=412, if_match=seen)
    assert "changed meanwhile by analyst" in stale["detail"]
    await api("POST", path(ARMS, "resolve"), {}, if_match="*")


async def test_many_alerts_are_told_at_once_each_with_its_own_result(api: Api) -> None:
    await api("POST", path(SEIZED, "resolve"), {})
    body = {"alerts": [ARMS.alert_id, SEIZED.alert_id, "nosuch", ARMS.alert_id], "verb": "acknowledge"}
    found = await api("POST", "/alerts/bulk", body)
    assert [(one["alert_id"], one["changed"], one["code"]) for one in found["results"]] == [
        (ARMS.alert_id, True, None),
        (SEIZED.alert_id, False, "conflict"),
        ("nosuch", False, "not_found"),
    ]
    assert found["changed"] == 1
    assert (await api("POST", "/alerts/bulk", {"alerts": [ARMS.alert_id], "verb": "snooze"}, status=400))[
        "code"
    ] == "invalid"
    assert (await api("POST", "/alerts/bulk", {"alerts": [], "verb": "resolve"}, status=400))["code"] == "bad_body"


async def test_who_may_only_read_changes_nothing(api: Api) -> None:
    async with browser(api.page, "viewer") as opened:
        viewer = Api(api.page, opened)
        assert sorted(await viewer.listed("")) == ["arms", "seized"]
        assert (await viewer("POST", path(ARMS, "acknowledge"), {}, status=403))["code"] == "not_permitted"
        assert (await viewer("POST", "/alerts/bulk", {"alerts": ["x"], "verb": "resolve"}, status=403))[
            "code"
        ] == "not_permitted"


async def test_alerts_of_other_teams_are_not_there(api: Api) -> None:
    of_sport = replace(an_alert("match"), rule=replace(ARMS.rule, rule_id="r" * 24, team_id=SPORT))
    await insert(api.page, of_sport)
    assert sorted(await api.listed("")) == ["arms", "seized"]
    assert (await api("GET", "/alerts?team=sport", status=404))["code"] == "not_found"
    assert (await api("GET", path(of_sport), status=404))["code"] == "not_found"
    assert (await api("POST", path(of_sport, "acknowledge"), {}, status=404))["code"] == "not_found"
    async with api.page.db.transaction() as conn:
        await users.join_team(conn, "analyst" * 3, SPORT)
    assert await api.listed("team=sport") == ["match"]
    assert (await api("GET", path(of_sport)))["alert"]["alert"]["story_id"] == "match"
    assert sorted(await api.listed("")) == ["arms", "seized"]  # of the team that she works in


async def test_views_are_ones_own(api: Api) -> None:
    kept = await api(
        "POST",
        "/views",
        {"page": "alerts", "name": " Mine  now ", "query": "?state=open&cursor=x&rule=a%20b"},
        status=201,
    )
    assert (kept["name"], kept["query"]) == ("Mine now", "state=open&rule=a+b")
    again = await api("POST", "/views", {"page": "alerts", "name": "Mine now", "query": "q=ship"}, status=201)
    assert (again["view_id"], again["query"]) == (kept["view_id"], "q=ship")
    assert [one["name"] for one in (await api("GET", "/views?page=alerts"))["views"]] == ["Mine now"]
    async with browser(api.page, "viewer") as opened:
        viewer = Api(api.page, opened)
        assert (await viewer("GET", "/views"))["views"] == []
        await viewer("DELETE", f"/views/{kept['view_id']}", status=404)
    await api("DELETE", f"/views/{kept['view_id']}", status=204)
    assert (await api("GET", "/views"))["views"] == []
