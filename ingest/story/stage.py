"""The story stage: decides whether an article is a new story, a copy or an update, so that a story alerts once.

ARTICLES (one partition, one owner) -> prepare (a pool of processes) -> judge (a thread) -> traces -> STORIES, key: story

Its memory is a fold over STORIES. It rebuilds the memory from there at start, and at each assignment of the partition after it
has taken the right to append from the earlier owner. So it knows all earlier decisions before it decides, and nobody else
decides meanwhile. A repeated record gets its earlier decision.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from core.clock import Clock
from core.db.engine import Database
from core.errors import RecordError, Unavailable
from core.faults import FaultPoint
from core.log.consumer import FaultPoints, Options, Output, consume_batches
from core.log.log import EventLog
from core.log.topics import ARTICLES, STORIES
from core.metrics import Metrics
from core.model.article import Article
from core.model.codec import decode
from core.model.outcome import Stage, StoryVerdict
from core.model.story import StoryArticle
from core.pool.pool import JobDone
from core.pool.worker import JobFailed
from core.store import traces
from core.store.traces import TraceRow
from ingest.story.features import Prepared, all_prepared
from ingest.story.memory import WINDOW, StoryMemory

T = TypeVar("T")
_logger = structlog.get_logger(__name__)

GROUP = "story"
_AT_ONCE = 16  # texts that one job prepares: a few milliseconds each
_REMEMBERED_AT_ONCE = 256
_OVERLAP = timedelta(minutes=5)  # clocks of writers differ


class Workers(Protocol):
    """The part of core.pool's ProcessPool that the stage needs."""

    async def run(self, job: Callable[..., T], *args: object) -> JobDone[T] | JobFailed: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryParts:
    """The parts that the stage works with. `workers` prepare texts in parallel; without them the judging thread does."""

    log: EventLog
    db: Database
    clock: Clock
    metrics: Metrics
    workers: Workers | None = None


class StoryStage:
    """Judges which articles are one story; only one judge is active."""

    def __init__(self, parts: StoryParts, *, options: Options | None = None) -> None:
        self._log = parts.log
        self._db = parts.db
        self._clock = parts.clock
        self._metrics = parts.metrics
        self._workers = parts.workers
        made = options or Options.counting(parts.clock, parts.metrics)
        self._options = replace(made, origins_of=_origins)
        self._memory = StoryMemory()
        self._read_until: datetime | None = None

    async def run(self) -> None:
        """Judge until cancelled. Raises Unavailable when log or database do not answer."""
        self._memory = StoryMemory()  # the old one may hold decisions that did not reach the log before a restart
        self._read_until = None
        await self._catch_up()  # most of it, even while another process is the owner
        await consume_batches(
            self._log,
            group=GROUP,
            topic=ARTICLES.name,
            record_type=Article,
            handle=self.handle,
            on_assign=self._catch_up,
            writer=GROUP,
            max_batch=64,
            faults=FaultPoints(
                before_append=FaultPoint.STORY_JUDGED,
                after_append=FaultPoint.STORY_APPENDED,
                after_commit=FaultPoint.STORY_COMMITTED,
            ),
            options=self._options,
        )

    async def handle(self, articles: Sequence[Article]) -> Sequence[Output]:
        """Judge a batch, in order."""
        ready = await self._prepared(articles)
        judged = await asyncio.to_thread(self._judge, articles, ready)
        async with self._db.transaction() as conn:
            await traces.add_many(conn, [_trace(one) for one in judged])
        for one in judged:
            self._metrics.stories.labels(one.verdict).inc()
            self._metrics.story_size.observe(one.story_size)
            self._metrics.log_appended.labels(STORIES.name).inc()
        self._metrics.stories_in_memory.set(len(self._memory))
        return [Output(STORIES.name, one.story_id, one) for one in judged]

    async def _prepared(self, articles: Sequence[Article]) -> list[Prepared]:
        texts = [(article.title, article.text) for article in articles]
        parts = [texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._prepared_part(part)) for part in parts]
        return [ready for task in tasks for ready in task.result()]

    async def _prepared_part(self, texts: Sequence[tuple[str, str]]) -> list[Prepared]:
        if self._workers is not None:
            with suppress(Unavailable):
                done = await self._workers.run(all_prepared, texts)
                if isinstance(done, JobDone):
                    return done.value
            # Workers that hang or die mostly do so because of a page: stories must not wait for that.
        return await asyncio.to_thread(all_prepared, texts)

    def _judge(self, articles: Sequence[Article], ready: Sequence[Prepared]) -> list[StoryArticle]:
        cpu = time.thread_time()
        now = self._clock.now()
        judged = [self._judged(article, text, now) for article, text in zip(articles, ready, strict=True)]
        self._metrics.stage_cpu_seconds.labels(stage=Stage.STORY).inc(time.thread_time() - cpu)
        return judged

    def _judged(self, article: Article, ready: Prepared, now: datetime) -> StoryArticle:
        decision = self._memory.judge(article, ready)
        return StoryArticle(
            article=article,
            story_id=decision.story_id,
            verdict=decision.verdict,
            story_size=decision.size,
            story_first_seen=decision.first_seen,
            copy_of=decision.copy_of,
            judged=now,
            correction=decision.correction,
        )

    async def _catch_up(self) -> None:
        """Read decisions from the log that are not in memory yet."""
        now = self._clock.now()
        since = now - WINDOW if self._read_until is None else self._read_until - _OVERLAP
        taken = 0
        told: list[StoryArticle] = []
        async for delivery in self._log.read(STORIES.name, since=since):
            try:
                told.append(decode(delivery.value, StoryArticle))
            except RecordError as error:
                _logger.warning("story_record_unreadable", offset=delivery.offset, reason=str(error))
            taken += 1
            if len(told) == _REMEMBERED_AT_ONCE:
                await self._remember(told)
                told = []
        await self._remember(told)
        self._read_until = now
        _logger.info("stories_remembered", records=taken, stories=len(self._memory))

    async def _remember(self, told: Sequence[StoryArticle]) -> None:
        told = [one for one in told if not self._memory.knows(one.article)]
        ready = await self._prepared([one.article for one in told])
        await asyncio.to_thread(lambda: list(map(self._memory.remember, told, ready)))


def _origins(article: Article) -> list[str]:
    return [article.source_id]


def _trace(one: StoryArticle) -> TraceRow:
    article = one.article
    if article.reread:
        again = f"the same article, read in full or better, in story {one.story_id}"
        return TraceRow(subject=article.article_id, stage=Stage.STORY, outcome=one.verdict, at=one.judged, detail=again)
    detail = {
        StoryVerdict.NEW: f"a new story, {one.story_id}",
        StoryVerdict.COPY: f"the text of {one.copy_of} in story {one.story_id}",
        StoryVerdict.UPDATE: f"{'a correction' if one.correction else 'an update'} of {one.copy_of} in story {one.story_id}",
    }[one.verdict]
    return TraceRow(subject=article.article_id, stage=Stage.STORY, outcome=one.verdict, at=one.judged, detail=detail)
