"""Signed addresses by which one recipient leaves one e-mail channel (RFC 8058). Pure.

A token is `MAC.KEY.WHO.1`; WHO names channel and address. It does not expire: somebody may leave by an old mail. It ends
with a digit, since programs that find links in text leave off signs at their end.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from core.model.link_key import LinkKey

LONGEST_TOKEN = 900
_MAC_BYTES = 18
_PURPOSE = b"wirewatch-unsubscribe-1\n"  # the key signs nothing else under this
_TOKEN = re.compile(r"(?P<mac>[A-Za-z0-9_-]{24})\.(?P<key>[0-9a-f]{1,16})\.(?P<who>[A-Za-z0-9_-]{4,840})\.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """`channel`: its key (core/model/channel.py). `address`: bare, in small letters."""

    channel: str
    address: str


def sign(key: LinkKey, leaving: Leaving) -> str:
    """The token for it."""
    text = f"{leaving.channel}\n{leaving.address.lower()}".encode()
    who = base64.urlsafe_b64encode(text).decode().rstrip("=")
    said = f"{key.key_id}.{who}.1"
    return f"{_mac(key, said)}.{said}"


def verify(keys: Sequence[LinkKey], token: str) -> Leaving | None:
    """Who leaves what, as one of these keys signed it; None: it is no token of ours."""
    found = _TOKEN.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
    key = None if found is None else next((one for one in keys if one.key_id == found["key"]), None)
    if found is None or key is None or not hmac.compare_digest(found["mac"], _mac(key, token.partition(".")[2])):
        return None
    who = found["who"]
    channel, _, address = base64.urlsafe_b64decode(who + "=" * (-len(who) % 4)).decode().partition("\n")
    return Leaving(channel=channel, address=address)


def _mac(key: LinkKey, said: str) -> str:
    digest = hmac.new(key.secret, _PURPOSE + said.encode(), sha256).digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(digest).decode()
