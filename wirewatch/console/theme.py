"""The choice of colours, at the foot of every page."""

from aiohttp import web

from wirewatch.access import THEMES
from wirewatch.console.forms import form
from wirewatch.console.render import redirect
from wirewatch.routing import Open, action


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


ROUTES = [action("/theme", Open("changes a cookie of the browser that asks"), choose_theme)]
