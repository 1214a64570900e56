"""One message's way out: look again, note that a send begins, send, write down how it ended.

still wanted? -> begun -> send -> delivered | again at ... | dead

What is written before and after a send goes before all other writing that waits: the time between an answer and its record
is the time in which a crash leaves a message that arrived and that nobody knows of. Such a message is sent again, under the
same id, and says that it may be a repeat.
"""

import asyncio
from dataclasses import replace
from datetime import datetime

import structlog

from alerts.channels.channel import Receipt, SendFailure, Sending
from alerts.channels.message import message_of
from alerts.deliver.context import Context
from alerts.deliver.endpoint import UNWELL, Endpoint, may_have_arrived
from alerts.deliver.outlet import Outlet
from alerts.deliver.recheck import withhold
from core.errors import WirewatchError
from core.faults import FaultPoint, reach
from core.model.alert import Notification
from core.model.channel import channel_name
from core.model.outcome import FailureReason, NotificationState, Reason, Stage
from core.store import notifications, sends
from core.store.notifications import Attempt, Pending
from core.store.traces import TraceRow

_logger = structlog.get_logger(__name__)


class Send:
    """Sends through an outlet what `owner` has leased. `steps`: what traces will say of what was sent."""

    def __init__(self, outlet: Outlet, context: Context, owner: str) -> None:
        self.steps: list[TraceRow] = []
        self._outlet = outlet
        self._context = context
        self._owner = owner

    async def deliver(self, claimed: Pending) -> None:
        """Send one, unless it is not wanted any more or another process has it by now."""
        context, outlet = self._context, self._outlet
        wanted = await self._wanted(claimed)
        if wanted is None:
            return
        async with context.db.transaction(urgent=True) as conn:
            pending = await sends.begin(conn, wanted, self._owner, context.clock.now())
        if pending is None:
            return  # the lease ran out, and another process has it
        number = await self._number(pending)
        if pending.maybe_sent is not None:
            context.metrics.notification_repeats.labels(channel=outlet.kind).inc()
            _logger.warning(
                "notification_may_be_a_repeat",
                channel=outlet.name,
                notification_id=pending.notification.notification_id,
                first_begun=pending.maybe_sent.isoformat(),
            )
        reach(FaultPoint.DELIVER_BEGUN)
        started, began = context.clock.now(), context.clock.monotonic()
        changes, seen = outlet.changes, outlet.endpoint
        result = await self.post(pending, number, started)
        reach(FaultPoint.DELIVER_SENT)
        seconds = context.clock.monotonic() - began
        attempt = _attempt(result, started, seconds)
        if isinstance(result, SendFailure):
            await self._failed(pending, result, attempt, seen=seen, superseded=changes != outlet.changes)
        else:
            await self._delivered(pending, attempt, superseded=changes != outlet.changes)
        context.metrics.notification_duration_seconds.labels(channel=outlet.kind).observe(seconds)

    async def post(self, pending: Pending, number: int, now: datetime) -> Receipt | SendFailure:
        """The send itself, and nothing written."""
        context, channel, notification = self._context, self._outlet.channel, pending.notification
        context.metrics.notification_requests.labels(channel=channel.kind).inc()
        try:
            async with asyncio.timeout(context.settings.send_seconds):
                return await channel.send(
                    message_of(
                        notification,
                        console_url=context.settings.console_url,
                        maybe_sent=pending.maybe_sent,
                        links=context.links,
                    ),
                    Sending(notification_id=notification.notification_id, attempt=number, now=now),
                )
        except SendFailure as failure:
            return failure
        except TimeoutError:
            return SendFailure(FailureReason.TIMEOUT, "the channel did not finish in time", retriable=True)
        except Exception as defect:  # a bug in one channel: its message is tried again, and nobody else suffers
            if isinstance(defect, WirewatchError | MemoryError):
                raise
            _logger.exception("channel_defect", channel=channel.name, kind=channel.kind)
            return SendFailure(FailureReason.OTHER, f"defect in the channel: {type(defect).__name__}", retriable=True)

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
                context.metrics.notifications_withheld.labels(channel=self._outlet.kind, state=looked.state).inc()
        return None if looked.wanted is None else replace(claimed, notification=looked.wanted)

    async def _number(self, pending: Pending) -> int:
        """Which attempt this is, counted over redrives too."""
        if pending.notification.reason is not Reason.REDRIVE:
            return pending.attempts + 1
        async with self._context.db.connection() as conn:
            return len(await notifications.attempts(conn, pending.notification.notification_id)) + 1

    async def _delivered(self, pending: Pending, attempt: Attempt, *, superseded: bool) -> None:
        context, outlet, notification = self._context, self._outlet, pending.notification
        back = not superseded and outlet.succeeded()
        async with context.db.transaction(urgent=True) as conn:
            await notifications.record_attempt(
                conn, notification.notification_id, attempt, state=NotificationState.DELIVERED
            )
            if back:  # all that failed with the endpoint is due now, not each at a time of its own
                await notifications.hasten(conn, [outlet.name], context.clock.now(), UNWELL)
            saved = await outlet.save(conn)
        outlet.saved = saved
        reach(FaultPoint.DELIVER_RECORDED)
        self.steps += delivery_steps(notification, NotificationState.DELIVERED, attempt.at)
        context.metrics.notifications.labels(channel=outlet.kind).inc()
        context.metrics.alert_group_size.observe(sum(len(alert.articles) for alert in notification.alerts))
        self._observe_latency(notification)

    async def _failed(
        self, pending: Pending, failure: SendFailure, attempt: Attempt, *, seen: Endpoint, superseded: bool
    ) -> None:
        """`superseded`: the channel was changed meanwhile, so the message is tried with what it is now, at once."""
        context, outlet, notification = self._context, self._outlet, pending.notification
        if superseded:
            due: datetime | None = context.clock.now()
        else:
            due = await self._due_again(pending, failure)
            outlet.failed(failure, tried_before=pending.attempts > 0, seen=seen)
        state = NotificationState.DEAD if due is None else NotificationState.PENDING
        async with context.db.transaction(urgent=True) as conn:
            await notifications.record_attempt(conn, notification.notification_id, attempt, state=state, next_due=due)
            saved = await outlet.save(conn)
        outlet.saved = saved
        reach(FaultPoint.DELIVER_RECORDED)
        if due is None:
            self.steps += delivery_steps(notification, state, attempt.at, failure.reason)
        self._tell_failure(pending, failure, dead=due is None)

    async def _due_again(self, pending: Pending, failure: SendFailure) -> datetime | None:
        """When the message is due again; None: it is dead. What surely did not arrive keeps its place in line."""
        context, notification = self._context, pending.notification
        counts = may_have_arrived(failure.reason, failure.status)
        counted = await self._counted(pending) + 1 if counts else 0
        due = context.settings.retry.next_due(
            failure,
            attempts=pending.attempts + 1,
            counted=counted,
            created=None if notification.reason is Reason.REDRIVE else notification.created,
            now=context.clock.now(),
            chance=context.chance(),
        )
        return due if counts or due is None else pending.due

    async def _counted(self, pending: Pending) -> int:
        """How many of its earlier tries (since the last redrive) may have arrived."""
        if not pending.attempts:
            return 0
        async with self._context.db.connection() as conn:
            tried = await notifications.attempts(conn, pending.notification.notification_id)
        failed = [(one.reason, one.status) for one in tried[-pending.attempts :] if one.reason is not None]
        return sum(may_have_arrived(reason, status) for reason, status in failed)

    def _tell_failure(self, pending: Pending, failure: SendFailure, *, dead: bool) -> None:
        outlet = self._outlet
        self._context.metrics.notifications_failed.labels(channel=outlet.kind, reason=failure.reason).inc()
        people_must_act = dead or failure.reason is FailureReason.SSRF_BLOCKED
        (_logger.error if people_must_act else _logger.warning)(
            "notification_dead" if dead else "notification_failed",
            channel=outlet.name,
            notification_id=pending.notification.notification_id,
            reason=failure.reason.value,
            detail=failure.detail,
            attempts=pending.attempts + 1,
            left_alone_seconds=round(outlet.seconds_left()),
        )

    def _observe_latency(self, notification: Notification) -> None:
        if notification.reason not in (Reason.FIRST, Reason.UPDATE):
            return  # held or sent again on purpose: that is no latency
        now, latency = self._context.clock.now(), self._context.metrics.latency_seconds
        latency.labels(stage="matched_to_delivered").observe(max((now - notification.matched).total_seconds(), 0.0))
        for article in notification.alerts[0].articles[:1]:  # an alert about silence has none
            latency.labels(stage="seen_to_delivered").observe(max((now - article.brief.seen).total_seconds(), 0.0))


def _attempt(result: Receipt | SendFailure, at: datetime, seconds: float) -> Attempt:
    if isinstance(result, SendFailure):
        return Attempt(at=at, reason=result.reason, status=result.status, latency_seconds=seconds, detail=result.detail)
    detail = result.detail or result.confirmation
    return Attempt(at=at, reason=None, status=result.status, latency_seconds=seconds, detail=detail)


def delivery_steps(
    notification: Notification, state: NotificationState, at: datetime, reason: FailureReason | None = None
) -> list[TraceRow]:
    """What a trace of each article in it says of the delivery."""
    detail = f"to {channel_name(notification.channel)}" + (f": {reason}" if reason else "")
    return [
        TraceRow(subject=article.brief.article_id, stage=Stage.DELIVER, outcome=state, at=at, detail=detail)
        for alert in notification.alerts
        for article in alert.articles
    ]
