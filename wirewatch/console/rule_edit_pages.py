"""The editor of a rule beside its live preview, for a new rule and for one that is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from aiohttp import web

from alerts.rules.problem import Problem
from core.model.metric_rule import KINDS
from core.model.outcome import Priority
from core.model.rule import RuleRow, RuleSettings
from core.model.sending import ALL_DAYS
from wirewatch.config.one_rule import written_settings
from wirewatch.console.forms import Form, curl, form
from wirewatch.console.preview_view import PreviewView, preview_view
from wirewatch.console.render import html, part, redirect
from wirewatch.console.rule_editor import (
    DAYS,
    Edited,
    also_finds,
    cost_line,
    edited,
    excerpts,
    shown_boxes,
    shown_forms,
)
from wirewatch.console.rule_fields import fields_of, read_fields
from wirewatch.console.rule_pages import STATUS, rule_toml
from wirewatch.routing import action, page
from wirewatch.serving import ACTING, READER
from wirewatch.usecases import channels, preview, routes, rule_text, rules
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.preview import AskedLive
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, NotFound, NotPermitted, Refused, Stale
from wirewatch.usecases.rule_checks import may_change, rule_tag
from wirewatch.usecases.rules import NewRule

OWN = Permission.OWN_RULES
_SECONDS = 1.0  # of judging, for a preview as it is typed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What an editor shows beside what was typed. `row`: the stored rule that is changed."""

    row: RuleRow | None = None
    problem: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    preview: PreviewView | None = None
    previewed: bool = False
    status: int = 200


async def new_page(request: web.Request) -> web.Response:
    """An empty editor, or one with the query of the address: a search that is to become a rule."""
    query = request.query.get("query", "")
    return await _editor(request, _begun(request, query, RuleSettings()), _Shown())


async def new_from(request: web.Request) -> web.Response:
    """The same with a query that may be too long for an address; nothing is stored yet."""
    sent = await form(request)
    return await _editor(request, _begun(request, sent.text("query"), RuleSettings()), _Shown())


async def edit_page(request: web.Request) -> web.Response:
    """The editor of a stored rule."""
    row = await _stored(request)
    if not may_change(request[ACTING], row):
        raise NotPermitted(f"rule {row.name!r} is not your own: to change it needs the permission rules:change")
    typed = replace(_begun(request, row.query, row.settings), name=row.name, tag=rule_tag(row))
    return await _editor(request, typed, _Shown(row=row))


async def preview_part(request: web.Request) -> web.Response:
    """What the rule would have found, with the problems of its text and the other view of it; the whole page without script."""
    sent = await form(request)
    me = request[ACTING]
    typed = edited(sent, await _problems_of(request, sent) if sent.has("fix") else ())
    against = sent.text("against") or None
    transport = request.transport
    live = await preview.live(
        me,
        AskedLive(
            query=typed.query,
            days=float(typed.days),
            seconds=_SECONDS,
            against=against,
            gone=lambda: transport is None or transport.is_closing(),
        ),
    )
    shown = preview_view(live)
    if request.headers.get("HX-Request") != "true":
        row = None if against is None else await _found(request, against)
        return await _editor(request, typed, _Shown(row=row, preview=shown, previewed=True))
    return part(
        request,
        "rule_preview_part.html",
        typed=typed,
        preview=shown,
        problems=excerpts(live.problems, typed.query) if typed.query else [],
        warnings=excerpts(live.warnings, typed.query),
        forms=shown_forms(typed.query),
        also=also_finds(typed.query),
        cost=cost_line(live.size, live.cost),
        fixed=sent.has("fix") or sent.has("format"),
        days=DAYS,
    )


async def _problems_of(request: web.Request, sent: Form) -> Sequence[Problem]:
    """What is said of the text in the form, whose fixes its buttons name."""
    me, row = request[ACTING], await _found(request, sent.text("against")) if sent.has("against") else None
    me = me if row is None else replace(me, team=row.team_id)
    checked = await rule_text.check(me, sent.text("query"))
    return (*checked.problems, *checked.warnings)


async def make(request: web.Request) -> web.Response:
    """Store a new rule."""
    return await _save(request, edited(await form(request)), None)


async def change(request: web.Request) -> web.Response:
    """Store a new version of a rule."""
    return await _save(request, edited(await form(request)), await _stored(request))


