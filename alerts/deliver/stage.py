"""The last stage: one worker a channel sends what is due in the outbox, and what concerns all channels is tended beside it.

A slow or dead channel holds up no other (alerts/deliver/worker.py). What is meant for a channel that this process lacks waits for
it, and says so.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import structlog

from alerts.channels.channel import Channel
from alerts.deliver.worker import ChannelWorker, Context, DeliverSettings, delivery_steps
from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.metrics import Metrics
from core.model.outcome import FailureReason, NotificationState
from core.store import notifications, sends, traces
from core.store.notifications import Attempt, Pending
from core.wake_up import WakeUp

_PIECE = 100
_TOLD_AGAIN_SECONDS = 300.0  # how often the log says that a channel is missing
_logger = structlog.get_logger(__name__)


class DeliverStage:
    """Sends for every configured channel."""

    def __init__(  # noqa: PLR0913 - its surroundings, all named
        self,
        db: Database,
        channels: Sequence[Channel],
        *,
        clock: Clock,
        metrics: Metrics,
        chance: Callable[[], float],
        owner: str,
        wake_up: WakeUp | None = None,
        settings: DeliverSettings | None = None,
    ) -> None:
        """`owner`: unique among processes that share the database, for leases. `chance`: jitter, in [0, 1)."""
        self._context = Context(
            db=db,
            clock=clock,
            metrics=metrics,
            chance=chance,
            owner=owner,
            wake_up=wake_up or WakeUp(),
            settings=settings or DeliverSettings(),
        )
        self.workers: dict[str, ChannelWorker] = {
            channel.name: ChannelWorker(channel, self._context) for channel in channels
        }
        self._group: asyncio.TaskGroup | None = None
        self._told_missing: dict[str, float] = {}  # channel -> when the log said so, monotonic

    async def run(self) -> None:
        """Deliver until cancelled."""
        await self.hasten_blocked()
        async with asyncio.TaskGroup() as group:
            self._group = group
            for worker in self.workers.values():
                group.create_task(self._work(worker))
            group.create_task(self._tend())

    def set_channels(self, channels: Sequence[Channel], changed: Collection[str] = ()) -> None:
        """From the next send on these: what is under way is finished and recorded with the channel that it began with.

        `changed`: those that are others than they were, or may reach what they did not: a pause that a receiver asked for,
        or that our guard gave cause for, ends with the receiver.
        """
        wanted = {channel.name: channel for channel in channels}
        for name, worker in self.workers.items():
            worker.use(wanted.pop(name, None), changed=name in changed)
        for name, channel in wanted.items():
            worker = self.workers[name] = ChannelWorker(channel, self._context)
            if self._group is not None:
                self._group.create_task(self._work(worker))
        self._context.wake_up.notify()

    async def _work(self, worker: "ChannelWorker") -> None:
        while True:
            await worker.run()
            if worker.leaving:  # it may have come back while it gave back what it held
                del self.workers[worker.name]
                return

    async def deliver_due(self) -> int:
        """Work off everything that is due now on all channels, once; of how many notifications."""
        sent = sum([await worker.deliver_due() for worker in self.workers.values()])
        await self.put_aside()
        await self.watch_orphans()
        return sent

    async def hasten_blocked(self) -> int:
        """Try at once what our own guard refused: whoever starts us anew has probably mended the configuration."""
        context = self._context
        async with context.db.transaction() as conn:
            return await notifications.hasten(conn, self.workers, context.clock.now(), FailureReason.SSRF_BLOCKED)

    async def put_aside(self) -> int:
        """Put aside what waits and is no longer wanted, if a rule or a silence has changed; how many."""
        context = self._context
        aside = await context.second_look.sweep(context.db, context.clock.now())
        for looked in aside:
            worker = self.workers.get(looked.notification.channel)
            if worker is not None:
                context.metrics.notifications_withheld.labels(channel=worker.kind, state=looked.state).inc()
        return len(aside)

    async def watch_orphans(self) -> int:
        """Say what waits for a channel that this process lacks, and give up what did for too long; how many wait."""
        context = self._context
        now = context.clock.now()
        patience = timedelta(hours=context.settings.retry.max_age_hours)
        async with context.db.connection() as conn:
            queues = await notifications.queue_stats(conn)
        missing = {
            queue.channel: queue.pending for queue in queues if queue.pending and queue.channel not in self.workers
        }
        for name, pending in missing.items():
            async with context.db.transaction() as conn:
                given_up = await sends.overdue(conn, name, now, patience, _PIECE)
                for orphan in given_up:
                    await self._give_up(conn, orphan)
            missing[name] = pending - len(given_up)
            self._tell_missing(name, missing[name], len(given_up))
        self._told_missing = {name: at for name, at in self._told_missing.items() if name in missing}
        waiting = sum(missing.values())
        context.metrics.notifications_without_channel.set(waiting)
        return waiting

    def _tell_missing(self, name: str, waiting: int, given_up: int) -> None:
        monotonic = self._context.clock.monotonic()
        told = self._told_missing.get(name)
        if not given_up and told is not None and monotonic - told < _TOLD_AGAIN_SECONDS:
            return
        self._told_missing[name] = monotonic
        _logger.error("channel_missing", channel=name, waiting=waiting, given_up=given_up, known=sorted(self.workers))

    async def _give_up(self, conn: Connection, pending: Pending) -> None:
        notification, now = pending.notification, self._context.clock.now()
        reason = FailureReason.CHANNEL_MISSING
        hours = self._context.settings.retry.max_age_hours
        detail = f"no channel {notification.channel!r} was configured for {hours:g} hours"
        attempt = Attempt(at=now, reason=reason, detail=detail)
        await notifications.record_attempt(conn, notification.notification_id, attempt, state=NotificationState.DEAD)
        await traces.add_many(conn, delivery_steps(notification, NotificationState.DEAD, now, reason))

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
            metrics.notifications_blocked.labels(channel=kind).set(sum(queue.blocked for queue in mine))

    async def _tend(self) -> None:
        context = self._context
        while True:
            await self.put_aside()
            await self.watch_orphans()
            await self.show_queue()
            await context.clock.sleep(context.settings.tend_seconds)


__all__ = ["DeliverSettings", "DeliverStage"]
