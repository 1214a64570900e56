"""Pages of the log's dead letters: list, look at, have read again, drop."""

from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from core.model.outcome import DeadLetterReason, Stage
from wirewatch.console.forms import Form, curl, form
from wirewatch.console.render import html, redirect
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import dead_letters
from wirewatch.usecases.dead_letters import DROPPABLE, REDRIVABLE, DeadLetterState, Wanted
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound, Refused

_ROWS = 50
_MOST_SHOWN = 20_000


async def list_page(request: web.Request) -> web.Response:
    """The newest first, filtered by the address."""
    asked = {name: request.query.get(name, "").strip() for name in ("state", "stage", "reason")}
    state = asked["state"]
    wanted = _wanted(asked["stage"], asked["reason"], state if state in set(DeadLetterState) else "")
    found = await dead_letters.list_page(request[ACTING], Paging(_ROWS, request.query.get("cursor")), wanted)
    kept = {key: value for key, value in asked.items() if value}
    chosen: dict[str, Any] = {key: kept[key] for key in ("stage", "reason") if key in kept}
    return await html(
        request,
        "dead_letters.html",
        asked=asked,
        rows=found.items,
        next=None if found.next is None else "/dead-letters?" + urlencode({**kept, "cursor": found.next}),
        states=list(DeadLetterState),
        stages=list(Stage),
        reasons=list(DeadLetterReason),
        curl=curl(request, "POST", "/api/v1/dead-letters/redrive", chosen),
    )


def _wanted(stage: str, reason: str, state: str = "") -> Wanted:
    """A word that is none is as if it was not there."""
    return Wanted(
        states=[DeadLetterState(state)] if state else None,
        stage=Stage(stage) if stage in set(Stage) else None,
        reason=DeadLetterReason(reason) if reason in set(DeadLetterReason) else None,
    )


async def show_page(request: web.Request) -> web.Response:
    """One with the error and the record."""
    return await _show(request, None)


async def _show(request: web.Request, problem: Refused | None) -> web.Response:
    wanted = request.match_info["letter_id"]
    row = await dead_letters.show(request[ACTING], wanted)
    value = row.letter.original()
    text = None if value is None else value.decode("utf-8", "replace")
    path = f"/api/v1/dead-letters/{quote(wanted, safe='')}/redrive"
    return await html(
        request,
        "dead_letter.html",
        status=200 if problem is None else 409,
        row=row,
        redrivable=row.state in REDRIVABLE,
        droppable=row.state in DROPPABLE,
        record=None if text is None else text[:_MOST_SHOWN],
        left=0 if text is None else max(len(text) - _MOST_SHOWN, 0),
        problem=None if problem is None else str(problem),
        curl=curl(request, "POST", path),
    )


async def redrive(request: web.Request) -> web.Response:
    """One is read again."""
    return await _decide(request, again=True)


async def drop(request: web.Request) -> web.Response:
    """One is given up."""
    return await _decide(request, again=False)


async def _decide(request: web.Request, *, again: bool) -> web.Response:
    wanted = request.match_info["letter_id"]
    try:
        await (dead_letters.redrive if again else dead_letters.drop)(request[ACTING], [wanted])
    except NotFound:
        raise
    except Refused as error:
        return await _show(request, error)
    return redirect(f"/dead-letters/{quote(wanted, safe='')}", "letter_again" if again else "letter_dropped")


async def redrive_all(request: web.Request) -> web.Response:
    """All that wait are read again, or those of one stage and reason."""
    await dead_letters.redrive_all(request[ACTING], _chosen(await form(request)))
    return redirect("/dead-letters", "letter_again")


async def drop_all(request: web.Request) -> web.Response:
    """All that wait are given up, or those of one stage and reason."""
    await dead_letters.drop_all(request[ACTING], _chosen(await form(request)))
    return redirect("/dead-letters", "letter_dropped")


def _chosen(sent: Form) -> Wanted:
    return _wanted(sent.text("stage"), sent.text("reason"))


ROUTES = [
    page("/dead-letters", Permission.READ_DEAD_LETTERS, list_page),
    action("/dead-letters/redrive", Permission.CHANGE_DEAD_LETTERS, redrive_all),
    action("/dead-letters/drop", Permission.CHANGE_DEAD_LETTERS, drop_all),
    page("/dead-letters/{letter_id}", Permission.READ_DEAD_LETTERS, show_page),
    action("/dead-letters/{letter_id}/redrive", Permission.CHANGE_DEAD_LETTERS, redrive),
    action("/dead-letters/{letter_id}/drop", Permission.CHANGE_DEAD_LETTERS, drop),
]
