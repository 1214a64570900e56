"""One message's way out: look again, note that a send begins, send, write down how it ended.

still wanted, nothing of its story before it? -> begun -> (asked for) -> send -> delivered | again at ... | dead

What is written before and after a send goes before all other writing that waits: the time between an answer and its record
is the time in which a crash leaves a message that arrived and that nobody knows of. Such a message is asked for where
the service can be asked; else it is sent again, under the same id, and says that it may be a repeat.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast

import structlog

from alerts.channels.channel import AskingChannel, Receipt, SendFailure, Sending
from alerts.channels.message import Message, message_of
from alerts.deliver.context import Context
from alerts.deliver.endpoint import UNWELL, Endpoint, may_have_arrived
from alerts.deliver.gone import stop_channel
from alerts.deliver.guarded import guarded
from alerts.deliver.ledger import Begin, Begun, End, Ledger
from alerts.deliver.outlet import Outlet
from alerts.deliver.recheck import withhold
from alerts.deliver.shown import shown
from core.faults import FaultPoint, reach
from core.model.alert import Notification
from core.model.alert_state import AlertState
from core.model.channel import channel_name
from core.model.outcome import FailureReason, LookupOutcome, NotificationState, Reason, Stage
from core.store import notifications
from core.store.notifications import Attempt, Ended, Pending
from core.store.sent_messages import SentMessage
from core.store.traces import TraceRow

_UNASKED = SendFailure(FailureReason.OTHER, "cannot be asked", retriable=False)
T = TypeVar("T")
_CUT_SHORT = SendFailure(FailureReason.OTHER, "the send was cut short", retriable=True)
_logger = structlog.get_logger(__name__)


class Send:
    """Sends through an outlet what `owner` has leased. `steps`: what traces will say of what was sent."""

    def __init__(self, outlet: Outlet, context: Context, owner: str, ledger: Ledger) -> None:
        self.steps: list[TraceRow] = []
        self._outlet = outlet
        self._context = context
        self._owner = owner
        self._ledger = ledger

    async def deliver(self, claimed: Pending, goes_out: Callable[[], None]) -> None:
        """Send one, unless it is not wanted any more, another process has it by now, or an earlier one of its story waits.

        `goes_out`: told right before the service hears of it.
        """
        context, outlet = self._context, self._outlet
        begun = await self._begin(claimed)
        if begun is None or begun.pending is None:
            return
        pending = begun.pending
        sending = Sending(
            notification_id=pending.notification.notification_id,
            attempt=await self._number(pending),
            now=context.clock.now(),
            thread=begun.thread,
        )
        reach(FaultPoint.DELIVER_BEGUN)
        began, changes, seen = context.clock.monotonic(), outlet.changes, outlet.endpoint
        goes_out()
        result: Receipt | SendFailure = _CUT_SHORT
        try:
            message = await self._guarded(self._message(pending, begun.state))
            result = message if isinstance(message, SendFailure) else await self._result(pending, message, sending)
        finally:
            outlet.ended(result)
        reach(FaultPoint.DELIVER_SENT)
        seconds = context.clock.monotonic() - began
        attempt = _attempt(result, sending.now, seconds)
        if isinstance(result, SendFailure):
            await self._failed(pending, result, attempt, seen=seen, superseded=changes != outlet.changes)
        else:
            sent = None if isinstance(message, SendFailure) else self._place(pending, message, result, attempt.at)
            await self._delivered(pending, attempt, sent, superseded=changes != outlet.changes)
        context.metrics.notification_duration_seconds.labels(channel=outlet.kind).observe(seconds)

    async def _begin(self, claimed: Pending) -> Begun | None:
        """What is to be sent of it now; None: nothing, and what is not wanted of it is kept as such."""
        begun = await self._ledger.begin(Begin(self._outlet, claimed, self._owner))
        if begun.looked is None:
            return begun
        looked, context = begun.looked, self._context
        async with context.db.transaction() as conn:
            kept = await withhold(conn, looked, context.clock.now(), owner=self._owner)
        if looked.wanted is None:
            if kept:
                context.metrics.notifications_withheld.labels(channel=self._outlet.kind, state=looked.state).inc()
            return None
        return await self._ledger.begin(Begin(self._outlet, replace(claimed, notification=looked.wanted), self._owner))

    async def _message(self, pending: Pending, state: AlertState) -> Message:
        context = self._context
        return message_of(
            pending.notification,
            console_url=context.settings.console_url,
            maybe_sent=pending.maybe_sent,
            links=context.links,
            state=state,
        )

    def _place(self, pending: Pending, message: Message, receipt: Receipt, at: datetime) -> SentMessage | None:
        """Where the message is, for a channel that may edit it or answer below it."""
        able = self._outlet.channel.capabilities
        if not receipt.reference or not (able.edit or able.thread):
            return None
        return SentMessage(
            notification_id=pending.notification.notification_id,
            channel=self._outlet.name,
            story_id=pending.notification.alerts[0].story_id,
            reference=receipt.reference,
            sent=at,
            shown=shown(message),
        )

    async def _result(self, pending: Pending, message: Message, sending: Sending) -> Receipt | SendFailure:
        """Send it, or find that it was sent: where an earlier try may have arrived and the service can be asked."""
        context, outlet = self._context, self._outlet
        if pending.maybe_sent is not None:
            found = await self._ask(message, sending) if outlet.channel.capabilities.asks else _UNASKED
            if isinstance(found, Receipt) or (found is not None and found.retriable):
                return found
            if found is None:
                message = replace(message, maybe_sent=None)
            else:  # nobody can say whether it arrived: it says so itself
                context.metrics.notification_repeats.labels(channel=outlet.kind).inc()
                _logger.warning(
                    "notification_may_be_a_repeat",
                    channel=outlet.name,
                    notification_id=sending.notification_id,
                    first_begun=pending.maybe_sent.isoformat(),
                )
        context.metrics.notification_requests.labels(channel=outlet.kind).inc()
        return await self._guarded(outlet.channel.send(message, sending))

    async def _ask(self, message: Message, sending: Sending) -> Receipt | SendFailure | None:
        """The earlier send's receipt; None: it did not arrive. A failure: the service cannot say, now (retriable) or ever."""
        outlet = self._outlet
        channel = cast("AskingChannel", outlet.channel)
        found = await self._guarded(channel.find(message, sending))
        if isinstance(found, SendFailure):
            outcome = LookupOutcome.FAILED
        else:
            outcome = LookupOutcome.NOT_FOUND if found is None else LookupOutcome.FOUND
        self._context.metrics.notification_lookups.labels(channel=outlet.kind, outcome=outcome).inc()
        detail = found.detail if isinstance(found, SendFailure) else ""
        (_logger.warning if detail else _logger.info)(
            "notification_asked_for",
            channel=outlet.name,
            notification_id=sending.notification_id,
            outcome=outcome.value,
            detail=detail,
        )
        if isinstance(found, Receipt):
            return replace(found, detail=found.detail or "an earlier send had arrived, the service says")
        return found

    async def _guarded(self, request: Awaitable[T]) -> T | SendFailure:
        return await guarded(request, self._outlet.channel, self._context.settings.send_seconds)

    async def _number(self, pending: Pending) -> int:
        """Which attempt this is, counted over redrives too."""
        if pending.notification.reason is not Reason.REDRIVE:
            return pending.attempts + 1
        async with self._context.db.connection() as conn:
            return len(await notifications.attempts(conn, pending.notification.notification_id)) + 1

    async def _delivered(
        self, pending: Pending, attempt: Attempt, sent: SentMessage | None, *, superseded: bool
    ) -> None:
        context, outlet, notification = self._context, self._outlet, pending.notification
        back = not superseded and outlet.succeeded()
        ended = Ended(notification_id=notification.notification_id, attempt=attempt, state=NotificationState.DELIVERED)
        await self._ledger.end(End(outlet=outlet, ended=ended, sent=sent))
        reach(FaultPoint.DELIVER_RECORDED)
        if back:  # all that failed with the endpoint is due now, not each at a time of its own
            async with context.db.transaction() as conn:
                await notifications.hasten(conn, [outlet.name], context.clock.now(), UNWELL)
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
        ended = Ended(notification_id=notification.notification_id, attempt=attempt, state=state, next_due=due)
        await self._ledger.end(End(outlet=outlet, ended=ended))
        reach(FaultPoint.DELIVER_RECORDED)
        if failure.reason is FailureReason.GONE and not superseded:
            outlet.gone = await stop_channel(context, outlet.name, outlet.fallback)
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
            left_alone_seconds=round(outlet.left_alone_seconds()),
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
