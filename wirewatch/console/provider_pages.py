"""Signing in with an OpenID Connect provider: the link that leads there, and the way back. What goes wrong is said on the sign-in page."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import quote, unquote

import structlog
from aiohttp import web

from core.clock import Clock
from core.metrics import Metrics
from core.model.outcome import SignInOutcome
from wirewatch import session_cookie
from wirewatch.console.sign_in_pages import PATH, came_from, let_in, local_path
from wirewatch.oidc.flow import ATTEMPT_SECONDS
from wirewatch.oidc.problems import SignInFailed, SignInProblem
from wirewatch.oidc.settings import CALLBACK
from wirewatch.routing import Open, Route, page
from wirewatch.serving import ACTING
from wirewatch.usecases.provider_sign_in import ProviderDoor

BEGIN = "/sign-in/oidc"
_COOKIE = "wirewatch_sign_in"  # the state of the attempt, and where to go on to
_MOST_PARAMETERS = 20

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ProviderPages:
    """`door`: knows the provider."""

    door: ProviderDoor
    metrics: Metrics

    @classmethod
    def new(cls, clock: Clock, metrics: Metrics) -> "ProviderPages":
        return cls(ProviderDoor.new(clock), metrics)

    def routes(self) -> list[Route]:
        who = Open("the provider asks who it is, and signs its answer")
        return [page(BEGIN, who, self.begin), page(CALLBACK, who, self.come_back)]

    async def begin(self, request: web.Request) -> web.Response:
        """Send the browser to the provider. It keeps the state, so that no other browser can end what this one began."""
        acting = request[ACTING]
        try:
            sent = await self.door.send(acting, acting.address or "")
        except SignInFailed as error:
            self._failed(request, error)
        response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": sent.url})
        response.set_cookie(
            _COOKIE,
            f"{sent.state}|{quote(local_path(request.query.get('next', '')), safe='')}",
            path=BEGIN,
            max_age=int(ATTEMPT_SECONDS),
            httponly=True,
            samesite="Lax",
            secure=session_cookie.over_tls(acting.config.server),
        )
        return response

    async def come_back(self, request: web.Request) -> web.Response:
        """Begin a session for whom the provider sent back, and go on to where the visitor wanted to go."""
        state, _, wanted = request.cookies.get(_COOKIE, "").partition("|")
        given = dict(list(request.query.items())[:_MOST_PARAMETERS])
        try:
            begun = await self.door.admit(request[ACTING], given, state, came_from(request))
        except SignInFailed as error:
            self._failed(request, error)
        self.metrics.sign_ins.labels(SignInOutcome.OK).inc()
        response = let_in(request, begun, unquote(wanted))
        response.del_cookie(_COOKIE, path=BEGIN)
        return response

    def _failed(self, request: web.Request, error: SignInFailed) -> NoReturn:
        throttled = error.problem is SignInProblem.TOO_MANY
        self.metrics.sign_ins.labels(SignInOutcome.THROTTLED if throttled else SignInOutcome.WRONG).inc()
        address = request[ACTING].address or ""
        _logger.warning("provider_sign_in_failed", problem=error.problem, detail=error.detail, address=address)
        raise web.HTTPSeeOther(f"{PATH}?failed={error.problem.value}") from None
