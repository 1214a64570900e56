"""An outbox with its clock and its metrics, and channels that answer as told."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.channels.channel import Capabilities, Channel, Confirmation, Limits, Rate, Receipt, SendFailure, Sending
from alerts.channels.message import Links, Message, no_links
from alerts.deliver.context import DeliverSettings
from alerts.deliver.stage import DeliverParts, DeliverStage
from core.db.engine import Database
from core.metrics import Metrics
from core.model.alert import Alert, Notification
from core.model.outcome import Event, FailureReason, NotificationState, Reason
from core.store import notifications, redrives
from core.store.notifications import NotificationRow
from core.wake_up import WakeUp
from tests.alerts.making import NOW, alert, notification
from tests.fakes.clock import FakeClock


class FakeChannel:
    """Answers as told; keeps what it was given, and what a service would show."""

    kind = "webhook"
    capabilities = Capabilities()

    def __init__(
        self,
        name: str = "desk",
        answers: Sequence[Exception | Receipt | None] = (),
        *,
        in_flight: int = 1,
        rate: Rate | None = None,
        shared_rate: Rate | None = None,
        limit_key: str = "",
    ) -> None:
        self.name = name
        self.limits = Limits(max_bytes=20_000, in_flight=in_flight, rate=rate, shared_rate=shared_rate)
        self.limit_key = limit_key
        self.answers = list(answers)
        self.sent: list[tuple[str, int]] = []
        self.messages: list[Message] = []
        self.threads: list[str | None] = []

    async def send(self, message: Message, sending: Sending) -> Receipt:
        self.sent.append((sending.notification_id, sending.attempt))
        self.messages.append(message)
        self.threads.append(sending.thread)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer or Receipt(Confirmation.DELIVERED, 200)


class FakeBot(FakeChannel):
    """A service that shows where its messages are, edits them, threads, and can be asked for them."""

    capabilities = Capabilities(edit=True, thread=True, asks=True)

    def __init__(
        self, name: str = "desk", answers: Sequence[Exception | Receipt | None] = (), *, in_flight: int = 1
    ) -> None:
        super().__init__(name, answers, in_flight=in_flight)
        self.edits: list[tuple[str, Message]] = []
        self.edit_answers: list[Exception | None] = []
        self.asked: list[str] = []
        self.kept: dict[str, Receipt | Exception] = {}  # what it has, by our id

    async def send(self, message: Message, sending: Sending) -> Receipt:
        receipt = await super().send(message, sending)
        return replace(receipt, reference=receipt.reference or f"at-{sending.notification_id}")

    async def edit(self, message: Message, reference: str, sending: Sending) -> Receipt:
        self.edits.append((reference, message))
        await self.meanwhile()
        answer = self.edit_answers.pop(0) if self.edit_answers else None
        if answer is not None:
            raise answer
        return Receipt(Confirmation.DELIVERED, 200)

    async def meanwhile(self) -> None:
        """While an edit is on its way."""

    async def find(self, message: Message, sending: Sending) -> Receipt | None:
        self.asked.append(sending.notification_id)
        found = self.kept.get(sending.notification_id)
        if isinstance(found, Exception):
            raise found
        return found


def failure(retry_after: float | None = None, *, retriable: bool = True) -> SendFailure:
    reason = FailureReason.SERVER_ERROR if retry_after is None else FailureReason.RATE_LIMITED
    return SendFailure(reason, "HTTP 500", retriable=retriable, retry_after_seconds=retry_after, status=500)


def timed_out() -> SendFailure:
    return SendFailure(FailureReason.TIMEOUT, "no answer in time", retriable=True)


def refused() -> SendFailure:
    return SendFailure(FailureReason.CONNECT, "connection refused", retriable=True)


class Post:
    """An outbox, its clock and its metrics."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = FakeClock(NOW)
        self.metrics = Metrics()
        self.wake_up = WakeUp()

    def stage(
        self,
        *channels: Channel,
        owner: str = "here",
        settings: DeliverSettings | None = None,
        links: Callable[[Alert], Links | None] = no_links,
    ) -> DeliverStage:
        return DeliverStage(
            DeliverParts(
                db=self.db,
                clock=self.clock,
                metrics=self.metrics,
                chance=lambda: 0.5,
                owner=owner,
                wake_up=self.wake_up,
                links=links,
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
        return await redrives.redrive_all(conn, redrives.Wanted(states=states), now)


def first_and_update(story: str = "storm", channel: str = "desk") -> tuple[Notification, Notification]:
    """An alert's first message, and one about an update a minute later."""
    about = alert(story=story)
    first = notification(about, channel=channel)
    update = replace(
        notification(about, channel=channel, sequence=7),
        event=Event.ALERT_UPDATED,
        reason=Reason.UPDATE,
        created=first.created + timedelta(minutes=1),
    )
    return first, update


def numbered(count: int, channel: str = "desk") -> list[Notification]:
    return [notification(alert(story=str(number)), channel=channel) for number in range(count)]
