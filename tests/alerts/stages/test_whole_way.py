"""From a story to a signed webhook with the real rules, log records and outbox; every step may be repeated."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from standardwebhooks.webhooks import Webhook

from alerts.channels.registry import build_channel, channel_settings
from alerts.decide.stage import AlertParts, AlertStage
from alerts.deliver.stage import DeliverParts, DeliverStage
from alerts.match.rule_cache import RuleCache
from alerts.match.stage import MatchParts, MatchStage
from alerts.rules.ruleset import RuleCompiler, RuleSet
from core.clock import SystemClock
from core.db.engine import Database
from core.log.log import Record
from core.log.memory import MemoryLog
from core.metrics import Metrics
from core.model.codec import encode
from core.model.outcome import StoryVerdict
from core.model.rule import AliasDraft
from core.model.story import StoryArticle
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from core.store import aliases, articles
from core.wake_up import WakeUp
from tests.alerts.making import NOW, story_article
from tests.alerts.rules_in_store import put_rule
from tests.fakes.channel_tools import tools
from tests.fakes.receiver import Answer, Receiver

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
ARMS = "Officials said on Monday that a ship with arms left N. Korea.\n\nIt is bound for Russia, they said."


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


class BatchState:
    """Match, alert and deliver as one process runs them."""

    def __init__(self, db: Database, fetcher: Fetcher, url: str) -> None:
        clock, wake_up = SystemClock(), WakeUp()
        self.metrics = Metrics()
        self.log = MemoryLog()
        self.rules: RuleCache[RuleSet] = RuleCache(db, RuleCompiler(), clock=clock, metrics=self.metrics)
        raw = {"name": "desk", "kind": "webhook", "url": url, "secret": SECRET}
        self.stages = (
            MatchStage(MatchParts(log=self.log, db=db, rules=self.rules, clock=clock, metrics=self.metrics)),
            AlertStage(AlertParts(log=self.log, db=db, clock=clock, metrics=self.metrics, wake_up=wake_up)),
            DeliverStage(
                DeliverParts(
                    db=db, clock=clock, metrics=self.metrics, chance=lambda: 0.5, owner="test", wake_up=wake_up
                ),
                [build_channel(channel_settings(raw), tools(fetcher))],
            ),
        )

    async def publish(self, *stories: StoryArticle) -> None:
        await self.log.append("stories", [Record(story.story_id, encode(story)) for story in stories])

    async def caught_up(self) -> None:
        """Return when both consumers have committed all that there is."""
        while await self._lag():  # noqa: ASYNC110 - a commit has no event to wait for
            await asyncio.sleep(0.01)

    async def _lag(self) -> int:
        pairs = (("match", "stories"), ("alert", "matches"))
        return sum([(await self.log.lag(group, topic)).records for group, topic in pairs])


async def test_a_story_is_told_once_and_its_update_once(db: Database, fetcher: Fetcher) -> None:
    async with db.transaction() as conn:
        await aliases.put(conn, AliasDraft(name="dprk", terms=("North Korea", "N. Korea")), NOW)
    await put_rule(db, query="@dprk AND Russia AND arms AND NOT football")
    first = story_article(1, title="A ship leaves", text=ARMS, story="s")
    copy = story_article(2, title="Ship leaves port", text=ARMS, story="s", verdict=StoryVerdict.COPY, size=2)
    update = replace(
        story_article(3, title="Ship arrives", text=ARMS, story="s", verdict=StoryVerdict.UPDATE, size=3),
        correction=True,
    )
    other = story_article(4, title="Arms and football", text=f"{ARMS} There was football too.")
    async with Receiver([Answer(status=503, headers={"Retry-After": "0"})]) as receiver:
        batch = BatchState(db, fetcher, receiver.url)
        async with batch.log, asyncio.timeout(60), asyncio.TaskGroup() as group:
            tasks = [group.create_task(stage.run()) for stage in batch.stages]
            await batch.publish(first, copy, other, first)
            await receiver.until(1)  # refused: it will come again
            await batch.publish(update, first, update)
            await receiver.until(3)
            await batch.caught_up()
            for task in tasks:
                task.cancel()
    bodies = {request.id: Webhook(SECRET).verify(request.body, dict(request.headers)) for request in receiver.received}
    assert len(bodies) == 2
    created, updated = sorted(bodies.values(), key=lambda body: str(body["event"]))
    assert (created["event"], updated["event"]) == ("alert.created", "alert.updated")
    assert created["articles"][0]["url"] == first.article.url
    assert created["articles"][0]["snippet"] == ARMS.split("\n\n", maxsplit=1)[0]
    assert updated["articles"][0]["url"] == update.article.url
    assert [article.get("correction") for article in updated["articles"]][:2] == [True, None]
    for match in created["articles"][0]["matches"]:
        text = first.article.title if match["field"] == "title" else ARMS
        assert text[match["start"] : match["end"]] == match["text"]
    assert {match["clause"] for match in created["articles"][0]["matches"]} == {"@dprk", "Russia", "arms"}


async def test_a_rule_that_does_not_parse_is_named_with_its_problem(db: Database) -> None:
    await put_rule(db, "good", query="arms")
    await put_rule(db, "bad", query="North Korea")
    await put_rule(db, "worse", query="@nobody AND arms")
    cache: RuleCache[RuleSet] = RuleCache(db, RuleCompiler(), clock=SystemClock(), metrics=Metrics())
    await cache.refresh()
    assert [row.name for row in cache.loaded.rows.values()] == ["good"]
    bad, worse = cache.problems
    assert (bad.name, worse.name) == ("bad", "worse")
    assert "North Korea" in bad.message
    assert "@nobody" in worse.message


async def test_stored_articles_are_found_by_their_folded_words(db: Database, fetcher: Fetcher) -> None:
    batch = BatchState(db, fetcher, "http://127.0.0.1:1/")
    story = story_article(title="Köln", text="Waffen für Moskau")
    await batch.stages[0].handle([story])
    async with db.connection() as conn:
        since, until = NOW.replace(hour=0), NOW.replace(hour=23)
        found = await articles.candidates(conn, [["koln", "moskau"]], since=since, until=until)
    assert [item.story_article for item in found] == [story]
