"""What an earlier release stored is indexed as it would be now, beside the work of the stage."""

from pathlib import Path

from sqlalchemy import text, update

from alerts.match import older_articles
from alerts.match.older_articles import index_older
from core.db import tables
from core.db.engine import Database
from core.metrics import Metrics
from core.store import archive, articles
from core.store import words as word_index
from core.store.archive import Question
from core.store.articles import StoredArticle
from tests.alerts.making import NOW, story_article
from tests.fakes.clock import FakeClock
from tests.fakes.running import running


async def test_all_articles_of_before_are_indexed_and_then_it_waits(tmp_path: Path) -> None:
    older_articles_batch = older_articles._BATCH
    count = older_articles_batch + 5
    async with Database.open("sqlite:", tmp_path) as db:
        async with db.transaction() as conn:
            await articles.put_many(
                conn, [StoredArticle(story_article(n, title="Korea: Łódź"), ["w"]) for n in range(count)]
            )
            await conn.execute(text("DELETE FROM article_words"))
            old = [word_index.Indexed(number, NOW, ["w"]) for number in range(1, count + 1)]
            await word_index.add(conn, old)
            await conn.execute(update(tables.articles).values(facts=None, folding=None))
        clock, metrics = FakeClock(auto=False), Metrics()
        async with running(index_older(db, clock, metrics)):
            for _ in range(3):
                await clock.until_sleeping()
                clock.advance(1)
            await clock.until_sleeping()
        async with db.connection() as conn:
            assert await archive.count_older(conn) == 0
        assert metrics.registry.get_sample_value("news_archive_articles_without_facts") == 0
        for question in (Question(facts=[[["lang=en"]]]), Question(words=[[["korea", "lodz"]]])):
            found = [number async for piece in archive.pieces(db, question) for number in piece.numbers]
            assert len(found) == count
