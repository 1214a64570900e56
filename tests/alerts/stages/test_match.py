import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.match.rule_cache import RuleCache
from alerts.match.stage import MatchParts, MatchStage
from core.db.engine import Database
from core.log.consumer import Options, Output
from core.log.log import Record
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model import ids
from core.model.codec import decode, encode
from core.model.match import Match
from core.model.outcome import Stage, StoryVerdict
from core.store import articles, stats, traces
from tests.alerts.making import NOW, story_article
from tests.alerts.rules_in_store import put_rule
from tests.fakes.clock import FakeClock
from tests.fakes.rule_engine import FakeCompiler, FakeRules


class Matching:
    """The match stage with its database, rules and log."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = FakeClock(NOW)
        self.metrics = Metrics()
        self.log = MemoryLog(self.clock)
        self.rules: RuleCache[FakeRules] = RuleCache(db, FakeCompiler(), clock=self.clock, metrics=self.metrics)
        self.stage = self.new_stage()

    def new_stage(self, options: Options | None = None) -> MatchStage:
        return MatchStage(
            MatchParts(log=self.log, db=self.db, rules=self.rules, clock=self.clock, metrics=self.metrics),
            options=options,
        )

    def metric(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"news_{name}", labels) or 0.0


@pytest.fixture
def matching(db: Database) -> Matching:
    return Matching(db)


def matches_in(outputs: list[Output] | object) -> list[Match]:
    assert isinstance(outputs, list)
    return [output.record for output in outputs if isinstance(output.record, Match)]


async def test_a_match_names_the_version_the_story_and_the_place(matching: Matching) -> None:
    await put_rule(matching.db, "one", query="nothing of it")
    await put_rule(matching.db, "one", query="Russia AND ships", channels=("desk", "ops"))
    await matching.rules.refresh()
    story = story_article(verdict=StoryVerdict.COPY, size=3, story="s", revision="r")
    outputs = await matching.stage.handle([story])
    (found,) = matches_in(outputs)
    assert [(output.topic, output.key) for output in outputs] == [("matches", ids.derived_id("rule", "one"))]
    assert matching.metric("log_appended_total", topic="matches") == 1
    assert (found.rule.name, found.rule.version, found.rule.channels) == ("one", 2, ("desk", "ops"))
    assert found.match_id == ids.match_id(ids.derived_id("rule", "one"), 2, story.article.article_id, "r")
    assert (found.story_id, found.verdict, found.story_size) == (story.story_id, StoryVerdict.COPY, 3)
    assert found.article.snippet == story.article.text
    for item in found.evidence:
        text = story.article.title if item.field == "title" else story.article.text
        assert text[item.start : item.end] == item.text == found.rule.query[item.clause_start : item.clause_end]


async def test_matches_of_the_same_batch_are_the_same_when_it_is_repeated(matching: Matching) -> None:
    await put_rule(matching.db, "one", query="arms")
    await matching.rules.refresh()
    batch = [story_article(number) for number in range(5)]
    first = matches_in(await matching.stage.handle(batch))
    again = matches_in(await matching.stage.handle(batch))
    assert [match.match_id for match in first] == [match.match_id for match in again]
    assert len({match.match_id for match in first}) == 5


async def test_a_match_names_what_was_in_force_when_it_was_found(matching: Matching) -> None:
    told = []
    for channel in ("desk", "ops", "ops"):
        await put_rule(matching.db, "one", query="arms", channels=(channel,))
        await matching.rules.refresh()
        (found,) = matches_in(await matching.stage.handle([story_article()]))
        told.append((found.rule.version, found.rule.channels))
    assert told == [(1, ("desk",)), (2, ("ops",)), (2, ("ops",))]


async def test_every_article_is_stored_and_traced_matched_or_not(matching: Matching) -> None:
    await put_rule(matching.db, "one", query="arms")
    await put_rule(matching.db, "two", query="Russia")
    await matching.rules.refresh()
    hit, miss = story_article(1), story_article(2, title="Rain", text="It rains.")
    for _ in range(2):
        await matching.stage.handle([hit, miss])
    async with matching.db.connection() as conn:
        assert await articles.get(conn, miss.article.article_id) == miss
        steps = [await traces.of(conn, story.article.article_id) for story in (hit, miss)]
    assert [[(step.stage, step.outcome, step.detail) for step in found] for found in steps] == [
        [(Stage.MATCH, "matched", "one, two")],
        [(Stage.MATCH, "no_rule", "")],
    ]


async def test_what_matching_costs_and_finds_is_measured(matching: Matching) -> None:
    await put_rule(matching.db, "one", query="arms")
    await matching.rules.refresh()
    await matching.stage.handle([story_article(1), story_article(2, title="Rain", text="It rains.")])
    assert matching.metric("match_articles_total", outcome="matched") == 1
    assert matching.metric("match_articles_total", outcome="no_rule") == 1
    assert matching.metric("match_duration_seconds_count") == 2
    assert matching.metric("rule_matches_total") == 1
    assert matching.metric("latency_seconds_sum", stage="accepted_to_matched") == 20
    matching.clock.advance(6)
    await matching.stage.handle([story_article(3)])
    async with matching.db.connection() as conn:
        (day,) = await stats.of(conn, ids.derived_id("rule", "one"), NOW.date())
    assert (day.matches, day.candidates, day.evaluation_seconds) == (2, 1, 0.5)
    assert matching.metric("match_candidate_rules_count") == 3
    assert matching.metric("rules_over_budget") == 0
    assert matching.metric("rules_update_duration_seconds_count") == 1


async def test_the_stage_reads_stories_and_appends_matches(matching: Matching) -> None:
    await put_rule(matching.db, "one", query="arms")
    story, committed = story_article(), asyncio.Event()
    options = Options(clock=matching.clock, on_progress=lambda _: committed.set())
    stage = matching.new_stage(options)
    async with matching.log, asyncio.timeout(10), asyncio.TaskGroup() as group:
        await matching.log.append("stories", [Record(story.story_id, encode(story))])
        task = group.create_task(stage.run())
        subscription = await matching.log.subscribe("test", ["matches"])
        (delivery,) = await subscription.fetch(10, 5)
        assert decode(delivery.value, Match).article.article_id == story.article.article_id
        await subscription.close()
        await committed.wait()
        assert (await matching.log.lag("match", "stories")).records == 0
        task.cancel()


async def test_an_article_is_found_again_by_the_words_of_every_field_that_a_rule_can_search(matching: Matching) -> None:
    story = story_article(1)
    article = replace(story.article, authors=("Ada Lindqvist",), section="Defence", tags=("Korean peninsula",))
    await matching.stage.handle([replace(story, article=article)])
    async with matching.db.connection() as conn:
        for word in ("ships", "lindqvist", "defence", "peninsula"):
            found = await articles.candidates(
                conn, [[word]], since=NOW - timedelta(days=1), until=NOW + timedelta(days=1)
            )
            assert [row.story_article.article.article_id for row in found] == [article.article_id], word
