"""Brings sent messages up to date where their service can: their alerts as they stand, and who took them.

stale message -> alerts and state read again -> same as it shows: nothing | edit -> shown | again later | gone
                                                                  (below new messages, and within the channel's pace)
A message is leased while it is edited, and what was read before the lease was taken is never sent: of two processes the
second sees all that the first saw. One whose alerts change while it is edited is edited again.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import structlog

from alerts.channels.channel import EditingChannel, Receipt, SendFailure, Sending
from alerts.channels.message import Message, message_of
from alerts.deliver.context import Context
from alerts.deliver.guarded import guarded
from alerts.deliver.shown import shown
from alerts.deliver.worker import ChannelWorker
from core.model.alert import Alert, Notification
from core.model.alert_state import OPEN
from core.model.outcome import EditOutcome, Event, FailureReason
from core.retry import Backoff
from core.store import alert_states, alerts, leases, notifications, sent_messages
from core.store.sent_messages import SentMessage

_PIECE = 8
_MOST_ATTEMPTS = 8
_BACKOFF = Backoff(first_seconds=10.0, max_seconds=3600.0, factor=3.0)
_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """A sent message as it should read now."""

    message: Message
    digest: str


class Edits:
    """`workers`: those of the channels that this process has, by name."""

    def __init__(self, context: Context, workers: Mapping[str, ChannelWorker]) -> None:
        self._context = context
        self._workers = workers

    async def run(self) -> None:
        """Look each moment, until cancelled."""
        while True:
            await self.edit_due()
            await self._context.clock.sleep(self._context.settings.poll_seconds)

    async def edit_due(self) -> int:
        """Bring up to date what is due and may be edited now; how many messages were looked at."""
        context, now = self._context, self._context.clock.now()
        async with context.db.connection() as conn:
            due = await sent_messages.due_channels(conn, now)
        if not due:
            return 0
        here = [self._workers[name] for name in due if name in self._workers]
        unable = [worker.name for worker in here if not worker.outlet.channel.capabilities.edit]
        if unable:
            async with context.db.transaction() as conn:
                await sent_messages.forget_edits(conn, unable, now)
        able = [worker for worker in here if worker.outlet.channel.capabilities.edit and _has_time(worker)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._edit_channel(worker)) for worker in able]
        return sum(task.result() for task in tasks)

    async def _edit_channel(self, worker: ChannelWorker) -> int:
        context, now = self._context, self._context.clock.now()
        owner = f"{context.owner}/{worker.name}/edits"
        async with context.db.transaction() as conn:
            claimed = await sent_messages.claim_due(conn, now, _PIECE, owner, _lease_seconds(context), worker.name)
        done = 0
        for sent in claimed:
            if not _has_time(worker) or context.clock.now() > now + timedelta(seconds=context.settings.send_seconds):
                break
            if not await self._edit(worker, sent, owner):
                break
            done += 1
        if done < len(claimed):
            async with context.db.transaction() as conn:
                await leases.release(conn, leases.SENT_MESSAGES, owner)
        return done

    async def _edit(self, worker: ChannelWorker, sent: SentMessage, owner: str) -> bool:
        """Bring one up to date; False if its channel's pace lets nothing out now."""
        context = self._context
        found = await guarded(self._as_it_stands(sent), worker.outlet.channel, context.settings.send_seconds)
        if isinstance(found, SendFailure):
            await self._keep(worker, sent, "", found, owner)
            return True
        if found is None:
            async with context.db.transaction() as conn:
                await sent_messages.gone(conn, sent)
            return True
        if found.digest == sent.shown:
            async with context.db.transaction() as conn:
                await sent_messages.brought_up(conn, sent, found.digest, context.clock.now(), owner, edited=False)
            self._count(worker, EditOutcome.UNCHANGED)
            return True
        if not worker.outlet.reserve(1):
            return False
        result: Receipt | SendFailure = SendFailure(FailureReason.OTHER, "the edit was cut short", retriable=True)
        went = False
        try:
            async with context.db.connection() as conn:
                held = await sent_messages.holds(conn, sent, owner)
            if held:
                went = True
                result = await self._request(worker, found.message, sent)
        finally:
            if went:
                worker.outlet.ended(result)
            else:
                worker.outlet.paced.give_back(1)
        if held:
            await self._keep(worker, sent, found.digest, result, owner)
        return True

    async def _request(self, worker: ChannelWorker, message: Message, sent: SentMessage) -> Receipt | SendFailure:
        context, channel = self._context, cast("EditingChannel", worker.outlet.channel)
        sending = Sending(
            notification_id=sent.notification_id, attempt=sent.attempts + 1, now=context.clock.now(), thread=None
        )
        request = channel.edit(message, sent.reference, sending)
        return await guarded(request, channel, context.settings.send_seconds)

    async def _as_it_stands(self, sent: SentMessage) -> _Found | None:
        """None: its notification is forgotten."""
        context = self._context
        async with context.db.connection() as conn:
            row = await notifications.get(conn, sent.notification_id)
            if row is None:
                return None
            ids = [alert.alert_id for alert in row.notification.alerts]
            known = {key: found.alert for key in ids if (found := await alerts.get(conn, key)) is not None}
            states = await alert_states.of_alerts(conn, ids[:1]) if len(ids) == 1 else {}
        message = message_of(
            as_it_stands(row.notification, known),
            console_url=context.settings.console_url,
            links=context.links,
            state=states.get(ids[0], OPEN) if ids else OPEN,
        )
        return _Found(message, shown(message))

    async def _keep(
        self, worker: ChannelWorker, sent: SentMessage, digest: str, result: Receipt | SendFailure, owner: str
    ) -> None:
        context, now = self._context, self._context.clock.now()
        outcome = _outcome(sent, result)
        async with context.db.transaction() as conn:
            if outcome is EditOutcome.EDITED:
                await sent_messages.brought_up(conn, sent, digest, now, owner, edited=True)
            elif outcome is EditOutcome.GONE:
                await sent_messages.gone(conn, sent)
            elif outcome is EditOutcome.GIVEN_UP:
                await sent_messages.give_up(conn, sent, owner)
            else:
                await sent_messages.put_off(conn, sent, now + self._later(sent, result), owner)
        self._count(worker, outcome)
        if isinstance(result, SendFailure):
            _logger.warning(
                "message_not_edited",
                channel=worker.name,
                notification_id=sent.notification_id,
                outcome=outcome.value,
                reason=result.reason.value,
                detail=result.detail,
                attempts=sent.attempts + 1,
            )

    def _later(self, sent: SentMessage, result: Receipt | SendFailure) -> timedelta:
        seconds = _BACKOFF.delay_seconds(sent.attempts + 1, self._context.chance())
        if isinstance(result, SendFailure) and result.retry_after_seconds is not None:
            seconds = max(seconds, min(result.retry_after_seconds, _BACKOFF.max_seconds))
        return timedelta(seconds=seconds)

    def _count(self, worker: ChannelWorker, outcome: EditOutcome) -> None:
        self._context.metrics.message_edits.labels(channel=worker.kind, outcome=outcome).inc()


def as_it_stands(notification: Notification, known: Mapping[str, Alert]) -> Notification:
    """A story's first message tells the story as it is known by now; an update goes on telling what was new then. Pure."""
    if notification.event is not Event.ALERT_CREATED:
        return notification
    return replace(notification, alerts=tuple(known.get(alert.alert_id, alert) for alert in notification.alerts))


def _has_time(worker: ChannelWorker) -> bool:
    """Whether it may send and has no new messages to send, or so many at a time that one more holds none up."""
    busy = worker.working and (worker.outlet.paced.limited or worker.outlet.channel.limits.in_flight == 1)
    return worker.may_send and not busy and not worker.outlet.seconds_left()


def _outcome(sent: SentMessage, result: Receipt | SendFailure) -> EditOutcome:
    if isinstance(result, Receipt):
        return EditOutcome.EDITED
    if result.reason is FailureReason.GONE:
        return EditOutcome.GONE
    if not result.retriable or sent.attempts + 1 >= _MOST_ATTEMPTS:
        return EditOutcome.GIVEN_UP
    return EditOutcome.FAILED


def _lease_seconds(context: Context) -> float:
    """A claim's edits begin within one send's time, and the last takes no longer than that."""
    return 2 * context.settings.send_seconds + 10.0
