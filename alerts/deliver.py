"""The last stage: claim what is due in the outbox, send it, record the attempt. One worker a channel.

outbox -> claim (a lease) -> send -> record: delivered | again at ... | dead

A slow or dead channel holds up no other. A crash between send and record sends the same id and attempt again: the
receiver drops the repeat by its id.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from alerts.bell import Bell
from alerts.channels.channel import DEFECTS, Channel, Receipt, SendFailure
from alerts.message import message_of
from alerts.retrying import RetryPolicy
from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.faults import FaultPoint, reach
from core.metrics import Metrics
from core.model.alert import Notification
from core.model.outcome import FailureReason, NotificationState, Reason, Stage
from core.store import notifications, traces
from core.store.notifications import Attempt, Pending
from core.store.traces import TraceRow

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverSettings:
    """`poll_seconds`: how late work left by another process may be found. `console_url`: the console, for links.

    `lease_seconds`: how long what is claimed is kept from other processes; renewed while sends go on, so that what a dead
    process had claimed is soon sent by another. No send begins after it ran out.
    """

    retry: RetryPolicy = field(default_factory=RetryPolicy)
    poll_seconds: float = 1.0
    lease_seconds: float = 30.0
    send_seconds: float = 60.0
    tend_seconds: float = 5.0
    claim: int = 16
    console_url: str = ""


class DeliverStage:
    """Sends for every configured channel, and buries what is meant for a channel that is gone."""

    def __init__(  # noqa: PLR0913 - its surroundings, all named
        self,
        db: Database,
        channels: Sequence[Channel],
        *,
        clock: Clock,
        metrics: Metrics,
        chance: Callable[[], float],
        owner: str,
        bell: Bell | None = None,
        settings: DeliverSettings | None = None,
    ) -> None:
        """`owner`: unique among processes that share the database, for leases. `chance`: jitter, in [0, 1)."""
        self._context = _Context(
            db=db,
            clock=clock,
            metrics=metrics,
            chance=chance,
            owner=owner,
            bell=bell or Bell(),
            settings=settings or DeliverSettings(),
        )
        self.workers: dict[str, ChannelWorker] = {
            channel.name: ChannelWorker(channel, self._context) for channel in channels
        }
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for worker in self.workers.values():
                group.create_task(self._work(worker))
            group.create_task(self._tend())

    def set_channels(self, channels: Sequence[Channel]) -> None:
        """From the next send on these: what is under way is finished and recorded with the channel that it began with."""
        wanted = {channel.name: channel for channel in channels}
        for name, worker in self.workers.items():
            worker.use(wanted.pop(name, None))
        for name, channel in wanted.items():
            worker = self.workers[name] = ChannelWorker(channel, self._context)
            if self._group is not None:
                self._group.create_task(self._work(worker))
        self._context.bell.ring()

    async def _work(self, worker: "ChannelWorker") -> None:
        while True:
            await worker.run()
            if worker.leaving:  # it may have come back while it gave back what it held
                del self.workers[worker.name]
                return

    async def deliver_due(self) -> int:
        """Send everything that is due now on all channels, once; how many sends were made."""
        sent = sum([await worker.deliver_due() for worker in self.workers.values()])
        await self.bury_orphans()
        return sent

    async def bury_orphans(self) -> int:
        """Give up what waits for a channel that is not configured; how many."""
        context = self._context
        now = context.clock.now()
        buried = 0
        async with context.db.connection() as conn:
            missing = [name for name in await notifications.pending_channels(conn) if name not in self.workers]
        for name in missing:
            async with context.db.transaction() as conn:
                claim = context.settings.claim
                for pending in await notifications.claim_due(conn, now, name, claim, context.owner, 60.0):
                    await _bury(conn, pending, now)
                    buried += 1
        return buried

    async def show_queue(self) -> None:
        """Set the gauges of what waits and what was given up, by kind of channel."""
        context, now = self._context, self._context.clock.now()
        async with context.db.connection() as conn:
            queues = await notifications.queue_stats(conn)
        for kind in sorted({worker.kind for worker in self.workers.values()}):
            mine = [
                queue for queue in queues if queue.channel in self.workers and self.workers[queue.channel].kind == kind
            ]
            ages = [(now - queue.oldest).total_seconds() for queue in mine if queue.oldest is not None]
            metrics = context.metrics
            metrics.notification_queue_length.labels(channel=kind).set(sum(queue.pending for queue in mine))
            metrics.notification_deadletter.labels(channel=kind).set(sum(queue.dead for queue in mine))
            metrics.notification_oldest_pending_seconds.labels(channel=kind).set(max(ages, default=0.0))

    async def _tend(self) -> None:
        context = self._context
        while True:
            await self.bury_orphans()
            await self.show_queue()
            await context.clock.sleep(context.settings.tend_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    db: Database
    clock: Clock
    metrics: Metrics
    chance: Callable[[], float]
    owner: str
    bell: Bell
    settings: DeliverSettings


class ChannelWorker:
    """One channel's sends: its own queue, its own pace, its own failures."""

    def __init__(self, channel: Channel, context: _Context) -> None:
        self.name = channel.name
        self.kind = channel.kind
        self.leaving = False  # its channel is no longer configured
        self._channel = channel
        self._context = context
        self._not_before: datetime | None = None  # the receiver said: not before (429 with Retry-After)
        self._leased_until: datetime | None = None

    def use(self, channel: Channel | None) -> None:
        """Send the next message through this one; None: send none any more."""
        self.leaving = channel is None
        if channel is not None:
            self.kind, self._channel = channel.kind, channel

    async def run(self) -> None:
        """Send until cancelled or without a channel; what was claimed and not sent is given back."""
        context = self._context
        try:
            async with asyncio.TaskGroup() as group:
                leases = group.create_task(self._keep_leases())
                while not self.leaving:
                    heard = context.bell.rings
                    if not await self.deliver_due():
                        await context.bell.wait(heard, context.clock, context.settings.poll_seconds)
                leases.cancel()
        finally:
            await self._give_back()

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
        async with context.db.transaction() as conn:
            await notifications.renew(conn, self._owner, until)
        if self._leased_until is not None:
            self._leased_until = until

    async def deliver_due(self) -> int:
        """Claim and send one batch of what is due; how many sends were made."""
        context = self._context
        now = context.clock.now()
        if self._not_before is not None and now < self._not_before:
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
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._channel.limits.in_flight, len(claimed))):
                group.create_task(self._drain(waiting))
        self._leased_until = None
        if waiting:
            await self._give_back()
        return len(claimed) - len(waiting)

    @property
    def _owner(self) -> str:
        return f"{self._context.owner}/{self._channel.name}"

    async def _give_back(self) -> None:
        async with self._context.db.transaction() as conn:
            await notifications.release(conn, self._owner)

    async def _drain(self, waiting: list[Pending]) -> None:
        while waiting and self._may_start(self._context.clock.now()):
            await self._deliver(waiting.pop())

    def _may_start(self, now: datetime) -> bool:
        paused = self._not_before is not None and now < self._not_before
        return not paused and not self.leaving and (self._leased_until is None or now <= self._leased_until)

    async def _deliver(self, pending: Pending) -> None:
        context = self._context
        number = await self._number(pending)
        started, began = context.clock.now(), context.clock.monotonic()
        result = await self._send(pending.notification, number, started)
        reach(FaultPoint.DELIVER_SENT)
        seconds = context.clock.monotonic() - began
        context.metrics.notification_duration_seconds.labels(channel=self.kind).observe(seconds)
        if isinstance(result, SendFailure):
            await self._failed(pending, result, started, seconds)
        else:
            await self._delivered(pending, result, started, seconds)
        reach(FaultPoint.DELIVER_RECORDED)

    async def _number(self, pending: Pending) -> int:
        """Which attempt this is, counted over redrives too."""
        if pending.notification.reason is not Reason.REDRIVE:
            return pending.attempts + 1
        async with self._context.db.connection() as conn:
            return len(await notifications.attempts(conn, pending.notification.notification_id)) + 1

    async def _send(self, notification: Notification, number: int, now: datetime) -> Receipt | SendFailure:
        context = self._context
        context.metrics.notification_requests.labels(channel=self.kind).inc()
        try:
            async with asyncio.timeout(context.settings.send_seconds):
                return await self._channel.send(
                    message_of(notification, console_url=context.settings.console_url),
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
        async with context.db.transaction() as conn:
            await notifications.record_attempt(
                conn, notification.notification_id, attempt, state=NotificationState.DELIVERED
            )
            await traces.add_many(conn, _traces(notification, NotificationState.DELIVERED, at))
        context.metrics.notifications.labels(channel=self.kind).inc()
        context.metrics.alert_group_size.observe(sum(len(alert.articles) for alert in notification.alerts))
        self._observe_latency(notification)

    async def _failed(self, pending: Pending, failure: SendFailure, at: datetime, seconds: float) -> None:
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
        if failure.reason is FailureReason.RATE_LIMITED and failure.retry_after_seconds is not None:
            self._not_before = now + timedelta(seconds=failure.retry_after_seconds)
        state = NotificationState.DEAD if due is None else NotificationState.PENDING
        attempt = Attempt(
            at=at, reason=failure.reason, status=failure.status, latency_seconds=seconds, detail=failure.detail
        )
        async with context.db.transaction() as conn:
            await notifications.record_attempt(conn, notification.notification_id, attempt, state=state, next_due=due)
            if due is None:
                await traces.add_many(conn, _traces(notification, state, at, failure.reason))
        context.metrics.notifications_failed.labels(channel=self.kind, reason=failure.reason).inc()
        _logger.warning(
            "notification_dead" if due is None else "notification_failed",
            channel=self._channel.name,
            notification_id=notification.notification_id,
            reason=failure.reason.value,
            detail=failure.detail,
            attempts=pending.attempts + 1,
        )

    def _observe_latency(self, notification: Notification) -> None:
        if notification.reason not in (Reason.FIRST, Reason.UPDATE):
            return  # held or sent again on purpose: that is no latency
        now, latency = self._context.clock.now(), self._context.metrics.latency_seconds
        latency.labels(stage="matched_to_delivered").observe(max((now - notification.matched).total_seconds(), 0.0))
        for article in notification.alerts[0].articles[:1]:  # an alert about silence has none
            latency.labels(stage="seen_to_delivered").observe(max((now - article.brief.seen).total_seconds(), 0.0))


async def _bury(conn: Connection, pending: Pending, now: datetime) -> None:
    notification = pending.notification
    reason = FailureReason.CHANNEL_MISSING
    detail = f"no channel {notification.channel!r} is configured"
    attempt = Attempt(at=now, reason=reason, detail=detail)
    await notifications.record_attempt(conn, notification.notification_id, attempt, state=NotificationState.DEAD)
    await traces.add_many(conn, _traces(notification, NotificationState.DEAD, now, reason))


def _traces(
    notification: Notification, state: NotificationState, at: datetime, reason: FailureReason | None = None
) -> list[TraceRow]:
    detail = f"to {notification.channel}" + (f": {reason}" if reason else "")
    return [
        TraceRow(subject=article.brief.article_id, stage=Stage.DELIVER, outcome=state, at=at, detail=detail)
        for alert in notification.alerts
        for article in alert.articles
    ]
