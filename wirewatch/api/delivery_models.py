"""Notifications and their attempts, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from core.model.channel import channel_name
from core.model.outcome import Event, FailureReason, NotificationState, Reason
from wirewatch.api.alert_models import Alert
from wirewatch.api.model import Body, Model


class Notification(Model):
    notification_id: str
    channel: Annotated[str, BeforeValidator(channel_name)]  # as rules call it
    sequence: int
    event: Event
    reason: Reason
    alerts: tuple[Alert, ...]
    created: datetime
    matched: datetime
    because: str


class SentNotification(Model):
    """A notification as it stands now."""

    notification: Notification
    state: NotificationState
    due_at: datetime
    attempts: int
    finished: datetime | None
    last_reason: FailureReason | None
    last_detail: str | None


class Attempt(Model):
    """`reason` null: it was delivered."""

    at: datetime
    reason: FailureReason | None
    status: int | None
    latency_seconds: float
    detail: str


class Delivery(Model):
    notification: SentNotification
    attempts: Sequence[Attempt]


class Deliveries(Model):
    deliveries: Sequence[SentNotification]
    next: str | None


class DeliveryCause(Model):
    """`channel_key`: tells channels of one name in several teams apart. `detail`: what the newest of them met."""

    channel: str
    channel_key: str
    reason: FailureReason
    dead: int
    oldest: datetime
    newest: datetime
    detail: str


class Causes(Model):
    causes: Sequence[DeliveryCause]


class Redrive(Body):
    """`channel`: the name of one of one's own team; `channel_key`: as a cause has it."""

    state: Annotated[
        Literal["dead", "silenced", "rule_gone", "no_channel", "taken", "capped"], Field(description="of what is sent")
    ] = "dead"
    channel: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    channel_key: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    reason: FailureReason | None = None


class Redriven(Model):
    """How many are due now."""

    due: int
