"""The status page and the pages of an alert and of a rule: rendered here, without script, readable at 360 pixels and in the dark."""

from aiohttp import web

from wirewatch.console import rule_view, view
from wirewatch.console.render import STYLE, html
from wirewatch.serving import SERVING
from wirewatch.usecases import alerts, channels, deliveries, rules, sources, status
from wirewatch.usecases.deliveries import DeliveryFilter
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import NotFound

REFRESH_SECONDS = 10
_ALERTS = 20
_DELIVERIES = 20
_SOURCES = 50


def routes() -> list[web.RouteDef]:
    """All pages."""
    return [
        web.get("/", status_page),
        web.get("/alerts/{alert_id}", alert_page),
        web.get("/rules/{rule_id}", rule_page),
        web.get("/style.css", style),
    ]


async def style(_: web.Request) -> web.Response:
    return web.Response(body=STYLE, content_type="text/css", charset="utf-8")


async def status_page(request: web.Request) -> web.Response:
    """Everything at a glance. `?renew=off`: without renewing itself, for reading with a keyboard or a screen reader."""
    serving = request[SERVING]
    me = serving.visitor
    now = me.clock.now()
    readiness = await serving.health.readiness()
    recent = await alerts.recent(me, _ALERTS)
    known = await sources.worst(me, _SOURCES)
    sent = (await deliveries.list_page(me, Paging(_DELIVERIES), DeliveryFilter())).items
    stored = (await channels.list_page(me, Paging(limit=None))).items
    read = await status.articles_since(me, view.day(now))
    wrong = await status.standing_troubles(me, readiness, serving.collector.snapshot)
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
    return html(
        serving,
        "status.html",
        refresh=None if request.query.get("renew") == "off" else REFRESH_SECONDS,
        alone=all(stage.here for stage in stages),
        troubles=wrong,
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
    serving = request[SERVING]
    try:
        found = await alerts.show(serving.visitor, request.match_info["alert_id"])
    except NotFound:
        raise web.HTTPNotFound(text="There is no such alert; it may be older than the retention keeps.\n") from None
    return html(
        serving,
        "alert.html",
        refresh=None,
        alert=view.alert_view(found.told, len(found.told.row.alert.articles)),
        deliveries=[(view.delivery_view(one.row), one.attempts) for one in found.deliveries],
        history=view.history_views(found.history),
    )


async def rule_page(request: web.Request) -> web.Response:
    """The rule that a message's link is about: in force, out of force, or known from its alerts alone."""
    serving = request[SERVING]
    rule_id = request.match_info["rule_id"]
    known = await rules.by_id(serving.visitor, rule_id)
    recent = await alerts.recent(serving.visitor, _ALERTS, rule_id)
    if known is not None:
        shown = rule_view.stored(known, serving.visitor.clock.now())
    elif recent:
        shown = rule_view.gone(recent[0].row.alert.rule)
    else:
        raise web.HTTPNotFound(text="There is no such rule, and no alert of one.\n")
    return html(serving, "rule.html", refresh=None, rule=shown, alerts=[view.alert_view(told, 1) for told in recent])
