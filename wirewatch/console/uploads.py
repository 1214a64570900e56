"""Forms with a file (multipart/form-data), read within bounds."""

import asyncio

from aiohttp import BodyPartReader, web

from wirewatch.console.forms import Form

_SECONDS = 60.0
_MOST_PARTS = 200


async def upload(request: web.Request, most_bytes: int) -> tuple[Form, dict[str, bytes]]:
    """The fields of the form, and the files that were sent with it, by field. Raises HTTPRequestEntityTooLarge."""
    too_large = web.HTTPRequestEntityTooLarge(
        max_size=most_bytes, actual_size=most_bytes, text="The form is too large, or did not arrive in time.\n"
    )
    if request.content_type != "multipart/form-data":
        raise web.HTTPUnsupportedMediaType(text="Expected a form with a file (multipart/form-data).\n")
    fields: dict[str, tuple[str, ...]] = {}
    files: dict[str, bytes] = {}
    left = most_bytes
    try:
        async with asyncio.timeout(_SECONDS):
            parts = await request.multipart()
            for _ in range(_MOST_PARTS):
                part = await parts.next()
                if part is None:
                    return Form(fields), files
                if not isinstance(part, BodyPartReader):
                    raise too_large
                body = bytearray()
                while chunk := await part.read_chunk():
                    body += chunk
                    if len(body) > left:
                        raise too_large
                left -= len(body)
                name = part.name or ""
                if part.filename is not None:
                    files[name] = bytes(body)
                else:
                    text = body.decode("utf-8", "replace").replace("\r\n", "\n")
                    fields[name] = (*fields.get(name, ()), text)
    except (TimeoutError, ValueError):
        raise too_large from None
    raise too_large
