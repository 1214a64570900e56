"""What a rule would have found: as many as judging every stored article one by one, and no more."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.management.preview import Window, compare, first_page, preview, production_judge, rule_tree
from alerts.match.words import words_of_article
from alerts.rules.aliases import AliasSet
from alerts.rules.explain import explain
from alerts.rules.syntax import Node
from core.db.engine import Database
from core.errors import UserError
from core.model.story import StoryArticle
from core.store import articles
from core.store.articles import StoredArticle
from core.text.document import Document
from tests.alerts.making import NOW, story_article
from tests.rule_generator import RuleMaker

TEXTS = (
    "Ships with arms and guns left Korea for Russia at dawn.",
    "The minister spoke of missiles in Kiev. Russia denied it.",
    "Rain is expected in Seoul and in the north at dawn.",
    "A film about guns opens. The minister saw it twice.",
    "무기를 실은 배가 러시아로 떠났다. Ships left.",
)
WINDOW = Window(NOW - timedelta(days=7), NOW)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open("sqlite:", tmp_path) as db:
        yield db


async def _store(db: Database, *stories: StoryArticle) -> None:
    async with db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(one, words_of_article(one.article)) for one in stories])


def _tree(query: str) -> Node:
    return rule_tree(query, AliasSet())


async def test_the_narrowed_search_finds_what_judging_every_article_finds(db: Database) -> None:
    stories = [story_article(number, text=text) for number, text in enumerate(TEXTS)]
    await _store(db, *stories)
    for seed in range(60):
        maker = RuleMaker(random.Random(seed), TEXTS)
        tree = maker.rule(TEXTS[seed % len(TEXTS)])
        async with db.connection() as conn:
            found = await preview(conn, tree, WINDOW)
        expected = {one.article.article_id for one in stories if explain(tree, Document(one.article)).true}
        assert {shown.story.article.article_id for shown in found.matches} == expected, seed


async def test_the_matcher_of_production_finds_the_same_with_the_same_evidence(db: Database) -> None:
    await _store(db, *(story_article(number, text=text) for number, text in enumerate(TEXTS)))
    for query in ("guns", "(arms OR missiles) AND Russia", "minister NEAR/3 spoke", "ships AND NOT Korea"):
        async with db.connection() as conn:
            plain = await preview(conn, _tree(query), WINDOW)
            produced = await preview(conn, _tree(query), WINDOW, production_judge(query, AliasSet()))
        assert [(one.story, set(one.evidence)) for one in plain.matches] == [
            (one.story, set(one.evidence)) for one in produced.matches
        ]


async def test_the_first_page_has_the_newest_stories_with_all_their_copies(db: Database) -> None:
    stories = [story_article(number, story=str(number % 4)) for number in range(12)]
    await _store(db, *stories)
    async with db.connection() as conn:
        page = await first_page(conn, _tree("arms"), WINDOW, 3)
        every = list((await preview(conn, _tree("arms"), WINDOW)).stories.values())
        assert page == every[:3]
        assert await first_page(conn, _tree("arms"), WINDOW, 0) == []
        assert await first_page(conn, _tree("arms"), WINDOW, 99) == every


async def test_only_articles_with_all_that_must_be_there_are_read(db: Database) -> None:
    await _store(db, *(story_article(number, title="News", text=text) for number, text in enumerate(TEXTS)))
    async with db.connection() as conn:
        found = await preview(conn, _tree("guns AND Russia AND (Korea OR Kiev)"), WINDOW)
        near = await preview(conn, _tree("minister NEAR/1 guns"), WINDOW)
    assert (found.read, len(found.matches)) == (1, 1)
    assert (near.read, len(near.matches)) == (1, 0)


async def test_copies_of_a_story_are_one_alert(db: Database) -> None:
    await _store(db, story_article(1, story="a"), story_article(2, story="a"), story_article(3, story="b"))
    async with db.connection() as conn:
        found = await preview(conn, _tree("arms"), WINDOW)
    assert len(found.matches) == 3
    assert list(found.alerts_by_day.values()) == [2]


async def test_a_preview_that_reads_no_further_says_so(db: Database) -> None:
    await _store(db, *(story_article(number) for number in range(5)))
    async with db.connection() as conn:
        few = await preview(conn, _tree("arms"), Window(WINDOW.since, WINDOW.until, most=3))
        every = await preview(conn, _tree("arms"), WINDOW)
    assert (few.read, few.complete) == (3, False)
    assert (every.read, every.complete) == (5, True)


async def test_a_preview_shows_no_article_of_sources_that_the_team_does_not_read(db: Database) -> None:
    ours, theirs = story_article(1), story_article(2)
    theirs = replace(theirs, article=replace(theirs.article, teams=("sport",)))
    await _store(db, ours, theirs)
    async with db.connection() as conn:
        for team_id, story in (("default", ours), ("sport", theirs)):
            window = Window(WINDOW.since, WINDOW.until, team_id=team_id)
            found = await preview(conn, _tree("arms"), window)
            assert [shown.story for shown in found.matches] == [story]
            assert [shown.story for [shown] in await first_page(conn, _tree("arms"), window, 5)] == [story]


async def test_two_rules_are_compared_by_what_they_find(db: Database) -> None:
    stories = [story_article(number, title="News", text=text) for number, text in enumerate(TEXTS)]
    await _store(db, *stories)
    async with db.connection() as conn:
        new = await preview(conn, _tree("guns OR missiles"), WINDOW)
        old = await preview(conn, _tree("guns OR Seoul"), WINDOW)
    against = compare(new, old)
    assert (len(against.gained), len(against.lost), against.same) == (1, 1, 2)


async def test_a_word_just_missed_is_told_also_for_a_rule_of_one_word(db: Database) -> None:
    await _store(db, story_article(1, title="News", text=TEXTS[1]))
    async with db.connection() as conn:
        found = await preview(conn, _tree("missile"), WINDOW)
    assert dict(found.missed["missile"]) == {"missiles": 1}


@pytest.mark.parametrize(
    ("rule", "text", "missed"),
    [
        ("wombat AND arm", "A wombat has arms.", {"arm": {"arms": 1}}),
        ("arm", "A wombat has arms.", {"arm": {"arms": 1}}),
        ("wombat AND gas", "The wombat met an army of gases and gasps.", {"gas": {"gases": 1}}),
        ("wombat AND spy", "The wombat met spies.", {"spy": {"spies": 1}}),
        ("wombat AND tax", "The wombat was taxed, and taxis taxied.", {}),
        ("Путин AND мир", "Путин говорил о мире и мирте.", {"мир": {"мире": 1}}),
        ("мир", "Путин говорил о мире.", {"мир": {"мире": 1}}),
        ("Путин AND мир", "Путин говорил с миром.", {"мир": {"миром": 1}}),
        ("ОАЭ AND бык", "ОАЭ и быка.", {"бык": {"быка": 1}}),
        ("كيم AND سفن", "كيم وسفنا.", {"سفن": {"وسفنا": 1}}),
        ("كيم AND سفن", "كيم سفنا.", {"سفن": {"سفنا": 1}}),
        ("wombat AND arm", "The wombat met an army and armed arma.", {}),
        ("wombat AND (arm OR leg)", "The wombat has legs.", {"leg": {"legs": 1}}),
    ],
)
async def test_words_of_three_letters_just_missed_are_told(
    db: Database, rule: str, text: str, missed: dict[str, dict[str, int]]
) -> None:
    await _store(db, story_article(1, title="News", text=text))
    async with db.connection() as conn:
        found = await preview(conn, _tree(rule), WINDOW)
    assert {word: dict(near) for word, near in found.missed.items()} == missed


def test_a_text_that_is_no_rule_is_refused_with_its_problems() -> None:
    with pytest.raises(UserError, match="missing-operand"):
        _tree("arms AND")
