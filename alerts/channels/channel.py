"""The promise of every channel: send one message under an idempotency id, or report why not and whether to retry."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from alerts.channels.message import Message
from core.errors import WirewatchError
from core.model.outcome import FailureReason


class Confirmation(StrEnum):
    """How much a channel's success says."""

    ACCEPTED = "accepted"  # accepted by a service that may still drop it
    DELIVERED = "delivered"  # the receiver has it


@dataclass(frozen=True, slots=True)
class Receipt:
    """A send that worked. `detail` is for people, without secrets."""

    confirmation: Confirmation
    status: int | None = None
    detail: str = ""


class SendFailure(WirewatchError):
    """A send that did not work. `detail` is for people and never holds a secret or a URL with one."""

    def __init__(
        self,
        reason: FailureReason,
        detail: str,
        *,
        retriable: bool,
        retry_after_seconds: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.retriable = retriable
        self.retry_after_seconds = retry_after_seconds
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel takes. Sizes are those of the encoded payload.

    `in_flight`: sends at the same time; 1 keeps the order of messages.
    """

    max_bytes: int
    in_flight: int = 1


class Channel(Protocol):
    """One configured channel. `kind` is the metric's label; `name`: its name; once it is in use, its key (core/model/channel.py)."""

    name: str
    kind: str
    limits: Limits

    async def send(self, message: Message, *, notification_id: str, attempt: int, now: datetime) -> Receipt:
        """Send once; the same message, id and attempt give the same body.

        A receiver that honours `notification_id` drops a repeat. Raises SendFailure, and nothing else on purpose.
        """
        ...
