"""The pages behind the signed links of messages, `/a/TOKEN`: to acknowledge, to silence, to see why.

Opening one changes nothing, since programs open links too (previews, scanners); only the button of the page does. They work
without script and without logging in: who holds the link may do the one thing that it names. Tries with what is no link are
counted, and soon answered with 429.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from aiohttp import web

from alerts.links import LinkAction
from core.bounded import whole
from core.clock import Clock
from wirewatch.bodies import body_of
from wirewatch.console import view
from wirewatch.console.render import bare
from wirewatch.routing import Open, Route, action, page
from wirewatch.serving import ACTING, SERVING, Serving
from wirewatch.throttle import Throttle
from wirewatch.usecases import links
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.links import OpenedLink
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Gone, NotFound, Refused

PREFIX = "/a/"
_MOST_BYTES = 8192  # of a form
_LATER = 1000  # hours, of a number that is no choice


@dataclass(frozen=True, slots=True)
class LinkPages:
    """`bad`: tries with no link, by address. `acts`: buttons pressed, by alert."""

    bad: Throttle
    acts: Throttle

    @classmethod
    def new(cls, clock: Clock) -> "LinkPages":
        return cls(bad=Throttle(clock, burst=20, seconds=6.0), acts=Throttle(clock, burst=20, seconds=3.0))

    def routes(self) -> list[Route]:
        held = Open("the token in the address opens the one thing that it names")
        return [page(f"{PREFIX}{{token}}", held, self.show), action(f"{PREFIX}{{token}}", held, self.act)]

    async def show(self, request: web.Request) -> web.Response:
        """What the link is for, with its button; HEAD and GET change nothing."""
        found = await self._opened(request)
        return found if isinstance(found, web.Response) else await _page(request, found)

    async def act(self, request: web.Request) -> web.Response:
        """Do what the link is for."""
        found = await self._opened(request)
        if isinstance(found, web.Response):
            return found
        serving = request[SERVING]
        if seconds := self.acts.wait_seconds(found.link.alert_id):
            return _too_often(request, seconds)
        form = await _form(request)
        if form is None:
            return _problem(request, 413, "The form is too large, or did not arrive in time.")
        try:
            done = await _done(serving, found, request.match_info["token"], form)
        except Refused as error:
            return _problem(request, _status(error, 409), f"{error}.", found.link.alert_id)
        return await _page(request, await links.opened(_holder(serving), request.match_info["token"]), done)

    async def _opened(self, request: web.Request) -> OpenedLink | web.Response:
        serving = request[SERVING]
        try:
            return await links.opened(_holder(serving), request.match_info["token"])
        except (NotFound, Gone) as error:
            if isinstance(error, NotFound) and (seconds := self.bad.wait_seconds(request[ACTING].address or "")):
                return _too_often(request, seconds)
            return _problem(request, _status(error, 404), f"{error}.")


def _holder(serving: Serving, name: str = "") -> Acting:
    """Whoever holds a link, under the name that they give: may read its alert, and do what it names."""
    may = {Permission.READ_ALERTS, Permission.CHANGE_ALERTS, Permission.READ_SILENCES, Permission.CHANGE_SILENCES}
    return replace(serving.visitor, actor=links.who(name), permissions=frozenset(may))


async def _done(serving: Serving, found: OpenedLink, token: str, form: Mapping[str, str]) -> str:
    """What was done, in a sentence."""
    me = _holder(serving, form.get("name", ""))
    if found.link.action is LinkAction.ACKNOWLEDGE:
        spoken = await links.acknowledge(me, token)
        return f"Acknowledged by {spoken.state.by}." if spoken.changed else "It was acknowledged so already."
    if found.link.action is LinkAction.SILENCE:
        added = await links.silence(me, token, whole(form.get("hours"), _LATER) or 0)
        return f"Silenced until {added.silence.ends:%Y-%m-%d %H:%M} UTC. `wirewatch silences remove` ends it earlier."
    return ""


async def _form(request: web.Request) -> dict[str, str] | None:
    """The fields of a form; None of one that is too large or too slow."""
    body = await body_of(request, _MOST_BYTES)
    if body is None:
        return None
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


async def _page(request: web.Request, found: OpenedLink, done: str = "") -> web.Response:
    action, told = found.link.action, found.whole.told
    preview = (
        await links.preview(_holder(request[SERVING]), found) if action is LinkAction.SILENCE and not done else None
    )
    return bare(
        request,
        "link.html",
        action=action.value,
        alert=view.alert_view(told, len(told.row.alert.articles) if action is LinkAction.WHY else 1),
        sent=[view.reason_view(one.row) for one in found.whole.deliveries],
        preview=preview,
        done=done,
        longest_name=links.LONGEST_NAME,
    )


def _status(error: Refused, otherwise: int) -> int:
    return 410 if isinstance(error, Gone) else 404 if isinstance(error, NotFound) else otherwise


def _problem(request: web.Request, status: int, text: str, alert_id: str = "") -> web.Response:
    said = text[:1].upper() + text[1:]
    return bare(request, "link_problem.html", status=status, text=said, alert_id=alert_id)


def _too_often(request: web.Request, seconds: float) -> web.Response:
    response = _problem(request, 429, "Too many tries; wait a moment.")
    response.headers["Retry-After"] = str(math.ceil(seconds))
    return response
