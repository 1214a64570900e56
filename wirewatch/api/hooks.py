"""`/hooks/...`: what services tell us. PagerDuty: that somebody acknowledged or resolved an incident of ours."""

import math
import os
from dataclasses import dataclass, replace

from aiohttp import web

from core.clock import Clock
from core.text.visible import lines
from wirewatch.bodies import body_of
from wirewatch.routing import Open, Route
from wirewatch.serving import ACTING, SERVING, Serving
from wirewatch.throttle import Throttle
from wirewatch.usecases import hooks
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound, NotPermitted, Refused

_MOST_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class Hooks:
    """`bad`: requests that nobody of ours signed, by address."""

    bad: Throttle

    @classmethod
    def new(cls, clock: Clock) -> "Hooks":
        return cls(bad=Throttle(clock, burst=20, seconds=6.0))

    def routes(self) -> list[Route]:
        signed = Open("PagerDuty signs what it sends")
        return [Route("POST", "/hooks/pagerduty/{channel:.+}", self.pagerduty, signed)]

    async def pagerduty(self, request: web.Request) -> web.Response:
        """A signed v3 webhook. Whatever is understood is answered with 200, so that it is not sent again and again."""
        serving = request[SERVING]
        body = await body_of(request, _MOST_BYTES)
        if body is None:
            return _said(413, "the webhook is too large, or did not arrive in time")
        signature = request.headers.get("X-PagerDuty-Signature", "")
        me = _pagerduty(serving)
        try:
            said = await hooks.pagerduty(me, request.match_info["channel"], signature, body, os.environ)
        except Refused as error:
            if seconds := self.bad.wait_seconds(request[ACTING].address or ""):
                return web.Response(status=429, text="too many\n", headers={"Retry-After": str(math.ceil(seconds))})
            return _said(
                401 if isinstance(error, NotPermitted) else 404 if isinstance(error, NotFound) else 400, str(error)
            )
        return _said(200, "nothing to do" if said is None else await hooks.heed(me, said))


def _pagerduty(serving: Serving) -> Acting:
    may = frozenset({Permission.READ_CHANNELS, Permission.CHANGE_ALERTS})
    return replace(serving.visitor, actor="pagerduty", permissions=may)


def _said(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=lines(f"{text}\n"))
