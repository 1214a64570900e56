"""One channel's sends: claim what is due, look again, note that a send begins, send, write down how it ended.

claim (a lease) -> still wanted? -> begun -> send -> delivered | again at ... | dead

What is written before and after a send goes before all other writing that waits: the time between an answer and its record
is the time in which a crash leaves a message that arrived and that nobody knows of. Such a message is sent again, under the
same id, and says that it may be a repeat.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from alerts.channels.channel import DEFECTS, Channel, Receipt, SendFailure
from alerts.channels.message import message_of
from alerts.deliver.recheck import SecondLook, withhold
from alerts.deliver.retry_policy import RetryPolicy
from core.clock import Clock
from core.db.engine import Database
from core.faults import FaultPoint, reach
from core.metrics import Metrics
from core.model.alert import Notification
from core.model.outcome import FailureReason, NotificationState, Reason, Stage
from core.store import leases, notifications, sends, traces
from core.store.notifications import Attempt, Pending
from core.store.traces import TraceRow
from core.wake_up import WakeUp

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverSettings:
    """`poll_seconds`: how late work left by another process may be found. `console_url`: the console, for links.

    `lease_seconds`: how long what is claimed is kept from other processes; renewed while sends go on, so that what a dead
    process had claimed is soon sent by another. No send begins after it ran out. `stop_seconds`: how long a stop waits for
    sends that are under way. `blocked_seconds`: how long a channel is left alone whose address our guard refuses.
    """

    retry: RetryPolicy = field(default_factory=RetryPolicy)
    poll_seconds: float = 1.0
    lease_seconds: float = 6.0
    send_seconds: float = 60.0
    tend_seconds: float = 5.0
    stop_seconds: float = 5.0
    blocked_seconds: float = 60.0
    claim: int = 16
    console_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the workers of all channels share."""

    db: Database
    clock: Clock
    metrics: Metrics
    chance: Callable[[], float]
    owner: str
    wake_up: WakeUp
    settings: DeliverSettings
    second_look: SecondLook = field(default_factory=SecondLook)


