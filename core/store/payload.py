"""Records as column bytes: the codec's, compressed where that pays (an article's text shrinks to a half)."""

import zlib
from typing import TypeVar

from core.errors import RecordError
from core.model.codec import decode, encode
from core.model.outcome import DeadLetterReason

T = TypeVar("T")

_WORTH_BYTES = 512
_LEVEL = 1  # the higher ones win a few percent for several times the work


def pack(record: object) -> bytes:
    """Bytes for a column. Raises RecordError for what JSON cannot hold."""
    data = encode(record)
    return zlib.compress(data, _LEVEL) if len(data) >= _WORTH_BYTES else data


def unpack(data: bytes, kind: type[T]) -> T:
    """The record again; RecordError if it cannot be read. JSON begins with a brace, zlib never does."""
    try:
        plain = data if data.startswith(b"{") else zlib.decompress(data)
    except zlib.error as error:
        raise RecordError(DeadLetterReason.UNREADABLE, f"no compressed record: {error}") from error
    return decode(plain, kind)
