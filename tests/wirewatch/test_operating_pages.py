"""The pages and operations of those who keep wirewatch running: deliveries, dead letters, silences, the system."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.clock import SystemClock
from core.model.deadletter import DeadLetter
from core.model.outcome import AlertOutcome, DeadLetterReason, FailureReason, NotificationState
from core.model.rule import RuleDraft
from core.store import alerts, dead_letters, hourly, notifications, rules
from core.store.hourly import Step
from tests.wirewatch.people import Browser, add_people, browser
from tests.wirewatch.statuspage import HOSTILE, StatusPage, an_alert, status_page, with_title
from wirewatch.config.loading import load
from wirewatch.dead_letters import row_of
from wirewatch.usecases.permission import Role

NOW = SystemClock().now()


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        await add_people(made, Role.VIEWER, Role.EDITOR)
        yield made


@pytest.fixture
async def editor(page: StatusPage) -> AsyncIterator[Browser]:
    async with browser(page, "editor") as opened:
        yield opened


async def asked(seen: Browser, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """An operation of the API, with the cookie of a session."""
    more: dict[str, Any] = {"headers": {"Origin": seen.address, **headers}}
    if body is not None:
        more |= {"data": orjson.dumps(body), "headers": {**more["headers"], "Content-Type": "application/json"}}
    answer = await seen.send(method, f"/api/v1{path}", **more)
    return answer.status, orjson.loads(answer.text) if answer.text else None


# --- deliveries


async def test_what_is_dead_is_shown_by_cause_and_sent_again_one_by_cause_and_all(
    page: StatusPage, editor: Browser
) -> None:
    await page.raise_alert(an_alert("a"), FailureReason.SERVER_ERROR, dead=True)
    await page.raise_alert(an_alert("b"), FailureReason.SERVER_ERROR, dead=True)
    await page.raise_alert(an_alert("c"), FailureReason.GONE, dead=True)
    await page.raise_alert(an_alert("d"))
    shown = await editor.get("/deliveries")
    assert "What is dead, by cause" in shown.text
    status, found = await asked(editor, "GET", "/delivery-causes")
    assert (status, [(one["reason"], one["dead"]) for one in found["causes"]]) == (
        200,
        [("server_error", 2), ("gone", 1)],
    )
    listed = await editor.get("/deliveries?state=dead&reason=gone")
    [link] = re.findall(r'href="(/deliveries/[^"?]+)"', listed.text)
    assert "HTTP 503" in (await editor.get(link)).text
    assert (await editor.post(f"{link}/redrive")).status == 303
    assert (await editor.post(f"{link}/redrive")).status == 409
    assert (await editor.post("/deliveries/redrive", {"reason": "server_error", "channel_key": "desk"})).status == 303
    async with page.db.connection() as conn:
        assert await notifications.list_rows(conn, state=NotificationState.DEAD) == []
        assert len(await notifications.list_rows(conn, state=NotificationState.PENDING)) == 3
    assert await asked(editor, "POST", "/deliveries/redrive", {"state": "dead"}) == (200, {"due": 0})


async def test_a_channel_that_is_not_there_is_told_where_deliveries_are_looked_for(editor: Browser) -> None:
    assert (
        "there is no channel &#39;dsk&#39;; did you mean &#39;desk&#39;"
        in (await editor.get("/deliveries?channel=dsk")).text
    )
    status, told = await asked(editor, "GET", "/deliveries?channel=dsk")
    assert (status, told["code"]) == (404, "not_found")


# --- dead letters


async def _letter(page: StatusPage, offset: int, detail: str = "ValueError: no") -> str:
    letter = DeadLetter(
        topic="articles",
        partition=0,
        offset=offset,
        key="k",
        value_base64="eyJhIjoxfQ==",
        reason=DeadLetterReason.FAILED,
        detail=detail,
        at=NOW,
    )
    row = row_of(letter)
    async with page.db.transaction() as conn:
        await dead_letters.put_many(conn, [row])
    return row.letter_id


async def test_dead_letters_are_shown_read_again_and_dropped(page: StatusPage, editor: Browser) -> None:
    first, second = await _letter(page, 1, f"ValueError: {HOSTILE}"), await _letter(page, 2)
    assert first in (await editor.get("/dead-letters?stage=story&reason=failed")).text
    shown = await editor.get(f"/dead-letters/{first}")
    assert "{&#34;a&#34;:1}" in shown.text
    assert "<script>document" not in shown.text
    assert (await editor.post(f"/dead-letters/{first}/redrive")).status == 303
    assert (await editor.post(f"/dead-letters/{first}/redrive")).status == 409
    assert await asked(editor, "POST", f"/dead-letters/{second}/drop") == (200, {"letters": 1})
    status, found = await asked(editor, "GET", "/dead-letters?state=dropped")
    assert (status, [one["letter_id"] for one in found["dead_letters"]]) == (200, [second])
    status, whole = await asked(editor, "GET", f"/dead-letters/{second}")
    assert (whole["record"], whole["record_bytes"], whole["stage"]) == ('{"a":1}', 7, "story")


# --- silences


async def _rule(page: StatusPage) -> None:
    alert = an_alert("a", at=NOW - timedelta(hours=1))
    async with page.db.transaction() as conn:
        await rules.put(conn, RuleDraft(rule_id=alert.rule.rule_id, name="arms", query="arms", canonical="arms"), NOW)
        await alerts.insert_alert(conn, with_title(alert, HOSTILE), AlertOutcome.CREATED)


async def test_a_silence_is_previewed_made_and_ended(page: StatusPage, editor: Browser) -> None:
    await _rule(page)
    form = {"rule": "arms", "lasting": "2", "unit": "hours", "comment": "noise"}
    previewed = await editor.post("/silences/new", {**form, "comment": "", "do": "preview"})
    assert previewed.status == 200
    assert "<strong>1 alert</strong>" in previewed.text
    assert "<script>document" not in previewed.text
    assert "Nothing was silenced yet" in (await editor.get("/silences")).text
    made = await editor.post("/silences/new", {**form, "do": "save"})
    assert made.status == 303
    path = made.headers["Location"].partition("?")[0]
    assert "It hid no alert yet" in (await editor.get(path)).text
    assert "noise" in (await editor.get("/silences?state=in+force")).text
    assert (await editor.post(f"{path}/end")).status == 303
    assert (await editor.post(f"{path}/end")).status == 409


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"lasting": "soon"}, "expected a number above 0"),
        ({"lasting": "nan"}, "expected a number above 0"),
        ({"lasting": "1e300"}, "expected a number above 0"),
        ({"starts": "tomorrow"}, "expected a day and a time"),
        ({"starts": "0001-01-01T00:00"}, "over already"),
        ({"starts": "9999-12-31T00:00", "unit": "days"}, "expected a year up to 9000"),
        ({"comment": ""}, "say why"),
        ({"rule": ""}, "expected a name or a pattern"),
        ({"rule": "amrs"}, "did you mean &#39;arms&#39;"),
    ],
)
async def test_a_wrong_silence_is_shown_again_with_the_problem(
    page: StatusPage, editor: Browser, change: dict[str, str], told: str
) -> None:
    await _rule(page)
    form = {"rule": "arms", "lasting": "2", "unit": "hours", "comment": "noise", "do": "save", **change}
    refused = await editor.post("/silences/new", form)
    assert refused.status in (404, 422)
    assert told in refused.text


async def test_silences_through_the_api(page: StatusPage, editor: Browser) -> None:
    await _rule(page)
    body = {"rule": "ar*", "seconds": 3600, "comment": "noise"}
    status, seen = await asked(editor, "POST", "/silences/preview", body)
    assert (status, seen["alerts"], seen["by_rule"], seen["rules"]) == (200, 1, {"arms": 1}, ["arms"])
    status, made = await asked(editor, "POST", "/silences", body)
    assert (status, made["covered"], made["silence"]["state"]) == (201, 1, "in force")
    silence_id = made["silence"]["silence_id"]
    assert (await asked(editor, "GET", f"/silences/{silence_id}/hidden"))[1] == {"alerts": [], "next": None}
    assert (await asked(editor, "DELETE", f"/silences/{silence_id}"))[0] == 204
    assert (await asked(editor, "GET", f"/silences/{silence_id}"))[1]["state"] == "over"
    assert (await asked(editor, "POST", "/silences", {**body, "seconds": True}))[0] == 400


# --- channels through the API


async def test_channels_through_the_api(editor: Browser) -> None:
    body = {"name": "hook", "kind": "webhook", "settings": {"url": "https://chat.example/T0ken123", "max_per_hour": 9}}
    status, made = await asked(editor, "POST", "/channels", body)
    assert (status, made["channel"]["settings"]["url"]) == (201, "https://chat.example/[secret]")
    answer = await editor.get("/api/v1/channels/hook")
    tag = answer.headers["ETag"]
    status, changed = await asked(
        editor, "PATCH", "/channels/hook", {"settings": {"max_per_hour": 5}}, **{"If-Match": tag}
    )
    assert (status, changed["channel"]["settings"]["max_per_hour"], changed["changed"]) == (200, 5, True)
    status, told = await asked(
        editor, "PATCH", "/channels/hook", {"settings": {"max_per_hour": 6}}, **{"If-Match": tag}
    )
    assert (status, told["code"]) == (412, "stale")
    status, told = await asked(editor, "PATCH", "/channels/hook", {"settings": {"max_per_hour": "6"}})
    assert (status, told["code"], told["place"]) == (400, "invalid", "max_per_hour")
    status, told = await asked(editor, "PATCH", "/channels/hook", {"settings": {"secret_file": "/etc/passwd"}})
    assert (status, told["code"], told["place"]) == (400, "invalid", "secret_file")
    assert await asked(editor, "POST", "/channels/hook/pause") == (200, {"waiting": 0})
    assert (await asked(editor, "POST", "/channels/hook/pause"))[0] == 409
    assert (await asked(editor, "DELETE", "/channels/hook"))[0] == 204
    assert (await asked(editor, "GET", "/channels/hook"))[0] == 404
    status, kinds = await asked(editor, "GET", "/channel-kinds")
    assert "webhook" in [one["kind"] for one in kinds["kinds"]]


async def test_a_file_that_is_named_from_afar_ends_with_jsonl(editor: Browser) -> None:
    for path, expected in (
        ("data/wirewatch.db", 400),
        ("../x.jsonl", 400),
        ("/tmp/x.jsonl", 400),
        ("out/a.jsonl", 201),
    ):
        body = {"name": "book", "kind": "file", "settings": {"path": path}}
        assert (await asked(editor, "POST", "/channels", body))[0] == expected, path


# --- the system


async def test_the_system_page_shows_the_funnel_and_the_configuration_with_its_origin(
    page: StatusPage, editor: Browser
) -> None:
    async with page.db.transaction() as conn:
        await hourly.add(conn, NOW, {Step.SEEN: 4321, Step.TOLD: 7})
        await hourly.add(conn, NOW - timedelta(days=2), {Step.SEEN: 1})
    shown = await editor.get("/system")
    assert '<a href="/sources">4,321</a>' in shown.text
    assert '<a href="/deliveries?state=delivered">7</a>' in shown.text
    assert "First steps" in shown.text
    assert "wirewatch.toml:2" in shown.text
    status, found = await asked(editor, "GET", "/system")
    assert (status, found["funnel"]["totals"]["seen"], len(found["funnel"]["hours"])) == (200, 4321, 24)
    assert found["first_steps"] == {"sources": False, "rules": False, "channels": True, "told": False}
    settings = {one["key"]: one for one in found["configuration"]}
    assert settings["server.listen"] == {
        "key": "server.listen",
        "value": "127.0.0.1:0",
        "origin": "wirewatch.toml:2",
    }
    assert settings["fetch.max_bytes"]["origin"] == "default"


async def test_a_first_start_shows_the_way_to_a_first_message(page: StatusPage, editor: Browser) -> None:
    shown = await editor.get("/")
    assert "First steps" in shown.text
    for path in ("/sources/add", "/rules/new", "/channels/new"):
        assert f'href="{path}"' in shown.text
    [link] = re.findall(r'href="(/channels/[0-9a-f]+)"', shown.text)
    assert "Send a test message" in (await editor.get(link)).text
    await page.raise_alert(an_alert("a"))
    assert "First steps" not in (await editor.get("/")).text


async def test_a_reload_checks_the_files_first(page: StatusPage, editor: Browser) -> None:
    path = page.server._config.path
    good = path.read_text(encoding="utf-8")
    path.write_text(good + "\n[serverr]\n", encoding="utf-8")
    refused = await editor.post("/system/reload")
    assert refused.status == 422
    assert "serverr: unknown key" in refused.text
    status, told = await asked(editor, "POST", "/system/reload")
    assert (status, told["code"]) == (400, "invalid")
    path.write_text(good, encoding="utf-8")
    assert (await editor.post("/system/reload")).status == 303


async def test_a_viewer_changes_nothing(page: StatusPage) -> None:
    async with browser(page, "viewer") as viewer:
        assert "Reload</button>" not in (await viewer.get("/system")).text
        for path in ("/system/reload", "/deliveries/redrive", "/dead-letters/drop", "/silences/new"):
            assert (await viewer.post(path)).status == 403


# --- the same by program


@pytest.mark.parametrize(
    ("listen", "public_url", "asked_at"),
    [
        ("127.0.0.1", "http://news.example", "http://news.example"),
        ("0.0.0.0", "http://0.0.0.0:8080", None),  # nobody reaches what it only listens on
    ],
)
async def test_a_command_asks_where_people_reach_us_and_else_where_the_reader_does(
    page: StatusPage, editor: Browser, tmp_path: Path, listen: str, public_url: str, asked_at: str | None
) -> None:
    config = load(tmp_path / "wirewatch.toml", {})
    page.server.adopt(replace(config, server=replace(config.server, listen=(listen, 8080), public_url=public_url)))
    for path, operation in (("/tokens", "tokens"), ("/account", "account"), ("/silences/new", "silences")):
        shown = (await editor.get(path)).text
        assert re.search(f"curl -X [A-Z]+ {re.escape(asked_at or editor.address)}/api/v1/{operation}", shown), path
