"""What a browser shows of a request that was refused: a page with the way on, where a program gets a line of text."""

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus

from aiohttp import web

from core.errors import Unavailable
from wirewatch.console.render import bare, html
from wirewatch.serving import ACTING, READER

_HEADINGS = {
    HTTPStatus.FORBIDDEN: "You may not do this",
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.GONE: "It is over",
    HTTPStatus.CONFLICT: "It cannot be done now",
    HTTPStatus.PRECONDITION_FAILED: "It was changed meanwhile",
    HTTPStatus.METHOD_NOT_ALLOWED: "This page does not do that",
    HTTPStatus.SERVICE_UNAVAILABLE: "It cannot be done now",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong",
}


async def refused_page(
    request: web.Request, status: int, detail: str, headers: Mapping[str, str]
) -> web.Response | None:
    """The page; None for a program, and for a part of a page."""
    for_people = "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
    if not for_people or status < HTTPStatus.BAD_REQUEST or READER not in request:
        return None
    said = detail.strip().rstrip(".")
    values = {
        "heading": _HEADINGS.get(HTTPStatus(status), "This request is not right"),
        "detail": f"{said[:1].upper()}{said[1:]}.",
    }
    acting = request.get(ACTING)
    response: web.Response | None = None
    if acting is not None and acting.permissions and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        with suppress(Unavailable):  # without headline and navigation, then
            response = await html(request, "refused.html", status=status, **values)
    if response is None:
        response = bare(request, "refused.html", status=status, **values)
    response.headers.update(headers)
    return response
