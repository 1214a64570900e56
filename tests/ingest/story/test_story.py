"""The story stage on the memory log and a real database: what reaches the log, and what a restart remembers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from core.db.engine import Database
from core.errors import Fenced, Unavailable
from core.log.log import Record
from core.log.memory import MemoryLog
from core.log.topics import ARTICLES, STORIES
from core.metrics import Metrics
from core.model.article import Article
from core.model.codec import decode, encode
from core.model.ids import derived_id, story_id
from core.model.outcome import Stage, StoryVerdict
from core.model.story import StoryArticle
from core.pool.pool import JobDone
from core.pool.worker import JobFailed, JobProblem
from core.store import traces
from ingest.story.memory import WINDOW
from ingest.story.stage import GROUP, StoryParts, StoryStage
from tests.fakes.clock import FakeClock
from tests.fakes.records import an_article
from tests.fakes.running import PATIENCE, running
from tests.ingest.story.test_judge import CRANE, NEWS

T = TypeVar("T")
STORY, UPDATE = "\n\n".join(CRANE), "\n\n".join([*NEWS, *CRANE])


@dataclass
class BatchState:
    """What the stage works with."""

    log: MemoryLog
    db: Database
    clock: FakeClock
    metrics: Metrics

    def stage(self) -> StoryStage:
        return StoryStage(StoryParts(log=self.log, db=self.db, clock=self.clock, metrics=self.metrics))

    def article(self, number: int, text: str, title: str = "A title") -> Article:
        made = an_article(f"https://news{number}.example/{number}", text=text, at=self.clock.now())
        return replace(made, title=title, revision=derived_id("revision", title, text))

    async def append(self, *articles: Article) -> tuple[Article, ...]:
        """Put articles on the log."""
        await self.log.append(ARTICLES.name, [Record(one.article_id, encode(one)) for one in articles])
        return articles

    async def told(self, *articles: Article) -> list[StoryArticle]:
        """Put articles on the log and run a fresh stage until it has committed all of them."""
        await self.append(*articles)
        async with running(self.stage().run()):
            await until_committed(self)
        last = await self.stories()
        return [last[one.article_id] for one in articles]

    async def stories(self) -> dict[str, StoryArticle]:
        """By article, the last that was told; of an article all records are in one partition, in order."""
        found = [decode(one.value, StoryArticle) async for one in self.log.read(STORIES.name)]
        return {one.article.article_id: one for one in found}


async def until_committed(batch: BatchState) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await batch.log.lag(GROUP, ARTICLES.name)).records:  # noqa: ASYNC110 - what is waited for is on the log
            await asyncio.sleep(0.005)


@asynccontextmanager
async def a_desk(folder: Path) -> AsyncIterator[BatchState]:
    clock = FakeClock()
    async with Database.open("sqlite:", folder) as db, MemoryLog(clock) as log:
        yield BatchState(log, db, clock, Metrics())


async def test_copies_and_updates_carry_the_story_of_the_first(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as batch:
        first = batch.article(1, STORY)
        told = await batch.told(
            first, batch.article(2, STORY, "Other words"), batch.article(3, UPDATE, "Sailors found")
        )
        assert [one.verdict for one in told] == [StoryVerdict.NEW, StoryVerdict.COPY, StoryVerdict.UPDATE]
        assert {one.story_id for one in told} == {story_id(first.article_id)}
        assert [one.story_size for one in told] == [1, 2, 3]
        assert {one.story_first_seen for one in told} == {first.seen}
        assert batch.metrics.stories.labels(StoryVerdict.COPY)._value.get() == 1
        async with batch.db.connection() as conn:
            steps = await traces.of(conn, told[1].article.article_id)
        assert [(step.stage, step.outcome) for step in steps] == [(Stage.STORY, "copy")]
        assert first.article_id in steps[0].detail


async def test_after_a_restart_the_stories_are_remembered_from_the_log(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as batch:
        [first] = await batch.told(batch.article(1, STORY))
        batch.clock.advance(3600)
        [copy] = await batch.told(batch.article(2, STORY, "Other words"))
        assert (copy.verdict, copy.story_id, copy.story_size) == (StoryVerdict.COPY, first.story_id, 2)


async def test_a_repeated_record_gets_the_decision_it_had_after_a_restart_too(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as batch:
        article = batch.article(1, STORY)
        [first] = await batch.told(article)
        [copy] = await batch.told(batch.article(2, STORY))
        [again] = await batch.told(article)
        assert (again.verdict, again.story_id, again.story_size) == (first.verdict, first.story_id, first.story_size)
        [copied] = await batch.told(copy.article)
        assert (copied.verdict, copied.copy_of) == (StoryVerdict.COPY, article.article_id)


async def test_a_late_copy_is_judged_against_what_is_remembered_and_an_old_story_is_not(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as batch:
        [first] = await batch.told(batch.article(1, STORY))
        batch.clock.advance(3600)
        late = replace(batch.article(2, STORY), published=batch.clock.now() - timedelta(days=3))
        assert (await batch.told(late))[0].story_id == first.story_id
        batch.clock.advance(WINDOW.total_seconds() + 3600)
        [new] = await batch.told(batch.article(3, STORY))
        assert (new.verdict, new.story_size) == (StoryVerdict.NEW, 1)


async def test_a_record_on_the_log_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as batch:
        await batch.log.append(STORIES.name, [Record("x", b"no record")])
        await batch.log.append(ARTICLES.name, [Record("x", b"no record either")])
        article = batch.article(1, STORY)
        stage = batch.stage()
        await stage._catch_up()
        [output] = await stage.handle([article])
        assert isinstance(output.record, StoryArticle)
        assert output.record.verdict is StoryVerdict.NEW


async def test_what_another_owner_decided_is_known_before_the_first_article_after_a_hand_over(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as batch:
        async with running(batch.stage().run()) as first:
            await until_committed(batch)
            async with running(batch.stage().run()):  # stands by, with what was on the log when it started
                await asyncio.sleep(0.05)
                [new] = await batch.append(batch.article(1, STORY))
                await until_committed(batch)
                first.cancel()  # and within the same second
                [copy] = await batch.append(batch.article(2, STORY, "Other words"))
                await until_committed(batch)
        told = await batch.stories()
        assert told[copy.article_id].verdict is StoryVerdict.COPY
        assert told[copy.article_id].story_id == told[new.article_id].story_id


async def test_an_owner_that_was_replaced_while_it_judged_tells_nobody(tmp_path: Path) -> None:
    """It had a batch in hand for longer than a revocation waits."""
    async with a_desk(tmp_path) as batch:
        begun, go_on = asyncio.Event(), asyncio.Event()

        class Slow(Workers):
            async def run(self, job: Callable[..., T], *args: object) -> JobDone[T] | JobFailed:
                begun.set()
                await go_on.wait()
                return await super().run(job, *args)

        old = StoryStage(
            StoryParts(log=batch.log, db=batch.db, clock=batch.clock, metrics=batch.metrics, workers=Slow())
        )
        [article] = await batch.append(batch.article(1, STORY))

        async def judge() -> None:
            with pytest.raises(Fenced):
                await old.run()

        async with running(judge()) as task:
            await begun.wait()
            await batch.log.writer(GROUP)  # what the next owner does first
            go_on.set()
            await asyncio.wait([task])
        assert await batch.stories() == {}, "the next owner judges it"
        [told] = await batch.told(article)
        assert told.verdict is StoryVerdict.NEW


class Workers:
    """Prepare at once, or fail as a pool does whose workers hang, die or are not there."""

    def __init__(self, answer: JobFailed | Unavailable | None = None) -> None:
        self.jobs = 0
        self._answer = answer

    async def run(self, job: Callable[..., T], *args: object) -> JobDone[T] | JobFailed:
        self.jobs += 1
        if isinstance(self._answer, Unavailable):
            raise self._answer
        return JobDone(job(*args), 0.0) if self._answer is None else self._answer


@pytest.mark.parametrize("answer", [None, JobFailed(JobProblem.TIMEOUT, "too slow"), Unavailable("no worker runs")])
async def test_texts_are_prepared_by_workers_and_without_their_help_where_they_fail(
    tmp_path: Path, answer: JobFailed | Unavailable | None
) -> None:
    workers = Workers(answer)
    async with a_desk(tmp_path) as batch:
        stage = StoryStage(
            StoryParts(log=batch.log, db=batch.db, clock=batch.clock, metrics=batch.metrics, workers=workers)
        )
        articles = [batch.article(number, STORY if number % 2 else f"{number} {UPDATE}") for number in range(40)]
        helped = await stage.handle(articles)
        alone = await batch.stage().handle(articles)
    assert helped == alone
    assert workers.jobs == 3, "some texts a job"
