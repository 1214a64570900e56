"""Pages of silences: in force, coming and past, what each hid, and making one with a preview."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from wirewatch.console.forms import Form, curl, form
from wirewatch.console.refused import status_of
from wirewatch.console.render import html, redirect
from wirewatch.routing import action, page
from wirewatch.serving import ACTING, READER
from wirewatch.usecases import silences
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound, Refused
from wirewatch.usecases.silences import NewSilence, SilencePreview, SilenceState

_ROWS = 50
_UNITS = {"minutes": 60.0, "hours": 3600.0, "days": 86400.0}
_MOST = 1_000_000.0
_EMPTY = {"rule": "", "source": "", "lasting": "2", "unit": "hours", "starts": "", "comment": ""}


async def list_page(request: web.Request) -> web.Response:
    """Those that begin last first."""
    asked = request.query.get("state", "")
    state = SilenceState(asked) if asked in set(SilenceState) else None
    found = await silences.list_page(request[ACTING], Paging(_ROWS, request.query.get("cursor")), state=state)
    kept = {"state": state.value} if state is not None else {}
    following = None if found.next is None else "/silences?" + urlencode({**kept, "cursor": found.next})
    return await html(
        request, "silences.html", rows=found.items, next=following, asked="" if state is None else state.value
    )


async def new_page(request: web.Request) -> web.Response:
    """The form; an address may fill it: `?rule=NAME`."""
    typed = {name: request.query.get(name, empty)[:300] for name, empty in _EMPTY.items()}
    return await _new(request, typed)


async def add(request: web.Request) -> web.Response:
    """Preview the silence that the form says, or make it."""
    sent = await form(request)
    typed = {name: sent.text(name, empty) for name, empty in _EMPTY.items()}
    try:
        new = _meant(sent, request[READER].zone)
        if sent.text("do") != "save":
            return await _new(request, typed, preview=await silences.preview(request[ACTING], _with_comment(new)))
        added = await silences.add(request[ACTING], new)
    except Refused as error:
        return await _new(request, typed, problem=error)
    return redirect(f"/silences/{quote(added.silence.silence_id, safe='')}", "silenced")


def _with_comment(new: NewSilence) -> NewSilence:
    """A preview needs no reason yet."""
    return new if new.comment else replace(new, comment="preview")


def _meant(sent: Form, zone: ZoneInfo) -> NewSilence:
    return NewSilence(
        rule=sent.text("rule"),
        source=sent.text("source") or None,
        starts=_moment(sent.text("starts"), zone),
        lasting=_span(sent.text("lasting"), sent.text("unit")),
        comment=sent.text("comment"),
    )


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found.replace(tzinfo=zone) if found.tzinfo is None else found).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("expected a day and a time such as 2026-11-28T14:00", "starts") from None


def _span(text: str, unit: str) -> timedelta:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < _MOST or unit not in _UNITS:
        raise Invalid("expected a number above 0 of minutes, hours or days", "lasting")
    return timedelta(seconds=number * _UNITS[unit])


async def _new(
    request: web.Request,
    typed: dict[str, str],
    *,
    preview: SilencePreview | None = None,
    problem: Refused | None = None,
) -> web.Response:
    field = ""
    if problem is not None:
        field = problem.field or "" if isinstance(problem, Invalid) else "rule" if isinstance(problem, NotFound) else ""
    try:
        seconds = _span(typed["lasting"], typed["unit"]).total_seconds()
    except Invalid:
        seconds = 7200.0
    body = {"rule": typed["rule"] or "NAME", "seconds": seconds, "comment": typed["comment"] or "WHY"}
    body |= {"source": typed["source"]} if typed["source"] else {}
    return await html(
        request,
        "silence_new.html",
        status=200 if problem is None else status_of(problem),
        typed=typed,
        preview=preview,
        problem=None if problem is None else str(problem),
        bad=field,
        curl=curl(request, "POST", "/api/v1/silences", body),
    )


async def show_page(request: web.Request) -> web.Response:
    """One silence, and what it hid."""
    return await _show(request, None)


async def _show(request: web.Request, problem: Refused | None) -> web.Response:
    me, wanted = request[ACTING], request.match_info["silence_id"]
    one = await silences.show(me, wanted)
    hid = await silences.hid(me, wanted, Paging(_ROWS, request.query.get("cursor")))
    place = quote(wanted, safe="")
    return await html(
        request,
        "silence.html",
        status=200 if problem is None else 409,
        one=one,
        rows=hid.items,
        next=None if hid.next is None else f"/silences/{place}?{urlencode({'cursor': hid.next})}",
        problem=None if problem is None else str(problem),
        curl=curl(request, "DELETE", f"/api/v1/silences/{place}"),
    )


async def end(request: web.Request) -> web.Response:
    """Now."""
    wanted = request.match_info["silence_id"]
    try:
        await silences.remove(request[ACTING], wanted)
    except Refused as error:
        return await _show(request, error)
    return redirect(f"/silences/{quote(wanted, safe='')}", "silence_ended")


ROUTES = [
    page("/silences", Permission.READ_SILENCES, list_page),
    page("/silences/new", Permission.CHANGE_SILENCES, new_page),
    action("/silences/new", Permission.CHANGE_SILENCES, add),
    page("/silences/{silence_id}", Permission.READ_SILENCES, show_page),
    action("/silences/{silence_id}/end", Permission.CHANGE_SILENCES, end),
]
