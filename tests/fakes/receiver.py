"""A receiver of webhooks on loopback: answers as told, and keeps every request."""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL


@dataclass(frozen=True)
class Answer:
    """What one request gets. `wait_for`: answer only when it is set; `hang_up`: close the connection instead."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    wait_for: asyncio.Event | None = None
    hang_up: bool = False


OK = Answer()


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """`answers` are used up in order, then `last` is given for ever. Use as an async context manager."""

    def __init__(
        self,
        answers: Sequence[Answer] = (),
        *,
        last: Answer = OK,
        decide: Callable[[Received], Answer] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tls = tls
        self.answers = list(answers)
        self.last = last
        self.decide = decide
        self.received: list[Received] = []
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._server = TestServer(app, scheme="http" if tls is None else "https")

    @property
    def url(self) -> str:
        return str(self._server.make_url("/hook"))

    @property
    def ids(self) -> list[str]:
        return [request.id for request in self.received]

    async def until(self, count: int) -> None:
        """Return when `count` requests have come."""
        while len(self.received) < count:
            self._changed.clear()
            await self._changed.wait()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        received = Received(request.path, dict(request.headers), await request.read())
        self.received.append(received)
        self._changed.set()
        answer = self._next(received)
        if answer.wait_for is not None:
            async with asyncio.TaskGroup() as group:
                waits = [group.create_task(event.wait()) for event in (answer.wait_for, self._closing)]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
        if answer.hang_up and request.transport is not None:
            request.transport.close()
        return web.Response(status=answer.status, headers=dict(answer.headers), text=answer.body)

    def _next(self, received: Received) -> Answer:
        if self.decide is not None:
            return self.decide(received)
        return self.answers.pop(0) if self.answers else self.last

    async def __aenter__(self) -> Self:
        await self._server.start_server(None, ssl=self._tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self._server.close()


def dead_url() -> str:
    """A loopback address at which nobody listens."""
    return str(URL("http://127.0.0.1:1/hook"))


def never() -> Answer:
    """No answer as long as the receiver lives."""
    return Answer(wait_for=asyncio.Event())
