"""A newsroom's database, small and filled by each test, and a way to give commands to it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner, Result

from alerts.match.words import words_of_article
from core.clock import SystemClock
from core.db.connection import Connection
from core.db.engine import Database
from core.model import ids
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from core.store import articles
from core.store.articles import StoredArticle
from tests.fakes.records import a_story_article
from wirewatch.cli.main import cli

NOW = SystemClock().now()

CONFIG = """
data_dir = "data"

[[aliases]]
name = "dprk"
terms = ["North Korea", "Pyongyang"]
"""


@dataclass(frozen=True)
class Newsroom:
    """A folder with a configuration and a database in SQLite."""

    folder: Path

    def write(self, *works: Callable[[Connection], Awaitable[object]]) -> None:
        async def all_of_them() -> None:
            async with Database.open("sqlite:", self.folder / "data") as db, db.transaction() as conn:
                for work in works:
                    await work(conn)

        (self.folder / "data").mkdir(exist_ok=True)
        asyncio.run(all_of_them())

    def store(self, *stories: StoryArticle) -> None:
        rows = [StoredArticle(one, words_of_article(one.article)) for one in stories]
        self.write(lambda conn: articles.put_many(conn, rows))

    def run(self, *words: str) -> Result:
        command = [*words, "--config", str(self.folder / "wirewatch.toml")]
        return CliRunner().invoke(cli, command)

    def told(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def rows(self, *words: str) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.told(*words, "--json").splitlines()]

    def refused(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        return result.stderr


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    (tmp_path / "wirewatch.toml").write_text(CONFIG)
    return Newsroom(tmp_path)


def story(
    number: int,
    title: str,
    text: str,
    *,
    hours_ago: float = 1.0,
    story_of: int | None = None,
    source: str = "Example World",
) -> StoryArticle:
    """`story_of`: the number of the article that this one is a copy of."""
    made = a_story_article(
        f"https://news.example/{number}", text=text, at=SystemClock().now() - timedelta(hours=hours_ago)
    )
    made = replace(made, article=replace(made.article, title=title, source_name=source))
    if story_of is None:
        return made
    first = ids.article_id(f"https://news.example/{story_of}")
    return replace(made, story_id=ids.story_id(first), verdict=StoryVerdict.COPY, copy_of=first, story_size=2)
