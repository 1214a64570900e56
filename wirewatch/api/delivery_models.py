"""Notifications and their attempts, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

from core.model.channel import channel_name
from core.model.outcome import Event, FailureReason, NotificationState, Reason
from wirewatch.api.alert_models import Alert
from wirewatch.api.model import Model


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
