"""A guarded TCP connection for what is not HTTP: only to addresses that `fetch.allow_networks` and the guard allow."""

import asyncio
import socket
from contextlib import ExitStack

from core.net.guard import AddressGuard, BlockedAddress


async def dial(guard: AddressGuard, host: str, port: int, timeout_seconds: float) -> socket.socket:
    """A connected socket, to the first of the host's addresses that answers. The guard is asked for the very address.

    Raises BlockedAddress where no address may be reached, socket.gaierror, TimeoutError, or another OSError.
    """
    from core.net.resolver import addresses_of  # noqa: PLC0415 - it loads aiohttp, and few dial

    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_seconds):
        problem: OSError = OSError(f"{host} has no address")
        for found in await addresses_of(host, port):
            place = (found["host"], found["port"])
            try:
                opened = guard.socket_factory((found["family"], socket.SOCK_STREAM, found["proto"], "", place))
            except BlockedAddress as error:
                problem = error
                continue
            opened.setblocking(False)
            with ExitStack() as stack:
                stack.callback(opened.close)
                try:
                    await loop.sock_connect(opened, place)
                except OSError as error:
                    problem = error
                    continue
                stack.pop_all()
            return opened
    raise problem
