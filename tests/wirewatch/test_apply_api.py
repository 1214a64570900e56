"""`POST /api/v1/apply` and `wirewatch apply`: one document, in TOML or JSON."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from core.clock import SystemClock
from tests.wirewatch.people import Browser, add_people, browser
from tests.wirewatch.statuspage import StatusPage, status_page
from wirewatch.cli.main import cli
from wirewatch.usecases.permission import Role

TOML = """
[[aliases]]
name = "dprk"
terms = ["North Korea", "DPRK"]

[[rules]]
name = "dprk-arms"
query = "@dprk AND arms"
"""


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as opened:
        await add_people(opened)
        yield opened


async def sent(asker: Browser, body: str, query: str = "", media: str = "application/toml", **headers: str) -> Any:
    told = {"Content-Type": media, "Origin": asker.address, **headers}
    answer = await asker.send("POST", f"/api/v1/apply{query}", data=body.encode(), headers=told)
    return answer.status, orjson.loads(answer.text)


async def test_a_document_is_tried_applied_and_applied_again(page: StatusPage) -> None:
    async with browser(page, Role.ADMIN) as admin:
        status, tried = await sent(admin, TOML, "?dry_run=true")
        assert (status, tried["applied"], tried["counts"]["add"]) == (200, False, 2)
        assert orjson.loads((await admin.get("/api/v1/rules")).text)["rules"] == []
        _, done = await sent(admin, TOML)
        assert [(one["noun"], one["name"], one["verdict"]) for one in done["steps"]] == [
            ("aliases", "dprk", "add"),
            ("rules", "dprk-arms", "add"),
        ]
        json = '{"rules": [{"name": "dprk-arms", "query": "@dprk AND guns"}]}'
        _, changed = await sent(admin, json, media="application/json")
        assert changed["steps"][0]["changes"] == [
            {"field": "query", "before": "@dprk AND arms", "after": "@dprk AND guns"}
        ]
        _, pruned = await sent(admin, "rules = []\n", "?prune=true")
        assert pruned["counts"] == {"add": 0, "change": 0, "same": 0, "conflict": 0, "remove": 1}


@pytest.mark.parametrize(
    ("body", "media", "code", "place"),
    [
        ("[[rules]]\nname = North\n", "application/toml", "bad_toml", ""),
        ("{", "application/json", "bad_json", None),
        ('{"rule": []}', "application/json", "bad_body", "/rule"),
        ('{"rules": [{"name": "a", "query": "b", "chanels": []}]}', "application/json", "invalid", "/rules/0/chanels"),
        ('[[rules]]\nname = "a"\nquery = "b c d"\n', "application/toml", "invalid", "/rules/0"),
    ],
)
async def test_what_is_wrong_has_its_place(
    page: StatusPage, body: str, media: str, code: str, place: str | None
) -> None:
    async with browser(page, Role.ADMIN) as admin:
        status, told = await sent(admin, body, media=media)
    assert (status, told["code"]) == (400, code)
    if place is not None:
        assert told["problems"][0]["place"] == place


async def test_with_a_key_it_is_applied_once(page: StatusPage) -> None:
    async with browser(page, Role.ADMIN) as admin:
        first = await sent(admin, TOML, **{"Idempotency-Key": "k1"})
        assert await sent(admin, TOML, **{"Idempotency-Key": "k1"}) == first
        assert (await sent(admin, TOML))[1]["counts"]["same"] == 2


async def test_who_may_not_change_a_thing_applies_nothing(page: StatusPage) -> None:
    async with browser(page, Role.VIEWER) as viewer:
        status, told = await sent(viewer, TOML, "?dry_run=true")
    assert (status, told["code"]) == (403, "not_permitted")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "wirewatch.toml"
    path.write_text('[server]\nlisten = ""\n', encoding="utf-8")
    return path


def run(config: Path, *words: str, given: str | None = None) -> tuple[int, str]:
    found = CliRunner().invoke(cli, ["apply", *words, "--config", str(config)], input=given)
    assert found.exception is None or isinstance(found.exception, SystemExit), repr(found.exception)
    return found.exit_code, found.output


def test_the_command_shows_what_would_change_and_does_it(config: Path, tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(TOML, encoding="utf-8")
    code, told = run(config, str(file), "--dry-run")
    assert code == 0
    assert "+ rule dprk-arms" in told
    assert "nothing was changed; 2 to add, 0 to change, 0 to remove, 0 the same" in told
    code, told = run(config, str(file))
    assert (code, told.splitlines()[-1]) == (0, "2 added, 0 changed, 0 removed, 0 the same")
    changed = TOML.replace("AND arms", "AND guns")
    code, told = run(config, "-", given=changed)
    assert code == 0
    assert '~ rule dprk-arms\n    query: "@dprk AND arms" -> "@dprk AND guns"' in told
    code, told = run(config, "-", "--prune", "--json", given='{"rules": []}')
    assert code == 0
    assert orjson.loads(told.splitlines()[0])["verdict"] == "remove"


def test_the_command_tells_every_problem_with_its_line(config: Path) -> None:
    code, told = run(config, "-", given=TOML + 'chanels = ["desk"]\n')
    assert code == 1
    assert 'rules[0].chanels: unknown key; did you mean "channels"?' in told
    assert "nothing was changed" in told
    code, told = run(config, "-", given='[[rules]]\nname = "a"\nquery = "b c d"\n')
    assert (code, "nothing was changed" in told) == (1, True)
    assert run(config, "no-such-file.toml")[0] == 2


async def test_a_silence_that_somebody_else_ended_meanwhile_is_not_ended_unseen(page: StatusPage) -> None:
    async with browser(page, Role.ADMIN) as admin:
        await sent(admin, '[[rules]]\nname = "a"\nquery = "arms"\n')
        until = (SystemClock().now() + timedelta(days=1)).isoformat()
        await sent(admin, f'[[silences]]\nrule = "a"\nends = {until}\ncomment = "x"\n')
        (silence,) = orjson.loads((await admin.get("/api/v1/silences")).text)["silences"]
        path = f"/api/v1/silences/{silence['silence_id']}"
        tag = (await admin.get(path)).headers["ETag"]
        stale = {"Origin": admin.address, "If-Match": '"another"'}
        assert (await admin.send("DELETE", path, headers=stale)).status == 412
        assert (await admin.send("DELETE", path, headers={**stale, "If-Match": tag})).status == 204


async def test_a_token_is_told_once_even_to_who_asks_again(page: StatusPage) -> None:
    async with browser(page, Role.ADMIN) as admin:
        body = orjson.dumps({"name": "script", "scopes": ["alerts:read"]})
        headers = {"Content-Type": "application/json", "Origin": admin.address, "Idempotency-Key": "k"}
        first = await admin.send("POST", "/api/v1/tokens", data=body, headers=headers)
        again = await admin.send("POST", "/api/v1/tokens", data=body, headers=headers)
    assert first.status == 201, first.text
    assert (again.status, orjson.loads(again.text)["code"]) == (409, "answer_not_kept")
    assert orjson.loads(first.text)["secret"] not in again.text
