"""Pages out of their templates: what others wrote is escaped, and steers nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from core.model.channel import channel_name
from core.text.visible import lines
from wirewatch import __version__
from wirewatch.console import charts, static, times, view
from wirewatch.console.keymap import KEYS
from wirewatch.console.said import SAID
from wirewatch.console.source_view import seconds_words
from wirewatch.health.trouble import Trouble
from wirewatch.serving import ACTING, READER, SERVING, Reader
from wirewatch.usecases import alerts
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.status import standing_troubles


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    path: str
    label: str
    permission: Permission


# In the order of the navigation; what a reader may not see is not there.
PLACES = [
    Place("/", "Alerts", Permission.READ_ALERTS),
    Place("/stories", "Stories", Permission.READ_ARTICLES),
    Place("/search", "Search", Permission.READ_ARTICLES),
    Place("/rules", "Rules", Permission.READ_RULES),
    Place("/sources", "Sources", Permission.READ_SOURCES),
    Place("/channels", "Channels", Permission.READ_CHANNELS),
    Place("/deliveries", "Deliveries", Permission.READ_DELIVERIES),
    Place("/silences", "Silences", Permission.READ_SILENCES),
    Place("/system", "System", Permission.READ_STATUS),
    Place("/people", "People", Permission.READ_PEOPLE),
    Place("/tokens", "Tokens", Permission.OWN_TOKENS),
    Place("/audit", "Audit", Permission.READ_AUDIT),
]


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
_templates.filters["seconds"] = seconds_words
_templates.globals.update(
    static=static.address,
    sparkline=charts.sparkline,
    bars=charts.bars,
    version=__version__,
    keys=KEYS,
    most_counted=alerts.MOST_COUNTED,
)


async def html(request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
    """A page of the console, with navigation and headline, for whoever sent the request."""
    serving, acting = request[SERVING], request[ACTING]
    troubles: tuple[Trouble, ...] = ()
    if Permission.READ_STATUS in acting.permissions:
        troubles = await standing_troubles(acting, serving.health, serving.collector.snapshot)
    framed = {
        "frame": True,
        "troubles": troubles,
        "places": [one for one in PLACES if one.permission in acting.permissions],
        "here": request.path,
        "said": SAID.get(request.query.get("said", ""), ""),
        "may": lambda word: Permission(word) in acting.permissions,
        "unacknowledged": await alerts.unacknowledged(acting) if Permission.READ_ALERTS in acting.permissions else 0,
    }
    return _page(template, request[READER], acting, status=status, values={**framed, **values})


def bare(request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
    """A page by itself, for somebody who may see nothing else: no navigation, no headline."""
    alone = {"frame": False, "said": ""}
    return _page(template, request[READER], request[SERVING].visitor, status=status, values={**alone, **values})


def part(request: web.Request, template: str, **values: object) -> web.Response:
    """A part of a page, for htmx, for whoever sent the request."""
    acting = request[ACTING]
    known = {"may": lambda word: Permission(word) in acting.permissions}
    return _page(template, request[READER], acting, status=200, values={**known, **values})


def fragment(template: str, **values: object) -> Markup:
    """A part that is the same for everybody, to be kept by who asks for it."""
    return Markup(_templates.get_template(template).render(**values))  # noqa: S704 - our template has escaped it


def redirect(path: str, said: str = "") -> web.Response:
    """After a form has done its work: to a page, which says so. `path` is one of ours."""
    path = quote(path, safe="/?&=%:;+,@!$'()*~#[]")  # what no header can hold, such as a letter beyond ASCII
    joined = "&" if "?" in path else "?"
    return web.Response(status=303, headers={"Location": f"{path}{joined}said={said}" if said else path})


def _page(template: str, me: Reader, acting: Acting, *, status: int, values: Mapping[str, Any]) -> web.Response:
    now = acting.clock.now()

    def ago(moment: datetime | None) -> str:
        return view.ago(moment, now)

    text = _templates.get_template(template).render(
        me=me,
        now=now,
        ago=ago,
        due=lambda moment: view.due(moment, now),
        exact=lambda moment: times.exact(moment, now, me.zone),
        full=lambda moment: times.full(moment, me.zone),
        **values,
    )
    return web.Response(status=status, text=text, content_type="text/html")
