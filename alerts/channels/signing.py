"""Standard Webhooks signatures (standardwebhooks.com): `v1`, HMAC-SHA256 with a shared secret, and `v1a`, ed25519 with a private key.

A secret says by its prefix which it is: `whsec_` signs `v1`, `whsk_` signs `v1a`, whose receiver has only the public key `whpk_`.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

_PREFIX = "whsec_"
PRIVATE, PUBLIC = "whsk_", "whpk_"
_LEAST_BYTES, _MOST_BYTES = 24, 64  # the standard's bounds; a shorter one is a slip or a password
_SEED_BYTES = 32  # of ed25519; some libraries keep the public key behind it
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """The seed of an ed25519 key."""

    seed: bytes = field(repr=False)

    def sign(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - few sign so

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(data)

    @property
    def public(self) -> "PublicKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - the same

        return PublicKey(Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What a receiver checks `v1a` with."""

    raw: bytes

    def __str__(self) -> str:
        return PUBLIC + base64.b64encode(self.raw).decode()

    def has_signed(self, data: bytes, signature: bytes) -> bool:
        """Whether the signature is of this key and this data."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - few sign so
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 - the same

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except InvalidSignature:
            return False
        return True


Key = bytes | PrivateKey  # bytes: a shared secret


def keys_of(secret: str) -> tuple[Key, ...]:
    """The keys in a secret: `whsec_` and base64, `whsk_` and base64, or base64 alone; several, parted by blanks, while keys are rotated.

    Raises ValueError (without the secret in it) when one cannot be read.
    """
    keys = tuple(_private(part) if part.startswith(PRIVATE) else _shared(part) for part in secret.split())
    if not keys:
        raise ValueError("the secret is empty; expected whsec_ and base64 (24 to 64 bytes)")
    return keys


def public_key_of(text: str) -> PublicKey:
    """Of `whpk_` and base64. Raises ValueError."""
    if not text.startswith(PUBLIC):
        raise ValueError(f"a public key begins with {PUBLIC}")
    raw = _decoded(text.removeprefix(PUBLIC))
    if raw is None or len(raw) != _SEED_BYTES:
        raise ValueError(f"the public key cannot be read; expected {PUBLIC} and base64 ({_SEED_BYTES} bytes)")
    return PublicKey(raw)


def private_text(seed: bytes) -> str:
    """As `secret` has it."""
    return PRIVATE + base64.b64encode(seed).decode()


def _shared(part: str) -> bytes:
    key = _decoded(part.removeprefix(_PREFIX))
    if key is None or part.startswith(PUBLIC):
        raise ValueError("the secret is not base64; expected whsec_ and base64 (24 to 64 bytes)")
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise ValueError(
            f"the secret is {len(key)} byte{'' if len(key) == 1 else 's'} long; expected whsec_ and base64 (24 to 64 bytes)"
        )
    return key


def _private(part: str) -> PrivateKey:
    raw = _decoded(part.removeprefix(PRIVATE))
    if raw is None or len(raw) not in (_SEED_BYTES, 2 * _SEED_BYTES):
        raise ValueError(
            f"the private key cannot be read; expected {PRIVATE} and base64 ({_SEED_BYTES} bytes, or 64 with the public key)"
        )
    key = PrivateKey(raw[:_SEED_BYTES])
    if raw[_SEED_BYTES:] not in (b"", key.public.raw):
        raise ValueError("the private key holds another public key than its own")
    return key


def _decoded(text: str) -> bytes | None:
    try:
        # Padding is often lost in copying; the standard's own libraries add it back.
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def signed_headers(keys: Sequence[Key], *, notification_id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """`webhook-id`, `webhook-timestamp` and, where there are keys, `webhook-signature` with one signature a key."""
    seconds = int(timestamp.timestamp())
    headers = {ID: notification_id, TIMESTAMP: str(seconds)}
    if keys:
        signed = _signed(notification_id, str(seconds), body)
        headers[SIGNATURE] = " ".join(_signature(key, signed) for key in keys)
    return headers


def has_signed(keys: Sequence[Key | PublicKey], headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is of one of the keys. `headers`: by their small names."""
    signed = _signed(headers.get(ID, ""), headers.get(TIMESTAMP, ""), body)
    for part in headers.get(SIGNATURE, "").split():
        version, _, text = part.partition(",")
        signature = _decoded(text)
        if signature is not None and any(_is_of(key, version, signature, signed) for key in keys):
            return True
    return False


def _is_of(key: Key | PublicKey, version: str, signature: bytes, signed: bytes) -> bool:
    if isinstance(key, bytes):
        return version == "v1" and hmac.compare_digest(hmac.digest(key, signed, "sha256"), signature)
    public = key.public if isinstance(key, PrivateKey) else key
    return version == "v1a" and public.has_signed(signed, signature)


def _signed(notification_id: str, seconds: str, body: bytes) -> bytes:
    return f"{notification_id}.{seconds}.".encode() + body


def _signature(key: Key, signed: bytes) -> str:
    if isinstance(key, PrivateKey):
        return "v1a," + base64.b64encode(key.sign(signed)).decode()
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
