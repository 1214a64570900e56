import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs

from alerts.match.results import matches_of
from alerts.match.rule_cache import RuleCache
from core.clock import SystemClock
from core.db.engine import Database
from core.metrics import Metrics
from core.model.rule import AliasDraft, RuleDraft
from core.model.team import DEFAULT_TEAM
from core.store import aliases, rules, teams
from core.wake_up import WakeUp
from tests.alerts.making import NOW, story_article
from tests.alerts.rules_in_store import put_rule
from tests.fakes.clock import FakeClock
from tests.fakes.rule_engine import FakeCompiler, FakeRules


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open("sqlite:", tmp_path) as opened:
        yield opened


def cache_of(
    db: Database, *, gate: Event | None = None, metrics: Metrics | None = None, wake_up: WakeUp | None = None
) -> RuleCache[FakeRules]:
    return RuleCache(db, FakeCompiler(gate), clock=FakeClock(NOW), metrics=metrics or Metrics(), wake_up=wake_up)


async def put_alias(db: Database, name: str, *terms: str) -> None:
    async with db.transaction() as conn:
        await aliases.put(conn, AliasDraft(name=name, terms=terms), NOW)


def names(cache: RuleCache[FakeRules]) -> set[str]:
    """Names of the rules that match the article of the day."""
    return {cache.loaded.rows[hit.key].name for hit in cache.loaded.compiled.match(story_article().article)}


async def test_rules_are_loaded_and_changes_followed(db: Database) -> None:
    await put_rule(db, "one", query="arms")
    cache = cache_of(db)
    assert await cache.refresh()
    assert names(cache) == {"one"}
    assert not await cache.refresh()
    await put_rule(db, "two", query="Russia")
    await put_rule(db, "one", query="nothing of it")
    assert await cache.refresh()
    assert names(cache) == {"two"}
    async with db.transaction() as conn:
        await rules.set_enabled(conn, "two", enabled=False)
    await cache.refresh()
    assert names(cache) == set()
    assert [row.name for row in cache.loaded.rows.values()] == ["one"]


async def test_an_alias_changes_the_rules_that_name_it(db: Database) -> None:
    await put_rule(db, "one", query="@dprk AND arms")
    await put_alias(db, "dprk", "DPRK")
    cache = cache_of(db)
    await cache.refresh()
    assert names(cache) == set()
    await put_alias(db, "dprk", "DPRK", "North Korea")
    await cache.refresh()
    assert names(cache) == {"one"}


async def test_a_broken_change_keeps_the_last_good_version_and_says_so(db: Database) -> None:
    metrics = Metrics()
    await put_rule(db, "one", query="arms")
    await put_rule(db, "two", query="Russia")
    cache = cache_of(db, metrics=metrics)
    await cache.refresh()
    await put_rule(db, "one", query="BROKEN")
    await cache.refresh()
    assert names(cache) == {"one", "two"}
    (problem,) = cache.problems
    assert (problem.name, problem.version, problem.used_version, problem.message) == ("one", 2, 1, "broken")
    assert metrics.registry.get_sample_value("news_rules_last_reload_successful") == 0
    assert metrics.registry.get_sample_value("news_rules", {"state": "broken"}) == 1
    await put_rule(db, "one", query="nothing of it")
    await cache.refresh()
    assert (names(cache), cache.problems) == ({"two"}, ())
    assert metrics.registry.get_sample_value("news_rules_last_reload_successful") == 1


async def test_a_rule_whose_alias_is_gone_goes_on_as_it_was(db: Database) -> None:
    await put_alias(db, "dprk", "North Korea")
    await put_rule(db, "one", query="@dprk")
    cache = cache_of(db)
    await cache.refresh()
    async with db.transaction() as conn:
        await aliases.set_enabled(conn, "dprk", enabled=False)
    await cache.refresh()
    assert names(cache) == {"one"}
    assert [problem.message for problem in cache.problems] == ["unknown alias @dprk"]
    await put_alias(db, "dprk", "elsewhere")
    await cache.refresh()
    assert (names(cache), cache.problems) == (set(), ())


async def test_after_a_start_a_broken_rule_is_used_in_its_last_good_version(db: Database) -> None:
    await put_rule(db, "one", query="arms")
    await put_rule(db, "one", query="BROKEN")
    await put_rule(db, "never", query="BROKEN")
    cache = cache_of(db)
    await cache.refresh()
    assert names(cache) == {"one"}
    assert [(problem.name, problem.used_version) for problem in cache.problems] == [("never", None), ("one", 1)]
    async with db.transaction() as conn:
        await rules.set_enabled(conn, "never", enabled=False)
    await cache.refresh()
    assert [problem.name for problem in cache.problems] == ["one"]


