"""Indexes the articles that an earlier release stored as they would be indexed now (their words as they are folded now, their
language, source and day), beside the stage that stores new ones.

Until that is done, searches read those articles one by one. A crash repeats at most one small batch.
"""

import asyncio
from collections.abc import Sequence

from alerts.match.words import words_of_article
from core.clock import Clock
from core.db.engine import Database
from core.metrics import Metrics
from core.store import archive
from core.store.facts import facts_of
from core.store.words import Indexed

_BATCH = 100  # articles a transaction: others wait meanwhile
_REST = 2.0  # times as long as the batch took
_IDLE_SECONDS = 60.0  # a process of the earlier release may still be at work


async def index_older(db: Database, clock: Clock, metrics: Metrics) -> None:
    """Index them until cancelled, the newest first."""
    while True:
        async with db.connection() as conn:
            waiting = await archive.count_older(conn)
        metrics.archive_articles_without_facts.set(waiting)
        done = _BATCH
        while done == _BATCH:
            began = clock.monotonic()
            done = await _batch(db)
            waiting = max(waiting - done, 0)
            metrics.archive_articles_without_facts.set(waiting)
            await clock.sleep(_REST * (clock.monotonic() - began))
        await clock.sleep(_IDLE_SECONDS)


async def _batch(db: Database) -> int:
    async with db.connection() as conn:
        rows = await archive.older(conn, _BATCH)
    indexed = await asyncio.to_thread(_indexed, rows)
    async with db.transaction() as conn:
        await archive.index_anew(conn, indexed)
    return len(rows)


def _indexed(rows: Sequence[archive.Older]) -> list[Indexed]:
    found = []
    for row in rows:
        article = archive.opened(row.record).article
        found.append(Indexed(row.number, row.accepted, words_of_article(article), facts_of(article)))
    return found
