"""Our manners towards a publisher's server: few requests at once, spaced out, and a pause when it asks for one."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from itertools import islice

from core.clock import Clock, SteadyClock
from core.db.engine import Database
from core.errors import WirewatchError
from core.metrics import Metrics
from core.store import hosts

_MOST_HOSTS = 50_000  # hosts remembered; a forgotten one is at worst asked a gap too early
MAX_DELAY_SECONDS = 60.0  # of a Crawl-delay; more would be a ban in disguise, and robots.txt has words for that
_LONGEST_WISH = timedelta(hours=26)  # Retry-After is believed for a day; a longer one was noted by a clock ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimitSettings:
    """`gap_seconds`: between the starts of two requests to one host; private addresses are spared it.

    `patience_seconds`: the longest wait for a host that asked for a pause; beyond it the caller gets an error.
    """

    gap_seconds: float = 1.0
    concurrency: int = 1
    patience_seconds: float = 20.0


def is_ours(host: str) -> bool:
    """A private address given as such: a machine of the operator's own, to which no spacing is owed."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and not host.endswith("]") else host
    try:
        return not ip_address(name.strip("[]")).is_global
    except ValueError:
        return name == "localhost"


@dataclass(frozen=True, slots=True)
class HostTimes:
    """Until when one host is spoken for."""

    next_start: datetime | None = None  # after the last start granted, plus its gap
    not_before: datetime | None = None  # the host's own wish


class HostResting(WirewatchError):
    """The host asked to be left alone for longer than anybody waits for it."""

    def __init__(self, host: str, seconds: float, because: str | None = None) -> None:
        super().__init__(because or f"{host} asked to be left alone for another {seconds:.0f} s")
        self.host = host
        self.seconds = seconds


class HostBusy(HostResting):
    """Others of ours are at the host, and none of them has ended for as long as somebody waited."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(host, seconds, f"others are being read at {host} and take their time")


def reserve(times: HostTimes, now: datetime, gap_seconds: float) -> tuple[datetime, HostTimes]:
    """When a request to the host may start, and its times once that start is granted."""
    start = max(now, times.next_start or now, times.not_before or now)
    return start, HostTimes(start + timedelta(seconds=gap_seconds), times.not_before)


class _Host:
    """One host's line; asyncio's semaphore is first come, first served."""

    def __init__(self, concurrency: int) -> None:
        self.line = asyncio.Semaphore(concurrency)
        self.times = HostTimes()
        self.users = 0  # turns held or waited for


class HostRateLimit:
    """Turns at hosts, shared by all that fetch in this process; a host's wishes survive a restart."""

    def __init__(
        self, db: Database, clock: Clock, settings: RateLimitSettings | None = None, metrics: Metrics | None = None
    ) -> None:
        self._db = db
        self._clock = clock
        self._steady = SteadyClock(clock)  # the hosts' times in memory go by it
        self._settings = settings or RateLimitSettings()
        self._metrics = metrics or Metrics()
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    async def load(self) -> None:
        """Load the pauses that hosts asked for before this process started."""
        async with self._db.connection() as conn:
            now = self._clock.now()
            resting = await hosts.not_before(conn, now)
        for host, until in resting.items():
            if until - now <= _LONGEST_WISH:
                self._note(host, self._steady.now() + (until - now))

    @asynccontextmanager
    async def turn(
        self, host: str, gap_seconds: float | None = None, patience_seconds: float | None = None
    ) -> AsyncIterator[None]:
        """Wait for a turn at `host` and hold it for the body; `gap_seconds` (a Crawl-delay) widens the usual gap.

        Raises HostResting at once when the host's wish is beyond our patience; with `patience_seconds`, whenever the turn
        comes later than that, and HostBusy when those before have not ended by then.
        """
        gap = max(self.gap_seconds(host), min(gap_seconds or 0.0, MAX_DELAY_SECONDS))
        known = self._host(host)
        known.users += 1
        try:
            self._refuse_resting(host, known, patience_seconds)
            async with _place(host, known, patience_seconds):
                self._refuse_resting(host, known, patience_seconds)  # the earlier turn may have got a Retry-After
                now = self._steady.now()
                start, times = reserve(known.times, now, gap)
                wait = (start - now).total_seconds()
                if patience_seconds is not None and wait > patience_seconds:
                    raise HostResting(host, wait)
                known.times = times
                if wait > 0:
                    self._metrics.host_throttled.inc()
                    await self._clock.sleep(wait)
                with self._metrics.host_inflight_requests.track_inprogress():
                    yield
        finally:
            known.users -= 1

    def gap_seconds(self, host: str) -> float:
        """The usual time between the starts of two requests to the host."""
        return 0.0 if is_ours(host) else self._settings.gap_seconds

    async def rest(self, host: str, seconds: float) -> None:
        """Leave the host alone for that long, also after a restart; a longer wish that stands already stays."""
        if seconds <= 0:
            return
        self._note(host, self._steady.now() + timedelta(seconds=seconds))
        until = self._clock.now() + timedelta(seconds=seconds)
        async with self._db.transaction() as conn:
            await hosts.set_not_before(conn, host, until)

    def resting_seconds(self, host: str) -> float:
        """How much longer the host wants to be left alone; 0 if it does not."""
        known = self._hosts.get(host)
        if known is None or known.times.not_before is None:
            return 0.0
        return max((known.times.not_before - self._steady.now()).total_seconds(), 0.0)

    def _refuse_resting(self, host: str, known: _Host, patience_seconds: float | None) -> None:
        seconds = self.resting_seconds(host) if known.times.not_before else 0.0
        if seconds > (self._settings.patience_seconds if patience_seconds is None else patience_seconds):
            raise HostResting(host, seconds)

    def _note(self, host: str, until: datetime) -> None:
        times = self._host(host).times
        latest = until if times.not_before is None else max(until, times.not_before)
        self._host(host).times = HostTimes(times.next_start, latest)

    def _host(self, host: str) -> _Host:
        known = self._hosts.get(host)
        if known is None:
            known = self._hosts[host] = _Host(self._settings.concurrency)
            self._forget()
        self._hosts.move_to_end(host)
        return known

    def _forget(self) -> None:
        if len(self._hosts) <= _MOST_HOSTS:
            return
        now = self._steady.now()
        idle = (h for h, known in self._hosts.items() if not known.users and not _spoken_for(known.times, now))
        for host in list(islice(idle, len(self._hosts) // 10)):
            del self._hosts[host]


@asynccontextmanager
async def _place(host: str, known: _Host, patience_seconds: float | None) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(patience_seconds):
            await known.line.acquire()
    except TimeoutError:
        raise HostBusy(host, patience_seconds or 0.0) from None
    try:
        yield
    finally:
        known.line.release()


def _spoken_for(times: HostTimes, now: datetime) -> bool:
    return max(times.next_start or now, times.not_before or now) > now
