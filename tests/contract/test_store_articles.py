"""What the store promises of articles, the words in them, and traces."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db.connection import Connection
from core.db.engine import Database
from core.model.outcome import Stage
from core.store import articles, traces
from core.store.articles import StoredArticle
from core.store.traces import TraceRow
from tests.contract.databases import NOW, after
from tests.effort import scaled
from tests.fakes.records import a_story_article

SINCE, UNTIL = after(-1e6), after(1e6)


def stored(name: str, words: Sequence[str], seconds: float = 0.0) -> StoredArticle:
    return StoredArticle(a_story_article(f"https://news.example/{name}", at=after(seconds)), words)


async def names(conn: Connection, anyof: Sequence[Sequence[str]]) -> list[str]:
    found = await articles.candidates(conn, anyof, since=SINCE, until=UNTIL)
    return [row.story_article.article.url.removeprefix("https://news.example/") for row in found]


async def test_an_article_comes_back_as_it_was_stored_by_id_and_by_both_urls(db: Database) -> None:
    record = a_story_article("https://news.example/1", text="Zoë\0 said: “ﬁne” 🙂\n\n" * 400)
    record = replace(record, article=replace(record.article, url="https://short.example/" + "x" * 5000))
    async with db.transaction() as conn:
        assert await articles.put_many(conn, [StoredArticle(record, [])]) == {record.article.article_id}
        assert await articles.get(conn, record.article.article_id) == record
        assert await articles.by_url(conn, record.article.url) == record
        assert await articles.by_url(conn, record.article.canonical_url) == record
        assert await articles.by_url(conn, "https://news.example/2") is None
        assert await articles.get(conn, "none") is None
        assert await articles.of_story(conn, record.story_id) == [record]


async def test_a_repeat_changes_nothing_and_an_edit_takes_the_place_of_what_it_edits(db: Database) -> None:
    first, other = stored("1", ["old"]), stored("2", ["x"])
    edit = StoredArticle(a_story_article(text="Edited.", at=after(60)), ["new"])
    key = first.story_article.article.article_id
    async with db.transaction() as conn:
        assert await articles.put_many(conn, [first, first, other]) == {key, other.story_article.article.article_id}
        assert await articles.put_many(conn, [first]) == set()
        assert await articles.put_many(conn, [first, edit]) == {key}
        assert await articles.put_many(conn, [first, edit]) == set()
        assert await articles.put_many(conn, [first]) == set()
        assert await articles.put_many(conn, []) == set()
        assert await articles.get(conn, key) == edit.story_article
        assert await names(conn, [["old"]]) == []
        assert await names(conn, [["new"], ["x"]]) == ["1", "2"]


async def test_pages_go_from_the_newest_to_the_oldest_without_gaps(db: Database) -> None:
    rows = [stored(str(number), ["w"], number) for number in range(10)]
    seen: list[str] = []
    async with db.transaction() as conn:
        await articles.put_many(conn, rows[:6])
        await articles.put_many(conn, rows[6:])
        cursor = None
        while found := await articles.page(conn, since=after(2), until=after(9), before_cursor=cursor, limit=3):
            cursor = found[-1].cursor
            seen += [row.story_article.article.url[-1] for row in found]
        assert seen == list("8765432")
        assert await articles.count(conn, after(2), after(9)) == 7


async def test_candidates_are_pages_too(db: Database) -> None:
    rows = [stored(str(number), ["all", "even" if number % 2 == 0 else "odd"], number) for number in range(10)]
    async with db.transaction() as conn:
        await articles.put_many(conn, rows)
        first = await articles.candidates(conn, [["all", "even"]], since=after(1), until=after(9), limit=2)
        second = await articles.candidates(
            conn, [["all", "even"]], since=after(1), until=after(9), limit=5, before_cursor=first[-1].cursor
        )
        assert [row.story_article.article.url[-1] for row in first + second] == list("8642")


async def test_candidates_hold_something_of_every_group(db: Database) -> None:
    rows = [stored("1", ["arms", "russia"]), stored("2", ["guns", "russia"]), stored("3", ["arms", "china"])]
    async with db.transaction() as conn:
        await articles.put_many(conn, rows)

        async def asked(*also: Sequence[Sequence[str]]) -> list[str]:
            found = await articles.candidates(conn, [["arms"], ["guns"]], also=also, since=SINCE, until=UNTIL)
            return [row.story_article.article.url[-1] for row in found]

        assert await asked() == ["3", "2", "1"]
        assert await asked([["russia"]]) == ["2", "1"]
        assert await asked([["russ*"], ["china"]], [["arms"]]) == ["3", "1"]
        assert await asked([["russia"]], [["china"]]) == []
        assert await asked([[]]) == ["3", "2", "1"], "a group that everything holds"


async def test_candidates_hold_all_words_of_at_least_one_member(db: Database) -> None:
    rows = [
        stored("1", ["north", "korea", "missile", "missile"]),
        stored("2", ["north", "sea"]),
        stored("3", ["북한", "미사일"]),
    ]
    async with db.transaction() as conn:
        await articles.put_many(conn, rows)
        assert await names(conn, [["north", "korea"]]) == ["1"]
        assert await names(conn, [["korea", "sea"]]) == []
        assert await names(conn, [["korea"], ["sea"]]) == ["2", "1"]
        assert await names(conn, [["북한"]]) == ["3"]
        assert await names(conn, [["miss*"], ["미*"]]) == ["3", "1"]
        assert await names(conn, [["nor"]]) == []
        assert await names(conn, []) == []
        assert await names(conn, [["korea"], []]) == ["3", "2", "1"]


@pytest.mark.parametrize(
    "word",
    ["at&t", "c++", "f-35", "o'neil", 'say"so', "back\\slash", "a:b", "(x)", "and", "or", "not", "near", "the", "#tag", "@a",
     "ﬁ", "é", "e\u0301", "İ", "ß", "🙂", "الحرب", "戦争", "w" * 70, "w" * 3000, "a b", "a\0b", "\ud800", "!", "|", "&", "*", "%"],
)  # fmt: skip
async def test_a_word_is_found_by_itself_and_by_its_beginning(db: Database, word: str) -> None:
    async with db.transaction() as conn:
        await articles.put_many(conn, [stored("1", [word, "other"]), stored("2", ["else"])])
        assert await names(conn, [[word]]) == ["1"]
        assert await names(conn, [["other", word]]) == ["1"]
        assert await names(conn, [[word[:40] + "*", "other"]]) == ["1"]


WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@settings(max_examples=scaled(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(WORDS, max_size=6), asked=st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=3)
)
async def test_no_article_with_the_words_is_ever_missed(db: Database, held: list[str], asked: list[list[str]]) -> None:
    row = stored("1", held)
    async with db.transaction() as conn:
        await articles.put_many(conn, [row])
        found = await articles.candidates(conn, [*asked, [*held, "surely-not"]], since=SINCE, until=UNTIL)
        if any(set(member) <= set(held) for member in asked):
            assert [hit.story_article for hit in found] == [row.story_article]
        if held:
            assert len(await articles.candidates(conn, [held], since=SINCE, until=UNTIL)) == 1
            assert (
                len(await articles.candidates(conn, [[word[0] + "*" for word in held]], since=SINCE, until=UNTIL)) == 1
            )
        await articles.prune(conn, after(10))


async def test_retention_takes_the_oldest_articles_with_their_words_a_piece_at_a_time(db: Database) -> None:
    async with db.transaction() as conn:
        await articles.put_many(conn, [stored(str(number), ["w"], number) for number in range(10)])
        assert await articles.prune(conn, after(7), limit=5) == 5
        assert await articles.prune(conn, after(7), limit=5) == 2
        assert await articles.prune(conn, after(7), limit=5) == 0
        assert await names(conn, [["w"]]) == list("987")
        await articles.put_many(conn, [stored("10", ["w"], 10)])
        assert await names(conn, [["w"]]) == ["10", "9", "8", "7"]


async def test_a_trace_is_kept_once_and_tells_the_way_in_order(db: Database) -> None:
    read = TraceRow(subject="entry", stage=Stage.READ, outcome="accepted", at=after(1), article_id="article")
    steps = [
        TraceRow(subject="entry", stage=Stage.POLL, outcome="new", at=NOW, detail="https://news.example/\0feed"),
        read,
        TraceRow(subject="article", stage=Stage.STORY, outcome="copy", at=after(2), detail="copy of x"),
        TraceRow(subject="article", stage=Stage.MATCH, outcome="matched", at=after(2), detail="rule a"),
        TraceRow(subject="article", stage=Stage.MATCH, outcome="matched", at=after(2), detail="rule b"),
    ]
    async with db.transaction() as conn:
        await traces.add_many(conn, steps[::-1])
        await traces.add_many(conn, [replace(read, at=after(50))])
        await traces.add_many(conn, [])
        await traces.add_many(conn, [replace(read, subject="unrelated", article_id=None)])
        expected = [replace(steps[0], detail="https://news.example/\ufffdfeed"), *steps[1:]]
        assert await traces.of(conn, "entry") == expected
        assert await traces.of(conn, "article") == expected
        assert await traces.of(conn, "nothing") == []


async def test_old_traces_are_deleted_a_piece_at_a_time(db: Database) -> None:
    rows = [
        TraceRow(subject=str(number), stage=Stage.POLL, outcome="new", at=after(number // 2)) for number in range(20)
    ]
    async with db.transaction() as conn:
        await traces.add_many(conn, rows)
        assert await traces.prune(conn, after(8), limit=10) == 10
        assert await traces.prune(conn, after(8), limit=10) == 6
        assert await traces.prune(conn, after(8), limit=10) == 0
        assert await traces.of(conn, "15") == []
        assert len(await traces.of(conn, "16")) == 1


async def test_the_newest_article_of_some_sources(db: Database) -> None:
    rows = [stored(str(number), ["a"], number) for number in range(3)]
    source = rows[0].story_article.article.source_id
    async with db.transaction() as conn:
        assert await articles.newest_of(conn, [source]) is None
        await articles.put_many(conn, rows)
        assert await articles.newest_of(conn, ["other", source]) == rows[2].story_article.article.accepted
        assert await articles.newest_of(conn, ["other"]) is None
        assert await articles.newest_of(conn, []) is None
