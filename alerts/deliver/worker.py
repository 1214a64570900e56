"""One channel's work: claim what is due, and send it, so many at a time as the channel takes; it ends when nothing is left.

claim (a lease) -> send each (alerts/deliver/send.py) -> claim the next ... -> nothing due, or its endpoint is left alone
"""

import asyncio
from datetime import datetime, timedelta

from alerts.channels.channel import Channel
from alerts.deliver.cap import within_cap
from alerts.deliver.context import Context
from alerts.deliver.ledger import Ledger
from alerts.deliver.outlet import Outlet
from alerts.deliver.send import Send
from alerts.deliver.send_policy import SendPolicy
from core.faults import FaultPoint, reach
from core.model.outcome import NotificationState
from core.store import leases, notifications, traces
from core.store.notifications import Pending

_FIRST_CLAIM = 16
_LEAST_CLAIM, _MOST_CLAIM = 8, 128
_BATCH_SECONDS = 0.5  # what is claimed is in line before what comes then and is more urgent


def _next_claim(claim: int, claimed: int, seconds: float) -> int:
    """As many as it sends in about that time."""
    if seconds > 2 * _BATCH_SECONDS:
        return max(claim // 2, _LEAST_CLAIM)
    return min(claim * 2, _MOST_CLAIM) if claimed >= claim and seconds < _BATCH_SECONDS else claim


class ChannelWorker:
    """One channel's sends: its own queue, its own pace, its own failures.

    `working`: from when work was found until it ends. `leaving`: its channel is no longer configured. `paused`: by somebody;
    what waits goes on waiting.
    """

    def __init__(self, channel: Channel, context: Context, ledger: Ledger) -> None:
        self.name = channel.name
        self.outlet = Outlet(channel, context)
        self.working = False
        self.leaving = False
        self.paused = False
        self.policy = SendPolicy()
        self.owner = f"{context.owner}/{channel.name}"
        self.leased_until: datetime | None = None  # of what is claimed and not sent yet
        self.send = Send(self.outlet, context, self.owner, ledger)
        self._claim = _FIRST_CLAIM
        self._context = context
        self._let_out = 0  # what its pace allows and was not used
        self._stopping = False
        self._holds = False  # whether rows may be leased that nobody is sending

    @property
    def kind(self) -> str:
        return self.outlet.kind

    @property
    def may_send(self) -> bool:
        """Whether anything may be sent through it now, as far as its pace allows."""
        return not (self._stopping or self.leaving or self.paused or self.outlet.gone or self.outlet.resting)

    def use(self, channel: Channel | None, *, changed: bool = False, paused: bool = False) -> None:
        """Send the next message through this one; None: send none any more. `changed`: what held the old one up does not hold it."""
        self.leaving, self.paused = channel is None, paused
        if channel is not None:
            self.outlet.use(channel, changed=changed)

    async def run(self) -> None:
        """Send until nothing is due that may be sent now; what was claimed and not sent is given back."""
        self._stopping = False
        try:
            async with asyncio.TaskGroup() as group:
                while await self._round(group):
                    pass
        finally:
            if self._holds:
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

    async def deliver_due(self) -> int:
        """Claim and work off one batch of what is due; of how many. One message while the endpoint is in doubt."""
        if not self.may_send:
            return 0
        probe = self.outlet.endpoint.in_doubt
        self._let_out = self.outlet.reserve(1 if probe else min(self._claim, self._context.settings.claim))
        try:
            return await self._work_off(probe=probe) if self._let_out else 0
        finally:
            self.outlet.paced.give_back(self._let_out)
            self._let_out = 0

    async def _work_off(self, *, probe: bool) -> int:
        context, now, began = self._context, self._context.clock.now(), self._context.clock.monotonic()
        self._holds = True
        async with context.db.transaction() as conn:
            found = await notifications.claim_due(
                conn, now, self.name, self._let_out, self.owner, context.settings.lease_seconds
            )
            claimed = await within_cap(conn, self.policy, self.name, found, now, self.owner)
        capped = len(found) - len(claimed)
        if capped:
            context.metrics.notifications_withheld.labels(channel=self.kind, state=NotificationState.CAPPED).inc(capped)
        waiting = list(reversed(claimed))
        if claimed:
            reach(FaultPoint.DELIVER_CLAIMED)
            self.leased_until = now + timedelta(seconds=context.settings.lease_seconds)
            try:
                await self._drain_all(waiting, probe=probe)
            finally:
                self.leased_until = None
            await self._write_steps()
        if waiting:
            await self._give_back()
        self._holds = False
        self._claim = _next_claim(self._claim, len(claimed), context.clock.monotonic() - began)
        return len(found) - len(waiting)

    async def _drain_all(self, waiting: list[Pending], *, probe: bool) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self.outlet.channel.limits.in_flight, len(waiting))):
                group.create_task(self._drain(waiting, probe=probe))

    async def _drain(self, waiting: list[Pending], *, probe: bool) -> None:
        while waiting and self._may_start(probe=probe):
            await self.send.deliver(waiting.pop(), self._goes_out)

    def _goes_out(self) -> None:
        self._let_out -= 1

    def _may_start(self, *, probe: bool) -> bool:
        leased = self.leased_until is None or self._context.clock.now() <= self.leased_until
        well = probe or not self.outlet.endpoint.in_doubt  # else the rest waits for what one message shows
        return leased and well and self.may_send

    async def _give_back(self) -> None:
        async with self._context.db.transaction() as conn:
            await leases.release(conn, leases.NOTIFICATIONS, self.owner)
        self._holds = False

    async def _write_steps(self) -> None:
        """What was sent, in the traces: after the records, on which more depends."""
        steps, self.send.steps = self.send.steps, []
        if steps:
            async with self._context.db.transaction() as conn:
                await traces.add_many(conn, steps)
