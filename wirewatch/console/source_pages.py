"""Pages of sources: the list, one source, adding one by its address, and what is done with them."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import web

from core.model.source import SourceKind
from wirewatch.console.forms import Form, curl, form
from wirewatch.console.refused import status_of
from wirewatch.console.render import html, redirect
from wirewatch.console.source_view import changed_facts, facts_toml, list_rows, new_source, shown_facts
from wirewatch.console.toml_text import toml_item
from wirewatch.routing import action, page
from wirewatch.serving import ACTING, SERVING
from wirewatch.usecases import discovery, source_changes, source_finds, sources
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, Refused
from wirewatch.usecases.source_changes import ACTIONS, Bulk
from wirewatch.usecases.source_web import web_of
from wirewatch.usecases.sources import STATES, SourceFilter

READ, CHANGE = Permission.READ_SOURCES, Permission.CHANGE_SOURCES
_ROWS = 50
_MOST_TAGS = 60


async def list_page(request: web.Request) -> web.Response:
    """By name, with filters by state, tag and text."""
    return await _list(request)


async def _list(request: web.Request, *, results: Any = (), problem: str | None = None) -> web.Response:
    me, asked = request[ACTING], request.query
    state = asked.get("state", "")
    kept = {
        "state": state if state in STATES else "",
        "tag": asked.get("tag", "")[:60],
        "text": asked.get("text", "").strip()[:200],
    }
    wanted = SourceFilter(state=kept["state"] or None, tag=kept["tag"] or None, text=kept["text"] or None)
    found = await sources.find(me, Paging(_ROWS, asked.get("cursor")), wanted)
    query = {name: value for name, value in kept.items() if value}
    return await html(
        request,
        "sources.html",
        status=200 if problem is None else 422,
        rows=list_rows(found.items),
        states=await sources.states(me, wanted),
        tags=dict(list((await sources.tags(me)).items())[:_MOST_TAGS]),
        asked=kept,
        query=query,
        next=None if found.next is None else "/sources?" + urlencode({**query, "cursor": found.next}),
        results=results,
        problem=problem,
        curl=curl(request, "GET", "/api/v1/sources" + (f"?{urlencode(query)}" if query else "")),
    )


async def bulk(request: web.Request) -> web.Response:
    """Do the same with all that were ticked."""
    sent = await form(request)
    names, action_word = sent.many("source"), sent.text("action")
    if action_word not in ACTIONS or not names:
        return await _list(request, problem="Tick the sources first, and choose what to do with them.")
    add, remove = _tags(sent.text("add")), _tags(sent.text("remove"))
    try:
        done = await source_changes.bulk(request[ACTING], Bulk(action=action_word, names=names, add=add, remove=remove))
    except Refused as error:
        return await _list(request, problem=str(error))
    return await _list(request, results=done)


async def add_page(request: web.Request) -> web.Response:
    """The address first."""
    return await _add(request, {"url": request.query.get("url", "")[:4096]})


async def add(request: web.Request) -> web.Response:
    """Look at an address, or add what the form says."""
    sent = await form(request)
    typed = {name: values[0] for name, values in sent.fields.items() if values}
    typed["url"] = discovery.with_scheme(sent.text("url"))
    if sent.text("do") != "add":
        return await _looked(request, typed)
    try:
        async with web_of(request[ACTING], request[SERVING].web) as reach:
            new = new_source(sent, typed["url"])
            added = await discovery.add_seen(request[ACTING], reach, new)
    except discovery.NotAFeed as error:
        return await _add(request, typed, problem=error, feeds=[(feed, None) for feed in error.found])
    except Refused as error:
        return await _add(request, typed, problem=error)
    return redirect(f"/sources/{added.source.source_id}", "source_silent" if added.note else "source_added")


async def _looked(request: web.Request, typed: dict[str, str]) -> web.Response:
    """What stands at the address: a feed with a preview, or a page with the feeds of its site."""
    me = request[ACTING]
    async with web_of(me, request[SERVING].web) as reach:
        try:
            seen = await discovery.preview(me, reach, typed["url"])
        except discovery.NotAFeed as error:
            return await _add(request, typed, feeds=[(feed, None) for feed in error.found], searched=True)
        except Refused as error:
            return await _add(request, typed, problem=error)
        site = None
    typed = {"name": seen.title[:200], "lang": seen.brings.lang or "", **typed}
    return await _add(request, typed, preview=seen, site=site)


async def _add(
    request: web.Request, typed: dict[str, str], *, problem: Refused | None = None, **more: Any
) -> web.Response:
    body = {"url": typed.get("url") or "ADDRESS"} | ({"name": typed["name"]} if typed.get("name") else {})
    return await html(
        request,
        "source_add.html",
        status=200 if problem is None else status_of(problem),
        typed={name: typed.get(name, "") for name in ("url", "name", "tags", "country", "lang", "interval_seconds")},
        problem=None if problem is None else str(problem),
        bad=(problem.field or "") if isinstance(problem, Invalid) else "url" if problem is not None else "",
        curl=curl(request, "POST", "/api/v1/sources", body),
        discover_curl=curl(request, "POST", "/api/v1/source-discovery", {"url": body["url"]}),
        toml=toml_item("sources", {"name": typed.get("name") or "NAME", "url": body["url"]}),
        **{"preview": None, "feeds": [], "searched": False, "site": None, **more},
    )


async def show_page(request: web.Request) -> web.Response:
    """One source: how it is, its rhythm, what it says of itself."""
    return await _show(request)


async def _show(request: web.Request, *, problem: Refused | None = None, sent: Form | None = None) -> web.Response:
    me = request[ACTING]
    known = await sources.show(me, request.match_info["source"])
    source = known.row.source
    path = f"/api/v1/sources/{source.source_id}"
    facts = shown_facts(source, sent)
    return await html(
        request,
        "source.html",
        status=200 if problem is None else status_of(problem),
        one=known,
        hosts=await sources.hosts_of(me, source.source_id),
        finds=await source_finds.found_for(me, source.source_id),
        facts=facts,
        kinds=[kind.value for kind in SourceKind],
        problem=None if problem is None else str(problem),
        bad=(problem.field or "") if isinstance(problem, Invalid) else "",
        curl=curl(request, "PATCH", path, {"tags": list(source.tags), "lang": source.lang}),
        poll_curl=curl(request, "POST", f"{path}/poll"),
        toml=facts_toml(source),
    )


async def change(request: web.Request) -> web.Response:
    """What the form says."""
    sent = await form(request)
    me = replace(request[ACTING], if_match=sent.text("tag") or None)
    name = request.match_info["source"]
    try:
        known = await sources.show(me, name)
        facts = changed_facts(sent, known.row.source, masked=known.masked)
        changed = await source_changes.change(me, name, facts)
    except Refused as error:
        return await _show(request, problem=error, sent=sent)
    return redirect(f"/sources/{changed.source_id}", "saved")


async def pause(request: web.Request) -> web.Response:
    return await _done(request, source_changes.pause, "source_paused")


async def resume(request: web.Request) -> web.Response:
    return await _done(request, source_changes.resume, "source_resumed")


async def poll(request: web.Request) -> web.Response:
    return await _done(request, source_changes.poll_now, "source_due")


async def remove(request: web.Request) -> web.Response:
    try:
        await sources.remove(request[ACTING], request.match_info["source"])
    except Refused as error:
        return await _show(request, problem=error)
    return redirect("/sources", "removed")


async def take(request: web.Request) -> web.Response:
    """Poll it at an address that was found on its site."""
    sent = await form(request)

    async def moved(me: Acting, name: str) -> Any:
        return await source_finds.take(me, name, sent.text("url"))

    return await _done(request, moved, "source_moved")


async def _done(request: web.Request, use: Any, said: str) -> web.Response:
    name = request.match_info["source"]
    try:
        await use(request[ACTING], name)
    except Refused as error:
        return await _show(request, problem=error)
    return redirect(f"/sources/{quote(name, safe='')}", said)


def _tags(text: str) -> tuple[str, ...]:
    return tuple(tag for part in text.split(",") if (tag := part.strip()))


ROUTES = [
    page("/sources", READ, list_page),
    action("/sources", CHANGE, bulk),
    page("/sources/add", CHANGE, add_page),
    action("/sources/add", CHANGE, add),
    page("/sources/{source}", READ, show_page),
    action("/sources/{source}", CHANGE, change),
    action("/sources/{source}/pause", CHANGE, pause),
    action("/sources/{source}/resume", CHANGE, resume),
    action("/sources/{source}/poll", CHANGE, poll),
    action("/sources/{source}/remove", CHANGE, remove),
    action("/sources/{source}/take", CHANGE, take),
]
