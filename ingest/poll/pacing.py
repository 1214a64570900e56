"""Keeps the polls of all sources within their budget; what is decided stands in ingest/poll/budget.py."""

from collections.abc import Sequence

from core.clock import Clock
from core.db.connection import Connection
from core.metrics import Metrics
from core.store import source_pace
from core.store.sources import DueSource
from ingest.poll.budget import TokenBucket, stretch

PACED_STEP_SECONDS = 0.25  # once the pace is what holds polls back, some are let go together
_WEIGH_SECONDS = 30.0  # how often the sum of all that sources want is held against the budget


class Pacing:
    """Of one poller. `least_seconds`: the schedule's shortest interval. `stretch`: by how much adaptive intervals are now."""

    def __init__(self, clock: Clock, metrics: Metrics, *, least_seconds: float, polls_per_minute: float) -> None:
        self._clock = clock
        self._metrics = metrics
        self._least_seconds = least_seconds
        self._polls_per_minute = polls_per_minute
        self._tokens = TokenBucket(polls_per_minute)
        self._weigh_at = 0.0  # monotonic
        self.stretch = 1.0

    async def left(self, conn: Connection) -> int:
        """How many polls may start now. Now and then: do the polls that all sources want fit the budget?"""
        now = self._clock.monotonic()
        if now >= self._weigh_at:
            wanted = await source_pace.wanted_per_minute(conn, self._least_seconds)
            self.stretch = stretch(wanted, self._polls_per_minute)
            self._metrics.feed_interval_stretch.set(self.stretch)
            self._weigh_at = now + _WEIGH_SECONDS
        return self._tokens.left(now)

    def spend(self, started: int) -> None:
        """So many have started; below 0: were not started after all."""
        self._tokens.spend(started)

    def seconds_until_next(self) -> float:
        """When to look again if the budget was spent."""
        return max(self._tokens.seconds_until_next(), PACED_STEP_SECONDS)


def adaptive(due: Sequence[DueSource]) -> int:
    """How many of them count against the budget."""
    return sum(one.source.interval_seconds is None for one in due)
