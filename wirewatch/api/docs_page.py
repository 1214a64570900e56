"""`/docs/api`: the API for people to read, drawn from the OpenAPI document that programs read."""

import asyncio
from functools import lru_cache
from urllib.parse import urlsplit

from aiohttp import web
from markupsafe import Markup

from wirewatch.api.handbook import handbook
from wirewatch.api.operation import PREFIX
from wirewatch.api.table import PUBLISHED
from wirewatch.console import render
from wirewatch.routing import Open, page
from wirewatch.serving import SERVING

_PUBLIC = Open("the same for everybody, and tells nothing but how to ask")


async def api_docs(request: web.Request) -> web.Response:
    """All operations, with curl commands that ask this server."""
    public = request[SERVING].visitor.config.server.public_url
    # The address that the reader came to; whether a proxy before us speaks TLS stands only in the public one.
    home = public if urlsplit(public).netloc == request.host else str(request.url.origin())
    book = await asyncio.to_thread(_book, home.rstrip("/") + PREFIX)
    return await render.html(request, "api_docs.html", book=book)


@lru_cache(maxsize=8)  # addresses under which people come; it takes a quarter of a second
def _book(base: str) -> Markup:
    return render.fragment("api_docs_parts.html", book=handbook(PUBLISHED.document, base))


ROUTES = [page("/docs/api", _PUBLIC, api_docs)]