class ChannelWorker:
    """One channel's sends: its own queue, its own pace, its own failures."""

    def __init__(self, channel: Channel, context: Context) -> None:
        self.name = channel.name
        self.kind = channel.kind
        self.leaving = False  # its channel is no longer configured
        self._channel = channel
        self._context = context
        # The receiver said so (429 with Retry-After), or our guard refuses it. Monotonic: a clock set back holds nothing up.
        self._not_before = 0.0
        self._changes = 0  # of the channel, since the start: what an earlier one answered says nothing of this one
        self._leased_until: datetime | None = None
        self._stopping = False
        self._steps: list[TraceRow] = []  # of what was sent: written after the records, on which more depends

    def use(self, channel: Channel | None, *, changed: bool = False) -> None:
        """Send the next message through this one; None: send none any more. `changed`: what held the old one up does not hold it."""
        self.leaving = channel is None
        if changed:
            self._not_before = 0.0
            self._changes += 1
        if channel is not None:
            self.kind, self._channel = channel.kind, channel

    async def run(self) -> None:
        """Send until cancelled or without a channel; what was claimed and not sent is given back."""
        context = self._context
        self._stopping = False
        try:
            async with asyncio.TaskGroup() as group:
                keeping = group.create_task(self._keep_leases())
                while not self.leaving:
                    heard = context.wake_up.count
                    if not await self._round(group):
                        await context.wake_up.wait(heard, context.clock, context.settings.poll_seconds)
                keeping.cancel()
        finally:
            await self._give_back()

    async def _round(self, group: asyncio.TaskGroup) -> int:
        """One `deliver_due`; when we are stopped meanwhile, sends under way may end and be written down."""
        work = group.create_task(self.deliver_due())
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            self._stopping = True
            await asyncio.wait([work], timeout=self._context.settings.stop_seconds)
            raise

    async def _keep_leases(self) -> None:
        context = self._context
        while True:
            await context.clock.sleep(context.settings.lease_seconds / 3)
            if self._leased_until is not None:
                await self.renew()

    async def renew(self) -> None:
        """Keep what is claimed and not sent yet from other processes for another while."""
        context = self._context
        until = context.clock.now() + timedelta(seconds=context.settings.lease_seconds)
        async with context.db.transaction(urgent=True) as conn:
            await leases.renew(conn, leases.NOTIFICATIONS, [self._owner], until)
        if self._leased_until is not None:
            self._leased_until = until

    async def deliver_due(self) -> int:
        """Claim and work off one batch of what is due; of how many."""
        context = self._context
        now = context.clock.now()
        if self._paused():
            return 0
        async with context.db.transaction() as conn:
            claimed = await notifications.claim_due(
                conn, now, self._channel.name, context.settings.claim, self._owner, context.settings.lease_seconds
            )
        if not claimed:
            return 0
        reach(FaultPoint.DELIVER_CLAIMED)
        self._leased_until = now + timedelta(seconds=context.settings.lease_seconds)
        waiting = list(reversed(claimed))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._channel.limits.in_flight, len(claimed))):
                    group.create_task(self._drain(waiting))
        finally:
            self._leased_until = None
        await self._write_steps()
        if waiting:
            await self._give_back()
        return len(claimed) - len(waiting)

    @property
    def _owner(self) -> str:
        return f"{self._context.owner}/{self._channel.name}"

    async def _give_back(self) -> None:
        async with self._context.db.transaction() as conn:
            await leases.release(conn, leases.NOTIFICATIONS, self._owner)

    async def _write_steps(self) -> None:
        steps, self._steps = self._steps, []
        if steps:
            async with self._context.db.transaction() as conn:
                await traces.add_many(conn, steps)

    async def _drain(self, waiting: list[Pending]) -> None:
        while waiting and self._may_start(self._context.clock.now()):
            await self._deliver(waiting.pop())

    def _may_start(self, now: datetime) -> bool:
        leased = self._leased_until is None or now <= self._leased_until
        return leased and not (self._stopping or self.leaving) and not self._paused()

    def _paused(self) -> bool:
        return self._context.clock.monotonic() < self._not_before

    async def _deliver(self, claimed: Pending) -> None:
        context = self._context
        wanted = await self._wanted(claimed)
        if wanted is None:
            return
        async with context.db.transaction(urgent=True) as conn:
            pending = await sends.begin(conn, wanted, self._owner, context.clock.now())
        if pending is None:
            return  # the lease ran out, and another process has it
        number = await self._number(pending)
        if pending.maybe_sent is not None:
            context.metrics.notification_repeats.labels(channel=self.kind).inc()
            _logger.warning(
                "notification_may_be_a_repeat",
                channel=self._channel.name,
                notification_id=pending.notification.notification_id,
                first_begun=pending.maybe_sent.isoformat(),
            )
        reach(FaultPoint.DELIVER_BEGUN)
        started, began, changes = context.clock.now(), context.clock.monotonic(), self._changes
        result = await self._send(pending, number, started)
        reach(FaultPoint.DELIVER_SENT)
        seconds = context.clock.monotonic() - began
        if isinstance(result, SendFailure):
            await self._failed(pending, result, started, seconds, superseded=changes != self._changes)
        else:
            await self._delivered(pending, result, started, seconds)
        context.metrics.notification_duration_seconds.labels(channel=self.kind).observe(seconds)

    async def _wanted(self, claimed: Pending) -> Pending | None:
        """What rules and silences leave of it now; None: nothing, and it is kept as such."""
        context = self._context
        now = context.clock.now()
        async with context.db.connection() as conn:
            looked = await context.second_look.look(conn, claimed.notification, now)
        if looked.withheld:
            async with context.db.transaction() as conn:
                kept = await withhold(conn, looked, now, owner=self._owner)
            if kept and looked.wanted is None:
                context.metrics.notifications_withheld.labels(channel=self.kind, state=looked.state).inc()
        if looked.wanted is None:
            return None
        return Pending(looked.wanted, claimed.attempts, claimed.begun, claimed.maybe_sent)

    async def _number(self, pending: Pending) -> int:
        """Which attempt this is, counted over redrives too."""
        if pending.notification.reason is not Reason.REDRIVE:
            return pending.attempts + 1
        async with self._context.db.connection() as conn:
            return len(await notifications.attempts(conn, pending.notification.notification_id)) + 1

    async def _send(self, pending: Pending, number: int, now: datetime) -> Receipt | SendFailure:
        context, notification = self._context, pending.notification
        context.metrics.notification_requests.labels(channel=self.kind).inc()
        try:
            async with asyncio.timeout(context.settings.send_seconds):
                return await self._channel.send(
                    message_of(notification, console_url=context.settings.console_url, maybe_sent=pending.maybe_sent),
                    notification_id=notification.notification_id,
                    attempt=number,
                    now=now,
                )
        except SendFailure as failure:
            return failure
        except TimeoutError:
            return SendFailure(FailureReason.TIMEOUT, "the channel did not finish in time", retriable=True)
        except DEFECTS as defect:
            _logger.exception("channel_defect", channel=self._channel.name, kind=self._channel.kind)
            return SendFailure(FailureReason.OTHER, f"defect in the channel: {type(defect).__name__}", retriable=True)

    async def _delivered(self, pending: Pending, receipt: Receipt, at: datetime, seconds: float) -> None:
        context, notification = self._context, pending.notification
        attempt = Attempt(
            at=at,
            reason=None,
            status=receipt.status,
            latency_seconds=seconds,
            detail=receipt.detail or receipt.confirmation,
        )
        async with context.db.transaction(urgent=True) as conn:
            await notifications.record_attempt(
                conn, notification.notification_id, attempt, state=NotificationState.DELIVERED
            )
        reach(FaultPoint.DELIVER_RECORDED)
        self._steps += delivery_steps(notification, NotificationState.DELIVERED, at)
        context.metrics.notifications.labels(channel=self.kind).inc()
        context.metrics.alert_group_size.observe(sum(len(alert.articles) for alert in notification.alerts))
        self._observe_latency(notification)

    async def _failed(
        self, pending: Pending, failure: SendFailure, at: datetime, seconds: float, *, superseded: bool = False
    ) -> None:
        """`superseded`: the channel was changed meanwhile, so the message is tried with what it is now, at once."""
        context, notification = self._context, pending.notification
        now = context.clock.now()
        redriven = notification.reason is Reason.REDRIVE
        due = context.settings.retry.next_due(
            failure,
            attempts=pending.attempts + 1,
            created=None if redriven else notification.created,
            now=now,
            chance=context.chance(),
        )
        if superseded:
            due = None if due is None else now
        else:
            self._hold(failure)
        state = NotificationState.DEAD if due is None else NotificationState.PENDING
        attempt = Attempt(
            at=at, reason=failure.reason, status=failure.status, latency_seconds=seconds, detail=failure.detail
        )
        async with context.db.transaction(urgent=True) as conn:
            await notifications.record_attempt(conn, notification.notification_id, attempt, state=state, next_due=due)
        reach(FaultPoint.DELIVER_RECORDED)
        if due is None:
            self._steps += delivery_steps(notification, state, at, failure.reason)
        context.metrics.notifications_failed.labels(channel=self.kind, reason=failure.reason).inc()
        people_must_act = due is None or failure.reason is FailureReason.SSRF_BLOCKED
        (_logger.error if people_must_act else _logger.warning)(
            "notification_dead" if due is None else "notification_failed",
            channel=self._channel.name,
            notification_id=notification.notification_id,
            reason=failure.reason.value,
            detail=failure.detail,
            attempts=pending.attempts + 1,
        )

    def _hold(self, failure: SendFailure) -> None:
        """Leave the whole channel alone where the next message would fare no better."""
        monotonic = self._context.clock.monotonic()
        if failure.reason is FailureReason.RATE_LIMITED and failure.retry_after_seconds is not None:
            self._not_before = monotonic + failure.retry_after_seconds
        elif failure.reason is FailureReason.SSRF_BLOCKED:
            self._not_before = monotonic + self._context.settings.blocked_seconds

    def _observe_latency(self, notification: Notification) -> None:
        if notification.reason not in (Reason.FIRST, Reason.UPDATE):
            return  # held or sent again on purpose: that is no latency
        now, latency = self._context.clock.now(), self._context.metrics.latency_seconds
        latency.labels(stage="matched_to_delivered").observe(max((now - notification.matched).total_seconds(), 0.0))
        for article in notification.alerts[0].articles[:1]:  # an alert about silence has none
            latency.labels(stage="seen_to_delivered").observe(max((now - article.brief.seen).total_seconds(), 0.0))


def delivery_steps(
    notification: Notification, state: NotificationState, at: datetime, reason: FailureReason | None = None
) -> list[TraceRow]:
    """What a trace of each article in it says of the delivery."""
    detail = f"to {notification.channel}" + (f": {reason}" if reason else "")
    return [
        TraceRow(subject=article.brief.article_id, stage=Stage.DELIVER, outcome=state, at=at, detail=detail)
        for alert in notification.alerts
        for article in alert.articles
    ]
