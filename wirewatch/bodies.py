"""The bodies of requests, read within bounds: nobody fills our memory, or keeps us waiting."""

import asyncio

from aiohttp import web

_SECONDS = 20.0


async def body_of(request: web.Request, most_bytes: int) -> bytes | None:
    """The whole body; None of one that is larger, or does not arrive in time."""
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for piece in request.content.iter_chunked(65_536):
                body += piece
                if len(body) > most_bytes:
                    return None
    except TimeoutError:
        return None
    return bytes(body)
