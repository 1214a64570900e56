"""Whether a request to change something comes from a page of ours, and not from another site that a browser has open.

A browser sends its cookies along with a form of any site, but names that site in `Origin` (RFC 6454 section 7.3) or says in
`Sec-Fetch-Site` that it is another.
"""

from urllib.parse import urlsplit

from aiohttp import web

from wirewatch.config.host_names import host_name
from wirewatch.config.sections import ServerConfig

_PORTS = {"http": 80, "https": 443}
_Origin = tuple[str, str, int]  # scheme, host, port


def is_ours(request: web.Request, config: ServerConfig) -> bool:
    """Whether the request names a page of ours as its origin. What names none is not."""
    named = request.headers.getall("Origin", [])
    if named in ([], ["null"]):  # null: a page that tells nobody where it is
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    origin = _origin(named[0]) if len(named) == 1 else None
    return origin is not None and origin in _known(request, config)


def names_another(request: web.Request, config: ServerConfig) -> bool:
    """Whether it names another site's page: for what a program without a browser may send, too."""
    if "Origin" not in request.headers and "Sec-Fetch-Site" not in request.headers:
        return False
    return not is_ours(request, config)


def _known(request: web.Request, config: ServerConfig) -> set[_Origin]:
    """Where people reach us, and the name that this request calls us by, which was checked to be ours."""
    public = _origin(config.public_url)
    found = {public} if public is not None else set()
    for scheme in _PORTS:  # a proxy speaks TLS for us, and may pass the name on
        asked = _origin(f"{scheme}://{request.host}")
        # Where people use TLS, a page of the same name without it is somebody else's: anybody on the way can write it.
        if asked is not None and not (public is not None and public[0] == "https" and asked[1] == public[1]):
            found.add(asked)
    return found


def _origin(text: str) -> _Origin | None:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = host_name(parts.netloc.rpartition("@")[2])
    if host is None or parts.scheme not in _PORTS:
        return None
    return parts.scheme, host, port if port is not None else _PORTS[parts.scheme]
