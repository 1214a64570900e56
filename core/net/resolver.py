"""Names to addresses on threads of their own, so that a dead name server holds up no other work of the process.

A thread that waits for a name server cannot be called back. So names that have never been found have threads of their own,
and any number of them that hang keeps nobody from the others.
"""

import asyncio
import socket
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

_MOST_NAMES = 50_000  # remembered as found
PATIENCE_SECONDS = 15.0


class PooledResolver(AbstractResolver):
    """The system's resolver. asyncio's shared executor has few threads; dead names would fill them for seconds each."""

    def __init__(
        self,
        threads: int = 32,
        *,
        lookup: Callable[..., list[Any]] = socket.getaddrinfo,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """`threads`: for names that were never found; half as many are kept for the others."""
        self._lookup = lookup
        self._patience_seconds = patience_seconds
        self._strangers = ThreadPoolExecutor(threads, thread_name_prefix="resolver-new")
        self._usual = ThreadPoolExecutor(max(threads // 2, 1), thread_name_prefix="resolver")
        self._found: OrderedDict[str, None] = OrderedDict()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The host's addresses; raises OSError (socket.gaierror) and UnicodeError."""
        pool = self._usual if host in self._found else self._strangers
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._patience_seconds):  # and who still waits for a thread leaves the line
                found = await loop.run_in_executor(
                    pool, self._lookup, host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG
                )
        except TimeoutError:
            self._found.pop(host, None)
            raise socket.gaierror(socket.EAI_AGAIN, f"no answer within {self._patience_seconds:.0f} s") from None
        self._remember(host)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in found
        ]

    def _remember(self, host: str) -> None:
        self._found[host] = None
        self._found.move_to_end(host)
        if len(self._found) > _MOST_NAMES:
            self._found.popitem(last=False)

    async def close(self) -> None:
        for pool in (self._strangers, self._usual):
            pool.shutdown(wait=False, cancel_futures=True)


async def addresses_of(host: str, port: int) -> list[ResolveResult]:
    """The host's addresses for who asks once; raises OSError (socket.gaierror) and UnicodeError."""
    resolver = PooledResolver(1)
    try:
        return await resolver.resolve(host, port)
    finally:
        await resolver.close()
