"""Indexes the articles that an earlier release stored with their facts (language, source, day), beside the stage that stores new ones.

Until that is done, searches find them all the same, by their words alone. A crash repeats at most one small batch.
"""

from core.clock import Clock
from core.db.engine import Database
from core.metrics import Metrics
from core.store import archive

_BATCH = 100  # articles a transaction: others wait meanwhile
_REST = 2.0  # times as long as the batch took
_IDLE_SECONDS = 60.0  # a process of the earlier release may still be at work


async def index_older(db: Database, clock: Clock, metrics: Metrics) -> None:
    """Index them until cancelled, the newest first."""
    while True:
        async with db.connection() as conn:
            waiting = await archive.without_facts(conn)
        metrics.archive_articles_without_facts.set(waiting)
        done = _BATCH
        while done == _BATCH:
            began = clock.monotonic()
            async with db.transaction() as conn:
                done = await archive.add_facts(conn, _BATCH)
            waiting = max(waiting - done, 0)
            metrics.archive_articles_without_facts.set(waiting)
            await clock.sleep(_REST * (clock.monotonic() - began))
        await clock.sleep(_IDLE_SECONDS)
