"""The page Audit: who changed what, when, from where, before and after; found by filters that stand in its address."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import orjson
from aiohttp import web

from wirewatch.console.forms import curl
from wirewatch.console.render import html
from wirewatch.routing import page
from wirewatch.serving import ACTING, READER
from wirewatch.usecases import audit_log
from wirewatch.usecases.audit_log import KnownAction, WantedAudit
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import BadCursor, Invalid

_PATH = "/audit"
_SHOWN = 50
_LONGEST = 500
_FIELDS = ("actor", "action", "subject", "since", "until")
_VALUE_CHARACTERS = 300  # of a value in the list; the page of the action shows it whole


async def list_audit(request: web.Request) -> web.Response:
    """Actions by filter, the newest first."""
    typed = {name: request.query.get(name, "").strip()[:_LONGEST] for name in _FIELDS}
    problems: dict[str, str] = {}
    times: dict[str, datetime | None] = {}
    for name in ("since", "until"):
        try:
            times[name] = _moment(request, typed[name])
        except (ValueError, OverflowError):  # the latter: before the first year, in UTC
            problems[name] = "expected a day and a time such as 2026-03-01T14:00"
    wanted = WantedAudit(
        actor=typed["actor"] or None, action=typed["action"] or None, subject=typed["subject"] or None, **times
    )
    items: tuple[KnownAction, ...] = ()
    following: str | None = None
    if not problems:
        try:
            found = await audit_log.list_page(request[ACTING], wanted, Paging(_SHOWN, request.query.get("cursor")))
            items, following = found.items, found.next
        except BadCursor:
            problems["cursor"] = "This address leads to no page of the list; here is its beginning in a link."
        except Invalid as error:
            problems[error.field or "since"] = str(error)
    filters = {name: value for name, value in typed.items() if value}
    exact = {name: moment.isoformat().replace("+00:00", "Z") for name, moment in times.items() if moment}
    query = urlencode({**filters, **exact})
    return await html(
        request,
        "audit.html",
        status=422 if problems else 200,
        typed=typed,
        problems=problems,
        actions=[(one, [_shown(*change) for change in one.changes]) for one in items],
        verbs=audit_log.verbs(),
        filtered=bool(filters),
        query=query,
        next=None if following is None else f"{_PATH}?{urlencode({**filters, 'cursor': following})}",
        kept_days=request[ACTING].config.retention.audit,
        curl=curl(request, "GET", f"/api/v1/audit{f'?{query}' if query else ''}"),
    )


async def show_audit(request: web.Request) -> web.Response:
    """One action, whole."""
    number = request.match_info["number"]
    action = await audit_log.show(request[ACTING], int(number))
    changes = [(name, _words(old), _words(new)) for name, old, new in action.changes]
    detail = [(name, _words(value)) for name, value in action.detail.items()]
    return await html(request, "audit_action.html", action=action, changes=changes, detail=detail)


def _moment(request: web.Request, text: str) -> datetime | None:
    """As a browser's field for a time sends it, in the reader's zone; or with an offset of its own."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=request[READER].zone)).astimezone(UTC)


def _shown(name: str, old: object, new: object) -> tuple[str, str, str]:
    return name, _cut(_words(old)), _cut(_words(new))


def _cut(text: str) -> str:
    return text if len(text) <= _VALUE_CHARACTERS else text[: _VALUE_CHARACTERS - 1] + "…"


def _words(value: object) -> str:
    """A value of the audit log for people; an empty text where there is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return orjson.dumps(value).decode()


ROUTES = [
    page(_PATH, Permission.READ_AUDIT, list_audit),
    page(rf"{_PATH}/{{number:\d{{1,18}}}}", Permission.READ_AUDIT, show_audit),
]
