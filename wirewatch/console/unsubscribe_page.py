"""The page behind the unsubscribe link of a mail, `/u/TOKEN`: opening it changes nothing, its button does.

A mail program's own button sends the same POST (RFC 8058), without cookies and without opening the page. Nobody logs in:
who holds the link may stop the mails of one channel to one address. Tries with what is no link are soon answered with 429.
"""

import math
from dataclasses import dataclass, replace

from aiohttp import web

from core.clock import Clock
from wirewatch.console.render import bare
from wirewatch.routing import Open, Route, action, page
from wirewatch.serving import ACTING, SERVING, Serving
from wirewatch.throttle import Throttle
from wirewatch.usecases import subscriptions
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound
from wirewatch.usecases.subscriptions import Leave

PREFIX = "/u/"


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """`bad`: tries with no link, by address."""

    bad: Throttle

    @classmethod
    def new(cls, clock: Clock) -> "UnsubscribePage":
        return cls(bad=Throttle(clock, burst=20, seconds=6.0))

    def routes(self) -> list[Route]:
        held = Open("the token in the address opens the one thing that it names")
        return [page(f"{PREFIX}{{token}}", held, self.show), action(f"{PREFIX}{{token}}", held, self.act)]

    async def show(self, request: web.Request) -> web.Response:
        """Who would leave what, with the button; HEAD and GET change nothing."""
        serving = request[SERVING]
        try:
            found = await subscriptions.opened(_holder(serving), request.match_info["token"])
        except NotFound as error:
            return self._no_link(request, error)
        return _page(request, found)

    async def act(self, request: web.Request) -> web.Response:
        """Unsubscribe, whatever the body says: some programs leave it out."""
        serving, token = request[SERVING], request.match_info["token"]
        try:
            await subscriptions.leave(_holder(serving), token)
            found = await subscriptions.opened(_holder(serving), token)
        except NotFound as error:
            return self._no_link(request, error)
        return _page(request, found)

    def _no_link(self, request: web.Request, error: NotFound) -> web.Response:
        seconds = self.bad.wait_seconds(request[ACTING].address or "")
        text = "Too many tries; wait a moment." if seconds else f"{str(error)[:1].upper()}{str(error)[1:]}."
        status = 429 if seconds else 404
        response = bare(request, "link_problem.html", status=status, text=text, alert_id="")
        if seconds:
            response.headers["Retry-After"] = str(math.ceil(seconds))
        return response


def _holder(serving: Serving) -> Acting:
    """Whoever holds a link: may do the one thing that it names."""
    may = frozenset({Permission.READ_CHANNELS, Permission.CHANGE_CHANNELS})
    return replace(serving.visitor, actor="by unsubscribe link", permissions=may)


def _page(request: web.Request, found: Leave) -> web.Response:
    return bare(request, "unsubscribe.html", leave=found)
