"""A search in the archive finds what its matcher finds in each article, page by page, and says how far back it came."""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.management import search as archive_search
from alerts.management.search import Filter, Page, everything, query_of, readable
from alerts.match.words import words_of_article
from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.explain import explain
from alerts.rules.printer import print_rule
from core.db.engine import Database
from core.model.story import StoryArticle
from core.store import articles
from core.store.articles import StoredArticle
from core.text.document import Document
from tests.alerts.making import NOW, story_article
from tests.effort import scaled
from tests.fakes.clock import FakeClock
from tests.rule_generator import FACTS, RuleMaker

ALIASES = AliasSet()
ALL = Filter()
TEXTS = (
    "Ships with arms and guns left Korea for Russia at dawn.",
    "The minister spoke of missiles in Kiev. Russia denied it.",
    "Rain is expected in Seoul and in the north at dawn.",
    "A film about guns opens. The minister saw it twice.",
    "무기를 실은 배가 러시아로 떠났다. Ships left.",
)


class TiringClock(FakeClock):
    """Every look at it takes a while."""

    def monotonic(self) -> float:
        self.advance(0.05)
        return super().monotonic()


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open("sqlite:", tmp_path) as db:
        yield db


async def store(db: Database, stories: Sequence[StoryArticle]) -> None:
    async with db.transaction() as conn:
        await articles.put_many(conn, [StoredArticle(one, words_of_article(one.article)) for one in stories])


def some(count: int, first: int = 0) -> list[StoryArticle]:
    chance, made = random.Random(5), []
    for number in range(first, first + count):
        story = story_article(number, text=TEXTS[number % len(TEXTS)])
        article = replace(
            story.article,
            lang=chance.choice(["en", "de", "ko", None, "en-GB"]),
            country=chance.choice(["US", "kr", None]),
            source_id=f"s{number % 3}",
            source_name=chance.choice(["The World", "Morgenpost"]),
            domain=chance.choice(["world.example", "news.world.example", "orld.example"]),
            accepted=NOW - timedelta(days=number % 4),
        )
        made.append(replace(story, article=article))
    return made


async def page(
    db: Database,
    text: str,
    wanted: Filter = ALL,
    *,
    below: int | None = None,
    limit: int = 100,
) -> Page:
    query = everything()
    if text:
        query = query_of(readable(text, ALIASES), ALIASES)
    return await archive_search.search(db, FakeClock(), query, wanted, below=below, limit=limit)


def ids(found: Page) -> list[str]:
    return [one.shown.story.article.article_id for one in found.found]


async def test_a_search_finds_what_the_matcher_finds_in_each_article(db: Database) -> None:
    stories = some(40)
    await store(db, stories)
    for seed in range(scaled(150)):
        rule, tree = RuleMaker(random.Random(seed), TEXTS).written(TEXTS[seed % len(TEXTS)])
        expected = [one.article.article_id for one in reversed(stories) if explain(tree, Document(one.article)).true]
        assert ids(await page(db, rule)) == expected, rule


async def test_what_is_no_rule_for_want_of_a_word_can_be_searched_for(db: Database) -> None:
    stories = some(40)
    await store(db, stories)
    queries = ["NOT guns", "/dawn/", "NOT (lang:en OR guns)", "lang:(de OR ko)", "guns OR NOT Russia"]
    queries += [f'{field.value}:"{value}"' for field, values in FACTS.items() for value in values]
    for text in queries:
        parsed = readable(text, ALIASES)
        assert parsed.tree is not None, text
        tree = expand(parsed.tree, ALIASES)
        expected = [one.article.article_id for one in reversed(stories) if explain(tree, Document(one.article)).true]
        assert ids(await page(db, text)) == expected, text


async def test_filters_hold_of_all_that_is_found(db: Database) -> None:
    stories = some(60)
    await store(db, stories)
    filters = (
        Filter(lang="en"),
        Filter(country="kr", lang="de"),
        Filter(source="s1"),
        Filter(source="morgenpost"),
        Filter(since=NOW - timedelta(days=1, hours=1), until=NOW),
        Filter(since=NOW - timedelta(days=2), until=NOW - timedelta(days=1), lang="en"),
        Filter(team_id="others"),
    )
    for wanted in filters:
        for text in ("", "Russia", "NOT Russia"):
            everywhere = await page(db, text)
            expected = [
                key.shown.story.article.article_id for key in everywhere.found if wanted.holds(key.shown.story.article)
            ]
            assert ids(await page(db, text, wanted)) == expected, (wanted, text)


async def test_pages_neither_skip_nor_repeat_while_articles_arrive(db: Database) -> None:
    await store(db, some(30))
    whole = ids(await page(db, "Russia"))
    seen: list[str] = []
    below, arrived = None, 100
    while True:
        found = await page(db, "Russia", below=below, limit=4)
        seen += ids(found)
        await store(db, some(5, first=arrived))
        arrived += 5
        if found.next is None:
            break
        below = found.next
    assert seen == whole


async def test_a_search_that_takes_too_long_says_how_far_it_came_and_goes_on_from_there(db: Database) -> None:
    stories = some(60)
    await store(db, stories)
    query = query_of(readable("NOT Russia", ALIASES), ALIASES)
    whole, seen, below, early = ids(await page(db, "NOT Russia")), list[str](), None, 0
    while True:
        found = await archive_search.search(db, TiringClock(), query, Filter(), below=below, limit=100)
        seen += ids(found)
        early += found.back_to is not None
        assert (found.next is None) == (found.back_to is None)
        if found.next is None:
            break
        below = found.next
    assert seen == whole
    assert early > 1


async def test_a_search_shows_its_evidence(db: Database) -> None:
    await store(db, some(5))
    [first, *_] = (await page(db, "guns AND Russia")).found
    assert {one.text for one in first.shown.evidence} == {"guns", "Russia"}
    assert "guns" in first.shown.snippet


async def test_a_common_pattern_is_left_to_the_matcher(db: Database) -> None:
    await store(db, some(30))
    for text in ("min*", "min* AND NOT guns", "mis* AND min*"):
        tree = readable(text, ALIASES).tree
        assert tree is not None
        expected = [one.article.article_id for one in reversed(some(30)) if explain(tree, Document(one.article)).true]
        assert ids(await page(db, text)) == expected


async def test_a_printed_query_searches_the_same(db: Database) -> None:
    await store(db, some(10))
    tree = readable("NOT guns", ALIASES).tree
    assert tree is not None
    assert ids(await page(db, print_rule(tree))) == ids(await page(db, "NOT guns"))


async def test_a_search_for_a_place_alone_reads_what_is_from_there(db: Database) -> None:
    stories = some(60)
    await store(db, stories)
    expected = {one.article.article_id for one in stories if one.article.domain.endswith("news.world.example")}
    for text in ("domain:news.world.example", "domain:WWW.news.world.example. OR agency:AP"):
        found = await page(db, text, limit=60)
        assert set(ids(found)) == expected
        assert found.looked == len(expected), "no other article is read"
