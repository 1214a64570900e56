"""Signed links for the reader of an alert: they name one alert and one thing to do with it, and expire. Pure.

A token is `MAC.KEY.ACTION.ALERT.EXPIRES`, the MAC over all the rest: whoever changes a part of it has no link any more. It
ends with a digit, since programs that find links in text leave off signs at their end.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from core.model.link_key import LinkKey

VALID = timedelta(days=7)  # at least; a link made later the same day has the same address
LONGEST_TOKEN = 200
_MAC_BYTES = 18
_PURPOSE = b"wirewatch-link-1\n"  # the key signs nothing else under this
_TOKEN = re.compile(
    r"(?P<mac>[A-Za-z0-9_-]{24})\.(?P<key>[0-9a-f]{1,16})\.(?P<action>[a-z]{1,12})\.(?P<alert>[0-9a-z-]{1,64})\.(?P<expires>[0-9]{1,11})"
)


class LinkAction(StrEnum):
    """What a link is for."""

    ACKNOWLEDGE = "ack"
    SILENCE = "silence"
    WHY = "why"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a token says."""

    action: LinkAction
    alert_id: str
    expires: datetime


class LinkProblem(StrEnum):
    """Why a token is no link."""

    UNKNOWN = "unknown"  # cut, changed, or made with a key that we do not have (any more)
    EXPIRED = "expired"


def expires_at(now: datetime) -> datetime:
    """When a link ends that is made now: the same for a whole day, so that a message reads the same at each try."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + VALID + timedelta(days=1)


def sign(key: LinkKey, link: Link) -> str:
    """The token of a link."""
    said = f"{key.key_id}.{link.action}.{link.alert_id}.{int(link.expires.timestamp())}"
    return f"{_mac(key, said)}.{said}"


def verify(keys: Sequence[LinkKey], token: str, now: datetime) -> Link | LinkProblem:
    """The link that one of these keys signed."""
    found = _TOKEN.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        return LinkProblem.UNKNOWN
    key = next((one for one in keys if one.key_id == found["key"]), None)
    if key is None or not hmac.compare_digest(found["mac"], _mac(key, token.partition(".")[2])):
        return LinkProblem.UNKNOWN
    try:
        link = Link(
            action=LinkAction(found["action"]),
            alert_id=found["alert"],
            expires=datetime.fromtimestamp(int(found["expires"]), UTC),
        )
    except (ValueError, OverflowError, OSError):
        return LinkProblem.UNKNOWN  # of a later release
    return LinkProblem.EXPIRED if now >= link.expires else link


def _mac(key: LinkKey, said: str) -> str:
    digest = hmac.new(key.secret, _PURPOSE + said.encode(), sha256).digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(digest).decode()
