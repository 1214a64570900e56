"""A preview for who waits: the same as the whole one where there is time, and honest about how far it came where there is not."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.management.live_preview import Patience, live_preview
from alerts.management.preview import Preview, Window, preview
from alerts.management.search import Query, query_of
from alerts.match.words import words_of_article
from alerts.rules.aliases import AliasSet
from alerts.rules.parser import parse
from core.db.engine import Database
from core.store import articles
from core.store.articles import StoredArticle
from tests.alerts.making import NOW, story_article
from tests.fakes.clock import FakeClock
from tests.rule_generator import RuleMaker

TEXTS = (
    "Ships with arms and guns left Korea for Russia at dawn.",
    "The minister spoke of missiles in Kiev. Russia denied it.",
    "Rain is expected in Seoul and in the north at dawn.",
    "A film about guns opens. The minister saw it twice.",
)
WINDOW = Window(NOW - timedelta(days=7), NOW + timedelta(hours=1))


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open("sqlite:", tmp_path) as db:
        async with db.transaction() as conn:
            for number in range(40):
                story = story_article(number, text=TEXTS[number % 4])
                article = replace(story.article, title="News", accepted=NOW - timedelta(hours=39 - number))
                story = replace(story, article=article, story_id=f"s{number}")
                await articles.put_many(conn, [StoredArticle(story, words_of_article(article))])
        yield db


def query(text: str) -> Query:
    return query_of(parse(text), AliasSet())


def found_by(result: Preview) -> list[str]:
    return [shown.story.article.article_id for shown in result.matches]


async def test_with_time_it_finds_what_the_whole_preview_finds(db: Database) -> None:
    patience = Patience(clock=FakeClock(), seconds=60)
    for seed in range(40):
        text, _ = RuleMaker(random.Random(seed), TEXTS).written(TEXTS[seed % len(TEXTS)])
        asked = query(text)
        assert asked.tree is not None
        live = await live_preview(db, asked, WINDOW, patience)
        async with db.connection() as conn:
            whole = await preview(conn, asked.tree, WINDOW, asked.judge)
        assert found_by(live) == found_by(whole), text
        assert (live.complete, live.since) == (True, whole.since), text


async def test_of_words_just_missed_it_tells_the_same(db: Database) -> None:
    live = await live_preview(db, query("missile AND Kiev"), WINDOW, Patience(clock=FakeClock(), seconds=60))
    assert live.missed == {"missile": {"missiles": 10}}


async def test_articles_out_of_its_time_are_not_judged(db: Database) -> None:
    window = Window(NOW - timedelta(hours=4), NOW - timedelta(hours=2))
    live = await live_preview(
        db, query("Korea OR Kiev OR Seoul OR film"), window, Patience(clock=FakeClock(), seconds=60)
    )
    assert (live.read, len(live.matches)) == (2, 2)


@pytest.mark.parametrize("asked_before", [0, 1, 7])
async def test_when_the_time_is_over_it_says_how_far_back_it_came(db: Database, asked_before: int) -> None:
    asked = 0

    def gone() -> bool:
        nonlocal asked
        asked += 1
        return asked > asked_before

    live = await live_preview(db, query("guns"), WINDOW, Patience(clock=FakeClock(), seconds=60, gone=gone))
    assert not live.complete
    assert live.read == asked_before
    assert live.since == (live.matches[-1].story.article.accepted if live.matches else WINDOW.until)


async def test_no_more_than_the_most_are_judged(db: Database) -> None:
    live = await live_preview(db, query("guns"), replace(WINDOW, most=3), Patience(clock=FakeClock(), seconds=60))
    assert (live.read, live.complete) == (3, False)
