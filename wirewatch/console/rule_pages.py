"""The list of rules, and the page of one: what it did, where its alerts go, its versions, and what can be done with it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from core.model.outcome import Priority
from core.model.rule import RuleRow
from wirewatch.config.one_rule import written_settings
from wirewatch.console import rule_view, view
from wirewatch.console.forms import curl, form
from wirewatch.console.render import html, redirect
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import alerts, rule_health, rule_list, rules
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, NotFound, NotPermitted, Refused, Stale
from wirewatch.usecases.rule_checks import may_change, rule_tag
from wirewatch.usecases.rule_list import RuleFilter

READ, OWN = Permission.READ_RULES, Permission.OWN_RULES
STATUS: dict[type[Refused], int] = {Conflict: 409, ManagedInFile: 409, Stale: 412, NotPermitted: 403, NotFound: 404}
_ROWS = 50
_ALERTS = 10
_HEALTH_DAYS = 30
_STATES = {"in_force": True, "off": False}
_NONE = "There is no such rule, and no alert of one.\n"


async def list_page(request: web.Request) -> web.Response:
    """The rules by name, filtered and paged by the address."""
    me, asked = request[ACTING], request.query
    cursor = asked.get("cursor") or None
    found = await rule_list.overview(me, Paging(_ROWS, cursor), _filter(me, asked.get))
    kept = {name: asked[name] for name in ("text", "state", "origin", "owner", "priority") if asked.get(name)}
    following = f"/rules?{urlencode({**kept, 'cursor': found.next})}" if found.next else ""
    return await html(
        request,
        "rules.html",
        rules=[rule_view.listed(one) for one in found.items],
        asked={**dict.fromkeys(("text", "state", "origin", "owner", "priority"), ""), **kept},
        filtered=bool(kept) or cursor is not None,
        next=following,
        signed_in=me.user_id is not None,
    )


def _filter(me: Acting, asked: Callable[[str], str | None]) -> RuleFilter:
    """What the address asks for; what is no choice asks for nothing."""
    priority, origin = asked("priority") or "", asked("origin")
    return RuleFilter(
        text=(asked("text") or "").strip()[:500] or None,
        enabled=_STATES.get(asked("state") or ""),
        origin=origin if origin in ("file", "db") else None,
        owner=(me.user_id or "") if asked("owner") == "me" else None,
        priority=Priority(priority) if priority in {one.value for one in Priority} else None,
    )


async def rule_page(request: web.Request) -> web.Response:
    """The rule that a message's link is about: in force, out of force, or known from its alerts alone."""
    return await _rule_page(request)


