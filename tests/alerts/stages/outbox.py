"""An outbox with its clock and its metrics, and channels that answer as told."""

from collections.abc import Collection, Sequence
from datetime import datetime

from alerts.channels.channel import Capabilities, Channel, Confirmation, Limits, Receipt, SendFailure, Sending
from alerts.channels.message import Message
from alerts.deliver.context import DeliverSettings
from alerts.deliver.stage import DeliverParts, DeliverStage
from core.db.engine import Database
from core.metrics import Metrics
from core.model.alert import Notification
from core.model.outcome import FailureReason, NotificationState
from core.store import notifications
from core.store.notifications import NotificationRow
from core.wake_up import WakeUp
from tests.alerts.making import NOW, alert, notification
from tests.fakes.clock import FakeClock


class FakeChannel:
    """Answers as told; keeps what it was given."""

    kind = "webhook"
    capabilities = Capabilities()
    limit_key = ""

    def __init__(self, name: str = "desk", answers: Sequence[Exception | None] = (), *, in_flight: int = 1) -> None:
        self.name = name
        self.limits = Limits(max_bytes=20_000, in_flight=in_flight)
        self.answers = list(answers)
        self.sent: list[tuple[str, int]] = []

    async def send(self, message: Message, sending: Sending) -> Receipt:
        self.sent.append((sending.notification_id, sending.attempt))
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return Receipt(Confirmation.DELIVERED, 200)


def failure(retry_after: float | None = None, *, retriable: bool = True) -> SendFailure:
    reason = FailureReason.SERVER_ERROR if retry_after is None else FailureReason.RATE_LIMITED
    return SendFailure(reason, "HTTP 500", retriable=retriable, retry_after_seconds=retry_after, status=500)


def refused() -> SendFailure:
    return SendFailure(FailureReason.CONNECT, "connection refused", retriable=True)


class Post:
    """An outbox, its clock and its metrics."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = FakeClock(NOW)
        self.metrics = Metrics()
        self.wake_up = WakeUp()

    def stage(self, *channels: Channel, owner: str = "here", settings: DeliverSettings | None = None) -> DeliverStage:
        return DeliverStage(
            DeliverParts(
                db=self.db,
                clock=self.clock,
                metrics=self.metrics,
                chance=lambda: 0.5,
                owner=owner,
                wake_up=self.wake_up,
            ),
            channels,
            settings=settings,
        )

    async def put(self, *items: Notification) -> None:
        async with self.db.transaction() as conn:
            await notifications.add_many(conn, [(item, self.clock.now()) for item in items])

    async def row(self, item: Notification) -> NotificationRow:
        async with self.db.connection() as conn:
            row = await notifications.get(conn, item.notification_id)
        assert row is not None
        return row

    def metric(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"news_{name}", labels) or 0.0


async def redrive(
    db: Database, now: datetime, states: Collection[NotificationState] = (NotificationState.DEAD,)
) -> int:
    """Send all that is in one of these states again, as the command does; how many."""
    async with db.transaction() as conn:
        return await notifications.redrive(conn, None, now, states)


def numbered(count: int, channel: str = "desk") -> list[Notification]:
    return [notification(alert(story=str(number)), channel=channel) for number in range(count)]
