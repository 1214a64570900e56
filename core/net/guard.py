"""No request leaves for a private address: checked on the very address that is connected to.

A check of the URL or of the name's resolution can be got round by rebinding DNS, by an address in another spelling or by
a redirect. The socket is made for one address, and here that address is judged.
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

# As aiohttp.AddrInfoType, which takes long to load: family, kind, protocol, canonical name, address.
AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]

BLOCKED_ERRNO = -7301  # no system's; it survives where asyncio folds several failed addresses into one OSError

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: a public IPv4 address seen from a network that has only IPv6

# What `is_global` lets through on one Python or another, and what carries an IPv4 address inside.
_DENIED_V4 = tuple(
    IPv4Network(net)
    for net in (
        "0.0.0.0/8",  # this network; Linux connects 0.0.0.0 to itself
        "100.64.0.0/10",  # RFC 6598 carrier-grade NAT, and some clouds' metadata
        "168.63.129.16/32",  # Azure's host, a public address that answers only inside
        "192.0.0.0/24",  # RFC 6890, and Oracle's metadata
        "192.88.99.0/24",  # RFC 7526 6to4 relays
        "198.18.0.0/15",  # RFC 2544 benchmarks
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_DENIED_V6 = tuple(
    IPv6Network(net)
    for net in (
        "::/96",  # RFC 4291 IPv4-compatible, with :: and ::1
        "64:ff9b:1::/48",  # RFC 8215 local NAT64
        "100::/64",  # RFC 6666 discard
        "2001::/23",  # RFC 2928, with Teredo
        "2001:db8::/32",  # RFC 3849 documentation
        "2002::/16",  # RFC 3056 6to4
        "3fff::/20",  # RFC 9637 documentation
        "5f00::/16",  # RFC 9602 segment routing
        "fc00::/7",  # RFC 4193 private
        "fe80::/10",  # link-local
        "fec0::/10",  # RFC 3879 site-local
        "ff00::/8",  # multicast
    )
)


# What people call private, whole: an address alone in `allow_networks` is wrong again tomorrow.
_USUAL = tuple(
    ip_network(net)
    for net in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    )
)


def network_of(address: str) -> str | None:
    """The network that `fetch.allow_networks` would have to name for this address; None for what is no address."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    inner = _carried(parsed)
    usual = next((net for net in _USUAL if net.version == inner.version and inner in net), None)
    return str(usual or ip_network(inner))


class BlockedAddress(OSError):
    """The address is not public and no `fetch.allow_networks` names it."""

    def __init__(self, address: str) -> None:
        network = network_of(address)
        mend = "" if network is None else f'; add "{network}" to fetch.allow_networks to reach it'
        super().__init__(BLOCKED_ERRNO, f"{address} is not a public address{mend}")
        self.address = address


class AddressGuard:
    """Says which addresses may be connected to; `allow_networks` (CIDR) exempts private ones on purpose."""

    def __init__(self, allow_networks: Iterable[str | IPv4Network | IPv6Network] = ()) -> None:
        self._allowed = tuple(ip_network(net, strict=False) for net in allow_networks)

    def check(self, address: str) -> None:
        """Return for an address that may be reached, else raise BlockedAddress. A scope (`%eth0`) is left aside."""
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            raise BlockedAddress(address) from None
        inner = _carried(parsed)
        if any(net.version == a.version and a in net for a in {parsed, inner} for net in self._allowed):
            return
        if not _is_public(inner):
            raise BlockedAddress(address)

    def socket_factory(self, addr_info: AddrInfo) -> socket.socket:
        """A socket for the address, for `aiohttp.TCPConnector(socket_factory=...)`; raises BlockedAddress."""
        family, kind, protocol, _, address = addr_info
        if family not in (socket.AF_INET, socket.AF_INET6):
            raise BlockedAddress(str(address))
        self.check(str(address[0]))
        return socket.socket(family=family, type=kind, proto=protocol)


def _carried(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, where the system would really go there."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    denied = _DENIED_V4 if isinstance(address, IPv4Address) else _DENIED_V6
    return address.is_global and not address.is_multicast and not any(address in net for net in denied)