async def _rule_page(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    me, rule_id = request[ACTING], request.match_info["rule_id"]
    known = await rules.by_id(me, rule_id)
    recent = await alerts.recent(me, _ALERTS, rule_id)
    if known is None:
        if not recent:
            raise web.HTTPNotFound(text=_NONE)
        gone = rule_view.gone(recent[0].row.alert.rule)
        return await html(request, "rule_gone.html", rule=gone, alerts=[view.alert_view(told, 1) for told in recent])
    row = known.history.current
    listed = await rule_list.figures_of(me, row)
    troubles = await rule_health.health_of(me, row, _HEALTH_DAYS)
    return await html(
        request,
        "rule.html",
        reasons=await rule_list.why_not_relevant(me, row.rule_id),
        status=status,
        problem=problem,
        rule=rule_view.stored(known, me.clock.now()),
        row=row,
        path=f"/rules/{quote(rule_id, safe='')}",
        tag=rule_tag(row),
        listed=rule_view.listed(listed),
        troubles_of_it=[one.sentence for one in troubles],
        changeable=may_change(me, row),
        editable=may_change(me, row) and not (row.enabled and row.origin == "file"),
        alerts=[view.alert_view(told, 1) for told in recent],
        toml=toml_of(row),
        curl=curl(request, "GET", f"/api/v1/rules/{quote(rule_id, safe='')}"),
    )


async def text_page(request: web.Request) -> web.Response:
    """The text of a rule, or of one of its versions, and nothing else."""
    known = await rules.by_id(request[ACTING], request.match_info["rule_id"])
    asked = request.query.get("version", "")
    rows = () if known is None else (known.history.current, *known.history.versions)
    row = next((one for one in rows if not asked or str(one.version) == asked), None)
    if row is None:
        raise web.HTTPNotFound(text=_NONE)
    return web.Response(text=row.query, content_type="text/plain", charset="utf-8")


async def compare_page(request: web.Request) -> web.Response:
    """Two versions: what changed in meaning, in settings, and both texts."""
    me, rule_id = request[ACTING], request.match_info["rule_id"]
    numbers = [request.query.get(name, "") for name in ("first", "second")]
    try:
        first, second = (_version(number) for number in numbers)
        found = await rules.compare(me, rule_id, first, second)
    except (Invalid, NotFound) as error:
        return await _rule_page(request, f"{error}.", 404 if isinstance(error, NotFound) else 400)
    return await html(
        request,
        "rule_compare.html",
        found=found,
        path=f"/rules/{quote(rule_id, safe='')}",
        settings=[(name.replace("_", " "), *map(rule_view.in_words, both)) for name, both in found.settings.items()],
    )


def _version(number: str) -> int:
    if number.isascii() and number.isdigit() and len(number) < 10:
        return int(number)
    raise Invalid("choose two versions to compare", "first")


Change = Callable[[Acting, str, Any], Awaitable[object]]


def _doing(change: Change, said: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of a button of a rule's page."""

    async def handle(request: web.Request) -> web.Response:
        sent = await form(request)
        acting = replace(request[ACTING], if_match=sent.text("tag") or None)
        rule_id = request.match_info["rule_id"]
        try:
            await change(acting, rule_id, sent)
        except (Conflict, ManagedInFile, Stale, NotPermitted, Invalid) as error:
            return await _rule_page(request, f"{error}.", STATUS.get(type(error), 422))
        except NotFound:
            raise web.HTTPNotFound(text=_NONE) from None
        return redirect(f"/rules/{quote(rule_id, safe='')}", said)

    return handle


async def _rename(acting: Acting, rule_id: str, sent: Any) -> object:
    return await rules.rename(acting, rule_id, sent.text("name"))


async def _rollback(acting: Acting, rule_id: str, sent: Any) -> object:
    return await rules.rollback(acting, rule_id, _version(sent.text("version")))


async def _disable(acting: Acting, rule_id: str, _: object) -> object:
    return await rules.disable(acting, rule_id)


async def _enable(acting: Acting, rule_id: str, _: object) -> object:
    return await rules.enable(acting, rule_id)


async def _remove(acting: Acting, rule_id: str, _: object) -> object:
    return await rules.remove(acting, rule_id)


def toml_of(row: RuleRow) -> str:
    """The rule as the lines of a file."""
    query = {"query": row.query} if row.query else {}
    return rule_toml({"name": row.name, **query, **written_settings(row.settings)})


def rule_toml(table: dict[str, Any]) -> str:
    """A table of a rule as the lines of a file."""
    import tomli_w  # noqa: PLC0415 - for who looks at it

    return tomli_w.dumps({"rules": [table]}, multiline_strings=True).strip()


ROUTES = [
    page("/rules", READ, list_page),
    page("/rules/{rule_id}", READ, rule_page),
    page("/rules/{rule_id}/compare", READ, compare_page),
    page("/rules/{rule_id}/text", READ, text_page),
    action("/rules/{rule_id}/disable", OWN, _doing(_disable, "rule_disabled")),
    action("/rules/{rule_id}/enable", OWN, _doing(_enable, "rule_enabled")),
    action("/rules/{rule_id}/remove", OWN, _doing(_remove, "rule_disabled")),
    action("/rules/{rule_id}/rename", OWN, _doing(_rename, "saved")),
    action("/rules/{rule_id}/rollback", OWN, _doing(_rollback, "rolled_back")),
]
