"""How often a page is tried, given how its host has done lately: one dead host must not cost its patience every time."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.net.failure import FetchFailure

_MOST_HOSTS = 10_000


@dataclass(frozen=True, slots=True)
class _Trouble:
    count: int
    last: datetime
    failure: FetchFailure


class Troubles:
    """Pages in a row that a host did not give us, after all tries; one success clears it."""

    def __init__(
        self, *, attempts: int = 3, closed_from: int = 3, closed_for: timedelta = timedelta(minutes=2)
    ) -> None:
        self._attempts = attempts
        self._closed_from = closed_from
        self._closed_for = closed_for
        self._hosts: OrderedDict[str, _Trouble] = OrderedDict()

    def attempts(self, host: str, now: datetime) -> int:
        """How often to try a page of the host now; 0: not at all, it failed the last times."""
        trouble = self._hosts.get(host)
        if trouble is None:
            return self._attempts
        closed = trouble.count >= self._closed_from and now - trouble.last < self._closed_for
        return 0 if closed else 1

    def last(self, host: str) -> FetchFailure | None:
        """The failure that closed the host."""
        trouble = self._hosts.get(host)
        return None if trouble is None else trouble.failure

    def failed(self, host: str, failure: FetchFailure, now: datetime) -> None:
        """A page of the host was given up."""
        before = self._hosts.pop(host, None)
        self._hosts[host] = _Trouble(before.count + 1 if before else 1, now, failure)
        if len(self._hosts) > _MOST_HOSTS:
            self._hosts.popitem(last=False)

    def cleared(self, host: str) -> None:
        """The host answered."""
        self._hosts.pop(host, None)
