"""Adds what this process did to the hours that all processes share, from its own metrics."""

from collections.abc import Callable, Mapping

from core.clock import Clock
from core.db.engine import Database
from core.metrics import Metrics, total
from core.model.outcome import ArticleOutcome, MatchOutcome, StoryVerdict
from core.store import hourly
from core.store.hourly import Step

SECONDS = 10.0


class Tally:
    """What it counted before it began is not its own: a process counts from its start."""

    def __init__(self, db: Database, *, clock: Clock, metrics: Metrics) -> None:
        self._db = db
        self._clock = clock
        self._counters = _counters(metrics)
        self._written = self._now()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self.write()
            await self._clock.sleep(SECONDS)

    async def write(self) -> None:
        """Write what came since the last time. Raises Unavailable, and then keeps it for the next time."""
        now = self._now()
        new = {step: now[step] - self._written[step] for step in Step}
        if any(new.values()):
            async with self._db.transaction() as conn:
                await hourly.add(conn, self._clock.now(), new)
            self._written = now

    def _now(self) -> dict[Step, int]:
        return {step: int(count()) for step, count in self._counters.items()}


def _counters(metrics: Metrics) -> Mapping[Step, Callable[[], float]]:
    read = (ArticleOutcome.ACCEPTED, ArticleOutcome.HEADLINE_ONLY)
    return {
        Step.SEEN: lambda: total(metrics.feed_entries),
        Step.READ: lambda: sum(total(metrics.articles, outcome=outcome) for outcome in read),
        Step.NEW: lambda: total(metrics.stories, verdict=StoryVerdict.NEW),
        Step.MATCHED: lambda: total(metrics.match_articles, outcome=MatchOutcome.MATCHED),
        Step.TOLD: lambda: total(metrics.notifications),
    }
