"""The bodies of requests, read within bounds: nobody fills our memory, or keeps us waiting."""

import asyncio

from aiohttp import web

SECONDS = 20.0  # for a body, whole


class TooLarge(Exception):
    """The body is larger than it may be."""


class TooSlow(Exception):
    """The body did not arrive in time."""


async def whole_body(request: web.Request, most_bytes: int) -> bytes:
    """The whole body. Raises TooLarge, TooSlow."""
    if (request.content_length or 0) > most_bytes:
        raise TooLarge
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for piece in request.content.iter_chunked(65_536):
                body += piece
                if len(body) > most_bytes:
                    raise TooLarge
    except TimeoutError:
        raise TooSlow from None
    return bytes(body)


async def body_of(request: web.Request, most_bytes: int) -> bytes | None:
    """The whole body; None of one that is larger, or does not arrive in time."""
    try:
        return await whole_body(request, most_bytes)
    except (TooLarge, TooSlow):
        return None
