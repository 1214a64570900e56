"""Two story stages on one real Kafka log hand the partition back and forth under load: every copy gets the one story."""

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest

from core.clock import SystemClock
from core.db.engine import Database
from core.log.kafka import KafkaLog
from core.log.kafka_options import KafkaOptions
from core.log.log import EventLog, Record
from core.log.topics import ARTICLES, STORIES
from core.metrics import Metrics
from core.model.codec import decode, encode
from core.model.ids import derived_id
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from ingest.story.stage import GROUP, StoryParts, StoryStage
from tests.e2e.harness import text_of
from tests.fakes.records import an_article
from tests.fakes.running import running

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

STORIES_TOLD, COPIES, HAND_OVERS = 40, 5, 6


async def publish(log: EventLog, clock: SystemClock) -> None:
    """Copies of every story, spread over the whole run, each by another paper."""
    for copy in range(COPIES):
        for story in range(STORIES_TOLD):
            text = "\n\n".join(text_of(story))
            made = an_article(f"https://paper{copy}.example/{story}", text=text, at=clock.now())
            article = replace(made, title=f"Headline {copy} of {story}", revision=derived_id("revision", text))
            await log.append(ARTICLES.name, [Record(article.article_id, encode(article))])
            await asyncio.sleep(0.02)


async def hand_over(stages: list[StoryStage], published: asyncio.Event, log: EventLog) -> None:
    """One judges, the other stands by; the owner leaves, comes back to stand by, and so on."""
    turn = count()
    async with AsyncExitStack() as standing:
        task = await standing.enter_async_context(running(stages[0].run()))
        while next(turn) < HAND_OVERS or not published.is_set() or (await log.lag(GROUP, ARTICLES.name)).records:
            stages.append(stages.pop(0))
            other = await standing.enter_async_context(running(stages[0].run()))
            await asyncio.sleep(0.7)  # it joins, which alone may move the partition, in the midst of the load
            task.cancel()
            await asyncio.wait([task])
            task = other
            await asyncio.sleep(0.3)


async def test_copies_that_are_judged_around_hand_overs_get_one_story(kafka_bootstrap: str, tmp_path: Path) -> None:
    clock, metrics = SystemClock(), Metrics()
    options = KafkaOptions(bootstrap=kafka_bootstrap, topic_prefix=f"{uuid4().hex[:8]}.", session_seconds=3)
    published = asyncio.Event()
    async with (
        Database.open("sqlite:", tmp_path) as db,
        KafkaLog(options) as one,
        KafkaLog(options) as two,
        KafkaLog(options) as press,
    ):
        stages = [StoryStage(StoryParts(log=log, db=db, clock=clock, metrics=metrics)) for log in (one, two)]

        async def publish_all() -> None:
            await publish(press, clock)
            published.set()

        async with asyncio.timeout(200), asyncio.TaskGroup() as tasks:
            tasks.create_task(publish_all())
            tasks.create_task(hand_over(stages, published, press))
        told = [decode(one.value, StoryArticle) async for one in press.read(STORIES.name)]
    stories: dict[str, set[str]] = defaultdict(set)
    first: dict[str, set[str]] = defaultdict(set)
    for story in told:
        number = story.article.url.rpartition("/")[2]
        stories[number].add(story.story_id)
        if story.verdict is StoryVerdict.NEW:
            first[number].add(story.article.article_id)
    assert len({story.article.article_id for story in told}) == STORIES_TOLD * COPIES, "nothing is lost"
    assert {number: found for number, found in stories.items() if len(found) > 1} == {}
    assert {number: found for number, found in first.items() if len(found) > 1} == {}, "told twice as new"
