"""A web of publishers on loopback: real sockets and real HTTP, every behaviour of a bad server on demand."""

import asyncio
import gzip
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")  # three publishers; one port

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a path answers. With `etag` or `last_modified` a matching conditional request gets 304."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    encoding: str | None = None  # gzip | deflate | raw-deflate


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in."""

    host: str
    path: str
    method: str
    headers: Mapping[str, str]
    body: bytes


class FakeWeb:
    """`async with FakeWeb() as web: web.serve("/feed", ...); web.url("/feed")`. Paths answer alike on all hosts."""

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self.most_at_once: Counter[str] = Counter()  # per host
        self.aborted = 0  # endless bodies that the client hung up on
        self._at_once: Counter[str] = Counter()
        self._handlers: dict[str, Handler] = {}
        self._closing = asyncio.Event()
        self._port = 0
        self._runner: web.AppRunner | None = None

    def url(self, path: str, host: int = 0) -> str:
        return f"http://{HOSTS[host]}:{self._port}{path}"

    def count(self, path: str | None = None) -> int:
        """Requests so far, of one path or all but robots.txt."""
        return sum(seen.path == path if path else seen.path != "/robots.txt" for seen in self.requests)

    def last(self, path: str) -> Seen:
        return [seen for seen in self.requests if seen.path == path][-1]

    def serve(self, path: str, body: bytes | str = b"", **answer: object) -> None:
        """Answer with a body; keywords are Answer's."""
        data = body.encode() if isinstance(body, str) else body
        self.sequence(path, [Answer(body=data, **answer)])  # type: ignore[arg-type] # Answer's own keywords

    def sequence(self, path: str, answers: Sequence[Answer]) -> None:
        """One answer after the other; the last one stays."""
        left = list(answers)

        async def handle(request: web.Request) -> web.StreamResponse:
            answer = left.pop(0) if len(left) > 1 else left[0]
            return _respond(answer, request)

        self._handlers[path] = handle

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        self.serve(path, status=status, headers={"Location": to})

    def handle(self, path: str, handler: Handler) -> None:
        """Anything else."""
        self._handlers[path] = handler

    def hang(self, path: str) -> None:
        """Take the request and never answer."""

        async def handle(request: web.Request) -> web.StreamResponse:
            await self._closing.wait()
            return web.Response()

        self._handlers[path] = handle

    def hold(self, path: str, until: asyncio.Event, answer: Answer) -> None:
        """Answer once the test sets `until`."""

        async def handle(request: web.Request) -> web.StreamResponse:
            await until.wait()
            return _respond(answer, request)

        self._handlers[path] = handle

    def endless(self, path: str, piece: bytes = b"<p>more</p>" * 1000, *, encoding: str | None = None) -> None:
        """A body that never ends: as fast as the client takes it."""

        async def handle(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/html"})
            if encoding:
                response.headers["Content-Encoding"] = encoding
            await response.prepare(request)
            try:
                while not self._closing.is_set():
                    await response.write(piece)
            except ConnectionError:
                self.aborted += 1
            return response

        self._handlers[path] = handle

    def drip(self, path: str, every_seconds: float = 0.02) -> None:
        """A body that comes byte by byte and never ends, so that no single wait on the socket is long."""

        async def handle(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/html"})
            await response.prepare(request)
            with suppress(ConnectionError):
                while not self._closing.is_set():
                    await response.write(b".")
                    await asyncio.sleep(every_seconds)
            return response

        self._handlers[path] = handle

    def bomb(self, path: str, decoded_bytes: int) -> None:
        """A small gzip body that decodes to `decoded_bytes` zeros."""
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        block = b"\0" * (1 << 20)
        packed = b"".join(packer.compress(block) for _ in range(decoded_bytes >> 20)) + packer.flush()
        self.serve(path, packed, headers={"Content-Encoding": "gzip"})

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/{tail:.*}", self._dispatch)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
        await self._runner.setup()
        for host in HOSTS:
            site = web.TCPSite(self._runner, host, self._port)
            await site.start()
            self._port = self._port or self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _dispatch(self, request: web.Request) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        body = await request.read()
        self.requests.append(Seen(host, request.raw_path, request.method, request.headers, body))
        self._at_once[host] += 1
        self.most_at_once[host] = max(self.most_at_once[host], self._at_once[host])
        try:
            handler = self._handlers.get(request.raw_path) or self._handlers.get(request.path)
            if handler is None:
                return web.Response(status=404, text="no such page")
            return await handler(request)
        finally:
            self._at_once[host] -= 1


def _respond(answer: Answer, request: web.Request) -> web.Response:
    headers = {"Content-Type": answer.content_type, **answer.headers}
    if answer.etag:
        headers["ETag"] = answer.etag
    if answer.last_modified:
        headers["Last-Modified"] = answer.last_modified
    etag_matches = answer.etag is not None and request.headers.get("If-None-Match") == answer.etag
    since = request.headers.get("If-Modified-Since")
    if etag_matches or (answer.last_modified is not None and since == answer.last_modified):
        return web.Response(status=304, headers=headers)
    body = answer.body
    if answer.encoding == "gzip":
        body = gzip.compress(body)
    elif answer.encoding == "deflate":
        body = zlib.compress(body)
    elif answer.encoding == "raw-deflate":
        packer = zlib.compressobj(wbits=-15)
        body = packer.compress(body) + packer.flush()
    if answer.encoding:
        headers["Content-Encoding"] = answer.encoding.removeprefix("raw-")
    return web.Response(status=answer.status, body=body, headers=headers)
