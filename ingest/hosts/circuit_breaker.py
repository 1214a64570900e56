"""Hosts that fail again and again are left alone for a while: one dead host must not cost its patience at every page."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.net.failure import FetchFailure

_MOST_HOSTS = 10_000


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: datetime
    failure: FetchFailure


class CircuitBreaker:
    """Requests in a row that failed at a host; one success clears it. A circuit breaker by host."""

    def __init__(self, *, opens_after: int = 3, open_for: timedelta = timedelta(minutes=2)) -> None:
        self._opens_after = opens_after
        self._open_for = open_for
        self._hosts: OrderedDict[str, _Failures] = OrderedDict()

    def open_for(self, host: str, now: datetime) -> tuple[FetchFailure, datetime] | None:
        """The failure that opened the circuit, and until when the host is left alone; None if it may be asked."""
        failures = self._hosts.get(host)
        if failures is None or failures.count < self._opens_after:
            return None
        until = failures.last + self._open_for
        return (failures.failure, until) if failures.last <= now < until else None

    def failed(self, host: str, failure: FetchFailure, now: datetime) -> None:
        """A request to the host failed in a way that may pass."""
        before = self._hosts.pop(host, None)
        self._hosts[host] = _Failures(before.count + 1 if before else 1, now, failure)
        if len(self._hosts) > _MOST_HOSTS:
            self._hosts.popitem(last=False)

    def cleared(self, host: str) -> None:
        """The host answered."""
        self._hosts.pop(host, None)
