"""The API's read side, `/api/v1/...`: JSON, RFC 3339 times, errors as `{"error": {"code", "message"}}`."""

from collections.abc import Sequence
from typing import Any

import orjson
from aiohttp import web

from core.model.outcome import AlertOutcome, NotificationState
from core.net.url import BadUrl
from core.store import alerts, notifications, rules, silences, sources
from core.text.visible import json_text
from ingest.poll.health import health
from wirewatch.assessment import standing_troubles
from wirewatch.serving import SERVING
from wirewatch.tracing import trace

_LIMIT = 100
_MOST = 1000
_DIGITS = 18  # more are no number that anything here counts to


def routes() -> list[web.RouteDef]:
    """All read endpoints."""
    return [
        web.get("/api/v1/status", status),
        web.get("/api/v1/alerts", list_alerts),
        web.get("/api/v1/alerts/{alert_id}", one_alert),
        web.get("/api/v1/sources", list_sources),
        web.get("/api/v1/rules", list_rules),
        web.get("/api/v1/deliveries", list_deliveries),
        web.get("/api/v1/silences", list_silences),
        web.get("/api/v1/trace", trace_article),
    ]


async def status(request: web.Request) -> web.Response:
    """Whether all is well, and what is not, as the page says it."""
    serving = request[SERVING]
    readiness = await serving.health.readiness()
    wrong = await standing_troubles(serving, readiness)
    return answer({"well": not wrong, "ready": readiness.ready, "troubles": wrong})


async def list_alerts(request: web.Request) -> web.Response:
    """`?limit=&outcome=`: the newest first."""
    outcome = _choice(request, "outcome", [member.value for member in AlertOutcome])
    async with request[SERVING].db.connection() as conn:
        rows = await alerts.recent(conn, _limit(request), outcome=AlertOutcome(outcome) if outcome else None)
    return answer({"alerts": rows})


async def one_alert(request: web.Request) -> web.Response:
    """With its notifications and their attempts."""
    alert_id = request.match_info["alert_id"]
    async with request[SERVING].db.connection() as conn:
        row = await alerts.get(conn, alert_id)
        if row is None:
            raise refusal(web.HTTPNotFound, "not_found", f"there is no alert {alert_id}")
        sent = []
        for item in await notifications.list_rows(conn, alert_id=alert_id):
            tried = await notifications.attempts(conn, item.notification.notification_id)
            sent.append({"notification": item, "attempts": tried})
    return answer({"alert": row, "deliveries": sent})


async def list_sources(request: web.Request) -> web.Response:
    """All, with their state in a word and a sentence."""
    serving = request[SERVING]
    async with serving.db.connection() as conn:
        rows = list(map(sources.shown, await sources.list_all(conn)))
    now = serving.clock.now()
    return answer({"sources": [{"source": row, "health": health(row.state, now, enabled=row.enabled)} for row in rows]})


async def list_rules(request: web.Request) -> web.Response:
    """All in the version in force, disabled ones too."""
    async with request[SERVING].db.connection() as conn:
        return answer({"rules": await rules.list_all(conn)})


async def list_deliveries(request: web.Request) -> web.Response:
    """`?limit=&state=&channel=`: the newest first."""
    state = _choice(request, "state", [member.value for member in NotificationState])
    async with request[SERVING].db.connection() as conn:
        rows = await notifications.list_rows(
            conn,
            state=NotificationState(state) if state else None,
            channel=request.query.get("channel"),
            limit=_limit(request),
        )
    return answer({"deliveries": rows})


async def list_silences(request: web.Request) -> web.Response:
    """All that are kept."""
    async with request[SERVING].db.connection() as conn:
        return answer({"silences": await silences.list_all(conn)})


async def trace_article(request: web.Request) -> web.Response:
    """`?article=URL or id`: its way through the stages."""
    text = request.query.get("article", "")
    async with request[SERVING].db.connection() as conn:
        try:
            found = await trace(conn, text)
        except BadUrl as error:
            raise refusal(web.HTTPBadRequest, "bad_article", f"article: {error}") from error
    return answer({"trace": found})


def answer(body: dict[str, Any]) -> web.Response:
    """JSON; records as they are on the log. Read in a terminal it steers nothing."""
    text = json_text(orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE).decode())
    return web.Response(body=text.encode(), content_type="application/json")


def refusal(kind: type[web.HTTPError], code: str, message: str) -> web.HTTPError:
    """An error that says what was wrong."""
    body = orjson.dumps({"error": {"code": code, "message": message}}, option=orjson.OPT_APPEND_NEWLINE)
    return kind(text=json_text(body.decode()), content_type="application/json")


def _limit(request: web.Request) -> int:
    return _number(request, "limit", _LIMIT, most=_MOST)


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
