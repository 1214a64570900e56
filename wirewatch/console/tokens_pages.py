"""The page Tokens: made, shown once, listed and removed; one's own, and for admins everybody's."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from wirewatch.console.forms import Form, curl, form
from wirewatch.console.render import html, redirect
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import tokens
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import READING, Permission
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound, NotPermitted, Refused
from wirewatch.usecases.tokens import MadeToken, NewToken

_PATH = "/tokens"
_OWN = Permission.OWN_TOKENS
_SHOWN = 100
_DAYS = ("7", "30", "90", "365", "")  # empty: until it is removed
_STATUS: dict[type[Refused], int] = {Conflict: 409, NotPermitted: 403}


async def list_tokens(request: web.Request) -> web.Response:
    """What there is, with the form for a new one."""
    return await _page(request)


async def make(request: web.Request) -> web.Response:
    """A new token. The answer is the page itself, not a redirect: the token is shown here and nowhere else."""
    sent = await form(request)
    try:
        new = NewToken(
            name=sent.text("name"),
            scopes=sent.many("scopes"),
            owner=sent.text("owner") or None,
            team=sent.text("team") or None,
            lasting=_lasting(sent),
        )
        made = await tokens.add(request[ACTING], new)
    except (Invalid, Conflict, NotFound, NotPermitted) as error:
        return await _page(request, sent=sent, error=error)
    return await _page(request, made=made)


async def remove(request: web.Request) -> web.Response:
    """From now on it opens nothing."""
    await tokens.remove(request[ACTING], request.match_info["token_id"])
    return redirect(_PATH, "removed")


def _lasting(sent: Form) -> timedelta | None:
    days = sent.text("days")
    if not days:
        return None
    if not (days.isascii() and days.isdigit() and 1 <= len(days) <= 5 and 0 < int(days) <= 36_525):
        raise Invalid("expected a number of days, at most a century", "days")
    return timedelta(days=int(days))


async def _page(
    request: web.Request, *, made: MadeToken | None = None, sent: Form | None = None, error: Refused | None = None
) -> web.Response:
    acting = request[ACTING]
    found = await tokens.list_page(acting, Paging(_SHOWN, request.query.get("cursor")))
    scopes = await tokens.grantable(acting)
    everybody = Permission.CHANGE_TOKENS in acting.permissions
    typed = {name: sent.text(name) if sent is not None else "" for name in ("name", "owner")}
    body: dict[str, Any] = {"name": typed["name"] or "nightly-export", "scopes": ["alerts:read"], "days": 90}
    return await html(
        request,
        "tokens.html",
        status=200 if error is None else _STATUS.get(type(error), 422),
        tokens=found.items,
        next=None if found.next is None else f"{_PATH}?cursor={found.next}",
        made=made,
        typed={**typed, "days": sent.text("days") if sent is not None else "90"},
        chosen=sent.many("scopes") if sent is not None else (),
        reading=[scope for scope in scopes if scope in READING],
        changing=[scope for scope in scopes if scope not in READING],
        days=_DAYS,
        problems=_problems(error, everybody=everybody),
        everybody=everybody,
        curl=curl(request, "POST", "/api/v1/tokens", body),
    )


def _problems(error: Refused | None, *, everybody: bool) -> Mapping[str, str]:
    """What is wrong, by field; an owner that there is not at the field for it, which only those have who see everybody's."""
    if error is None:
        return {}
    field = error.field if isinstance(error, Invalid) else None
    return {field or ("owner" if everybody and isinstance(error, NotFound) else "name"): str(error)}


ROUTES = [
    page(_PATH, _OWN, list_tokens),
    action(_PATH, _OWN, make),
    action(f"{_PATH}/{{token_id}}/remove", _OWN, remove),
]
