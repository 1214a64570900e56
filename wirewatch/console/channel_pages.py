"""Pages of channels: list, make, look at, change, pause, try out, remove."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from aiohttp import web

from alerts.channels.registry import KINDS
from alerts.management.trial_send import Trial
from wirewatch.console.channel_form import example, read, shown_fields
from wirewatch.console.forms import curl, form
from wirewatch.console.refused import status_of
from wirewatch.console.render import html, redirect
from wirewatch.console.toml_text import toml_item
from wirewatch.routing import action, page
from wirewatch.serving import ACTING
from wirewatch.usecases import channels, deliveries
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.channels import NewChannel
from wirewatch.usecases.deliveries import DeliveryFilter
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, Refused

_RECENT = 10


async def list_page(request: web.Request) -> web.Response:
    """All channels with their state."""
    found = (await channels.list_page(request[ACTING], Paging(limit=None))).items
    return await html(request, "channels.html", channels=found)


async def new_page(request: web.Request) -> web.Response:
    """Which kind; then the form of that kind."""
    kind = request.query.get("kind", "")
    if kind not in KINDS:
        return await html(request, "channel_kinds.html", kinds=KINDS)
    return await _new(request, kind, "", None)


async def add(request: web.Request) -> web.Response:
    """Make the channel that the form says."""
    sent = await form(request)
    kind, name = sent.text("kind"), sent.text("name")
    if kind not in KINDS:
        return redirect("/channels/new")
    given = read(kind, sent, {})
    try:
        await channels.add(request[ACTING], NewChannel(name=name, kind=kind, settings=given.settings), os.environ)
        row = await channels.find(request[ACTING], name)
    except Refused as error:
        return await _new(request, kind, name, error, given.texts, given.settings)
    return redirect(f"/channels/{row.channel_id}", "channel_added")


async def _new(
    request: web.Request,
    kind: str,
    name: str,
    problem: Refused | None,
    texts: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> web.Response:
    whole = {"name": name or "NAME", "kind": kind, "settings": example(kind, settings or {})}
    return await html(
        request,
        "channel_new.html",
        status=200 if problem is None else status_of(problem),
        kind=kind,
        what=KINDS[kind].what,
        note=KINDS[kind].note,
        name=name,
        fields=shown_fields(kind, {}, texts),
        wrong=_wrong(problem),
        curl=curl(request, "POST", "/api/v1/channels", whole),
        toml=toml_item("channels", {"name": name or "NAME", "kind": kind, **example(kind, settings or {})}),
    )


async def show_page(request: web.Request) -> web.Response:
    """One channel: its state, what it sent last, who sends to it, and its form."""
    return await _show(request)


async def _show(
    request: web.Request,
    *,
    problem: Refused | None = None,
    texts: Mapping[str, str] | None = None,
    trial: Trial | None = None,
) -> web.Response:
    me, name = await _named(request)
    shown = await channels.show(me, name)
    known = shown.channel
    recent = await deliveries.list_page(me, Paging(_RECENT), DeliveryFilter(channel=name))
    settings, kind = example(known.row.kind, known.settings), known.row.kind
    path = f"/api/v1/channels/{known.row.channel_id}"
    return await html(
        request,
        "channel.html",
        status=200 if problem is None else status_of(problem),
        channel=known,
        shown=shown,
        what=KINDS[kind].what if kind in KINDS else "a kind that this release does not know",
        note=KINDS[kind].note if kind in KINDS else "",
        fields=shown_fields(kind, known.settings, texts) if kind in KINDS else [],
        recent=recent.items,
        trial=trial,
        wrong=_wrong(problem),
        curl=curl(request, "PATCH", path, {"settings": settings}),
        test_curl=curl(request, "POST", f"{path}/test"),
        toml=toml_item("channels", {"name": name, "kind": kind, **settings}),
    )


async def change(request: web.Request) -> web.Response:
    """Lay what the form says over the channel."""
    sent = await form(request)
    me, name = await _named(request)
    known = (await channels.show(me, name)).channel
    given = read(known.row.kind, sent, known.settings)
    me = replace(me, if_match=sent.text("tag") or None)
    try:
        stored = await channels.change(me, name, given.settings, given.without, os.environ)
    except Refused as error:
        return await _show(request, problem=error, texts=given.texts)
    return redirect(f"/channels/{known.row.channel_id}", "saved" if stored.changed else "unchanged")


async def remove(request: web.Request) -> web.Response:
    """Remove it, or say who still sends to it."""
    me, name = await _named(request)
    try:
        await channels.remove(me, name)
    except Refused as error:
        return await _show(request, problem=error)
    return redirect("/channels", "removed")


async def pause(request: web.Request) -> web.Response:
    me, name = await _named(request)
    try:
        await channels.pause(me, name)
    except Refused as error:
        return await _show(request, problem=error)
    return redirect(f"/channels/{quote(request.match_info['channel'], safe='')}", "channel_paused")


async def resume(request: web.Request) -> web.Response:
    me, name = await _named(request)
    try:
        await channels.resume(me, name)
    except Refused as error:
        return await _show(request, problem=error)
    return redirect(f"/channels/{quote(request.match_info['channel'], safe='')}", "channel_resumed")


async def test(request: web.Request) -> web.Response:
    """Send a test message now, and show what went out and what came back."""
    me, name = await _named(request)
    try:
        trial = await channels.test(me, name, os.environ)
    except Refused as error:
        return await _show(request, problem=error)
    return await _show(request, trial=trial)


async def _named(request: web.Request) -> tuple[Acting, str]:
    row = await channels.find(request[ACTING], request.match_info["channel"])
    return replace(request[ACTING], team=row.team_id), row.name


def _wrong(problem: Refused | None) -> tuple[str, str] | None:
    """The setting that a refusal is about, and its words."""
    if problem is None:
        return None
    field = problem.field if isinstance(problem, Invalid) else None
    return field or "", str(problem)


ROUTES = [
    page("/channels", Permission.READ_CHANNELS, list_page),
    page("/channels/new", Permission.CHANGE_CHANNELS, new_page),
    action("/channels/new", Permission.CHANGE_CHANNELS, add),
    page("/channels/{channel}", Permission.READ_CHANNELS, show_page),
    action("/channels/{channel}", Permission.CHANGE_CHANNELS, change),
    action("/channels/{channel}/remove", Permission.CHANGE_CHANNELS, remove),
    action("/channels/{channel}/pause", Permission.CHANGE_CHANNELS, pause),
    action("/channels/{channel}/resume", Permission.CHANGE_CHANNELS, resume),
    action("/channels/{channel}/test", Permission.TEST_CHANNELS, test),
]
