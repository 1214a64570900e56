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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One try to send a message.

    `attempt`: 1 for the first try. `thread`: the reference of the story's first message on this channel, for a channel that
    can answer below it; None: the message stands alone.
    """

    notification_id: str
    attempt: int
    now: datetime
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A send that worked. `detail` is for people, without secrets.

    `reference`: where the service keeps the message, in the channel's own words; empty where that is not known.
    `pause_seconds`: for how long the service wants no further message.
    """

    confirmation: Confirmation
    status: int | None = None
    detail: str = ""
    reference: str = ""
    pause_seconds: float = 0.0


class SendFailure(WirewatchError):
    """A send that did not work. `detail` is for people and never holds a secret or a URL with one.

    `holds_all`: the service asks for a pause (`retry_after_seconds`) on everything under the channel's `limit_key`.
    """

    def __init__(
        self,
        reason: FailureReason,
        detail: str,
        *,
        retriable: bool,
        retry_after_seconds: float | None = None,
        status: int | None = None,
        holds_all: bool = False,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.retriable = retriable
        self.retry_after_seconds = retry_after_seconds
        self.status = status
        self.holds_all = holds_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `count` messages in any `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel takes. Sizes are those of the encoded payload.

    `in_flight`: sends at the same time; 1 keeps the order of messages. `rate`: of the channel; `shared_rate`: of all channels
    with its `limit_key` together.
    """

    max_bytes: int
    in_flight: int = 1
    rate: Rate | None = None
    shared_rate: Rate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do beside sending.

    `edit`: bring a message up to date. `thread`: answer below an earlier one. `idempotent`: the service drops a repeat under
    the same id. `asks`: the service can be asked whether a message arrived. `buttons`: links are shown as buttons.
    `confirms`: what its success says.
    """

    edit: bool = False
    thread: bool = False
    idempotent: bool = False
    asks: bool = False
    buttons: bool = False
    confirms: Confirmation = Confirmation.DELIVERED


class Channel(Protocol):
    """One configured channel. `kind` is the metric's label; `name`: its name; once it is in use, its key (core/model/channel.py).

    `limit_key`: channels with the same one share the service's limits, such as chats of one bot; empty: it has its own.
    """

    name: str
    kind: str
    limits: Limits
    capabilities: Capabilities
    limit_key: str

    async def send(self, message: Message, sending: Sending) -> Receipt:
        """Send once; the same message, id and attempt give the same body.

        A receiver that honours `notification_id` drops a repeat. Raises SendFailure, and nothing else on purpose.
        """
        ...


class EditingChannel(Channel, Protocol):
    """A channel with the capability `edit`."""

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        """Bring the message up to date that a receipt's `reference` names. Raises SendFailure; GONE: it is there no more."""
        ...


class AskingChannel(Channel, Protocol):
    """A channel with the capability `asks`."""

    async def find(self, message: Message, sending: Sending) -> Receipt | None:
        """The receipt of an earlier send under this id whose answer got lost; None: it did not arrive. Raises SendFailure."""
        ...
