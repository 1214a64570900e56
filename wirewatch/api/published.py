"""The OpenAPI document of this server, made once in the life of the process, when somebody asks for it first."""

import asyncio
import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import orjson
from aiohttp import web

from core.text.visible import json_text
from wirewatch import session_cookie
from wirewatch.api.openapi import document
from wirewatch.api.operation import Call, Operation, operation
from wirewatch.routing import Open

COOKIE = session_cookie.NAME
_PUBLIC = Open("the same for everybody, and part of the documentation")


class Published:
    """`operation` answers the document of all the other operations and of itself."""

    def __init__(self, others: Sequence[Operation]) -> None:
        @operation("GET", "/openapi.json", summary="The OpenAPI document", access=_PUBLIC)
        async def openapi(_: Call[Any, None]) -> web.Response:
            """OpenAPI 3.1, for programs; the page `/docs/api` is made from it."""
            raw, tag = await asyncio.to_thread(lambda: self._bytes)
            return web.Response(body=raw, content_type="application/json", headers={"ETag": f'"{tag}"'})

        self.operation = openapi
        self._operations = (*others, openapi)

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document as data. Makes it where it is not made yet, which takes a moment: not on the event loop."""
        return document(self._operations, cookie=COOKIE)

    @cached_property
    def _bytes(self) -> tuple[bytes, str]:
        raw = json_text(orjson.dumps(self.document).decode()).encode() + b"\n"
        return raw, hashlib.sha256(raw).hexdigest()[:24]
