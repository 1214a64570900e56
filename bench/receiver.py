"""A receiver in a process of its own, which answers each path as it is told and keeps what came when.

/ok/NAME     200 at once
/hang/NAME   never answers
/failing/NAME 500 until `--mends-after` seconds have passed, then 200
/busy/NAME   429 with `Retry-After: 1` for each message but one a second
/closing/NAME takes the message and closes the connection, the first time; then 200
/kept        what came: {"NAME": {"ID": [times of 200]}}
"""

import asyncio
import json
import re
import socket
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context

from core.clock import SystemClock

_HEAD = re.compile(rb"^(?:POST|GET) /(\w+)/?([^ ]*) ")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
_ID = re.compile(rb"(?i)\r\nwebhook-id: ([^\r]+)")
_OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
_ERROR = b"HTTP/1.1 500 Broken\r\ncontent-length: 0\r\n\r\n"
_BUSY = b"HTTP/1.1 429 Busy\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"


def _now() -> float:
    return SystemClock().now().timestamp()


class Kept:
    """What came to each channel, and the state of the sick ones."""

    def __init__(self, mends_after: float) -> None:
        self.mends_at = _now() + mends_after
        self.came: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        self.closed: set[str] = set()
        self.next_free: dict[str, float] = defaultdict(float)

    def answer(self, kind: str, name: str, key: str) -> bytes | None:
        """None: close without a word."""
        now = _now()
        if kind == "failing" and now < self.mends_at:
            return _ERROR
        if kind == "busy":
            if now < self.next_free[name]:
                return _BUSY
            self.next_free[name] = now + 0.02
        self.came[name][key].append(now)
        if kind == "closing" and key not in self.closed:
            self.closed.add(key)
            return None
        return _OK


class _Protocol(asyncio.Protocol):
    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # of a stream

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[: end + 2]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._data) < whole:
                return
            self._data = self._data[whole:]
            self._take(head)

    def _take(self, head: bytes) -> None:
        found, transport = _HEAD.match(head), self._transport
        if found is None or transport is None:
            return
        kind, name = found[1].decode(), found[2].decode()
        if kind == "kept":
            body = json.dumps(self._kept.came).encode()
            transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
            return
        key = _ID.search(head)
        answer = None if kind == "hang" else self._kept.answer(kind, name, key[1].decode() if key else "")
        if answer is not None:
            transport.write(answer)
        elif kind != "hang":
            transport.close()


def _serve(listening: socket.socket, mends_after: float) -> None:
    async def run() -> None:
        kept = Kept(mends_after)
        server = await asyncio.get_running_loop().create_server(lambda: _Protocol(kept), sock=listening)
        await server.serve_forever()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        sys.exit()


@contextmanager
def receiver(mends_after: float = 0.0) -> Iterator[str]:
    """Its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        process = get_context("fork").Process(target=_serve, args=(listening, mends_after), daemon=True)
        process.start()
        port = listening.getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.join()
