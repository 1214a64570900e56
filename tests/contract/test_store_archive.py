"""What the store promises of a search in the archive, of stories that run, and of what articles were before they were edited."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text, update

from core.db import tables
from core.db.engine import Database
from core.model.outcome import StoryVerdict
from core.model.retention import Retention
from core.model.story import StoryArticle
from core.store import archive, article_revisions, articles, facts, retention, stories
from core.store import words as word_index
from core.store.archive import Question
from core.store.articles import StoredArticle
from core.store.stories import Order, Wanted
from tests.contract.databases import NOW, after
from tests.fakes.records import a_story_article


def one(
    name: str, seconds: float = 0.0, *, source: str = "s", lang: str = "en", story: str | None = None
) -> StoryArticle:
    made = a_story_article(f"https://news.example/{name}", text=f"Text of {name}.", at=after(seconds), story=story)
    article = replace(made.article, source_id=source, source_name=f"The {source}", lang=lang, country="IN")
    return replace(made, article=article)


async def store(db: Database, *rows: tuple[StoryArticle, Sequence[str]]) -> None:
    async with db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(story, words) for story, words in rows])


async def names(db: Database, question: Question, below: int | None = None) -> list[str]:
    found: list[str] = []
    async for piece in archive.pieces(db, question, below):
        async with db.connection() as conn:
            rows = await archive.records(conn, piece.numbers)
        found += [archive.opened(record).article.url.rpartition("/")[2] for _, record in rows]
    return found


async def test_candidates_have_all_words_and_facts_that_are_asked_for(db: Database) -> None:
    rows = [
        (one("1", source="a", lang="de"), ["oil", "price"]),
        (one("2", source="b", lang="en"), ["oil"]),
        (one("3", source="a", lang="en-GB"), ["gas", "price"]),
    ]
    await store(db, *rows)
    assert await names(db, Question()) == ["3", "2", "1"]
    assert await names(db, Question(words=[[["oil"], ["gas"]]])) == ["3", "2", "1"]
    assert await names(db, Question(words=[[["oil"]], [["pri*"]]])) == ["1"]
    assert await names(db, Question(facts=[[["lang=en"]]])) == ["3", "2"]
    assert await names(db, Question(words=[[["price"]]], facts=[[["source=a"], ["name=a"]]])) == ["3", "1"]
    assert await names(db, Question(facts=[[["name=the b"]]])) == ["2"]
    assert await names(db, Question(facts=[[["country=in"]], [["lang=de"]]])) == ["1"]
    assert await names(db, Question(facts=[[["domain=news.example"]], [["domain=example"]]])) == ["3", "2", "1"]
    assert await names(db, Question(facts=[[["lang=ko"]]])) == []


async def test_a_time_is_asked_for_by_its_days_or_by_its_months(db: Database) -> None:
    days = (0, 1, 40, 200)
    await store(db, *((one(str(day), day * 86400.0), ["w"]) for day in days))

    async def accepted(since: datetime, until: datetime) -> list[str]:
        asked = facts.within(since, until)
        assert asked is not None
        return await names(db, Question(words=[[["w"]]], facts=[[[word] for word in asked]]))

    assert await accepted(after(0), after(90_000)) == ["1", "0"]
    assert await accepted(after(30 * 86400), after(50 * 86400)) == ["40"]
    assert await accepted(after(0), after(300 * 86400)) == ["200", "40", "1", "0"]
    assert facts.within(NOW, NOW + timedelta(days=100 * 366)) is None, "too many words to ask for"


async def test_pieces_end_below_a_number_and_say_how_far_they_came(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_FIRST_PIECE", 4)
    monkeypatch.setattr(archive, "_ALIGNED", 4)
    monkeypatch.setattr(archive, "_MOST", 3)
    rows = [(one(str(number)), ["all", "even" if number % 2 == 0 else "odd"]) for number in range(40)]
    await store(db, *rows)
    for question in (Question(words=[[["even"]]]), Question(facts=[[["lang=en"]]]), Question()):
        pieces = [piece async for piece in archive.pieces(db, question)]
        given = [number for piece in pieces for number in piece.numbers]
        assert given == sorted(given, reverse=True)
        assert len(given) == (20 if question.words else 40)
        assert [piece.down_to for piece in pieces] == sorted((piece.down_to for piece in pieces), reverse=True)
        assert pieces[-1].down_to == 0
        assert all(min(piece.numbers, default=piece.down_to) >= piece.down_to for piece in pieces)
        rest = [number async for piece in archive.pieces(db, question, given[6]) for number in piece.numbers]
        assert rest == given[7:]


@pytest.mark.parametrize("before", [{"facts": None, "folding": None}, {"folding": None}])
async def test_what_an_earlier_release_indexed_is_found_and_indexed_anew_later(
    db: Database, before: dict[str, None]
) -> None:
    """Its word was folded otherwise then."""
    await store(db, (one("1"), ["łodz"]))
    await store(db, (one("2"), ["oil"]))
    async with db.transaction() as conn:  # as a process of an earlier release does
        numbers = [row.cursor for row in await articles.page(conn, since=after(-9), until=after(9))]
        await conn.execute(text("DELETE FROM article_words"))
        for number, word in zip(numbers, ("oil", "łodz"), strict=True):
            known = facts.facts_of(one("1").article) if "facts" not in before else ()
            await word_index.add(conn, [word_index.Indexed(number, NOW, [word], known)])
        await conn.execute(update(tables.articles).values(before))
    await store(db, (one("3"), ["lodz"]))
    question = Question(words=[[["lodz"]]], facts=[[["lang=en"]]])
    assert set(await names(db, question)) >= {"3", "1"}, "who searches decides by the article itself"
    if "facts" not in before:
        assert await names(db, Question(words=[[["lodz"]]], facts=[[["lang=de"]]])) == [], "its facts are known"
    async with db.connection() as conn:
        assert await archive.count_older(conn) == 2
        rows = await archive.older(conn, 10)
    assert [row.number for row in rows] == numbers
    anew = [
        word_index.Indexed(row.number, row.accepted, [word], facts.facts_of(archive.opened(row.record).article))
        for row, word in zip(rows, ["oil", "lodz"], strict=True)
    ]
    for some in (anew[:1], anew, anew):  # as after a crash
        async with db.transaction() as conn:
            await archive.index_anew(conn, some)
    async with db.connection() as conn:
        assert await archive.count_older(conn) == 0
        assert await archive.older(conn, 10) == []
    assert await names(db, question) == ["3", "1"]
    assert await names(db, Question(words=[[["łodz"]]])) == []
    assert await names(db, Question(words=[[["oil"]]], facts=[[["lang=en"]]])) == ["2"]


async def test_an_article_that_goes_while_it_is_indexed_anew_stays_away(db: Database) -> None:
    await store(db, (one("1"), ["łodz"]))
    async with db.transaction() as conn:
        await conn.execute(update(tables.articles).values(folding=None))
    async with db.connection() as conn:
        rows = await archive.older(conn, 10)
    async with db.transaction() as conn:
        await articles.prune(conn, after(99))
        await archive.index_anew(conn, [word_index.Indexed(rows[0].number, NOW, ["lodz"])])
    assert await names(db, Question(words=[[["lodz"]]])) == []


async def test_an_edit_is_found_by_its_own_words_and_keeps_what_it_replaced(db: Database) -> None:
    first = one("1")
    edit = replace(first, article=replace(first.article, revision="2", text="Edited.", lang="de", accepted=after(60)))
    await store(db, (first, ["old"]))
    await store(db, (edit, ["new"]))
    assert await names(db, Question(words=[[["old"]]])) == []
    assert await names(db, Question(words=[[["new"]]], facts=[[["lang=de"]]])) == ["1"]
    async with db.connection() as conn:
        assert await article_revisions.of(conn, first.article.article_id) == [first]
        assert await article_revisions.of(conn, "other") == []


async def test_a_story_is_counted_by_articles_outlets_and_pace(db: Database) -> None:
    def member(name: str, source: str, size: int, hours: float, story: str = "story") -> StoryArticle:
        made = one(name, hours * 3600, source=source, story=story)
        verdict = StoryVerdict.NEW if size == 1 else StoryVerdict.COPY
        return replace(made, story_size=size, verdict=verdict, story_first_seen=after(0))

    await store(db, (member("1", "a", 1, 0), ["w"]))
    async with db.connection() as conn:
        assert await stories.get(conn, "story") is None, "one article is no story that runs"
    await store(db, (member("2", "b", 2, 0.5), ["w"]), (member("3", "b", 3, 1), ["w"]))
    await store(db, (member("4", "a", 4, 1), ["w"]), (member("other", "c", 1, 0, "single"), ["w"]))
    await store(db, (member("x", "a", 1, 5, "fast"), ["w"]), (member("y", "a", 2, 5, "fast"), ["w"]))
    await store(db, (member("4", "a", 4, 1), ["w"]))  # a repeat
    async with db.connection() as conn:
        row = await stories.get(conn, "story")
        assert row is not None
        assert (row.articles, row.outlets, row.first, row.last) == (4, 2, after(0), after(3600))
        assert (row.lang, row.country) == ("en", "in")
        assert row.an_hour(after(3600)) == pytest.approx(0.693 * (0.5 + 0.5**0.5 + 2), rel=0.01)

        async def listed(order: Order, wanted: Wanted = Wanted()) -> list[str]:  # noqa: B008 - frozen
            return [one.story_id for one in await stories.list_rows(conn, wanted, order, limit=10)]

        assert await listed(Order.OUTLETS) == ["story", "fast"]
        assert await listed(Order.SPEED) == ["fast", "story"]
        assert await listed(Order.OUTLETS, Wanted(outlets=2)) == ["story"]
        assert await listed(Order.OUTLETS, Wanted(since=after(4 * 3600))) == ["fast"]
        assert await listed(Order.SPEED, Wanted(lang="de")) == []
        newest = await stories.list_rows(conn, Wanted(), Order.NEWEST, limit=1)
        rest = await stories.list_rows(
            conn, Wanted(), Order.NEWEST, limit=5, after=(newest[0].first, newest[0].story_id)
        )
        assert {one.story_id for one in (*newest, *rest)} == {"story", "fast"}
        assert len(rest) == 1
        firsts = await stories.first_articles(conn, ["story", "fast", "none"])
        assert {key: one.article.url[-1] for key, one in firsts.items()} == {"story": "1", "fast": "x"}


async def test_stories_and_revisions_are_kept_as_long_as_articles(db: Database) -> None:
    first = replace(one("1", story="s"), story_size=1)
    second = replace(one("2", story="s"), story_size=2)
    edit = replace(second, article=replace(second.article, revision="e", accepted=after(60)))
    await store(db, (first, ["w"]), (second, ["w"]))
    await store(db, (edit, ["w"]))
    await retention.sweep(db, Retention(articles=30), after(10 * 86400))
    async with db.connection() as conn:
        assert await stories.get(conn, "s") is not None
        assert len(await article_revisions.of(conn, second.article.article_id)) == 1
    await retention.sweep(db, Retention(articles=30), after(31 * 86400))
    async with db.connection() as conn:
        assert await stories.get(conn, "s") is None
        assert await article_revisions.of(conn, second.article.article_id) == []
    assert await names(db, Question()) == []
