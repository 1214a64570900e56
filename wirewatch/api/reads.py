"""The API's read side, `/api/v1/...`: each endpoint reads a query, calls a use case and answers with a model.

Lists come in pages: `limit` rows, and `next`, the `cursor` of the page after it.
"""

from collections.abc import Sequence

from aiohttp import web

from alerts.channels.published import ASYNCAPI, SCHEMA, published
from core.model.outcome import AlertOutcome, AlertStatus, NotificationState
from wirewatch.api import alert_models, models
from wirewatch.api.answers import answer, refusal
from wirewatch.serving import SERVING
from wirewatch.usecases import alerts, articles, channels, deliveries, rules, silences, sources
from wirewatch.usecases.alerts import AlertFilter
from wirewatch.usecases.deliveries import DeliveryFilter
from wirewatch.usecases.pages import MOST, Paging
from wirewatch.usecases.status import standing_troubles

_LIMIT = 100  # alerts and deliveries, of which there is no end
_DIGITS = 18  # more are no number that anything here counts to


def routes() -> list[web.RouteDef]:
    """All read endpoints."""
    return [
        web.get("/api/v1/status", status),
        web.get("/api/v1/alerts", list_alerts),
        web.get("/api/v1/alerts/{alert_id}", one_alert),
        web.get("/api/v1/sources", list_sources),
        web.get("/api/v1/rules", list_rules),
        web.get("/api/v1/channels", list_channels),
        web.get("/api/v1/deliveries", list_deliveries),
        web.get("/api/v1/silences", list_silences),
        web.get("/api/v1/trace", trace_article),
        web.get("/api/v1/webhook.schema.json", webhook_schema),
        web.get("/api/v1/asyncapi.yaml", asyncapi),
    ]


async def status(request: web.Request) -> web.Response:
    """Whether all is well, and what is not, as the page says it."""
    serving = request[SERVING]
    readiness = await serving.health.readiness()
    wrong = await standing_troubles(serving.visitor, readiness, serving.collector.snapshot)
    troubles = models.Trouble.of_all(wrong)
    return answer(models.Status(well=not wrong, ready=readiness.ready, troubles=troubles))


async def list_alerts(request: web.Request) -> web.Response:
    """`?limit=&cursor=&outcome=&state=`: the newest first."""
    outcome = _choice(request, "outcome", [member.value for member in AlertOutcome])
    state = _choice(request, "state", [member.value for member in AlertStatus])
    wanted = AlertFilter(
        outcome=AlertOutcome(outcome) if outcome else None, status=AlertStatus(state) if state else None
    )
    page = await alerts.list_page(request[SERVING].visitor, _paging(request, _LIMIT), wanted)
    found = [alert_models.ToldAlert.of_row(one.row, one.state) for one in page.items]
    return answer(alert_models.Alerts(alerts=found, next=page.next))


async def one_alert(request: web.Request) -> web.Response:
    """With its notifications and their attempts, and all that readers said of it."""
    found = await alerts.show(request[SERVING].visitor, request.match_info["alert_id"])
    sent = [
        models.Delivery(notification=models.SentNotification.of(one.row), attempts=models.Attempt.of_all(one.attempts))
        for one in found.deliveries
    ]
    alert = alert_models.ToldAlert.of_row(found.told.row, found.told.state)
    return answer(
        models.WholeAlert(alert=alert, deliveries=sent, history=alert_models.AlertEvent.of_all(found.history))
    )


async def list_sources(request: web.Request) -> web.Response:
    """`?limit=&cursor=`: all, with their state in a word and a sentence."""
    page = await sources.list_page(request[SERVING].visitor, _paging(request, MOST))
    found = [
        models.Source(source=models.SourceRow.of(one.row), health=models.Health.of(one.health)) for one in page.items
    ]
    return answer(models.Sources(sources=found, next=page.next))


async def list_rules(request: web.Request) -> web.Response:
    """`?limit=&cursor=`: all in the version in force, disabled ones too."""
    page = await rules.list_page(request[SERVING].visitor, _paging(request, MOST))
    return answer(models.Rules(rules=[models.Rule.of_row(row) for row in page.items], next=page.next))


async def list_channels(request: web.Request) -> web.Response:
    """`?limit=&cursor=`: all, by name, without their secrets."""
    page = await channels.list_page(request[SERVING].visitor, _paging(request, MOST))
    return answer(models.Channels(channels=[models.Channel.of_known(one) for one in page.items], next=page.next))


async def list_deliveries(request: web.Request) -> web.Response:
    """`?limit=&cursor=&state=&channel=`: the newest first."""
    state = _choice(request, "state", [member.value for member in NotificationState])
    wanted = DeliveryFilter(state=NotificationState(state) if state else None, channel=request.query.get("channel"))
    page = await deliveries.list_page(request[SERVING].visitor, _paging(request, _LIMIT), wanted)
    return answer(models.Deliveries(deliveries=models.SentNotification.of_all(page.items), next=page.next))


async def list_silences(request: web.Request) -> web.Response:
    """`?limit=&cursor=`: all that are kept, those that begin last first."""
    page = await silences.list_page(request[SERVING].visitor, _paging(request, MOST))
    found = models.Silence.of_all(one.silence for one in page.items)
    return answer(models.Silences(silences=found, next=page.next))


async def trace_article(request: web.Request) -> web.Response:
    """`?article=URL or id`: its way through the stages."""
    found = await articles.trace(request[SERVING].visitor, request.query.get("article", ""))
    return answer(models.Traced(trace=models.Trace.of(found)))


async def webhook_schema(_: web.Request) -> web.Response:
    """The JSON Schema of a webhook's body."""
    return web.Response(text=published(SCHEMA), content_type="application/schema+json")


async def asyncapi(_: web.Request) -> web.Response:
    """The AsyncAPI document of webhook and kafka channels."""
    return web.Response(text=published(ASYNCAPI), content_type="application/yaml")


def _paging(request: web.Request, default: int) -> Paging:
    return Paging(_number(request, "limit", default, most=MOST), request.query.get("cursor"))


def _number(request: web.Request, name: str, default: int, *, most: int) -> int:
    """A whole number from 1 to `most` in ASCII digits: the one reading of every number that a visitor sends."""
    text = request.query.get(name)
    if text is None:
        return default
    if len(text) > _DIGITS or not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise refusal(web.HTTPBadRequest, f"bad_{name}", f"{name}: expected a whole number from 1 to {most}")
    return int(text)


def _choice(request: web.Request, name: str, known: Sequence[str]) -> str | None:
    value = request.query.get(name)
    if value is not None and value not in known:
        raise refusal(web.HTTPBadRequest, f"bad_{name}", f"{name}: expected one of {', '.join(known)}")
    return value
