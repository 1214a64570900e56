"""People: who may sign in, in which role and teams. Read and changed by admins."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from aiohttp import web

from wirewatch.console.forms import Form, curl, form
from wirewatch.console.render import html, redirect
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import teams, users
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission, Role
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound, Refused
from wirewatch.usecases.users import NewUser, UserChange

_PATH = "/people"
_API = "/api/v1/users"
_READ, _CHANGE = Permission.READ_PEOPLE, Permission.CHANGE_PEOPLE
_SHOWN = 100


async def list_people(request: web.Request) -> web.Response:
    """Users and teams, with the forms for new ones."""
    return await _people(request)


async def add(request: web.Request) -> web.Response:
    """A new user."""
    sent = await form(request)
    password = sent.raw("password") or None
    try:
        new = NewUser(name=sent.text("name"), password=password, role=_role(sent), teams=sent.many("teams"))
        added = await users.add(request[ACTING], new)
    except (Invalid, Conflict, NotFound) as error:
        typed = {"name": sent.text("name"), "role": sent.text("role")}
        return await _people(request, error, typed, sent.many("teams"))
    return redirect(f"{_PATH}/{added.user_id}", "user_added")


async def add_team(request: web.Request) -> web.Response:
    """A new team."""
    sent = await form(request)
    try:
        await teams.add(request[ACTING], sent.text("team"))
    except (Invalid, Conflict) as error:
        field = Invalid(str(error), "team")
        return await _people(request, field, {"team": sent.text("team")}, status=_status(error))
    return redirect(_PATH, "saved")


async def remove_team(request: web.Request) -> web.Response:
    """Remove a team that owns nothing."""
    try:
        await teams.remove(request[ACTING], request.match_info["team_id"])
    except Conflict as error:
        return await _people(request, Invalid(str(error), "teams_list"), status=409)
    return redirect(_PATH, "removed")


async def show(request: web.Request) -> web.Response:
    """One user, with the forms that change it."""
    return await _person(request)


async def change(request: web.Request) -> web.Response:
    """Role, teams, and whether the user may sign in."""
    sent = await form(request)
    wanted = UserChange(role=_role(sent), enabled=sent.has("enabled"), teams=sent.many("teams"))
    try:
        await users.change(request[ACTING], request.match_info["user_id"], wanted)
    except (Invalid, Conflict) as error:
        return await _person(request, error, "change")
    return redirect(request.path.rpartition("/")[0], "saved")


async def set_password(request: web.Request) -> web.Response:
    """A new password; all sessions of the user end."""
    sent = await form(request)
    try:
        await users.set_password(request[ACTING], request.match_info["user_id"], sent.raw("password"))
    except Invalid as error:
        return await _person(request, error, "password")
    return redirect(request.path.rpartition("/")[0], "password")


async def sign_out(request: web.Request) -> web.Response:
    """End the sessions of a user."""
    await users.end_sessions(request[ACTING], request.match_info["user_id"])
    return redirect(request.path.rpartition("/")[0], "session_ended")


async def remove(request: web.Request) -> web.Response:
    """Remove a user for good."""
    try:
        await users.remove(request[ACTING], request.match_info["user_id"])
    except Conflict as error:
        return await _person(request, error, "remove")
    return redirect(_PATH, "removed")


def _role(sent: Form) -> Role | None:
    word = sent.text("role")
    try:
        return Role(word) if word else None
    except ValueError:
        raise Invalid(f"expected one of {', '.join(Role)}", "role") from None


def _status(error: Refused) -> int:
    return 409 if isinstance(error, Conflict) else 422


async def _people(
    request: web.Request,
    error: Refused | None = None,
    typed: Mapping[str, str] | None = None,
    chosen: Sequence[str] = (),
    *,
    status: int | None = None,
) -> web.Response:
    acting = request[ACTING]
    team = request.query.get("team") or None
    found = await users.list_page(acting, Paging(_SHOWN, request.query.get("cursor")), team)
    problems = {} if error is None else {_field(error, "name"): str(error)}
    body: dict[str, Any] = {"name": "kim", "role": "analyst", "teams": ["default"], "password": "..."}
    return await html(
        request,
        "people.html",
        status=status or (200 if error is None else _status(error)),
        users=found.items,
        next=None if found.next is None else f"{_PATH}?{f'team={quote(team)}&' if team else ''}cursor={found.next}",
        team=team or "",
        teams=(await teams.list_page(acting, Paging(limit=None))).items,
        roles=list(Role),
        problems=problems,
        typed={"name": "", "role": Role.VIEWER.value, "team": "", **(typed or {})},
        chosen=chosen,
        curl={
            "user": curl(request, "POST", _API, body),
            "team": curl(request, "POST", "/api/v1/teams", {"name": "sport"}),
        },
    )


async def _person(request: web.Request, error: Refused | None = None, where: str = "") -> web.Response:
    acting = request[ACTING]
    user = await users.show(acting, request.match_info["user_id"])
    body = {"role": user.role.value, "teams": list(user.teams), "enabled": user.enabled}
    api = f"{_API}/{quote(user.name, safe='')}"
    return await html(
        request,
        "person.html",
        status=200 if error is None else _status(error),
        user=user,
        sessions=await users.sessions_of(acting, user.user_id),
        teams=(await teams.list_page(acting, Paging(limit=None))).items,
        roles=list(Role),
        problems={} if error is None else {where: str(error)},
        curl={
            "change": curl(request, "PATCH", api, body),
            "password": curl(request, "PUT", f"{api}/password", {"password": "..."}),
            "sessions": curl(request, "DELETE", f"{api}/sessions"),
            "remove": curl(request, "DELETE", api),
        },
    )


def _field(error: Refused, otherwise: str) -> str:
    return (error.field if isinstance(error, Invalid) else None) or otherwise


ROUTES = [
    page(_PATH, _READ, list_people),
    action(_PATH, _CHANGE, add),
    action(f"{_PATH}/teams", _CHANGE, add_team),
    action(f"{_PATH}/teams/{{team_id}}/remove", _CHANGE, remove_team),
    page(f"{_PATH}/{{user_id}}", _READ, show),
    action(f"{_PATH}/{{user_id}}/change", _CHANGE, change),
    action(f"{_PATH}/{{user_id}}/password", _CHANGE, set_password),
    action(f"{_PATH}/{{user_id}}/sign-out", _CHANGE, sign_out),
    action(f"{_PATH}/{{user_id}}/remove", _CHANGE, remove),
]