async def _save(request: web.Request, typed: Edited, row: RuleRow | None) -> web.Response:
    me = replace(request[ACTING], if_match=typed.tag or None)
    read = read_fields(typed.fields)
    if read.settings is None or typed.box_problems:
        said = (
            "Some settings cannot be used; they are marked below."
            if read.problems
            else "A line of the boxes cannot be used."
        )
        return await _editor(request, typed, _Shown(row=row, problem=said, wrong=read.problems, status=422))
    new = NewRule(
        name=typed.name if row is None else row.rule_id,
        query=typed.query,
        settings=read.settings,
        only_new=row is None,
        comment=typed.comment,
    )
    try:
        done = await rules.put(me, new)
    except (Invalid, NotFound, Conflict, ManagedInFile, Stale, NotPermitted) as error:
        return await _refused(request, typed, row, error)
    return redirect(f"/rules/{quote(done.rule_id, safe='')}", "rule_saved" if done.changed else "rule_same")


async def _refused(request: web.Request, typed: Edited, row: RuleRow | None, error: Refused) -> web.Response:
    """The form again, with what was typed. Saving what was changed meanwhile once more replaces it."""
    status = 422 if isinstance(error, Invalid | NotFound) else STATUS.get(type(error), 422)
    wrong: dict[str, str] = {}
    said = f"{error}."
    if isinstance(error, Invalid) and error.field == "query":
        said = "The text cannot be used yet; what is wrong with it stands below it."
        if not typed.query:
            wrong["query"] = str(error)
    elif isinstance(error, Invalid) and error.field is not None:
        wrong[error.field] = str(error)
    if isinstance(error, Conflict) and row is None:
        wrong["name"] = str(error)
    if isinstance(error, Stale) and row is not None:
        said = f"{error}. Nothing was saved. What you typed is below; saving it again replaces what is stored now."
        typed = replace(typed, tag=error.tag)
    return await _editor(request, typed, _Shown(row=row, problem=said, wrong=wrong, status=status))


async def _editor(request: web.Request, typed: Edited, shown: _Shown) -> web.Response:
    me, row = request[ACTING], shown.row
    checked = await rule_text.check(me, typed.query) if typed.query else None
    problems: Sequence[Problem] = () if checked is None else checked.problems
    warnings: Sequence[Problem] = () if checked is None else checked.warnings
    known = (await channels.list_page(me, Paging(limit=None))).items
    names = sorted({one.row.name for one in known if one.row.team_id == (me.team if row is None else row.team_id)})
    path = "/rules" if row is None else f"/rules/{quote(row.rule_id, safe='')}"
    same = read_fields(typed.fields)
    settings = same.table if same.settings is None else written_settings(same.settings)
    named = typed.name if row is None else row.name
    team = me if row is None else replace(me, team=row.team_id)
    led = () if same.settings is None else await routes.of_settings(team, named, same.settings)
    table = {**({"query": typed.query} if typed.query else {}), **settings}
    body = {"query": typed.query, "settings": dict(settings)}
    return await html(
        request,
        "rule_edit.html",
        status=shown.status,
        typed=typed,
        row=row,
        path=path,
        stored_now=row if shown.status == 412 else None,
        problem=shown.problem,
        wrong=shown.wrong,
        problems=excerpts(problems, typed.query),
        warnings=excerpts(warnings, typed.query),
        forms=shown_forms(typed.query),
        also=also_finds(typed.query),
        cost="" if checked is None else cost_line(checked.size, checked.cost),
        preview=shown.preview,
        previewed=shown.previewed,
        fixed=False,
        days=DAYS,
        channels=[*names, *(one for one in typed.fields.get("channels", "").split("\n") if one and one not in names)],
        known_channels=names,
        priorities=[one.value for one in Priority],
        weekdays=[day.value for day in ALL_DAYS],
        kinds=list(KINDS),
        routed=[one for one in led if one.by is not None],
        curl=curl(
            request,
            "POST" if row is None else "PUT",
            "/api/v1/rules" if row is None else f"/api/v1/rules/{quote(row.rule_id, safe='')}",
            {"name": typed.name, **body} if row is None else body,
        ),
        toml=rule_toml({"name": typed.name, **table}),
    )


def _begun(request: web.Request, query: str, settings: RuleSettings) -> Edited:
    fields: dict[str, Any] = fields_of(settings)
    zone = request[READER].zone.key
    fields = {"quiet_hours.time_zone": zone, "digest.time_zone": zone, **fields}
    return Edited(query=query, fields=fields, boxes=shown_boxes(query))


async def _stored(request: web.Request) -> RuleRow:
    row = await _found(request, request.match_info["rule_id"])
    if row is None:
        raise web.HTTPNotFound(text="There is no such rule.\n")
    return row


async def _found(request: web.Request, rule_id: str) -> RuleRow | None:
    try:
        return await rules.current(request[ACTING], rule_id)
    except NotFound:
        return None


ROUTES = [
    page("/rules/new", OWN, new_page),
    action("/rules/new", OWN, new_from),
    action("/rules/preview", Permission.READ_ARTICLES, preview_part),
    action("/rules", OWN, make),
    page("/rules/{rule_id}/edit", OWN, edit_page),
    action("/rules/{rule_id}", OWN, change),
]
