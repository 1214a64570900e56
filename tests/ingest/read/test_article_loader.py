"""Stored articles of many URLs in few queries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.db.connection import Connection
from core.db.engine import Database
from core.errors import Unavailable
from core.store import articles
from core.store.articles import StoredArticle
from ingest.read.article_loader import ArticleLoader
from tests.fakes.records import a_story_article


class CountingDatabase(Database):
    """A database that counts what is read and can be down."""

    reads = 0
    down = False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        self.reads += 1
        if self.down:
            raise Unavailable("the database is down")
        async with super().connection() as conn:
            yield conn


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[CountingDatabase]:
    async with CountingDatabase.open("sqlite:", tmp_path) as opened:
        assert isinstance(opened, CountingDatabase)
        yield opened


async def test_many_questions_at_once_are_asked_in_few_queries_and_each_has_its_answer(db: CountingDatabase) -> None:
    stored = [a_story_article(f"https://news.example/{number}") for number in range(0, 50, 2)]
    async with db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(one, []) for one in stored])
    loader = ArticleLoader(db)
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(loader.by_url(f"https://news.example/{number}")) for number in range(50)]
    found = [task.result() for task in asked]
    assert [one is not None for one in found] == [number % 2 == 0 for number in range(50)]
    assert [one for one in found if one is not None] == stored
    assert db.reads <= 2


async def test_what_is_stored_after_an_answer_is_found_when_asked_again(db: CountingDatabase) -> None:
    loader, url = ArticleLoader(db), "https://news.example/1"
    assert await loader.by_url(url) is None
    async with db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(a_story_article(url), [])])
    assert await loader.by_url(url) == a_story_article(url)


async def test_a_database_that_is_down_is_told_to_all_who_ask_and_asked_again_later(db: CountingDatabase) -> None:
    loader = ArticleLoader(db)
    db.down = True
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(_failure(loader, f"https://news.example/{number}")) for number in range(3)]
    assert all(task.result() for task in asked)
    db.down = False
    assert await loader.by_url("https://news.example/1") is None


async def _failure(loader: ArticleLoader, url: str) -> bool:
    try:
        await loader.by_url(url)
    except Unavailable:
        return True
    return False
