"""Tends the queues of all channels every few seconds: stops unwanted messages, gives up old ones, sets the gauges.

A notification that was never tried is given up by its age alone: where its channel is missing, or its endpoint fails all along.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from alerts.deliver.context import Context
from alerts.deliver.send import delivery_steps
from alerts.deliver.worker import ChannelWorker
from core.db.connection import Connection
from core.metrics import CHANNEL_KINDS, Metrics
from core.model.channel import channel_name
from core.model.outcome import FailureReason, NotificationState
from core.store import notifications, outbox, sends, traces
from core.store.notifications import Attempt, Pending
from core.store.outbox import QueueStats

_PIECE = 100
_TOLD_AGAIN_SECONDS = 300.0  # how often the log says that a channel is missing
_logger = structlog.get_logger(__name__)


class Upkeep:
    """`workers`: those of the channels that this process has, by name."""

    def __init__(self, context: Context, workers: Mapping[str, ChannelWorker]) -> None:
        self._context = context
        self._workers = workers
        self._told_missing: dict[str, float] = {}  # channel -> when the log reported it, monotonic

    async def put_aside(self) -> int:
        """Put aside what waits and is no longer wanted, if a rule or a silence has changed; how many."""
        context = self._context
        aside = await context.second_look.sweep(context.db, context.clock.now())
        for looked in aside:
            worker = self._workers.get(looked.notification.channel)
            if worker is not None:
                context.metrics.notifications_withheld.labels(channel=worker.kind, state=looked.state).inc()
        return len(aside)

    async def look_at_queues(self) -> None:
        """Give up what waited for too long, say what waits for a channel that this process lacks, and set the gauges."""
        context = self._context
        async with context.db.connection() as conn:
            waiting = await outbox.queue_stats(conn)
        show_queues(context.metrics, waiting, self._workers, context.clock.now())
        await self._watch_orphans(waiting)
        for worker in list(self._workers.values()):
            await self._give_up_on(worker)
        for kind in CHANNEL_KINDS:
            resting = [one for one in self._workers.values() if one.kind == kind and one.outlet.left_alone_seconds()]
            context.metrics.endpoints_backing_off.labels(channel=kind).set(len(resting))

    async def _watch_orphans(self, queues: Sequence[QueueStats]) -> None:
        context = self._context
        missing = {
            queue.channel: queue.pending for queue in queues if queue.pending and queue.channel not in self._workers
        }
        hours = context.settings.retry.max_age_hours
        for name, pending in missing.items():
            why = f"no channel {channel_name(name)!r} was configured for {hours:g} hours"
            given_up = await self._give_up(name, FailureReason.CHANNEL_MISSING, why)
            missing[name] = pending - given_up
            self._tell_missing(name, missing[name], given_up)
        self._told_missing = {name: at for name, at in self._told_missing.items() if name in missing}
        context.metrics.notifications_without_channel.set(sum(missing.values()))

    def _tell_missing(self, name: str, waiting: int, given_up: int) -> None:
        monotonic = self._context.clock.monotonic()
        told = self._told_missing.get(name)
        if not given_up and told is not None and monotonic - told < _TOLD_AGAIN_SECONDS:
            return
        self._told_missing[name] = monotonic
        _logger.error("channel_missing", channel=name, waiting=waiting, given_up=given_up, known=sorted(self._workers))

    async def _give_up_on(self, worker: ChannelWorker) -> None:
        """What waits for an endpoint that fails, tried or not, and is as old as may be."""
        row, retry = worker.outlet.row, self._context.settings.retry
        if worker.paused or row is None or worker.outlet.failing_seconds() < retry.least_failing_seconds:
            return
        why = f"its endpoint failed for {retry.max_age_hours:g} hours while it waited; the last: {row.detail}"
        given_up = await self._give_up(worker.name, row.reason, why)
        if given_up:
            _logger.error("notifications_dead", channel=worker.name, given_up=given_up, reason=row.reason.value)

    async def _give_up(self, name: str, reason: FailureReason, why: str) -> int:
        """Give up a piece of what has been due for too long on a channel; how many."""
        context = self._context
        now = context.clock.now()
        async with context.db.transaction() as conn:
            overdue = await sends.overdue(conn, name, now, context.settings.retry.max_age, _PIECE)
            for pending in overdue:
                await _dead(conn, pending, Attempt(at=now, reason=reason, detail=why))
        return len(overdue)


async def _dead(conn: Connection, pending: Pending, attempt: Attempt) -> None:
    notification, dead = pending.notification, NotificationState.DEAD
    await notifications.record_attempt(conn, notification.notification_id, attempt, state=dead)
    await traces.add_many(conn, delivery_steps(notification, dead, attempt.at, attempt.reason))


def show_queues(
    metrics: Metrics, queues: Sequence[QueueStats], workers: Mapping[str, ChannelWorker], now: datetime
) -> None:
    """Set the gauges of what waits and what was given up, by kind of channel. What waits for a paused one is meant to."""
    for kind in CHANNEL_KINDS:
        mine = [one for one in queues if one.channel in workers and workers[one.channel].kind == kind]
        waiting = [one.oldest for one in mine if one.oldest is not None and not workers[one.channel].paused]
        oldest = max(((now - at).total_seconds() for at in waiting), default=0.0)
        metrics.notification_queue_length.labels(channel=kind).set(sum(queue.pending for queue in mine))
        metrics.notification_deadletter.labels(channel=kind).set(sum(queue.dead for queue in mine))
        metrics.notification_oldest_pending_seconds.labels(channel=kind).set(oldest)
        metrics.notifications_blocked.labels(channel=kind).set(sum(queue.blocked for queue in mine))
