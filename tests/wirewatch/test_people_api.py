"""Users, teams and one's own account through the API: the same as the pages, with tags, places and codes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.fakes.passwords import quick_passwords
from tests.wirewatch.people import PASSWORD, Browser, add_people, browser
from tests.wirewatch.statuspage import StatusPage, status_page

__all__ = ["quick_passwords"]

pytestmark = pytest.mark.usefixtures("quick_passwords")
API = "/api/v1"


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        await add_people(made)
        yield made


async def call(
    one: Browser, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, dict[str, Any], str]:
    """Status, answer and tag."""
    sent = {"Origin": one.address, **headers}
    answer = await one.send(method, API + path, headers=sent, **({} if body is None else {"json": body}))
    return answer.status, orjson.loads(answer.text or "{}"), answer.headers.get("ETag", "")


async def test_users_by_the_api(page: StatusPage) -> None:
    async with browser(page, "admin") as one:
        status, listed, _ = await call(one, "GET", "/users?limit=3")
        assert [user["name"] for user in listed["users"]] == ["admin", "analyst", "editor"]
        status, rest, _ = await call(one, "GET", f"/users?limit=3&cursor={listed['next']}")
        assert ([user["name"] for user in rest["users"]], rest["next"]) == (["viewer"], None)
        new = {"name": "li", "password": PASSWORD, "role": "analyst", "teams": ["sport"]}
        status, added, tag = await call(one, "POST", "/users", new)
        assert (status, added["role"], added["teams"], added["has_password"]) == (201, "analyst", ["sport"], True)
        assert PASSWORD not in repr(added)
        assert (await call(one, "POST", "/users", new))[0] == 409
        assert (await call(one, "GET", f"/users/{added['user_id']}"))[1:] == (added, tag)
        status, changed, now = await call(one, "PATCH", "/users/li", {"role": "viewer"}, **{"If-Match": tag})
        assert (status, changed["role"], changed["teams"]) == (200, "viewer", ["sport"])
        assert now != tag
        for method, body in (("PATCH", {"role": "admin"}), ("DELETE", None)):
            status, problem, _ = await call(one, method, "/users/li", body, **{"If-Match": tag})
            assert (status, problem["code"]) == (412, "stale")
            assert "admin" in problem["detail"]
        assert (await call(one, "PUT", "/users/li/password", {"password": "another long walk"}))[0] == 204
        assert (await call(one, "DELETE", "/users/li", **{"If-Match": now}))[0] == 204
        status, problem, _ = await call(one, "GET", "/users/li")
        assert (status, problem["code"]) == (404, "not_found")
        status, problem, _ = await call(one, "DELETE", "/users/admin")
        assert (status, problem["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        ({"name": "li", "password": "short"}, "bad_body", "/password"),
        ({"name": "li", "password": "aaaaaaaaaaaa"}, "invalid", "password"),
        ({"name": "<li>"}, "invalid", "name"),
        ({"name": ""}, "bad_body", "/name"),
        ({"name": "li", "role": "king"}, "bad_body", "/role"),
        ({"name": "li", "admin": True}, "bad_body", "/admin"),
        ({}, "bad_body", "/name"),
    ],
)
async def test_a_body_that_is_wrong_is_told_with_its_place(
    page: StatusPage, body: dict[str, object], code: str, place: str
) -> None:
    async with browser(page, "admin") as one:
        status, problem, _ = await call(one, "POST", "/users", body)
        assert (status, problem["code"], problem["place"].strip("/")) == (400, code, place.strip("/"))
        assert "short" not in repr(problem)


async def test_teams_by_the_api(page: StatusPage) -> None:
    async with browser(page, "admin") as one:
        status, added, tag = await call(one, "POST", "/teams", {"name": "crime"})
        assert (status, added["members"]) == (201, 0)
        assert (await call(one, "GET", "/teams/crime"))[1:] == (added, tag)
        assert (await call(one, "POST", "/teams", {"name": "crime"}))[0] == 409
        await call(one, "PATCH", "/users/viewer", {"teams": ["crime", "default"]})
        assert [team["members"] for team in (await call(one, "GET", "/teams"))[1]["teams"]] == [1, 4, 0]
        assert [user["name"] for user in (await call(one, "GET", "/users?team=crime"))[1]["users"]] == ["viewer"]
        assert (await call(one, "DELETE", "/teams/crime"))[0] == 409
        await call(one, "PATCH", "/users/viewer", {"teams": ["default"]})
        assert (await call(one, "DELETE", "/teams/crime", **{"If-Match": tag}))[0] == 204
        assert (await call(one, "PATCH", "/users/viewer", {"teams": ["crime"]}))[0] == 404
        assert (await call(one, "PATCH", "/users/viewer", {"teams": []}))[0] == 400


async def test_ones_own_account_by_the_api(page: StatusPage) -> None:
    async with browser(page, "admin") as admin, browser(page, "editor") as one, browser(page, "editor") as other:
        await call(admin, "PATCH", "/users/editor", {"teams": ["default", "sport"]})
        mine = (await call(one, "GET", "/account"))[1]
        assert (mine["name"], mine["team_id"]) == ("editor", "default")
        assert [team["name"] for team in mine["teams"]] == ["default", "sport"]
        changed = (await call(one, "PATCH", "/account", {"time_zone": "Asia/Kolkata", "team": "sport"}))[1]
        assert (changed["time_zone"], changed["team_id"]) == ("Asia/Kolkata", mine["teams"][1]["team_id"])
        assert (await call(one, "GET", "/account"))[1] == changed
        assert (await call(other, "GET", "/account"))[1]["team_id"] == "default"  # each session has its own
        assert (await call(one, "PATCH", "/account", {"team": None}))[0] == 400
        assert (await call(one, "PATCH", "/account", {"time_zone": None}))[1]["time_zone"] is None
        assert len((await call(one, "GET", "/account/sessions"))[1]["sessions"]) == 2
        assert (await call(one, "DELETE", "/account/sessions"))[1] == {"ended": 1}
        assert (await call(other, "GET", "/account"))[0] == 401
        wrong = {"old_password": "wrong", "password": "another long walk"}
        status, problem, _ = await call(one, "PUT", "/account/password", wrong)
        assert (status, problem["code"], problem["place"].strip("/")) == (400, "invalid", "old_password")
        assert (await call(one, "PUT", "/account/password", {**wrong, "old_password": PASSWORD}))[0] == 204
        assert (await call(admin, "PATCH", "/account", {"team": "sport"}))[1]["team_id"] is not None
        assert (await call(admin, "PATCH", "/account", {"team": None}))[1]["team_id"] is None
