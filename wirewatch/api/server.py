"""The process's HTTP side: probes and metrics in every process, pages and API where the role `serve` runs.

Listens where `server.listen` says and nowhere else.
"""

import asyncio
import logging
from dataclasses import replace
from http import HTTPStatus
from types import TracebackType
from typing import Self

import orjson
import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core.clock import Clock
from core.errors import Unavailable, UpgradeFirst, UserError
from core.metrics import Metrics
from core.text.visible import json_text, lines, one_line
from wirewatch import access
from wirewatch.api import docs_page, feeds, problems, visitors
from wirewatch.api.hooks import Hooks
from wirewatch.api.problems import Problem, Refusal, problem
from wirewatch.api.table import OPERATIONS
from wirewatch.config.loading import Config
from wirewatch.console.link_pages import PREFIX as LINKS
from wirewatch.console.link_pages import LinkPages
from wirewatch.console.provider_pages import ProviderPages
from wirewatch.console.refused_page import refused_page
from wirewatch.console.sign_in_pages import SignInPages, ask_to_sign_in
from wirewatch.console.table import PAGES
from wirewatch.console.unsubscribe_page import PREFIX as LEAVING
from wirewatch.console.unsubscribe_page import UnsubscribePage
from wirewatch.health.collector import Collector
from wirewatch.health.parts import Health
from wirewatch.roles import Parts
from wirewatch.routing import Handler, Open, Route
from wirewatch.serving import READER, SERVING, Serving
from wirewatch.streams import Streams
from wirewatch.token_access import TokenPace
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.alert_stream import AlertFeed
from wirewatch.usecases.refusals import NotSignedIn, Refused
from wirewatch.usecases.source_web import SourceWeb

_logger = structlog.get_logger(__name__)

_ALIVE = "/livez"  # says nothing but that we run, under any name
_COMPRESSED_FROM_BYTES = 1400  # one packet
_RETRY_SECONDS = "5"
_PROBES = (_ALIVE, "/readyz", "/metrics")

# No script but our own files, nothing from elsewhere, in nobody's frame.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # without one a browser names no origin, and who changes something must (origin.py)
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "wirewatch",  # the versions of what it is built from are nobody's business
}

_SIGNED = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}  # of pages whose address is a secret


def _headers(request: web.Request) -> dict[str, str]:
    """Of an answer; no search engine shall know of the pages behind signed links."""
    return {**_HEADERS, **_SIGNED} if request.path.startswith((LINKS, LEAVING)) else _HEADERS


async def _refused(request: web.Request, error: Refused) -> web.Response:
    if isinstance(error, NotSignedIn) and not request.path.startswith("/api/"):
        return ask_to_sign_in(request)
    return await _told(request, problems.of_refused(error), problems.headers_of(error))


async def _told(request: web.Request, of: Problem, headers: dict[str, str] | None = None) -> web.Response:
    """In JSON where a program asks for it, as a page in a browser, else in words."""
    page = (
        None if request.path.startswith("/api/") else await refused_page(request, of.status, of.detail, headers or {})
    )
    return problems.to(request, of, headers) if page is None else page


def _is_long_text(response: web.Response) -> bool:
    body = response.body
    return (
        isinstance(body, bytes)
        and len(body) > _COMPRESSED_FROM_BYTES
        and response.content_type.startswith(("text/", "application/json", "application/problem+json"))
    )


def _web(parts: Parts) -> SourceWeb | None:
    """What this process shares of the web with who looks for feeds."""
    shared = parts.shared
    if shared is None:
        return None
    return SourceWeb(
        fetcher=parts.fetcher,
        rate_limit=shared.rate_limit,
        robots=shared.robots,
        clock=parts.clock,
        parser=shared.parser,
    )


