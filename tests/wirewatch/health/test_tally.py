"""A process adds what it did to the hours that all processes share."""

from pathlib import Path

from core.db.engine import Database
from core.metrics import Metrics
from core.model.outcome import ArticleOutcome, MatchOutcome, StoryVerdict
from core.store import hourly
from core.store.hourly import Step
from tests.fakes.clock import FakeClock
from wirewatch.health.tally import Tally


async def test_what_is_counted_is_written_once(tmp_path: Path) -> None:
    clock, metrics = FakeClock(), Metrics()
    async with Database.open("sqlite:", tmp_path) as db:
        tally = Tally(db, clock=clock, metrics=metrics)
        metrics.feed_entries.inc(7)
        metrics.articles.labels(outcome=ArticleOutcome.ACCEPTED).inc(4)
        metrics.articles.labels(outcome=ArticleOutcome.HEADLINE_ONLY).inc()
        metrics.articles.labels(outcome=ArticleOutcome.TOO_SHORT).inc(2)
        metrics.stories.labels(verdict=StoryVerdict.NEW).inc(3)
        metrics.stories.labels(verdict=StoryVerdict.COPY).inc(2)
        metrics.match_articles.labels(outcome=MatchOutcome.MATCHED).inc(2)
        metrics.match_articles.labels(outcome=MatchOutcome.NO_RULE).inc(3)
        await tally.write()
        metrics.notifications.labels(channel="slack").inc()
        await tally.write()
        await tally.write()
        async with db.connection() as conn:
            [hour] = await hourly.since(conn, clock.now())
    assert hour.counts == {Step.SEEN: 7, Step.READ: 5, Step.NEW: 3, Step.MATCHED: 2, Step.TOLD: 1}
