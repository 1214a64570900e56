"""The documents of what we send, for those who receive it."""

from typing import Any

from aiohttp import web

from alerts.channels.published import ASYNCAPI, SCHEMA, published
from wirewatch.api.operation import Call, operation
from wirewatch.routing import Open

_PUBLIC = Open("the same for everybody, and part of the documentation")


@operation(
    "GET",
    "/webhook.schema.json",
    summary="The JSON Schema of webhooks",
    access=_PUBLIC,
    media="application/schema+json",
)
async def webhook_schema(_: Call[Any, None]) -> web.Response:
    """Of a webhook's body."""
    return web.Response(text=published(SCHEMA), content_type="application/schema+json")


@operation("GET", "/asyncapi.yaml", summary="The AsyncAPI document", access=_PUBLIC, media="application/yaml")
async def asyncapi(_: Call[Any, None]) -> web.Response:
    """Of webhook and kafka channels."""
    return web.Response(text=published(ASYNCAPI), content_type="application/yaml")


OPERATIONS = [webhook_schema, asyncapi]
