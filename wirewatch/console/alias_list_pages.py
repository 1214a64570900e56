"""Pages of lists of terms: bringing one into an alias by a plan, and handing it out."""

import asyncio
from typing import Any

from aiohttp import web

from alerts.rules.term_list import MOST_BYTES, TermList, read_terms
from alerts.rules.term_table import Layout, a_column, a_delimiter
from wirewatch.console.forms import Form, curl
from wirewatch.console.render import html, redirect
from wirewatch.console.rule_pages import STATUS
from wirewatch.console.uploads import upload
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import alias_lists, aliases
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound, Refused

READ, CHANGE = Permission.READ_RULES, Permission.CHANGE_RULES
_SHOWN = 50  # terms of each kind
_KEPT = 20_000  # characters of a list that goes with its plan; a longer one is chosen again
_FIELDS = ("name", "text", "columns", "delimiter", "mode", "comment")


async def import_page(request: web.Request) -> web.Response:
    """The form."""
    return await _page(request, {"name": request.query.get("name", "")[:200], "mode": "add"})


async def bring(request: web.Request) -> web.Response:
    """Show the plan of a list, or do what it says."""
    sent, files = await upload(request, 2 * MOST_BYTES)
    typed = {name: sent.text(name) for name in _FIELDS}
    raw = files.get("file") or sent.raw("text").encode("utf-8", "replace")
    try:
        listed = await asyncio.to_thread(_listed, sent, raw)
        plan = await alias_lists.plan(request[ACTING], typed["name"], listed, replace=typed["mode"] == "replace")
        if sent.text("do") == "bring":
            done = await aliases.put(request[ACTING], plan.done(typed["comment"]))
            return redirect(f"/aliases/{done.name}", "saved")
    except (Refused, NotFound) as error:
        typed["text"] = typed["text"][:_KEPT]
        return await _page(request, typed, f"{error}.", status=STATUS.get(type(error), 422))
    kept = raw.decode("utf-8", "replace") if len(raw) <= _KEPT else ""
    return await _page(request, {**typed, "text": ""}, plan=plan, kept=kept, shown=_SHOWN)


def _listed(sent: Form, raw: bytes) -> TermList:
    """Raises Invalid."""
    if not raw:
        raise Invalid("choose a file, or paste the list")
    columns = tuple(a_column(text) for part in sent.text("columns").split(",") if (text := part.strip()))
    try:
        delimiter = a_delimiter(sent.text("delimiter")) if sent.text("delimiter") else None
    except ValueError as error:
        raise Invalid(str(error)) from None
    return read_terms(raw, "list", Layout(columns, delimiter))


async def _page(
    request: web.Request, typed: dict[str, str], problem: str | None = None, *, status: int = 200, **more: Any
) -> web.Response:
    body = {"name": "sanctions", "text": "DOE, John\nKIM Jong", "mode": "replace", "dry_run": True}
    return await html(
        request,
        "alias_import.html",
        status=status,
        typed={name: typed.get(name, "") for name in _FIELDS},
        problem=problem,
        curl=curl(request, "POST", "/api/v1/alias-imports", body),
        **{"plan": None, "kept": "", "shown": _SHOWN, **more},
    )


async def export(request: web.Request) -> web.StreamResponse:
    """The file of all terms."""
    name = request.match_info["name"]
    try:
        text = await alias_lists.export(request[ACTING], name)
    except NotFound as error:
        raise web.HTTPNotFound(text=f"{error}.\n") from None
    named = {"Content-Disposition": 'attachment; filename="terms.txt"'}
    return web.Response(text=text, content_type="text/plain", charset="utf-8", headers=named)


ROUTES = [
    page("/alias-import", CHANGE, import_page),
    action("/alias-import", CHANGE, bring),
    page("/aliases/{name}/export", READ, export),
]
