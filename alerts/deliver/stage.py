"""The last stage: one look says which channels have something due, and each of those gets a worker until it has sent it.

look: which channels have work? -> a worker for each that may send now -> it claims, sends, and ends when nothing is left
  ^                                        (alerts/deliver/worker.py)
  +-- something was put into the outbox, a worker ended, an endpoint is to be tried again, or a second has passed

A slow or dead channel holds up no other, and one without work costs nothing. What is meant for a channel that this process
lacks waits for it, and says so (alerts/deliver/upkeep.py).
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import partial

from alerts.channels.channel import Channel
from alerts.deliver.context import Context, DeliverSettings
from alerts.deliver.upkeep import Upkeep
from alerts.deliver.worker import ChannelWorker
from core.clock import Clock
from core.db.engine import Database
from core.metrics import Metrics
from core.model.outcome import FailureReason
from core.store import endpoints, leases, notifications, sends
from core.tasks import kept
from core.ticker import Ticker
from core.wake_up import WakeUp

_LEAST_SECONDS = 0.01
_FORGOTTEN = timedelta(days=7)  # endpoints that nobody tried for so long


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
        self._context = context = Context(
            db=db,
            clock=clock,
            metrics=metrics,
            chance=chance,
            owner=owner,
            wake_up=wake_up or WakeUp(),
            settings=settings or DeliverSettings(),
        )
        self.workers: dict[str, ChannelWorker] = {channel.name: ChannelWorker(channel, context) for channel in channels}
        self.upkeep = Upkeep(context, self.workers)
        seconds = context.settings.poll_seconds
        self._ticker = Ticker(clock, context.wake_up, least_seconds=_LEAST_SECONDS, most_seconds=seconds)
        self._remembered = False

    async def run(self) -> None:
        """Deliver until cancelled."""
        await self.hasten_blocked()
        async with asyncio.TaskGroup() as group:
            group.create_task(kept(self._tend()))
            group.create_task(kept(self._keep_leases()))
            group.create_task(kept(self._ticker.run(partial(self._start_due, group))))

    def set_channels(
        self, channels: Sequence[Channel], changed: Collection[str] = (), paused: Collection[str] = ()
    ) -> None:
        """From the next send on these: what is under way is finished and recorded with the channel that it began with.

        `changed`: those that are others than they were, or may reach what they did not: a pause that a receiver asked for,
        or that our guard or its failures gave cause for, ends with the receiver. `paused`: those through which nothing is
        sent for now; what waits for them is neither given up nor missing a channel.
        """
        wanted = {channel.name: channel for channel in channels}
        for name, worker in list(self.workers.items()):
            worker.use(wanted.pop(name, None), changed=name in changed, paused=name in paused)
            if worker.leaving and not worker.working:
                del self.workers[name]
        for name, channel in wanted.items():
            worker = self.workers[name] = ChannelWorker(channel, self._context)
            worker.paused = name in paused
        self._context.wake_up.notify()

    async def try_at_once(self, channels: Collection[str]) -> None:
        """What failed on these channels, and their endpoints: they are others now."""
        async with self._context.db.transaction() as conn:
            await sends.mended(conn, channels, self._context.clock.now())
        self._context.wake_up.notify()

    async def deliver_due(self) -> int:
        """Work off everything that is due now and may be sent now on all channels; of how many notifications."""
        await self._remember()
        sent = 0
        for worker in list(self.workers.values()):
            while count := await worker.deliver_due():
                sent += count
        await self.upkeep.put_aside()
        await self.upkeep.look_at_queues()
        return sent

    async def hasten_blocked(self) -> int:
        """Try at once what our own guard refused: whoever starts us anew has probably mended the configuration."""
        context = self._context
        async with context.db.transaction() as conn:
            return await sends.mended(conn, self.workers, context.clock.now(), FailureReason.SSRF_BLOCKED)

    async def renew(self) -> None:
        """Keep what is claimed and not sent yet from other processes for another while."""
        context = self._context
        holding = [worker for worker in self.workers.values() if worker.leased_until is not None]
        if not holding:
            return
        until = context.clock.now() + timedelta(seconds=context.settings.lease_seconds)
        async with context.db.transaction(urgent=True) as conn:
            await leases.renew(conn, leases.NOTIFICATIONS, [worker.owner for worker in holding], until)
        for worker in holding:
            if worker.leased_until is not None:
                worker.leased_until = until

    async def _start_due(self, group: asyncio.TaskGroup) -> float | None:
        """Give each channel that has something due, and may send, its worker; seconds until another may."""
        await self._remember()
        await self._hear_of_mends()
        async with self._context.db.connection() as conn:
            due = await notifications.due_channels(conn, self._context.clock.now())
        waits: list[float] = []
        for name in due:
            worker = self.workers.get(name)
            if worker is None or worker.working or worker.paused:
                continue
            if seconds := worker.outlet.seconds_left():
                waits.append(seconds)
            else:
                worker.working = True
                group.create_task(self._work(worker))
        return min(waits, default=None)

    async def _work(self, worker: ChannelWorker) -> None:
        try:
            await worker.run()
        finally:
            worker.working = False
            if worker.leaving and self.workers.get(worker.name) is worker:
                del self.workers[worker.name]
            self._context.wake_up.notify()  # of what came meanwhile its look may have been the last before

    async def _remember(self) -> None:
        """What earlier processes learned of the endpoints, once."""
        if self._remembered:
            return
        now = self._context.clock.now()
        async with self._context.db.transaction() as conn:
            await endpoints.prune(conn, now - _FORGOTTEN)
            failing = await endpoints.failing(conn)
        for name, row in failing.items():
            if name in self.workers:
                self.workers[name].outlet.remember(row, now)
        self._remembered = True

    async def _hear_of_mends(self) -> None:
        """Whoever takes an endpoint's row away (a redrive, a reload, a success elsewhere) wants it tried at once."""
        left_alone = {name: one.outlet.saved for name, one in self.workers.items() if one.outlet.seconds_left()}
        if not any(left_alone.values()):
            return
        async with self._context.db.connection() as conn:
            failing = await endpoints.failing(conn)
        for name, saved in left_alone.items():
            worker = self.workers.get(name)
            if worker is not None and saved is not None and name not in failing and worker.outlet.saved is saved:
                worker.outlet.try_at_once()

    async def _keep_leases(self) -> None:
        while True:
            await self._context.clock.sleep(self._context.settings.lease_seconds / 3)
            await self.renew()

    async def _tend(self) -> None:
        while True:
            await self.upkeep.put_aside()
            await self.upkeep.look_at_queues()
            await self._context.clock.sleep(self._context.settings.tend_seconds)


__all__ = ["DeliverSettings", "DeliverStage"]