class Server:
    """Probes answer from the start; pages and API from `open` on."""

    def __init__(self, config: Config, *, health: Health, metrics: Metrics, clock: Clock, pages: bool) -> None:
        self._config = config
        self._health = health
        self._metrics = metrics
        self._clock = clock
        self._pages = pages
        self._serving: Serving | None = None
        self._runner: web.AppRunner | None = None
        self._listening: asyncio.Server | None = None
        self.address: str | None = None  # where it listens

    def open(self, parts: Parts, collector: Collector) -> None:
        """From now on there is something to show."""
        visitor = Acting(
            actor="visitor",
            all_teams=True,
            permissions=frozenset(),  # access.py gives them
            config=self._config,
            db=parts.db,
            clock=self._clock,
        )
        streams = Streams(AlertFeed(parts.db, self._clock))
        self._serving = Serving(
            visitor=visitor,
            health=self._health,
            collector=collector,
            streams=streams,
            log=parts.log,
            pace=TokenPace(self._clock),
            web=_web(parts),
        )

    def adopt(self, config: Config) -> None:
        """From the next request on: the names that are served, and what the pages show of the configuration."""
        self._config = config
        if self._serving is not None:
            self._serving = replace(self._serving, visitor=replace(self._serving.visitor, config=config))

    async def start(self) -> str | None:
        """Listen; the address, or None where nothing is to listen. Raises UserError where it cannot."""
        if self._config.server.listen is None:
            return None
        host, port = self._config.server.listen
        runner = self._runner = web.AppRunner(
            self.application(), access_log=None, shutdown_timeout=2.0, keepalive_timeout=visitors.IDLE_SECONDS
        )
        await runner.setup()
        assert runner.server is not None  # noqa: S101 - made by setup
        try:
            make = visitors.protocols(runner.server)
            self._listening = await asyncio.get_running_loop().create_server(make, host, port)
        except OSError as error:
            await self.close()
            raise UserError(
                f"server.listen {host}:{port}: {error.strerror or error}; "
                "stop what uses it, choose another port, or listen nowhere with an empty string"
            ) from error
        logging.getLogger("aiohttp.server").addFilter(visitors.not_a_visitors_mistake)
        visitors.let_go_of_the_deaf(self._listening)
        host, port = self._listening.sockets[0].getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def close(self) -> None:
        """Stop listening. Idempotent."""
        if self._serving is not None:
            self._serving.streams.feed.close()
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def connections(self) -> int:
        """How many are open."""
        server = None if self._runner is None else self._runner.server
        return 0 if server is None else len(server.connections)

    async def __aenter__(self) -> Self:
        self.address = await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def routes(self) -> list[Route]:
        """Every route of this process."""
        probe = Open("a probe, for programs on the machines around; tells no news")
        found = [
            Route("GET", _ALIVE, self._livez, probe),
            Route("GET", "/readyz", self._readyz, probe),
            Route("GET", "/metrics", self._metrics_text, probe),
        ]
        if self._pages:
            found += PAGES
            found += SignInPages.new(self._clock, self._metrics).routes()
            found += ProviderPages.new(self._clock, self._metrics).routes()
            found += LinkPages.new(self._clock).routes()
            found += Hooks.new(self._clock).routes()
            found += UnsubscribePage.new(self._clock).routes()
            found += feeds.ROUTES
            found += docs_page.ROUTES
            found += [operation.route() for operation in OPERATIONS]
        return found

    def application(self) -> web.Application:
        """The aiohttp application, for tests too."""
        app = web.Application(middlewares=[self._guard])
        for route in self.routes():
            app.router.add_route(route.method, route.path, access.checked(route))
            if route.method == "GET":
                app.router.add_route("HEAD", route.path, access.checked(route))
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await self._answer(request, handler)
        if isinstance(response, web.Response) and _is_long_text(response):
            response.enable_compression()
        for name, value in _headers(request).items():
            response.headers.setdefault(name, value)  # a feed is kept by its readers
        return await visitors.send(request, response)

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if request.path != _ALIVE:
                visitors.check_host(request, self._config.server)
            if self._serving is not None:
                request[SERVING] = self._serving
            elif self._pages and request.path not in _PROBES:
                return await self._not_yet(request)
            return await handler(request)
        except Refusal as error:
            return await _told(request, error.problem, error.headers)
        except Refused as error:
            return await _refused(request, error)
        except web.HTTPException as answer:
            if answer is request.match_info.http_exception:  # nobody's path or method
                return await self._nothing(request, answer)
            kept = {name: value for name, value in answer.headers.items() if not name.startswith("Content-")}
            page = await refused_page(request, answer.status, answer.text or answer.reason, kept)
            return page or web.Response(status=answer.status, text=answer.text, headers=kept)
        except (Unavailable, UpgradeFirst) as error:
            told = problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", str(error))
            return await _told(request, told, {"Retry-After": _RETRY_SECONDS})
        except Exception:  # a mistake of ours: its request alone ends so
            _logger.exception("request_failed", method=request.method, path=one_line(request.path)[:200])
            detail = "a mistake of ours; the log of this process says more"
            return await _told(request, problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail))

    async def _not_yet(self, request: web.Request) -> web.Response:
        readiness = await self._health.readiness()
        waiting = [f"{part.name}: {part.error}" for part in readiness.parts if part.error is not None]
        if request.path.startswith("/api/"):
            detail = "; ".join(["wirewatch is starting", *map(one_line, waiting)])
            told = problem(HTTPStatus.SERVICE_UNAVAILABLE, "starting", detail)
            return problems.response(told, {"Retry-After": _RETRY_SECONDS})
        waits = "\n".join(waiting)
        headers = {**_HEADERS, "Retry-After": _RETRY_SECONDS, "Refresh": _RETRY_SECONDS}
        return web.Response(status=503, text=lines(f"wirewatch is starting.\n{waits}\n"), headers=headers)

    async def _nothing(self, request: web.Request, answer: web.HTTPException) -> web.Response:
        why = "" if self._pages else " Pages and API are shown by a process with the role serve; this one has none."
        text = f"there is nothing to {request.method} at {one_line(request.path)[:200]}.{why}".rstrip(".")
        status = HTTPStatus(answer.status)
        code = "not_found" if status is HTTPStatus.NOT_FOUND else "method_not_allowed"
        if self._serving is not None:
            request[READER] = access.reader_of(request, self._serving)
        allow = {"Allow": answer.headers["Allow"]} if "Allow" in answer.headers else {}
        return await _told(request, problem(status, code, text), allow)

    async def _livez(self, _: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        readiness = await self._health.readiness()
        body = json_text(orjson.dumps(readiness.as_json(), option=orjson.OPT_APPEND_NEWLINE).decode())
        return web.Response(status=200 if readiness.ready else 503, body=body.encode(), content_type="application/json")

    async def _metrics_text(self, _: web.Request) -> web.Response:
        body = await asyncio.to_thread(generate_latest, self._metrics.registry)  # takes tens of milliseconds
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
