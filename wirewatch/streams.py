"""The streams of this process: what they share, and how many may be open at a time."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.errors import UserError
from wirewatch.usecases.alert_stream import AlertFeed

MOST = 100  # streams of this process
MOST_EACH = 20  # of one user, or of one address where nobody signs in
STALL_SECONDS = 10.0  # for a reader to take an event


class TooManyStreams(UserError):
    """`mine`: of this reader; else of all together."""

    def __init__(self, message: str, *, mine: bool) -> None:
        super().__init__(message)
        self.mine = mine


@dataclass(slots=True)
class Streams:
    """`feed`: the changes of alerts. `stall_seconds`: for a reader to take an event."""

    feed: AlertFeed
    most: int = MOST
    most_each: int = MOST_EACH
    stall_seconds: float = STALL_SECONDS
    _by: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def seat(self, who: str) -> Iterator[None]:
        """While it is open, one of the streams of `who`. Raises TooManyStreams."""
        if self._by[who] >= self.most_each:
            raise TooManyStreams(f"{self.most_each} streams of yours are open; close one", mine=True)
        if self._by.total() >= self.most:
            raise TooManyStreams(f"all {self.most} streams are taken; come back later", mine=False)
        self._by[who] += 1
        try:
            yield
        finally:
            self._by[who] -= 1
            if not self._by[who]:
                del self._by[who]
