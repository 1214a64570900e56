"""The page on which users change what is their own: password, time zone, team, sessions."""

from collections.abc import Mapping

from aiohttp import web

from wirewatch.console.forms import curl, form
from wirewatch.console.render import html, redirect
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import account
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid

_PATH = "/account"
_OWN = Permission.OWN_ACCOUNT


async def show(request: web.Request) -> web.Response:
    """Everything that is one's own."""
    return await _page(request)


async def change_password(request: web.Request) -> web.Response:
    """Change it, and end the other sessions."""
    sent = await form(request)
    new, again = sent.raw("password"), sent.raw("again")
    if new != again:
        return await _refused(request, Invalid("this is not the same as the new password above", "again"), "again")
    try:
        await account.change_password(request[ACTING], sent.raw("old_password"), new)
    except (Invalid, Conflict) as error:
        return await _refused(request, error, "password")
    return redirect(_PATH, "password")


async def set_time_zone(request: web.Request) -> web.Response:
    """Show times in a zone."""
    sent = await form(request)
    try:
        await account.set_time_zone(request[ACTING], sent.text("time_zone") or None)
    except Invalid as error:
        return await _refused(request, error, "time_zone", typed={"time_zone": sent.text("time_zone")})
    return redirect(_PATH, "saved")


async def work_in(request: web.Request) -> web.Response:
    """Work in another team."""
    sent = await form(request)
    await account.work_in(request[ACTING], sent.text("team") or None)
    return redirect(_PATH, "team")


async def end_session(request: web.Request) -> web.Response:
    """End one of one's own sessions."""
    await account.end_sessions(request[ACTING], request.match_info["session_id"])
    return redirect(_PATH, "session_ended")


async def end_others(request: web.Request) -> web.Response:
    """End all of one's own sessions but this one."""
    await account.end_sessions(request[ACTING])
    return redirect(_PATH, "session_ended")


async def _refused(
    request: web.Request, error: Invalid | Conflict, otherwise: str, typed: Mapping[str, str] | None = None
) -> web.Response:
    field = error.field if isinstance(error, Invalid) else None
    return await _page(request, status=422, problems={field or otherwise: f"{error}"}, typed=typed)


async def _page(
    request: web.Request,
    *,
    status: int = 200,
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> web.Response:
    acting = request[ACTING]
    mine = await account.show(acting)
    return await html(
        request,
        "account.html",
        status=status,
        account=mine,
        sessions=await account.list_sessions(acting),
        this=acting.session_id,
        problems=problems or {},
        curl={
            "team": _curl(request, "PATCH", "", {"team": mine.teams[0].name if mine.teams else "default"}),
            "time_zone": _curl(request, "PATCH", "", {"time_zone": mine.time_zone or "Asia/Kolkata"}),
            "password": _curl(request, "PUT", "/password", {"old_password": "...", "password": "..."}),
            "sessions": _curl(request, "DELETE", "/sessions"),
        },
        typed={"time_zone": mine.time_zone or "", **(typed or {})},
    )


def _curl(request: web.Request, method: str, path: str, body: Mapping[str, str] | None = None) -> str:
    return curl(request, method, f"/api/v1/account{path}", body)


ROUTES = [
    page(_PATH, _OWN, show),
    action(f"{_PATH}/password", _OWN, change_password),
    action(f"{_PATH}/time-zone", _OWN, set_time_zone),
    action(f"{_PATH}/team", _OWN, work_in),
    action(f"{_PATH}/sessions/end-others", _OWN, end_others),
    action(f"{_PATH}/sessions/{{session_id}}/end", _OWN, end_session),
]
