"""The warning that a rule asks for a place alone says how many articles a day that are."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.management.search import query_of
from alerts.management.whole_place import ADay, articles_a_day, with_estimates
from alerts.match.words import words_of_article
from alerts.rules.aliases import AliasSet
from alerts.rules.parser import parse
from alerts.rules.problem import Code
from core.db.engine import Database
from core.model.team import DEFAULT_TEAM
from core.store import articles
from core.store.articles import StoredArticle
from tests.alerts.making import NOW, story_article
from tests.fakes.clock import FakeClock


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """Sixty articles of two a day, every other one from kcna.kp; in the last week only those of the other place."""
    async with Database.open("sqlite:", tmp_path) as db:
        made = []
        for number in range(60):
            story, age = story_article(number), (59 - number) / 2
            here = "kcna.kp" if number % 2 and age > 7 else "news.example"
            article = replace(story.article, domain=here, section="World", accepted=NOW - timedelta(days=age))
            made.append(StoredArticle(replace(story, article=article), words_of_article(article)))
        async with db.transaction() as conn:
            await articles.put_many(conn, made)
        yield db


async def a_day(db: Database, text: str) -> ADay:
    found = await articles_a_day(db, FakeClock(NOW), query_of(parse(text), AliasSet()), DEFAULT_TEAM)
    assert found is not None
    return found


async def test_articles_are_counted_by_their_place(db: Database) -> None:
    found = await a_day(db, "domain:kcna.kp")
    assert found.week == 0
    assert found.month == pytest.approx(22 / 29.5, rel=0.1)
    assert (await a_day(db, "domain:news.example")).week == pytest.approx(2, rel=0.1)
    assert (await a_day(db, "domain:nowhere.example")).month == 0


async def test_what_the_index_cannot_say_is_judged_on_the_newest(db: Database) -> None:
    assert (await a_day(db, "section:World")).month == pytest.approx(2, rel=0.1)
    assert (await a_day(db, "url:/nothing")).month == 0


async def test_the_warning_says_it(db: Database) -> None:
    parsed = parse("domain:news.example AND lang:en")
    query = query_of(parsed, AliasSet())
    told = await with_estimates(db, FakeClock(NOW), query, DEFAULT_TEAM, parsed.warnings)
    assert [one.code for one in told] == [Code.WHOLE_PLACE]
    assert "everything from this place matches: about 2" in told[0].message
    other = parse("kim AND lang:ua")
    assert await with_estimates(db, FakeClock(NOW), query, DEFAULT_TEAM, other.warnings) == other.warnings


async def test_where_nothing_is_stored_nothing_is_estimated(tmp_path: Path) -> None:
    async with Database.open("sqlite:", tmp_path) as db:
        parsed = parse("domain:news.example")
        query = query_of(parsed, AliasSet())
        (told,) = await with_estimates(db, FakeClock(NOW), query, DEFAULT_TEAM, parsed.warnings)
    assert told.message.endswith("no article is stored yet, so how many these are is not known")


def test_numbers_are_shown_as_far_as_they_are_known() -> None:
    assert str(ADay(1234.4, 0.04)) == "about 1,234 articles a day over the last 7 days, 0 over the last 30"
    assert str(ADay(12, 3.4, more=True)).startswith("at least 12 articles a day")
