"""The status page and the page of an alert, readable at 360 pixels, in the dark and without script."""

from aiohttp import web

from wirewatch.access import THEMES
from wirewatch.console import view
from wirewatch.console.forms import form
from wirewatch.console.render import html, redirect
from wirewatch.routing import Open, action, page
from wirewatch.serving import ACTING, SERVING
from wirewatch.usecases import alerts, channels, deliveries, sources, status
from wirewatch.usecases.deliveries import DeliveryFilter
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound

_ALERTS = 20
_DELIVERIES = 20
_SOURCES = 50


async def status_page(request: web.Request) -> web.Response:
    """Everything at a glance."""
    serving, me = request[SERVING], request[ACTING]
    now = me.clock.now()
    recent = await alerts.recent(me, _ALERTS)
    known = await sources.worst(me, _SOURCES)
    sent = (await deliveries.list_page(me, Paging(_DELIVERIES), DeliveryFilter())).items
    stored = (await channels.list_page(me, Paging(limit=None))).items
    read = await status.articles_since(me, view.day(now))
    snapshot = serving.collector.snapshot
    feeds = snapshot.feeds if snapshot is not None else {}
    queues = snapshot.queues if snapshot is not None else ()
    alone = {one.channel: one.endpoint.left_alone_until for one in queues if one.endpoint is not None}
    reason = view.why_no_alerts(
        feeds=feeds,
        rules=snapshot.rules[True] if snapshot is not None else 0,
        articles=read,
        waiting=sum(lag.records for lag in snapshot.lag.values()) if snapshot is not None else 0,
    )
    stages = view.stage_views(serving.collector, dict(serving.health.roles()))
    return await html(
        request,
        "status.html",
        alone=all(stage.here for stage in stages),
        stages=stages,
        alerts=[view.alert_view(told, 1) for told in recent],
        sources=view.source_views(known),
        source_count=max(sum(feeds.values()), len(known)),
        feeds=feeds,
        deliveries=[view.delivery_view(row, alone.get(row.notification.channel)) for row in sent],
        queues=queues,
        channels=[one.row for one in stored],
        paused={one.row.key: one.row.pause for one in stored if one.row.pause is not None},
        articles=read,
        reason=reason,
    )


async def alert_page(request: web.Request) -> web.Response:
    """One alert with its state, all its articles, its evidence and what became of its notifications."""
    try:
        found = await alerts.show(request[ACTING], request.match_info["alert_id"])
    except NotFound:
        raise web.HTTPNotFound(text="There is no such alert; it may be older than the retention keeps.\n") from None
    return await html(
        request,
        "alert.html",
        alert=view.alert_view(found.told, len(found.told.row.alert.articles)),
        deliveries=[(view.delivery_view(one.row), one.attempts) for one in found.deliveries],
        history=view.history_views(found.history),
    )


async def choose_theme(request: web.Request) -> web.Response:
    """Keep the colours in a cookie of the browser."""
    sent = await form(request)
    theme, back = sent.text("theme"), sent.text("back")
    response = redirect(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/", "theme")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=31_536_000, httponly=True, samesite="Lax")
    else:
        response.del_cookie("theme")
    return response


ROUTES = [
    page("/", Permission.READ_ALERTS, status_page),
    page("/alerts/{alert_id}", Permission.READ_ALERTS, alert_page),
    action("/theme", Open("changes a cookie of the browser that asks"), choose_theme),
]
