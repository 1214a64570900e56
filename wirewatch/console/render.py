"""Pages out of their templates: what others wrote is escaped, and steers nothing."""

from importlib.resources import files

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from core.model.channel import channel_name
from core.text.visible import lines
from wirewatch import __version__
from wirewatch.console import view
from wirewatch.serving import Serving


def _shown(value: object) -> object:
    """What a page shows of a value, beside the escaping: no control character, nothing that turns other text round."""
    if isinstance(value, Markup):
        return Markup(lines(str(value)))  # noqa: S704 - it was markup, and only characters without a meaning in it go
    return lines(value) if isinstance(value, str) else value


_templates = Environment(
    loader=PackageLoader("wirewatch.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    finalize=_shown,
)
_templates.filters["channel_name"] = channel_name
STYLE = files("wirewatch.console").joinpath("style.css").read_bytes()


def html(serving: Serving, template: str, *, status: int = 200, **values: object) -> web.Response:
    """The page of a template. `refresh`: seconds until it renews itself."""
    now = serving.visitor.clock.now()
    given = {"refresh": None, **values}
    text = _templates.get_template(template).render(
        version=__version__,
        now=now,
        ago=lambda moment: view.ago(moment, now),
        due=lambda moment: view.due(moment, now),
        clock=lambda moment: "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC",
        **given,
    )
    return web.Response(status=status, text=text, content_type="text/html")
