"""The last stage: finds the channels with due messages and gives each a worker until it has sent them.

look: which channels have work? -> a worker for each that may send now -> claims, sends, ends when no work is left
  ^                                        (alerts/deliver/worker.py)
  +-- a new row in the outbox, a worker that ended, an endpoint to retry, or a second has passed

A slow or dead channel delays no other, and a channel without work costs nothing. Messages for a channel that this process
lacks wait for it and report that (alerts/deliver/upkeep.py).
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from alerts.channels.channel import Channel
from alerts.channels.message import Links, no_links
from alerts.deliver.cap import sum_up
from alerts.deliver.context import Context, DeliverSettings, no_owner
from alerts.deliver.edits import Edits
from alerts.deliver.endpoint import LATEST_SECONDS
from alerts.deliver.fallback import Fallbacks
from alerts.deliver.ledger import Ledger
from alerts.deliver.send_policy import SendPolicy
from alerts.deliver.upkeep import Upkeep
from alerts.deliver.worker import ChannelWorker
from core.clock import Clock
from core.db.engine import Database
from core.metrics import Metrics
from core.model.alert import Alert
from core.model.outcome import FailureReason
from core.store import endpoints, leases, notifications, sends
from core.store.endpoints import EndpointRow
from core.tasks import kept
from core.ticker import Ticker
from core.wake_up import WakeUp

_LEAST_SECONDS = 0.01
_TEND_SHARE = 20
_FORGOTTEN = timedelta(days=7)  # endpoints that were not tried for that long


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverParts:
    """The parts that the stage works with.

    `owner`: unique among processes that share the database, for leases. `chance`: jitter, in [0, 1). `links`: of an alert. `owner_channel`: its
    key.
    """

    db: Database
    clock: Clock
    metrics: Metrics
    chance: Callable[[], float]
    owner: str
    wake_up: WakeUp = field(default_factory=WakeUp)
    links: Callable[[Alert], Links | None] = no_links
    owner_channel: Callable[[], str] = no_owner


class DeliverStage:
    """Sends for every configured channel."""

    def __init__(
        self, parts: DeliverParts, channels: Sequence[Channel], *, settings: DeliverSettings | None = None
    ) -> None:
        self._context = context = Context(
            db=parts.db,
            clock=parts.clock,
            metrics=parts.metrics,
            chance=parts.chance,
            owner=parts.owner,
            wake_up=parts.wake_up,
            settings=settings or DeliverSettings(),
            links=parts.links,
            owner_channel=parts.owner_channel,
        )
        self._ledger = Ledger(context)
        self.workers: dict[str, ChannelWorker] = {channel.name: self._worker(channel) for channel in channels}
        self.upkeep = Upkeep(context, self.workers)
        self.fallbacks = Fallbacks(context, self.workers)
        self.edits = Edits(context, self.workers)
        seconds = context.settings.poll_seconds
        self._ticker = Ticker(parts.clock, context.wake_up, least_seconds=_LEAST_SECONDS, most_seconds=seconds)
        self._remembered = False
        self._heard: float | None = None  # when the rows of others were read last, monotonic

    def _worker(self, channel: Channel) -> ChannelWorker:
        return ChannelWorker(channel, self._context, self._ledger)

    async def run(self) -> None:
        """Deliver until cancelled."""
        await self.hasten_blocked()
        async with asyncio.TaskGroup() as group:
            group.create_task(kept(self._tend()))
            group.create_task(kept(self._keep_leases()))
            group.create_task(kept(self.edits.run()))
            group.create_task(kept(self._ticker.run(partial(self._start_due, group))))

    def set_channels(
        self,
        channels: Sequence[Channel],
        changed: Collection[str] = (),
        paused: Collection[str] = (),
        policies: Mapping[str, SendPolicy] | None = None,
    ) -> None:
        """Use these channels from the next send on. A running send finishes with its old channel.

        `changed`: channels with other settings, or with newly allowed addresses; their back-off and `Retry-After` end.
        `paused`: channels that send nothing for now; their messages wait and are not given up. `policies`: what is wanted of them.
        """
        wanted = {channel.name: channel for channel in channels}
        for name, worker in list(self.workers.items()):
            worker.use(wanted.pop(name, None), changed=name in changed, paused=name in paused)
            if worker.leaving and not worker.working:
                del self.workers[name]
        for name, channel in wanted.items():
            worker = self.workers[name] = self._worker(channel)
            worker.paused = name in paused
        for name, worker in self.workers.items():
            worker.policy = (policies or {}).get(name, SendPolicy())
            worker.outlet.fallback = worker.policy.fallback
        self.fallbacks.policies = policies or {}
        self._context.wake_up.notify()

    async def try_at_once(self, channels: Collection[str]) -> None:
        """Retry the failed messages of these channels and their endpoints now, since the channels have changed."""
        async with self._context.db.transaction() as conn:
            await sends.mended(conn, channels, self._context.clock.now())
        self._context.wake_up.notify()

    async def deliver_due(self) -> int:
        """Send everything that is due and may be sent now, on all channels; return the number of notifications."""
        await self._remember()
        await self.hear_of_others()
        sent = 0
        for worker in list(self.workers.values()):
            while count := await worker.deliver_due():
                sent += count
        await self.upkeep.put_aside()
        await sum_up(self._context)
        await self.fallbacks.tend()
        await self.upkeep.look_at_queues()
        return sent

    async def hasten_blocked(self) -> int:
        """Retry messages that our address guard refused: a restart probably follows a change of the configuration."""
        context = self._context
        async with context.db.transaction() as conn:
            return await sends.mended(conn, self.workers, context.clock.now(), FailureReason.SSRF_BLOCKED)

    async def renew(self) -> None:
        """Renew the leases of claimed notifications that are not sent yet."""
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
        """Give each channel that has due messages and may send a worker; return the seconds until another channel may send."""
        await self._remember()
        await self.hear_of_others()
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
            self._context.wake_up.notify()  # its last look may have missed messages that came meanwhile

    async def _remember(self) -> None:
        """Load the endpoints' failures that earlier processes stored, once."""
        if self._remembered:
            return
        now = self._context.clock.now()
        async with self._context.db.transaction() as conn:
            await endpoints.prune(conn, now - _FORGOTTEN)
            failing = await endpoints.failing(conn)
        for name, row in failing.items():
            if name in self.workers:
                self.workers[name].outlet.remember(row, now)
                self._hold_key(row, now)
        self._remembered = True

    async def hear_of_others(self) -> None:
        """What other processes learnt: of endpoints that are mended (a redrive, a reload, a success), and of pauses asked for."""
        context, monotonic = self._context, self._context.clock.monotonic()
        left_alone = {name: one.outlet.saved for name, one in self.workers.items() if one.outlet.left_alone_seconds()}
        recently = self._heard is not None and monotonic - self._heard < context.settings.poll_seconds
        if recently and not any(left_alone.values()):
            return
        self._heard = monotonic
        async with context.db.connection() as conn:
            failing = await endpoints.failing(conn)
        for name, saved in left_alone.items():
            worker = self.workers.get(name)
            if worker is not None and saved is not None and name not in failing and worker.outlet.saved is saved:
                worker.outlet.try_at_once()
        now = context.clock.now()
        for name, row in failing.items():
            worker = self.workers.get(name)
            if worker is not None and not worker.outlet.knows(row):
                worker.outlet.hear(row, now)
                self._hold_key(row, now)

    def _hold_key(self, row: EndpointRow, now: datetime) -> None:
        """A pause that the service asked for of all channels with a limit key."""
        if row.limit_key and row.asked_until is not None and row.asked_until > now:
            seconds = min((row.asked_until - now).total_seconds(), LATEST_SECONDS)
            self._context.paces.hold(row.limit_key, seconds, self._context.clock.monotonic())

    async def _keep_leases(self) -> None:
        while True:
            await self._context.clock.sleep(self._context.settings.lease_seconds / 3)
            await self.renew()

    async def _tend(self) -> None:
        clock = self._context.clock
        while True:
            await self.upkeep.put_aside()
            await sum_up(self._context)
            await self.fallbacks.tend()
            began = clock.monotonic()
            await self.upkeep.look_at_queues()
            took = clock.monotonic() - began  # longer the more waits: a small share of the time all the same
            await clock.sleep(max(self._context.settings.tend_seconds, _TEND_SHARE * took))
