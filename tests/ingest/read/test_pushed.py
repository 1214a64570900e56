"""Pushed articles become articles like polled ones; what is none is told with every place."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.db.engine import Database
from core.errors import RecordError
from core.log.log import Record
from core.log.memory import MemoryLog
from core.log.topics import ARTICLES, DEADLETTER, PUSHED
from core.metrics import Metrics
from core.model.article import Article, TextOrigin, TimeConfidence
from core.model.codec import decode, encode
from core.model.deadletter import DeadLetter
from core.model.pushed import PushedArticle
from core.model.story import StoryArticle
from core.store import articles, sources, traces
from core.store.articles import StoredArticle
from ingest.read.pushed_article import problems_of
from ingest.read.pushed_stage import PushParts, PushStage
from tests.fakes.clock import START, FakeClock
from tests.fakes.records import a_source, a_story_article
from tests.fakes.running import PATIENCE, running

TEXT = "Ships left Korea with arms at dawn, and more of them are to follow.\r\n\r\n\r\nThe ministry denied all of it on Monday."
GOOD = PushedArticle(url="https://News.example/a?utm_source=x", title=" Ships left ", text=TEXT, lang="en-GB")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (replace(GOOD, url="javascript:alert(1)"), "url"),
        (replace(GOOD, url=""), "url"),
        (replace(GOOD, url="https://news.example/"), "url"),
        (replace(GOOD, title=" \n"), "title"),
        (replace(GOOD, title="x" * 2001), "title"),
        (replace(GOOD, text="x" * 1_000_001), "text"),
        (replace(GOOD, lang="English"), "lang"),
        (replace(GOOD, country="India"), "country"),
        (replace(GOOD, published=START + timedelta(days=2)), "published"),
        (replace(GOOD, tags=("x",) * 101), "tags"),
        (replace(GOOD, authors=("x" * 501,)), "authors"),
    ],
)
def test_what_is_no_article_is_told_with_its_place(wrong: PushedArticle, place: str) -> None:
    assert {one.place for one in problems_of(wrong, START)} == {place}
    assert problems_of(GOOD, START) == []


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = PushedArticle(url="x", title="", lang="?", country="?", published=datetime(9999, 1, 1, tzinfo=UTC))
    assert {one.place for one in problems_of(wrong, START)} == {"url", "title", "lang", "country", "published"}


async def made(db: Database, *pushed: PushedArticle, log: MemoryLog | None = None) -> list[Article]:
    stage = PushStage(PushParts(log=log or MemoryLog(), db=db, clock=FakeClock(), metrics=Metrics()))
    found = [output.record for output in await stage.handle(pushed)]
    return [one for one in found if isinstance(one, Article)]


async def test_an_article_has_what_was_pushed(tmp_path: Path) -> None:
    pushed = replace(
        GOOD,
        source="The Paper",
        country="in",
        published=START,
        authors=("Kim ", ""),
        tags=("sea",),
        by="kim",
        seen=START,
    )
    async with Database.open("sqlite:", tmp_path) as db:
        [article] = await made(db, pushed)
        async with db.connection() as conn:
            [step] = await traces.of(conn, article.article_id)
    assert (article.url, article.domain) == ("https://news.example/a", "news.example")
    assert article.title == "Ships left"
    assert article.text.split("\n\n")[1] == "The ministry denied all of it on Monday."
    assert (article.lang, article.country, article.source_name) == ("en", "IN", "The Paper")
    assert (article.authors, article.tags, article.teams) == (("Kim",), ("sea",), ("default",))
    assert (article.published, article.published_confidence) == (START, TimeConfidence.EXACT)
    assert article.text_origin is TextOrigin.PUSHED
    assert (step.stage, step.outcome, step.detail) == ("read", "accepted", "pushed by kim")


async def test_a_source_that_is_known_by_name_or_id_lends_its_facts(tmp_path: Path) -> None:
    source = replace(a_source(name="The Paper"), country="KR", lang="ko")
    async with Database.open("sqlite:", tmp_path) as db:
        async with db.transaction() as conn:
            await sources.add(conn, source, START)
        short = replace(GOOD, lang=None, text="", title="Ships")
        by_name, by_id, other = await made(
            db,
            replace(short, source="The Paper"),
            replace(short, url="https://news.example/b", source=source.source_id),
            replace(short, url="https://news.example/c", source="Nobody"),
        )
    assert by_name.source_id == by_id.source_id == source.source_id
    assert (by_name.country, by_name.lang) == ("KR", "ko")
    assert (other.source_name, other.country, other.lang) == ("Nobody", None, None)


async def test_what_is_stored_already_brings_nothing_new(tmp_path: Path) -> None:
    async with Database.open("sqlite:", tmp_path) as db:
        [article] = await made(db, replace(GOOD, source="A"))
        first: StoryArticle = replace(a_story_article(), article=article)
        async with db.transaction() as conn:
            await articles.put_many(conn, [StoredArticle(first, [])])
        assert await made(db, replace(GOOD, source="A")) == []
        assert await made(db, replace(GOOD, source="B", text=f"{TEXT} Other words.")) == [], "read for another source"
        [edit] = await made(db, replace(GOOD, source="A", text=f"{TEXT} Other words."))
        [update] = await made(db, replace(GOOD, source="B", text=f"{TEXT} More.", updated=START + timedelta(hours=2)))
    assert edit.article_id == update.article_id == article.article_id
    assert edit.revision != article.revision


async def test_records_of_a_topic_become_articles_and_bad_ones_dead_letters(tmp_path: Path) -> None:
    log = MemoryLog()
    async with Database.open("sqlite:", tmp_path) as db, log:
        bad = [
            Record("k", b"{}"),
            Record("k", encode(replace(GOOD, url="nowhere"))),
            Record("k", encode(replace(GOOD, team="sailors"))),
            Record("k", b'{"v":1,"t":"pushed_article","d":{"title":"no address"}}'),
        ]
        await log.append(PUSHED.name, [*bad[:2], Record("k", encode(GOOD)), *bad[2:]])
        stage = PushStage(PushParts(log=log, db=db, clock=FakeClock(), metrics=Metrics()))
        letters: list[DeadLetter] = []
        found: list[Article] = []

        async def done() -> bool:
            letters[:] = [decode(one.value, DeadLetter) async for one in log.read(DEADLETTER.name)]
            found[:] = [decode(one.value, Article) async for one in log.read(ARTICLES.name)]
            return len(letters) == len(bad) and bool(found)

        async with running(stage.run()), asyncio.timeout(PATIENCE):
            while not await done():  # noqa: ASYNC110 - what is waited for is in the log
                await asyncio.sleep(0.005)
    assert [one.url for one in found] == ["https://news.example/a"]
    told = " ".join(one.detail for one in letters)
    assert "url: expected the address of the article" in told
    assert "there is no team 'sailors'" in told


async def test_a_record_that_is_none_is_refused_by_itself(tmp_path: Path) -> None:
    async with Database.open("sqlite:", tmp_path) as db:
        with pytest.raises(RecordError, match="title: expected the headline"):
            await made(db, replace(GOOD, title=""))
