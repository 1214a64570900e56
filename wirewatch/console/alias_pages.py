"""Aliases: the list, and the page of one with its terms, its versions and the rules that use it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from alerts.rules.term_list import exclusions, is_exclusion
from core.model.origin import FILE
from wirewatch.console.forms import Form, curl, form
from wirewatch.console.render import html, redirect
from wirewatch.console.rule_pages import STATUS
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import aliases
from wirewatch.usecases.aliases import NewAlias, alias_tag
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, NotFound, Refused, Stale

READ, CHANGE = Permission.READ_RULES, Permission.CHANGE_RULES
_ROWS = 100
_VERSIONS = 20
_TERMS = 100  # a page of a long alias
_WRITTEN = 50  # terms of a request and a file that say the same
_MOST_TYPED = 8_000  # characters of terms that are changed in the page
_REFUSALS = (Conflict, Invalid, ManagedInFile, Stale)


async def list_page(request: web.Request) -> web.Response:
    """The aliases by name, with the form for a new one."""
    return await _list(request)


async def _list(
    request: web.Request, typed: Mapping[str, str] | None = None, problem: str = "", status: int = 200
) -> web.Response:
    found = await aliases.list_page(request[ACTING], Paging(_ROWS, request.query.get("cursor") or None))
    following = f"/aliases?{urlencode({'cursor': found.next})}" if found.next else ""
    shown = {"name": "", "terms": "", "exclude": "", "comment": "", **(typed or {})}
    return await html(
        request,
        "aliases.html",
        status=status,
        aliases=found.items,
        next=following,
        typed=shown,
        problem=problem,
        **_equivalents(request, "POST", "/api/v1/aliases", shown),
    )


async def make(request: web.Request) -> web.Response:
    """A new alias."""
    sent = await form(request)
    typed = _typed(sent)
    new = NewAlias(name=typed["name"], terms=_terms(sent), comment=typed["comment"], only_new=True)
    try:
        _some(new)
        done = await aliases.put(request[ACTING], new)
    except _REFUSALS as error:
        return await _list(request, typed, f"{error}.", _status(error))
    return redirect(_path(done.name), "saved")


async def alias_page(request: web.Request) -> web.Response:
    """One alias."""
    return await _page(request)


async def _page(
    request: web.Request, typed: Mapping[str, str] | None = None, problem: str = "", status: int = 200
) -> web.Response:
    try:
        found = await aliases.show(request[ACTING], request.match_info["name"])
    except NotFound as error:
        raise web.HTTPNotFound(text=f"{str(error)[:1].upper()}{str(error)[1:]}.\n") from None
    row = found.current
    stands = {
        "name": row.name,
        "terms": "\n".join(term for term in row.terms if not is_exclusion(term)),
        "exclude": "\n".join(term.strip()[4:] for term in row.terms if is_exclusion(term)),
    }
    shown = {**stands, "comment": "", **(typed or {})}
    long = row.count > len(row.terms) or sum(map(len, row.terms)) > _MOST_TYPED
    text = request.query.get("text", "").strip()[:200]
    paging = Paging(_TERMS, request.query.get("cursor") or None)
    listed = await aliases.terms_page(request[ACTING], row.name, paging, text) if long or text else None
    following = {"cursor": listed.next, "text": text} if listed is not None and listed.next else None
    return await html(
        request,
        "alias.html",
        status=status,
        found=found,
        row=row,
        long=long,
        listed=listed,
        text=text,
        next=f"{_path(row.name)}?{urlencode(following)}" if following else "",
        versions=found.versions[:_VERSIONS],
        older=max(len(found.versions) - _VERSIONS, 0),
        path=_path(row.name),
        tag=alias_tag(row),
        managed=row.origin == FILE and row.enabled,
        typed=shown,
        problem=problem,
        **_equivalents(request, "PUT", f"/api/v1{_path(row.name)}", shown),
    )


async def change(request: web.Request) -> web.Response:
    """Other terms."""
    sent = await form(request)
    new = NewAlias(name=request.match_info["name"], terms=_terms(sent), comment=sent.text("comment"))
    acting = replace(request[ACTING], if_match=sent.text("tag") or None)
    try:
        _some(new)
        done = await aliases.put(acting, new)
    except _REFUSALS as error:
        return await _page(request, _typed(sent), f"{error}.", _status(error))
    return redirect(_path(done.name), "saved")


async def remove(request: web.Request) -> web.Response:
    """Take it out of force."""
    sent = await form(request)
    acting = replace(request[ACTING], if_match=sent.text("tag") or None)
    try:
        await aliases.remove(acting, request.match_info["name"])
    except _REFUSALS as error:
        return await _page(request, None, f"{error}.", _status(error))
    except NotFound as error:
        raise web.HTTPNotFound(text=f"{error}.\n") from None
    return redirect("/aliases", "removed")


async def rollback(request: web.Request) -> web.Response:
    """Put an old version in force again."""
    sent = await form(request)
    acting = replace(request[ACTING], if_match=sent.text("tag") or None)
    number = sent.text("version")
    whole = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    try:
        done = await aliases.rollback(acting, request.match_info["name"], whole)
    except (*_REFUSALS, NotFound) as error:
        return await _page(request, None, f"{error}.", _status(error))
    return redirect(_path(done.name), "rolled_back")


def _some(new: NewAlias) -> None:
    if not new.terms:
        raise Invalid("an alias needs a term, one a line", "terms")


def _typed(sent: Form) -> dict[str, str]:
    return {name: sent.text(name) for name in ("name", "terms", "exclude", "comment")}


def _terms(sent: Form) -> tuple[str, ...]:
    return (*_lines(sent.text("terms")), *exclusions(_lines(sent.text("exclude"))))


def _lines(text: str) -> list[str]:
    return [line for one in text.split("\n") if (line := one.strip())]


def _status(error: Refused) -> int:
    return STATUS.get(type(error), 422)


def _path(name: str) -> str:
    return f"/aliases/{quote(name, safe='')}"


def _equivalents(request: web.Request, method: str, path: str, shown: Mapping[str, str]) -> dict[str, str]:
    import tomli_w  # noqa: PLC0415 - for who looks at it

    terms, excluded = _lines(shown["terms"]), _lines(shown["exclude"])
    body: dict[str, Any] = {"terms": _first(terms)}
    if excluded:
        body["exclude"] = _first(excluded)
    return {
        "curl": curl(request, method, path, {"name": shown["name"], **body} if method == "POST" else body),
        "toml": tomli_w.dumps({"aliases": [{"name": shown["name"], **body}]}).strip(),
    }


def _first(terms: list[str]) -> list[str]:
    """Enough to show how it is written."""
    return terms if len(terms) <= _WRITTEN else [*terms[:_WRITTEN], "…"]


ROUTES = [
    page("/aliases", READ, list_page),
    action("/aliases", CHANGE, make),
    page("/aliases/{name}", READ, alias_page),
    action("/aliases/{name}", CHANGE, change),
    action("/aliases/{name}/remove", CHANGE, remove),
    action("/aliases/{name}/rollback", CHANGE, rollback),
]
