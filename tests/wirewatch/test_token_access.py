"""What programs reach with a token: what its scopes say and its owner still may, at its pace, and nothing else."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.clock import SystemClock
from core.store import audit as audit_in_store
from core.store import tokens as tokens_in_store
from core.store import users as users_in_store
from tests.fakes.passwords import quick_passwords
from tests.wirewatch.people import Answer, Browser, add_people, browser
from tests.wirewatch.statuspage import HOSTILE, StatusPage, status_page
from wirewatch.usecases import tokens
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import EVERYTHING, HELD, Role
from wirewatch.usecases.tokens import NewToken

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    """A server with a user of each role, whose tokens may make six requests at once."""
    async with status_page(tmp_path, server="token_requests_per_minute = 60\ntoken_requests_at_once = 6") as made:
        await add_people(made)
        yield made


@dataclass(frozen=True)
class Script:
    """A program with a token."""

    one: Browser
    token: str

    async def send(self, method: str, path: str, body: object = None) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"}
        more: dict[str, object] = {"headers": headers}
        if body is not None:
            more |= {"data": orjson.dumps(body), "headers": {**headers, "Content-Type": "application/json"}}
        return await self.one.send(method, path, **more)

    async def get(self, path: str) -> Answer:
        return await self.send("GET", path)


def local(page: StatusPage) -> Acting:
    """Somebody at the machine."""
    assert page.server._serving is not None
    return replace(page.server._serving.visitor, actor="root", permissions=EVERYTHING)


async def made(page: StatusPage, owner: str, *scopes: str, name: str = "ci", **more: Any) -> str:
    new = NewToken(name=name, scopes=scopes, owner=owner, **more)
    return (await tokens.add(local(page), new)).secret


def read(answer: Answer) -> Mapping[str, Any]:
    found: Mapping[str, Any] = orjson.loads(answer.text)
    return found


async def test_a_token_does_what_its_scopes_say_and_no_more(page: StatusPage) -> None:
    async with browser(page) as one:
        script = Script(one, await made(page, "admin", "alerts:read"))
        assert (await script.get("/api/v1/alerts")).status == 200
        refused = await script.get("/api/v1/users")
        assert (refused.status, read(refused)["code"]) == (403, "not_permitted")
        assert "admin (token ci)" in read(refused)["detail"]


async def test_a_token_does_no_more_than_its_owner_still_may(page: StatusPage) -> None:
    async with browser(page) as one:
        script = Script(one, await made(page, "admin", "people:read"))
        assert (await script.get("/api/v1/users")).status == 200
        async with page.db.transaction() as conn:
            await users_in_store.change(conn, "admin" * 3, role=Role.VIEWER.value)
        assert (await script.get("/api/v1/users")).status == 403
        async with page.db.transaction() as conn:
            await users_in_store.change(conn, "admin" * 3, enabled=False)
        assert (await script.get("/api/v1/users")).status == 401


@pytest.mark.parametrize("shown", ["Bearer", "Bearer ", "Bearer ww_none", "bearer x", "Bearer ww_\xe9"])
async def test_a_token_that_is_none_opens_nothing_whatever_the_browser_has(page: StatusPage, shown: str) -> None:
    async with browser(page, "admin") as one:
        answer = await one.get("/api/v1/alerts", Authorization=shown)
        assert (answer.status, read(answer)["code"]) == (401, "not_signed_in")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_another_scheme_is_not_for_us(page: StatusPage) -> None:
    """A proxy in front asks for a password of its own, and passes it on."""
    async with browser(page, "admin") as one:
        assert (await one.get("/api/v1/alerts", Authorization="Basic YTpi")).status == 200


async def test_a_token_ends(page: StatusPage) -> None:
    async with browser(page) as one:
        gone = Script(one, await made(page, "admin", "alerts:read", lasting=timedelta(days=1)))
        assert (await gone.get("/api/v1/alerts")).status == 200
        serving = page.server._serving
        assert serving is not None
        page.server._serving = replace(serving, visitor=replace(serving.visitor, clock=_Later()))
        assert (await gone.get("/api/v1/alerts")).status == 401


class _Later(SystemClock):
    def now(self) -> Any:
        return super().now() + timedelta(days=2)


async def test_a_token_that_is_removed_is_over_at_once(page: StatusPage) -> None:
    async with browser(page) as one:
        script = Script(one, await made(page, "editor", "tokens:own"))
        (row,) = read(await script.get("/api/v1/tokens"))["tokens"]
        assert (await script.send("DELETE", f"/api/v1/tokens/{row['token_id']}")).status == 204
        assert (await script.get("/api/v1/tokens")).status == 401


async def test_a_program_needs_no_origin_and_the_audit_log_names_its_token(page: StatusPage) -> None:
    async with browser(page) as one:
        script = Script(one, await made(page, "editor", "all"))
        answer = await script.send("POST", "/api/v1/tokens", {"name": "second", "scopes": ["read"]})
        assert answer.status == 201
    async with page.db.connection() as conn:
        (newest, *_) = await audit_in_store.list_rows(conn)
    assert (newest.actor, newest.action, newest.address) == ("editor (token ci)", "token.add", "127.0.0.1")
    assert newest.after is not None
    assert newest.after["owner"] == "editor"
    assert read(answer)["secret"] not in repr(newest)


async def test_a_token_is_used_at_its_pace(page: StatusPage) -> None:
    async with browser(page) as one:
        script = Script(one, await made(page, "admin", "alerts:read"))
        other = Script(one, await made(page, "admin", "alerts:read", name="other"))
        answers = [await script.get("/api/v1/alerts") for _ in range(8)]
        assert [answer.status for answer in answers[:6]] == [200] * 6
        assert (answers[-1].status, read(answers[-1])["code"]) == (429, "too_many_requests")
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 2
        assert (await other.get("/api/v1/alerts")).status == 200


async def test_when_and_from_where_a_token_was_used_last_stands_in_the_list(page: StatusPage) -> None:
    async with browser(page) as one:
        script = Script(one, await made(page, "admin", "tokens:own", "tokens:change"))
        for _ in range(3):
            (row,) = read(await script.get("/api/v1/tokens"))["tokens"]
    assert row["last_used"] is not None
    assert row["last_address"] == "127.0.0.1"


async def test_the_secret_is_shown_once_and_kept_nowhere(page: StatusPage) -> None:
    async with browser(page, "analyst") as one:
        shown = await one.post("/tokens", {"name": "mine", "scopes": "read", "days": "30"})
        assert shown.status == 200
        secret = shown.text.partition('class="secret">')[2].partition("<")[0]
        assert secret.startswith("ww_")
        assert len(secret) > 43
        assert (await Script(one, secret).get("/api/v1/alerts")).status == 200
        again = await one.get("/tokens")
        assert "mine" in again.text
        assert secret not in again.text
    async with page.db.connection() as conn:
        (row,) = await tokens_in_store.page(conn)
        logged = repr(await audit_in_store.list_rows(conn))
    assert secret not in repr(row) + logged


async def test_everybody_sees_and_removes_own_tokens_and_admins_those_of_all(page: StatusPage) -> None:
    await made(page, "viewer", "read", name="of-viewer")
    await made(page, "editor", "read", name=HOSTILE[:100])
    async with browser(page, "viewer") as viewer, browser(page, "admin") as admin:
        assert "of-viewer" in (await viewer.get("/tokens")).text
        assert "&lt;script&gt;" not in (await viewer.get("/tokens")).text
        everything = (await admin.get("/tokens")).text
        assert "of-viewer" in everything
        assert "&lt;script&gt;" in everything
        assert "<script>document" not in everything
        rows = {row["owner"]: row for row in read(await admin.get("/api/v1/tokens"))["tokens"]}
        refused = await viewer.post(f"/tokens/{rows['editor']['token_id']}/remove")
        assert refused.status == 404
        assert (await viewer.get(f"/api/v1/tokens/{rows['editor']['token_id']}")).status == 404
        assert (await admin.post(f"/tokens/{rows['editor']['token_id']}/remove")).status == 303
        assert read(await admin.get("/api/v1/tokens?own=true"))["tokens"] == []


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"name": "x", "scopes": "people:change"}, 422, "has the role analyst"),
        ({"name": "x", "scopes": "nonsense"}, 422, "there is no scope"),
        ({"name": "x"}, 422, "needs a scope"),
        ({"name": "", "scopes": "read"}, 422, "expected a name"),
        ({"name": "x", "scopes": "read", "days": "-1"}, 422, "expected a number of days"),
        ({"name": "x", "scopes": "read", "owner": "admin"}, 403, "tokens:change"),
        ({"name": "taken", "scopes": "read"}, 409, "already"),
    ],
)
async def test_a_form_that_is_wrong_is_shown_again_with_what_was_typed(
    page: StatusPage, fields: dict[str, str], status: int, said: str
) -> None:
    await made(page, "analyst", "read", name="taken")
    async with browser(page, "analyst") as one:
        answer = await one.post("/tokens", fields)
    assert answer.status == status
    assert said in answer.text
    assert f'value="{fields["name"]}"' in answer.text


async def test_an_owner_that_there_is_not_is_told_at_its_field(page: StatusPage) -> None:
    async with browser(page, "admin") as one:
        answer = await one.post("/tokens", {"name": "x", "scopes": "read", "owner": "nobody"})
    assert answer.status == 422
    assert "there is no user &#39;nobody&#39;" in answer.text.partition('id="owner-wrong"')[2].partition("</p>")[0]
    assert 'id="name-wrong"' not in answer.text


async def test_a_token_makes_no_token_that_outlives_or_outdoes_it(page: StatusPage) -> None:
    async with browser(page) as one:
        script = Script(one, await made(page, "admin", "tokens:own", "alerts:read", lasting=timedelta(days=3)))
        more = await script.send("POST", "/api/v1/tokens", {"name": "more", "scopes": ["people:change"]})
        assert (more.status, read(more)["code"]) == (400, "invalid")
        longer = await script.send("POST", "/api/v1/tokens", {"name": "longer", "scopes": ["alerts:read"], "days": 90})
        assert longer.status == 201
        (first,) = [row for row in read(await script.get("/api/v1/tokens"))["tokens"] if row["name"] == "ci"]
        assert read(longer)["token"]["expires"] == first["expires"]


async def test_a_token_acts_in_its_team(page: StatusPage) -> None:
    async with browser(page) as one:
        script = Script(one, await made(page, "admin", "all", team="sport"))
        await script.send("POST", "/api/v1/tokens", {"name": "second", "scopes": ["read"]})
    async with page.db.connection() as conn:
        (newest, *_) = await audit_in_store.list_rows(conn)
    assert newest.team_id == "1" * 24


async def test_scopes_may_be_words_for_many(page: StatusPage) -> None:
    acting = local(page)
    every = await tokens.add(acting, NewToken(name="every", scopes=("all",), owner="analyst"))
    assert set(every.token.scopes) == HELD[Role.ANALYST]
    reading = await tokens.add(acting, NewToken(name="reading", scopes=("read", "alerts:change"), owner="analyst"))
    assert "alerts:change" in reading.token.scopes
    assert all(scope.endswith(":read") for scope in set(reading.token.scopes) - {"alerts:change"})
