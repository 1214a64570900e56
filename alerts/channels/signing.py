"""Standard Webhooks signatures (standardwebhooks.com, version 1): HMAC-SHA256 over `id.timestamp.body`."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime

_PREFIX = "whsec_"
_LEAST_BYTES, _MOST_BYTES = 24, 64  # the standard's bounds; a shorter one is a slip or a password


def keys_of(secret: str) -> tuple[bytes, ...]:
    """The keys in a secret: `whsec_` and base64, or base64 alone; several, parted by spaces, while keys are rotated.

    Raises ValueError (without the secret in it) when one cannot be read.
    """
    keys = tuple(_key(part) for part in secret.split())
    if not keys:
        raise ValueError("the secret is empty; expected whsec_ and base64 (24 to 64 bytes)")
    return keys


def _key(part: str) -> bytes:
    text = part.removeprefix(_PREFIX)
    try:
        # Padding is often lost in copying; the standard's own libraries add it back.
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the secret is not base64; expected whsec_ and base64 (24 to 64 bytes)") from None
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise ValueError(
            f"the secret is {len(key)} byte{'' if len(key) == 1 else 's'} long; expected whsec_ and base64 (24 to 64 bytes)"
        )
    return key


def signed_headers(keys: Sequence[bytes], *, notification_id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """`webhook-id`, `webhook-timestamp` and, where there are keys, `webhook-signature` with one signature a key."""
    seconds = int(timestamp.timestamp())
    headers = {"webhook-id": notification_id, "webhook-timestamp": str(seconds)}
    if keys:
        signed = f"{notification_id}.{seconds}.".encode() + body
        headers["webhook-signature"] = " ".join(_signature(key, signed) for key in keys)
    return headers


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
