"""What fakes of services share: an aiohttp app on loopback that keeps what it was asked, shows what it took, and can misbehave.

Each service is written from its documentation, apart from the channel that speaks to it: what the real one refuses is refused,
with its status and words, and what it would show to people is kept as `Shown`, with its markup read as the real one reads it.
"""

import asyncio
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.model.outcome import FailureReason


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass(frozen=True)
class Shown:
    """A message as people see it: the text without markup, its links by their labels, what is bold, who is pinged.

    `wrong`: why the service shows something else than was meant.
    """

    text: str
    links: tuple[tuple[str, str], ...] = ()
    bold: tuple[str, ...] = ()
    pings: tuple[str, ...] = ()
    reference: str = ""
    thread: str = ""
    edits: int = 0
    wrong: tuple[str, ...] = ()

    @property
    def urls(self) -> list[str]:
        return [url for _, url in self.links]


@dataclass(frozen=True)
class Said:
    """An answer to one request."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Broken(StrEnum):
    """The message is taken as documented, and the answer comes so."""

    SLOW = "the status and half of the answer, and then nothing"
    RESET = "the status and half of the answer, and then a reset"
    LARGE = "the answer and megabytes of blanks after it"
    MUTE = "the status, and then a reset"
    LOST = "none: the connection is closed"


@dataclass(frozen=True)
class Failing:
    """A documented failure, and what a sender is to make of it. `words`: what people are told."""

    answer: Said
    reason: FailureReason
    retriable: bool
    retry_after: float | None = None
    holds_all: bool = False
    words: str = ""


# What stands between us and any service now and then, with the status of a success or of a way elsewhere.
LOG_IN = Said(200, "<!DOCTYPE html><html><title>Please log in</title></html>", {"Content-Type": "text/html"})
LONG_LOG_IN = replace(LOG_IN, body=LOG_IN.body + "<p>Your company asks you to log in.</p>" * 40_000)
ELSEWHERE = Said(302, "", {"Location": "http://10.0.0.1/latest/meta-data/"})
OTHER_SHAPE = Said(200, '["fine"]', {"Content-Type": "application/json"})
PROXY_PAGE = Said(502, "<html>502 Bad Gateway</html>", {"Content-Type": "text/html"})

_PADDING = b" " * 4_000_000


class FakeService:
    """`nexts`: what the next requests get, instead of what is documented; used up in order. Use as an async context manager.

    `cut_off`: what `nexts` says breaks off behind its last character.

    Each service gives its `kind`, the `settings` of a channel to it, and `answer`. `mention`: what pings in its own words, and
    who is pinged then. `failures`: what its documentation names. `tells_gone`: it tells that a message is there no more.
    `tells_state`: it shows who did what with an alert in our words, and not only in its own.
    """

    kind = ""
    mention: tuple[str, tuple[str, ...]] = ("", ())
    secrets: tuple[str, ...] = ()
    failures: tuple[Failing, ...] = ()
    tells_gone = True
    tells_state = True

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.shown: list[Shown] = []
        self.refusals: list[str] = []  # what the service said of requests that break its rules
        self.nexts: list[Said | Broken] = []
        self.cut_off = False
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=10_000_000)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._server = TestServer(app)

    def settings(self) -> dict[str, object]:
        """A channel's settings that reach it, without `name` and `kind`."""
        raise NotImplementedError

    def answer(self, asked: Asked) -> Said:
        """What the documentation says."""
        raise NotImplementedError

    def forget(self, reference: str) -> None:
        """Somebody deletes a message."""

    def clear(self) -> None:
        """All that is shown goes, and what repeats are told by."""
        self.shown.clear()

    def url(self, path: str = "") -> str:
        return str(self._server.make_url("/")) + path

    def refuse(self, status: int, body: str, why: str) -> Said:
        """A refusal that is our fault."""
        self.refusals.append(why)
        return said_json(status, body) if body.startswith("{") else Said(status, body)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(request.method, request.path, dict(request.query), dict(request.headers), await request.read())
        self.asked.append(asked)
        told = self.nexts.pop(0) if self.nexts else None
        if isinstance(told, Said):
            return await self._broken(request, told, None) if self.cut_off else _response(told)
        said = self.answer(asked)
        if told is None:
            return _response(said)
        if told is Broken.LARGE:
            return web.Response(status=said.status, headers=dict(said.headers), body=said.body.encode() + _PADDING)
        return await self._broken(request, said, told)

    async def _broken(self, request: web.Request, said: Said, told: Broken | None) -> web.StreamResponse:
        response = web.StreamResponse(status=said.status, headers=dict(said.headers))
        body = said.body.encode()
        if told is not Broken.LOST:
            response.content_length = len(body) + 100
            await response.prepare(request)
            await response.write(body[: _kept(told, len(body))])
        if told is Broken.SLOW:
            await self._closing.wait()
        transport = request.transport
        if transport is not None:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, no polite end
            transport.close()
        return response

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self._server.close()


def said_json(status: int, body: str | Mapping[str, object], headers: Mapping[str, str] | None = None) -> Said:
    """An answer in JSON."""
    text = body if isinstance(body, str) else orjson.dumps(body).decode()
    return Said(status, text, {"Content-Type": "application/json", **(headers or {})})


def _response(said: Said) -> web.Response:
    return web.Response(status=said.status, headers=dict(said.headers), body=said.body.encode())


def _kept(told: Broken | None, size: int) -> int:
    if told is None:
        return size
    return 0 if told is Broken.MUTE else size // 2
