"""Channels in the console: made, tried out, changed, paused and removed, without a secret ever shown again."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.channels.registry import KINDS
from core.store import channels
from tests.fakes.receiver import Answer, Receiver
from tests.wirewatch.people import Browser, add_people, browser
from tests.wirewatch.statuspage import HOSTILE, StatusPage, status_page
from wirewatch.usecases.permission import Role

SECRET = "whsec_" + "YWFh" * 12
REACHING = '[fetch]\nallow_networks = ["127.0.0.0/8"]\n'


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path, server=f"\n{REACHING}") as made:
        await add_people(made, Role.VIEWER, Role.EDITOR)
        yield made


@pytest.fixture
async def editor(page: StatusPage) -> AsyncIterator[Browser]:
    async with browser(page, "editor") as opened:
        yield opened


async def _make(editor: Browser, url: str, **more: str) -> str:
    """Make a webhook channel; the path of its page."""
    fields = {"kind": "webhook", "name": "hook", "s.url": url, "s.secret": SECRET, **more}
    made = await editor.post("/channels/new", fields)
    assert made.status == 303, made.text
    return made.headers["Location"].partition("?")[0]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_has_a_form_with_what_it_needs(editor: Browser, kind: str) -> None:
    listed = await editor.get("/channels/new")
    assert f'href="/channels/new?kind={kind}"' in listed.text
    shown = await editor.get(f"/channels/new?kind={kind}")
    assert shown.status == 200
    for name, field in KINDS[kind].settings.model_fields.items():
        if field.is_required() and name not in ("name", "kind"):
            assert f'name="s.{field.alias or name}"' in shown.text
    assert "_file" not in re.sub(r"<p class=\"help\".*?</p>", "", shown.text)


async def test_a_channel_is_made_tried_out_paused_and_removed(page: StatusPage, editor: Browser) -> None:
    async with Receiver([Answer(status=204)]) as receiver:
        path = await _make(editor, f"{receiver.url}?key=T0ken123")
        tried = await editor.post(f"{path}/test")
        assert tried.status == 200
        [sent] = receiver.received
        assert sent.json["event"] == "test"
        assert sent.headers["webhook-id"] in tried.text
        assert "HTTP 204" in tried.text
        assert "T0ken123" not in tried.text
    listed = await editor.get("/channels")
    assert "hook" in listed.text
    assert (await editor.post(f"{path}/pause")).status == 303
    assert "Paused by editor" in (await editor.get(path)).text
    assert (await editor.post(f"{path}/pause")).status == 409
    assert (await editor.post(f"{path}/resume")).status == 303
    assert (await editor.post(f"{path}/remove")).status == 303
    assert (await editor.get(path)).status == 404


async def test_a_secret_is_never_shown_again_and_stays_where_its_field_is_left_empty(
    page: StatusPage, editor: Browser
) -> None:
    path = await _make(editor, "https://chat.example/T0ken123")
    shown = await editor.get(path)
    assert "T0ken123" not in shown.text
    assert SECRET not in shown.text
    tag = re.search(r'name="tag" value="([0-9a-f]+)"', shown.text)
    assert tag is not None
    saved = await editor.post(path, {"tag": tag[1], "s.url": "", "s.secret": "", "s.max_per_hour": "20"})
    assert saved.status == 303, saved.text
    async with page.db.connection() as conn:
        row = await channels.get(conn, "hook")
    assert row is not None
    assert row.settings == {"url": "https://chat.example/T0ken123", "secret": SECRET, "max_per_hour": 20}
    late = await editor.post(path, {"tag": tag[1], "s.max_per_hour": "30"})
    assert late.status == 412
    assert "was changed meanwhile by editor" in late.text


async def test_a_refused_form_is_shown_again_with_what_was_typed_and_the_problem_at_its_field(editor: Browser) -> None:
    fields = {"kind": "webhook", "name": "hook", "s.url": "chat.example", "s.timeout_seconds": "soon"}
    refused = await editor.post("/channels/new", fields)
    assert refused.status == 422
    assert 'value="hook"' in refused.text
    assert 'value="soon"' in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert "expected a number" in refused.text
    assert "begin it with https://" in refused.text


@pytest.mark.parametrize(
    "fields",
    [
        {"s.url": "https://chat.example/${DATABASE_PASSWORD}"},
        {"s.url": "https://chat.example/h", "s.headers": "X-Key = ${AWS_SECRET}"},
    ],
)
async def test_a_form_names_no_variable_of_the_server(editor: Browser, fields: dict[str, str]) -> None:
    refused = await editor.post("/channels/new", {"kind": "webhook", "name": "hook", **fields})
    assert refused.status == 422
    assert "named in its configuration or by command only" in refused.text


async def test_a_kept_secret_goes_to_no_other_receiver(page: StatusPage, editor: Browser) -> None:
    path = await _make(editor, "https://chat.example/h", **{"s.headers": "Authorization = Bearer T0ken123456"})
    moved = await editor.post(path, {"s.url": "https://elsewhere.example/h"})
    assert moved.status == 422
    assert "would go to another receiver" in moved.text
    again = {
        "s.url": "https://elsewhere.example/h",
        "s.secret": SECRET.replace("YWFh", "YmJi"),
        "drop.headers": "1",
    }
    assert (await editor.post(path, again)).status == 303
    async with page.db.connection() as conn:
        row = await channels.get(conn, "hook")
    assert row is not None
    assert set(row.settings) == {"url", "secret"}


async def test_a_channel_of_a_file_is_shown_and_changed_there(page: StatusPage, editor: Browser) -> None:
    async with page.db.connection() as conn:
        row = await channels.get(conn, "desk")
    assert row is not None
    shown = await editor.get(f"/channels/{row.channel_id}")
    assert "It is managed in wirewatch.toml" in shown.text
    assert "chat.example/[secret]" in shown.text
    refused = await editor.post(f"/channels/{row.channel_id}", {"s.max_per_hour": "5"})
    assert refused.status == 409
    assert "is managed in wirewatch.toml; change it there" in refused.text
    assert (await editor.post(f"/channels/{row.channel_id}/pause")).status == 303


async def test_who_may_only_read_sees_no_button_and_can_do_nothing(page: StatusPage, editor: Browser) -> None:
    path = await _make(editor, "https://chat.example/h")
    async with browser(page, "viewer") as viewer:
        shown = await viewer.get(path)
        assert shown.status == 200
        assert "Send a test message</button>" not in shown.text
        assert (await viewer.get("/channels/new")).status == 403
        for action in ("", "/pause", "/test", "/remove"):
            assert (await viewer.post(f"{path}{action}")).status == 403


async def test_hostile_names_and_settings_stay_text(editor: Browser) -> None:
    name = HOSTILE[:40]
    fields = {"kind": "webhook", "name": name, "s.url": "https://chat.example/h", "s.fallback": HOSTILE[:60]}
    refused = await editor.post("/channels/new", fields)
    assert "<script>document" not in refused.text
    fields.pop("s.fallback")
    made = await editor.post("/channels/new", fields)
    assert made.status == 303
    for path in ("/channels", made.headers["Location"]):
        assert "<script>document" not in (await editor.get(path)).text
