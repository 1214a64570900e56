"""Outgoing feeds over HTTP: `/f/TOKEN.atom` and `/f/TOKEN.json`, for readers that come again and again.

The token in the address is the right to read. It stands in no log, and no link in a feed tells it on.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from aiohttp import web

from wirewatch.api import reading
from wirewatch.api.feed_documents import ATOM_TYPE, JSON_TYPE, FeedDocument, atom, json_feed
from wirewatch.routing import Open, Route
from wirewatch.serving import SERVING
from wirewatch.usecases import feeds
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound

_KINDS: dict[str, tuple[str, Callable[[FeedDocument], bytes]]] = {
    "atom": (f"{ATOM_TYPE}; charset=utf-8", atom),
    "json": (f"{JSON_TYPE}; charset=utf-8", json_feed),
}


async def feed(request: web.Request) -> web.Response:
    """The feed that the token opens, or 304 where the reader has it already."""
    serving = request[SERVING]
    token, ending = request.match_info["token"], request.match_info["ending"]
    try:
        found = await feeds.read(replace(serving.visitor, permissions=frozenset({Permission.READ_ALERTS})), token)
    except NotFound:
        raise web.HTTPNotFound(text="There is no such feed.\n") from None
    home = serving.visitor.config.server.public_url
    kind, write = _KINDS[ending]
    document = FeedDocument(
        feed_id=found.feed_id,
        title=found.title,
        url=f"{home or request.url.origin()}/f/{token}.{ending}",
        home=home,
        entries=found.entries,
    )
    body = write(document)
    tag = hashlib.sha256(body).hexdigest()[:32]
    headers = {
        "ETag": f'"{tag}"',
        "Last-Modified": document.updated.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",  # the address is the secret
        "Content-Type": kind,
    }
    if _has_it(request, tag, document.updated):
        del headers["Content-Type"]
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return web.Response(body=body, headers=headers)


def _has_it(request: web.Request, tag: str, updated: datetime) -> bool:
    """RFC 9110 section 13: the tag decides where one is sent, else the time."""
    if "If-None-Match" in request.headers:
        return reading.has_it(request, tag)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except ValueError:
        return False
    since = since if since.tzinfo is not None else since.replace(tzinfo=UTC)
    return updated.replace(microsecond=0) <= since


ROUTES = [
    Route(
        "GET", r"/f/{token:[A-Za-z0-9_-]{20,250}}.{ending:atom|json}", feed, Open("the token in the address opens it")
    )
]
