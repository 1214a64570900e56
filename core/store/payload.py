"""Values of columns: records as the codec's bytes, compressed where that pays (an article's text shrinks to a half), and words
of closed sets, which a later release may have more of."""

import zlib
from enum import StrEnum
from typing import TypeVar

from core.errors import RecordError, UpgradeFirst
from core.model.codec import decode, encode
from core.model.outcome import DeadLetterReason

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_WORTH_BYTES = 512
_LEVEL = 1  # the higher ones win a few percent for several times the work


def pack(record: object) -> bytes:
    """Bytes for a column. Raises RecordError for values that JSON cannot hold."""
    data = encode(record)
    return zlib.compress(data, _LEVEL) if len(data) >= _WORTH_BYTES else data


def unpack(data: bytes, kind: type[T]) -> T:
    """The record again; RecordError if it cannot be read. JSON begins with a brace, zlib never does."""
    try:
        plain = data if data.startswith(b"{") else zlib.decompress(data)
    except zlib.error as error:
        raise RecordError(DeadLetterReason.UNREADABLE, f"no compressed record: {error}") from error
    return decode(plain, kind)


def member(kind: type[E], word: str) -> E:
    """The member of that word. Raises UpgradeFirst for a word of a later release, whose meaning is unknown here."""
    try:
        return kind(word)
    except ValueError:
        raise UpgradeFirst(f"{kind.__name__} {word!r}") from None


def member_or_none(kind: type[E], word: str | None) -> E | None:
    """The member of that word, where it is only shown; None for one of a later release."""
    return next((one for one in kind if one.value == word), None)
