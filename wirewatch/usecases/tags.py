"""Tags of what can be changed: equal where its content is equal, for ETag and If-Match (RFC 9110 section 8.8.3)."""

import hashlib

import msgspec


def tag(*of: object) -> str:
    """The tag of records, such as a stored rule: of what a person changes, not of what only goes by (polls, counts)."""
    return hashlib.sha256(msgspec.json.encode(of, enc_hook=str)).hexdigest()[:24]
