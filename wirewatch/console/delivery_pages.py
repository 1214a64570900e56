"""Pages of deliveries: what waits, what was sent, what is dead by cause, and sending it again."""

from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from core.model.outcome import FailureReason, NotificationState
from wirewatch.console.forms import curl, form
from wirewatch.console.render import html, redirect
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import channels, deliveries
from wirewatch.usecases.deliveries import REDRIVABLE, DeliveryFilter, Wanted
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound, Refused

_ROWS = 50


async def list_page(request: web.Request) -> web.Response:
    """The newest first, filtered by the address."""
    me = request[ACTING]
    asked = {name: request.query.get(name, "").strip() for name in ("state", "channel", "reason")}
    paging = Paging(_ROWS, request.query.get("cursor"))
    problem = ""
    try:
        found = await deliveries.list_page(me, paging, _filter(asked))
    except NotFound as error:
        found, problem = Page((), None), str(error)
    return await html(
        request,
        "deliveries.html",
        asked=asked,
        rows=found.items,
        next=None if found.next is None else _address(asked, found.next),
        problem=problem,
        causes=[] if paging.cursor else await deliveries.causes(me),
        held=await deliveries.held(me, asked["channel"] or None),
        states=list(NotificationState),
        reasons=list(FailureReason),
        curl=curl(request, "POST", "/api/v1/deliveries/redrive", {"state": "dead"}),
    )


def _filter(asked: dict[str, str]) -> DeliveryFilter:
    """What the address asks for; a word that is none is as if it was not there."""
    state, reason = asked["state"], asked["reason"]
    return DeliveryFilter(
        state=NotificationState(state) if state in set(NotificationState) else None,
        channel=asked["channel"] or None,
        reason=FailureReason(reason) if reason in set(FailureReason) else None,
    )


def _address(asked: dict[str, str], cursor: str) -> str:
    return "/deliveries?" + urlencode({**{key: value for key, value in asked.items() if value}, "cursor": cursor})


async def show_page(request: web.Request) -> web.Response:
    """One message with every attempt."""
    return await _show(request, None)


async def _show(request: web.Request, problem: Refused | None) -> web.Response:
    me, wanted = request[ACTING], request.match_info["notification_id"]
    found = await deliveries.show(me, wanted)
    key = found.row.notification.channel
    known = (await channels.list_page(me, Paging(limit=None))).items
    held: dict[str, Any] = {}
    if found.row.state is NotificationState.PENDING:
        held = await deliveries.held(me)
    path = f"/api/v1/deliveries/{quote(wanted, safe='')}/redrive"
    return await html(
        request,
        "delivery.html",
        status=200 if problem is None else 409,
        row=found.row,
        attempts=found.attempts,
        channel_id=next((one.row.channel_id for one in known if one.row.key == key), None),
        held=held.get(key),
        redrivable=found.row.state in REDRIVABLE,
        problem=None if problem is None else str(problem),
        curl=curl(request, "POST", path),
    )


async def redrive(request: web.Request) -> web.Response:
    """One again."""
    wanted = request.match_info["notification_id"]
    try:
        await deliveries.redrive(request[ACTING], [wanted])
    except NotFound:
        raise
    except Refused as error:
        return await _show(request, error)
    return redirect(f"/deliveries/{quote(wanted, safe='')}", "redriven")


async def redrive_all(request: web.Request) -> web.Response:
    """All that is dead again, or what is dead of one cause."""
    sent = await form(request)
    reason = sent.text("reason")
    wanted = Wanted(
        channel=sent.text("channel_key") or None,
        reason=FailureReason(reason) if reason in set(FailureReason) else None,
    )
    count = await deliveries.redrive_all(request[ACTING], wanted)
    return redirect("/deliveries?state=pending", "redriven" if count else "nothing_redriven")


ROUTES = [
    page("/deliveries", Permission.READ_DELIVERIES, list_page),
    action("/deliveries/redrive", Permission.REDRIVE_DELIVERIES, redrive_all),
    page("/deliveries/{notification_id}", Permission.READ_DELIVERIES, show_page),
    action("/deliveries/{notification_id}/redrive", Permission.REDRIVE_DELIVERIES, redrive),
]
