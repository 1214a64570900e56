"""Who asks, and whether they may: the one place where a request gets its permissions and where they are checked."""

from dataclasses import replace
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from aiohttp import web

from wirewatch.routing import Handler, Open, Route
from wirewatch.serving import ACTING, READER, SERVING, Reader, Serving
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import READING

THEMES = ("light", "dark")
_ZONE_CHARACTERS = 64


async def identify(request: web.Request, serving: Serving) -> tuple[Acting, Reader]:
    """Whoever sent the request, with what they may do, and how pages are shown to them."""
    return replace(serving.visitor, permissions=READING, address=request.remote), _visitor(request)


def checked(route: Route) -> Handler:
    """The handler of a route, for those who may use it. Raises NotPermitted, and what `identify` raises."""

    async def handle(request: web.Request) -> web.StreamResponse:
        serving = request.get(SERVING)
        if serving is not None:
            acting, request[READER] = await identify(request, serving)
            if not isinstance(route.access, Open):
                acting.require(route.access)
            request[ACTING] = acting
        return await route.handler(request)

    return handle


def _visitor(request: web.Request) -> Reader:
    """Somebody whom only the browser knows: its zone and theme are in cookies."""
    theme = request.cookies.get("theme", "")
    return Reader(zone=zone(unquote(request.cookies.get("zone", ""))), theme=theme if theme in THEMES else "")


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC where there is none."""
    try:
        return ZoneInfo(name[:_ZONE_CHARACTERS] or "UTC")
    except (KeyError, ValueError, OSError):  # unknown, or no name of a zone at all
        return ZoneInfo("UTC")