async def test_readers_keep_the_state_they_took(db: Database) -> None:
    await put_rule(db, "one", query="arms")
    cache = cache_of(db)
    await cache.refresh()
    taken = cache.loaded
    async with db.transaction() as conn:
        await rules.set_enabled(conn, "one", enabled=False)
    await cache.refresh()
    assert [taken.rows[hit.key].name for hit in taken.compiled.match(story_article().article)] == ["one"]


async def test_changes_during_a_merge_take_effect_at_once_and_stay(db: Database) -> None:
    gate = Event()
    cache = cache_of(db, gate=gate)
    for name in ("one", "two", "three"):
        await put_rule(db, name, query="arms")
    await cache.refresh()
    async with asyncio.TaskGroup() as group:
        merging = group.create_task(cache.merge())
        await asyncio.sleep(0)
        await put_rule(db, "four", query="Russia")
        async with db.transaction() as conn:
            await rules.set_enabled(conn, "one", enabled=False)
        await cache.refresh()
        assert names(cache) == {"two", "three", "four"}
        assert not merging.done()
        gate.set()
    assert names(cache) == {"two", "three", "four"}
    assert cache.loaded.compiled.fresh == 1


async def test_a_ring_makes_a_change_take_effect_without_waiting(db: Database) -> None:
    wake_up = WakeUp()
    cache = cache_of(db, wake_up=wake_up)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        task = group.create_task(cache.run())
        await cache.swapped.wait(0, SystemClock(), 5)
        await put_rule(db, "one", query="arms")
        wake_up.notify()  # the fake clock stands still: only the call can do it
        await cache.swapped.wait(1, SystemClock(), 5)
        assert names(cache) == {"one"}
        task.cancel()


async def test_a_change_by_another_process_is_taken_over_within_half_a_second(db: Database) -> None:
    clock = FakeClock()
    cache = RuleCache(db, FakeCompiler(), clock=clock, metrics=Metrics())
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        task = group.create_task(cache.run())
        await cache.swapped.wait(0, SystemClock(), 5)
        await put_rule(db, "one", query="arms")  # nobody notifies it
        await clock.until_sleeping()
        clock.advance(0.5)
        await cache.swapped.wait(1, SystemClock(), 5)
        assert names(cache) == {"one"}
        task.cancel()


async def test_a_rule_that_watches_a_source_is_not_matched_and_not_broken(db: Database) -> None:
    silent: dict[str, object] = {"kind": "silence", "window_seconds": 60, "source": "Example World"}
    await put_rule(db, "one", query="arms")
    await put_rule(db, "quiet", query="", standing=silent)
    cache = cache_of(db)
    await cache.refresh()
    assert (names(cache), cache.problems) == ({"one"}, ())
    await put_rule(db, "one", query="", standing=silent)
    await cache.refresh()
    assert (names(cache), cache.problems) == (set(), ())


async def test_a_team_has_its_own_aliases_and_only_articles_of_sources_that_it_reads(db: Database) -> None:
    shared = RuleDraft(name="arms", query="@guns", canonical="@guns")
    async with db.transaction() as conn:
        ours, theirs = AliasDraft(name="guns", terms=("arms",)), AliasDraft(name="guns", terms=("goal",), team="sport")
        await aliases.sync_from_config(conn, [ours, theirs], NOW)
        await rules.sync_from_config(conn, [shared, replace(shared, name="goals", team="sport")], NOW)
        sport = (await teams.ensure(conn, ["sport"], NOW))["sport"]
    cache = cache_of(db)
    await cache.refresh()

    def matched(text: str, *of: str) -> list[tuple[str, str]]:
        story = story_article(title="", text=text)
        story = replace(story, article=replace(story.article, teams=of))
        found = matches_of(cache.loaded.compiled, cache.loaded.rows, story, lambda: NOW)
        return [(match.rule.name, match.rule.team_id) for match in found]

    assert matched("arms and a goal") == [("arms", DEFAULT_TEAM)]
    assert matched("arms and a goal", sport) == [("goals", sport)]
    assert matched("arms and a goal", DEFAULT_TEAM, sport) == [("arms", DEFAULT_TEAM), ("goals", sport)]
    assert matched("arms alone", DEFAULT_TEAM, sport) == [("arms", DEFAULT_TEAM)]
    async with db.transaction() as conn:
        await aliases.put(conn, AliasDraft(name="other", terms=("x",)), NOW)
        await aliases.sync_from_config(conn, [ours, replace(theirs, terms=("kick",))], NOW)
    await cache.refresh()
    assert matched("arms and a kick", DEFAULT_TEAM, sport) == [("arms", DEFAULT_TEAM), ("goals", sport)]


async def test_the_engine_is_told_when_it_is_another_one(db: Database) -> None:
    with capture_logs() as logs:
        cache = cache_of(db)
        await cache.refresh()
        await cache.refresh()
    told = [(line["event"], line["engine"]) for line in logs if line["event"] == "rules_matched_by"]
    assert told == [("rules_matched_by", "fake")]
