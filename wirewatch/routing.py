"""One route of the HTTP side: a path, a handler, and who may use it.

Every route of the process stands in one table, and none without saying who may.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from wirewatch.usecases.permission import Permission

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Open:
    """Anybody may, signed in or not; `because` says why that is safe."""

    because: str


Access = Permission | Open


@dataclass(frozen=True, slots=True)
class Route:
    """`path` is a pattern of aiohttp. A GET answers HEAD too."""

    method: str
    path: str
    handler: Handler
    access: Access


def page(path: str, access: Access, handler: Handler) -> Route:
    """A page that people read."""
    return Route("GET", path, handler, access)


def action(path: str, access: Access, handler: Handler) -> Route:
    """What a form of a page does."""
    return Route("POST", path, handler, access)
