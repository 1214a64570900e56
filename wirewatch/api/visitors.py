"""Decides which HTTP requests are served: those for a name of ours, on connections that do not stay open for ever.

A page somewhere on the web can give its own name our address (DNS rebinding) and would then read everything here as if it
were its own. Its requests name the foreign name in `Host`, so only names that are known are served. An address cannot be
rebound: loopback and the address that the connection came in on are served as they are.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from ipaddress import ip_address

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from wirewatch.api.problems import Refusal, problem
from wirewatch.config.host_names import host_name
from wirewatch.config.sections import ServerConfig

IDLE_SECONDS = 20.0  # for a request's line and headers from its first byte on, and between two requests
SEND_SECONDS = 60.0  # for an answer, whole
MOST_CONNECTIONS = 256
_SHOWN_CHARACTERS = 100

_STREAMING: set[object] = set()  # protocols of connections, while they stream


def check_host(request: web.Request, config: ServerConfig) -> None:
    """Return for a request under a name that is served. Raises Refusal: 400 (no name, or no single one), 421.

    What a proxy adds (X-Forwarded-Host, Forwarded) is not looked at: anybody can write it.
    """
    named = request.headers.getall("Host", [])
    target = request.raw_path
    if len(named) != 1:
        what = "names no host" if not named else "names more than one host"
        raise _bad_host(f"the request {what} (header Host)")
    authorities = named
    if target[:1] not in ("/", "*"):  # absolute form, whose name counts too
        authorities = [*named, target.partition("://")[2].partition("/")[0]]
    for authority in authorities:
        host = host_name(authority)
        if host is None:
            raise _bad_host("the header Host holds no name and no address")
        if not _served(host, request, config):
            message = (
                f"this wirewatch does not answer under the name {host[:_SHOWN_CHARACTERS]}; to allow a name, set "
                "server.public_url to the address that people use, or add the name to server.hosts"
            )
            raise Refusal(problem(HTTPStatus.MISDIRECTED_REQUEST, "unknown_host", message))


def _bad_host(detail: str) -> Refusal:
    return Refusal(problem(HTTPStatus.BAD_REQUEST, "bad_host", detail, place="Host"))


def _served(host: str, request: web.Request, config: ServerConfig) -> bool:
    if host in config.names:
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback or host == _own_address(request)
    return False


def _own_address(request: web.Request) -> str | None:
    """The address that the connection came in on."""
    transport = request.transport
    name = None if transport is None else transport.get_extra_info("sockname")
    if not isinstance(name, tuple) or not name:
        return None
    return host_name(f"[{name[0]}]" if ":" in str(name[0]) else str(name[0]))


async def send(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Send the answer here, within SEND_SECONDS: who does not read it is let go."""
    transport = request.transport
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await response.prepare(request)
            await response.write_eof()
    except TimeoutError:
        if transport is not None:
            transport.abort()
    except ConnectionError:  # hung up, as a browser does when something else was typed meanwhile
        pass
    return response


def protocols(server: web.Server) -> Callable[[], asyncio.Protocol]:
    """aiohttp's protocol for each connection; above MOST_CONNECTIONS the oldest is closed, which is most likely idle.

    Streams (streams.py) are as many as they may be, and stay.
    """

    def make() -> asyncio.Protocol:
        open_now = server.connections
        if len(open_now) >= MOST_CONNECTIONS:
            next((one for one in open_now if one not in _STREAMING), open_now[0]).force_close()
        return server()

    return make


@contextmanager
def streaming(request: web.Request) -> Iterator[None]:
    """While it is open, the request's connection is a stream."""
    _STREAMING.add(request.protocol)
    try:
        yield
    finally:
        _STREAMING.discard(request.protocol)


def let_go_of_the_deaf(listening: asyncio.Server) -> None:
    """What was sent and is not taken for SEND_SECONDS ends the connection, also after we closed it (Linux)."""
    option: int = getattr(socket, "TCP_USER_TIMEOUT", 0)
    for one in listening.sockets if option else ():
        with suppress(OSError):
            one.setsockopt(socket.IPPROTO_TCP, option, int(SEND_SECONDS * 1000))


def not_a_visitors_mistake(record: logging.LogRecord) -> bool:
    """A logging filter: bytes that are no HTTP are the visitor's own affair, and must not fill our log."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)
