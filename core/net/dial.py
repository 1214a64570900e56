"""A guarded TCP connection for what is not HTTP: only to addresses that `fetch.allow_networks` and the guard allow."""

import asyncio
import socket
from contextlib import ExitStack

from core.net.guard import AddressGuard, BlockedAddress


async def dial(guard: AddressGuard, host: str, port: int, timeout_seconds: float) -> socket.socket:
    """A connected socket, to the first of the host's addresses that answers. The guard is asked for the very address.

    Raises BlockedAddress where no address may be reached, socket.gaierror, TimeoutError, or another OSError.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_seconds):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        problem: OSError = OSError(f"{host} has no address")
        for address in found:
            try:
                opened = guard.socket_factory(address)
            except BlockedAddress as error:
                problem = error
                continue
            opened.setblocking(False)
            with ExitStack() as stack:
                stack.callback(opened.close)
                try:
                    await loop.sock_connect(opened, address[4])
                except OSError as error:
                    problem = error
                    continue
                stack.pop_all()
            return opened
    raise problem
