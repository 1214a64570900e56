"""Which source is polled when: what is due, by lease, for as many workers as are free, within the budget of polls.

due -> lease -> its host is free -> poll, the lease renewed meanwhile -> done
                   +-> its host is being polled: given back, for the next slot at that host

What may take its whole time has half of the workers at most, and who only waits keeps no worker from others. Several
pollers may run: they share by leases.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from core.clock import Clock, SteadyClock
from core.db.engine import Database
from core.model.source import Source
from core.net.url import BadUrl, authority_of
from core.store import leases, sources
from core.store.sources import DueSource
from core.tasks import first_error, kept
from core.ticker import Ticker
from core.wake_up import WakeUp
from ingest.hosts.rate_limit import HostRateLimit
from ingest.poll.pacing import Pacing, adaptive

_LOOK_SECONDS = 5.0  # how long a change made by another process may go unnoticed
_LEASE_SECONDS = 30.0  # renewed while a poll goes on, so that a dead poller's sources are soon another's
_LEAST_STEP_SECONDS = 0.05
_SLOW_SECONDS = 2.0  # a longer poll mostly waits for its host, and another source gets its worker
_MOST_TIMES = 4  # times the workers: how many are polled at once with those who only wait

Poll = Callable[[DueSource], Awaitable[object]]


class Scheduler:
    """Polls what is due with `workers` at once, beside polls that only wait."""

    def __init__(
        self, db: Database, rate_limit: HostRateLimit, clock: Clock, pacing: Pacing, *, owner: str, workers: int
    ) -> None:
        self._db = db
        self._rate_limit = rate_limit
        self._clock = clock
        self._pacing = pacing
        self._owner = owner
        self._workers = workers
        self._hosts: dict[str, float] = {}  # being polled now, since when
        self._doubtful: set[str] = set()  # hosts being polled now whose source may take its whole time
        self._steady = SteadyClock(clock)  # slots go by it
        self._slots: dict[str, datetime] = {}  # the last slot given at a host that more sources wait for
        self._postponed: dict[str, datetime] = {}  # sources that wait for their slot
        self._wake_up = WakeUp()
        self._ticker = Ticker(clock, self._wake_up, most_seconds=_LOOK_SECONDS)

    @property
    def polling(self) -> int:
        """How many sources are being polled now."""
        return len(self._hosts)

    def wake(self) -> None:
        """Look again at once: a source was added, resumed or is to be polled now."""
        self._wake_up.notify()

    async def run(self, poll: Poll) -> None:
        """Poll until cancelled. Raises Unavailable when the database does not answer, and what `poll` raises."""
        self._hosts.clear()
        self._doubtful.clear()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(kept(self._keep_leases()))
                await self._ticker.run(partial(self._start_due, tasks, poll))
        except BaseExceptionGroup as together:
            raise first_error(together) from together

    async def _start_due(self, tasks: asyncio.TaskGroup, poll: Poll) -> float:
        """Start polls for what is due and for which a worker is free; seconds until it is worth looking again."""
        free = self._free()
        if free <= 0:
            return _SLOW_SECONDS
        due, upcoming, spent = await self._lease(free)
        self._pacing.spend(adaptive(due))
        steady = self._steady.now()
        self._postponed = {source_id: slot for source_id, slot in self._postponed.items() if slot > steady}
        postponed = [one for one in due if not self._start(tasks, one, poll)]
        if postponed:
            self._pacing.spend(-adaptive(postponed))
            await self._postpone(postponed)
            return 0.0  # others may be due, and a worker is free
        return self._seconds_until(upcoming, spent=spent)

    async def _lease(self, free: int) -> tuple[list[DueSource], datetime | None, bool]:
        """What is polled now, when the next is due, and whether the budget was what kept others back."""
        async with self._db.transaction() as conn:
            budget = await self._pacing.left(conn)
            now = self._clock.now()
            due = await sources.due(conn, now, free, self._owner, _LEASE_SECONDS, doubtful=False, budget=budget)
            # What may take its whole time gets half of the workers at most, so that it costs the others nothing.
            left = max(max(self._workers // 2, 2) - len(self._doubtful), 0)
            some, budget = min(free - len(due), left), budget - adaptive(due)
            in_doubt = await sources.due(conn, now, some, self._owner, _LEASE_SECONDS, doubtful=True, budget=budget)
            spent = budget <= adaptive(in_doubt)
            which = False if len(in_doubt) == left else None
            upcoming = await sources.next_due(conn, now, doubtful=which, own_interval=spent)
        return due + in_doubt, upcoming, spent

    def _seconds_until(self, upcoming: datetime | None, *, spent: bool) -> float:
        seconds = _LOOK_SECONDS
        if upcoming is not None:
            seconds = min(seconds, (upcoming - self._clock.now()).total_seconds())
        if self._postponed:
            seconds = min(seconds, (min(self._postponed.values()) - self._steady.now()).total_seconds())
        return min(seconds, self._pacing.seconds_until_next()) if spent else seconds

    def _free(self) -> int:
        now = self._clock.monotonic()
        quick = sum(now - since < _SLOW_SECONDS for since in self._hosts.values())
        return min(self._workers - quick, _MOST_TIMES * self._workers - len(self._hosts))

    async def _keep_leases(self) -> None:
        while True:
            await self._clock.sleep(_LEASE_SECONDS / 3)
            if self._hosts:
                async with self._db.transaction() as conn:
                    until = self._clock.now() + timedelta(seconds=_LEASE_SECONDS)
                    await leases.renew(conn, leases.SOURCES, [self._owner], until)

    def _start(self, tasks: asyncio.TaskGroup, due: DueSource, poll: Poll) -> bool:
        """Start a poll, unless its host is being polled: a worker that waits for a host is lost to all others."""
        host = _host(due.source)
        if host in self._hosts:
            return False
        self._hosts[host] = self._clock.monotonic()
        if due.state.doubtful:
            self._doubtful.add(host)
        tasks.create_task(self._poll_one(due, host, poll))
        return True

    async def _poll_one(self, due: DueSource, host: str, poll: Poll) -> None:
        try:
            await poll(due)
        finally:
            self._hosts.pop(host, None)
            self._doubtful.discard(host)
            self._wake_up.notify()

    async def _postpone(self, postponed: Sequence[DueSource]) -> None:
        """Release leases; the sources are claimed again one after another, at the host's spacing."""
        now, wall = self._steady.now(), self._clock.now()
        until: dict[str, datetime] = {}
        for due in postponed:
            host = _host(due.source)
            step = timedelta(seconds=max(self._rate_limit.gap_seconds(host), _LEAST_STEP_SECONDS))
            self._slots[host] = until[due.source.source_id] = max(self._slots.get(host, now), now) + step
        async with self._db.transaction() as conn:
            await sources.postpone(conn, {one: wall + (slot - now) for one, slot in until.items()}, self._owner)
        self._postponed |= until
        self._slots = {host: slot for host, slot in self._slots.items() if slot > now}


def _host(source: Source) -> str:
    try:
        return authority_of(source.url)
    except BadUrl:
        return source.url  # it fails on its own
