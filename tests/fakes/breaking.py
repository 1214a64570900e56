"""A receiver on loopback that sends given bytes and then breaks the connection off, or leaves it open without a word."""

import asyncio
import socket
import struct
from types import TracebackType
from typing import Self


class Breaking:
    """`answer`: sent as it stands to every request; then the connection is reset, closed `politely`, or kept open. Use as an async
    context manager."""

    def __init__(self, answer: bytes, *, keep_open: bool = False, politely: bool = False) -> None:
        self.url = ""
        self.requests = 0
        self._answer = answer
        self._keep_open, self._politely = keep_open, politely
        self._closing = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hook"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self._answer)
        await writer.drain()
        if self._keep_open:
            await self._closing.wait()
        elif not self._politely:
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, no polite end
        writer.close()
