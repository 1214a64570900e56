"""The cookie of a session: no script reads it, no other site sends it along with a change, and behind TLS it never leaves TLS."""

from urllib.parse import urlsplit

from aiohttp import web

from wirewatch.config.sections import ServerConfig
from wirewatch.usecases.session_life import LONGEST

NAME = "wirewatch_session"
HOST_NAME = (
    "__Host-wirewatch_session"  # a browser takes it over TLS alone, from this very host (RFC 6265bis section 4.1.3)
)


def over_tls(config: ServerConfig) -> bool:
    """Whether people reach the pages over TLS."""
    return urlsplit(config.public_url).scheme == "https"


def secret_in(request: web.Request, config: ServerConfig) -> str | None:
    """What the session's cookie of a request holds."""
    return request.cookies.get(_name(config)) or None


def put(response: web.StreamResponse, secret: str, config: ServerConfig) -> None:
    """Let the browser keep a session."""
    response.set_cookie(
        _name(config),
        secret,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=over_tls(config),
        max_age=int(LONGEST.total_seconds()),
    )


def forget(response: web.StreamResponse, config: ServerConfig) -> None:
    """Let the browser keep none."""
    response.del_cookie(_name(config), path="/", httponly=True, samesite="Lax", secure=over_tls(config))


def _name(config: ServerConfig) -> str:
    return HOST_NAME if over_tls(config) else NAME
