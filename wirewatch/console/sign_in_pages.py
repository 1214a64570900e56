"""Signing in and out. Whoever is not signed in comes here from any page, and goes on to that page."""

import math
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from core.clock import Clock
from core.metrics import Metrics
from core.text.visible import lines
from wirewatch import origin, session_cookie
from wirewatch.console.forms import form
from wirewatch.console.render import bare
from wirewatch.oidc.problems import SignInProblem
from wirewatch.routing import Open, Route, action, page
from wirewatch.serving import ACTING, SERVING
from wirewatch.usecases.session_life import Begun, Came
from wirewatch.usecases.sign_in import Door, TooOften, Typed, Wrong

PATH = "/sign-in"
_LONGEST_PATH = 2000
_WRONG = "Name or password is wrong."


@dataclass(frozen=True, slots=True)
class SignInPages:
    """`door`: remembers tries."""

    door: Door

    @classmethod
    def new(cls, clock: Clock, metrics: Metrics) -> "SignInPages":
        return cls(Door.new(clock, lambda outcome: metrics.sign_ins.labels(outcome).inc()))

    def routes(self) -> list[Route]:
        who = Open("who may sign in is asked for name and password")
        out = Open("ends the session of the browser that asks, if it has one")
        return [
            page(PATH, who, self.show),
            action(PATH, who, self.sign_in),
            page("/sign-out", out, self.ask_to_sign_out),
            action("/sign-out", out, self.sign_out),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """The form; without users, how to add the first."""
        return await self._form(request, request.query.get("next", ""), problem=_provider_problem(request))

    async def sign_in(self, request: web.Request) -> web.Response:
        """Begin a session, and go on to where the visitor wanted to go."""
        config = request[SERVING].visitor.config.server
        if origin.names_another(request, config):
            return await self._form(request, "", problem="This form was sent by a page of another site.", status=403)
        sent = await form(request)
        typed = Typed(sent.text("name"), sent.raw("password"))
        wanted = sent.text("next")
        try:
            begun = await self.door.sign_in(request[ACTING], typed, came_from(request))
        except Wrong:
            return await self._form(request, wanted, name=typed.name, problem=_WRONG, status=401)
        except TooOften as error:
            seconds = math.ceil(error.seconds)
            problem = f"Too many tries. The next one is possible in {seconds} s."
            response = await self._form(request, wanted, name=typed.name, problem=problem, status=429)
            response.headers["Retry-After"] = str(seconds)
            return response
        return let_in(request, begun, wanted)

    async def ask_to_sign_out(self, request: web.Request) -> web.Response:
        """A button: a link to here, wherever it stands, signs nobody out."""
        return bare(request, "sign_out.html")

    async def sign_out(self, request: web.Request) -> web.Response:
        """End the session."""
        config = request[SERVING].visitor.config.server
        if origin.names_another(request, config):
            return bare(request, "sign_out.html", status=403)
        secret = session_cookie.secret_in(request, config)
        if secret is not None:
            await self.door.sign_out(request[ACTING], secret)
        response = web.Response(status=303, headers={"Location": f"{PATH}?out"})
        session_cookie.forget(response, config)
        return response

    async def _form(
        self, request: web.Request, wanted: str, *, name: str = "", problem: str = "", status: int = 200
    ) -> web.Response:
        oidc = request[SERVING].visitor.config.oidc
        return bare(
            request,
            "sign_in.html",
            status=status,
            wanted=local_path(wanted) if wanted else "",
            name=name,
            problem=problem,
            out="out" in request.query,
            users=await self.door.has_users(request[ACTING]),
            provider=None if oidc is None else oidc.button,
            config=request[SERVING].visitor.config.path.name,
        )


def _provider_problem(request: web.Request) -> str:
    """What a sign-in with the provider ended with, in words; empty for any other word."""
    try:
        return SignInProblem(request.query.get("failed", "")).words
    except ValueError:
        return ""


def came_from(request: web.Request) -> Came:
    """From where somebody who signs in comes, with which browser and session."""
    return Came(
        address=request[ACTING].address or "",
        user_agent=lines(request.headers.get("User-Agent", "")),
        secret=session_cookie.secret_in(request, request[SERVING].visitor.config.server),
    )


def let_in(request: web.Request, begun: Begun, wanted: str) -> web.Response:
    """Give the browser its session, and go on to where the visitor wanted to go."""
    response = web.Response(status=303, headers={"Location": local_path(wanted)})
    session_cookie.put(response, begun.secret, request[SERVING].visitor.config.server)
    return response


def ask_to_sign_in(request: web.Request) -> web.Response:
    """For somebody who may see the page that was asked for only after signing in."""
    address = f"{PATH}?next={quote(request.path_qs[:_LONGEST_PATH], safe='/')}"
    if "HX-Request" in request.headers:  # a part of a page: the whole page goes there
        return web.Response(status=401, headers={"HX-Redirect": PATH})
    if request.method in ("GET", "HEAD"):
        return web.Response(status=303, headers={"Location": address})
    return bare(request, "signed_out.html", status=401)


def local_path(wanted: str) -> str:
    """The path if it is one of ours, else the first page: no link leads through here to another site."""
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted and len(wanted) <= _LONGEST_PATH
    return wanted if plain and wanted.startswith("/") and not wanted.startswith("//") else "/"
