"""A record that a stage could not handle, with everything needed to understand and redrive it."""

from base64 import b64decode
from dataclasses import dataclass

from core.model.instant import Instant
from core.model.outcome import DeadLetterReason


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Topic `deadletter`, key: the topic it came from.

    `value_base64` holds the original bytes; None when they are too large to carry (they stay in the source topic for
    its retention).
    """

    topic: str
    partition: int
    offset: int
    key: str
    value_base64: str | None
    reason: DeadLetterReason
    detail: str
    at: Instant

    def original(self) -> bytes | None:
        return None if self.value_base64 is None else b64decode(self.value_base64)
