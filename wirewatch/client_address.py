"""Where a request comes from: the peer of the connection, or whom a proxy says that it asks for, where the proxy is one of ours.

Anybody can write `X-Forwarded-For`; each proxy adds at its right whom it was asked by. So the header is read from its right, as
far as those who wrote it are trusted (`server.trusted_proxies`).
"""

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

Network = IPv4Network | IPv6Network
_MOST_PROXIES = 10  # in a row
_MOST_CHARACTERS = 2000


def client_address(request: web.Request, trusted: Sequence[Network]) -> str:
    """The address of whoever sent the request; empty where even the connection has none."""
    peer = request.remote or ""
    return _behind(peer, request.headers.getall("X-Forwarded-For", []), trusted) if trusted else peer


def _behind(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    told = ",".join(forwarded)[-_MOST_CHARACTERS:].split(",")
    for one in reversed(told[-_MOST_PROXIES:]):
        if not _is_trusted(peer, trusted):
            break
        address = _address(one)
        if address is None:  # what our own proxy did not write so is nobody's word
            break
        peer = str(address)
    return peer


def _is_trusted(peer: str, trusted: Sequence[Network]) -> bool:
    address = _address(peer)
    return address is not None and any(address in network for network in trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    with suppress(ValueError):
        found = ip_address(text.strip().removeprefix("[").removesuffix("]"))
        return getattr(found, "ipv4_mapped", None) or found
    return None
