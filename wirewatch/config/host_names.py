"""Names of hosts as `Host` headers and settings spell them, brought to one spelling."""

import re
from ipaddress import ip_address

_AUTHORITY = re.compile(r"(\[[0-9A-Za-z:.%_-]{2,100}\]|[^\s:/?#@\[\]\\,<>\"']{1,255})(?::([0-9]{0,5}))?")
_LABELS = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")
_MOST_PORT = 65535


def host_name(authority: str) -> str | None:
    """The name or address in `host[:port]`: lower case, in ASCII, without brackets and a dot at its end. None: neither."""
    found = _AUTHORITY.fullmatch(authority)
    if found is None or (found[2] and int(found[2]) > _MOST_PORT):
        return None
    host = found[1]
    if host.startswith("["):
        return _address(host[1:-1])
    try:
        name = host.removesuffix(".").encode("idna" if not host.isascii() else "ascii").decode("ascii").lower()
    except UnicodeError:
        return None
    return _address(name) or (name if _LABELS.fullmatch(name) else None)


def is_loopback(host: str) -> bool:
    """The name, or an address, of this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(text: str) -> str | None:
    """An address in its one spelling; an IPv4 address within an IPv6 one (`::ffff:127.0.0.1`) is that IPv4 address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
