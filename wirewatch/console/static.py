"""The files of the pages: style, scripts. All are ours or vendored; nothing comes from elsewhere.

`htmx.js` is htmx 2.0.11 and `sse.js` its extension for server-sent events 2.2.4, both 0BSD, as their packages have them.

An address carries the hash of its file, so a browser keeps it for ever and takes a new one at once.
"""

import hashlib
from importlib.resources import files

from aiohttp import web

from wirewatch.routing import Open, Route

_TYPES = {"css": "text/css", "js": "text/javascript"}
_FOLDER = files("wirewatch.console").joinpath("static")
FILES = {
    one.name: one.read_bytes() for one in _FOLDER.iterdir() if one.name.rpartition(".")[2] in _TYPES and one.is_file()
}
_HASHES = {name: hashlib.sha256(body).hexdigest()[:16] for name, body in FILES.items()}


def address(name: str) -> str:
    """Where a page finds the file."""
    return f"/static/{name}?v={_HASHES[name]}"


async def file(request: web.Request) -> web.Response:
    """The file, to be kept where the address carries its hash."""
    name = request.match_info["name"]
    if name not in FILES:
        raise web.HTTPNotFound(text="There is no such file.\n")
    kept = request.query.get("v") == _HASHES[name]
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if kept else "no-cache"}
    kind = _TYPES[name.rpartition(".")[2]]
    return web.Response(body=FILES[name], content_type=kind, charset="utf-8", headers=headers)


ROUTES = [Route("GET", "/static/{name}", file, Open("the same for everybody"))]
