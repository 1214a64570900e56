"""The poll stage: lease a due source, fetch its feed, append new entries to the log, and only then save the poll.

scheduler: which source, when -> fetch: the feed -> intake: new entries on the log -> save the source's next state

A crash before the last step repeats the poll: nothing is lost, and repeats have the same ids.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

import structlog

from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.faults import FaultPoint, reach
from core.log.log import EventLog
from core.metrics import Metrics
from core.model.outcome import PollOutcome
from core.net.client import Fetched
from core.store import sources
from core.store.sources import DueSource
from core.tasks import is_bug
from ingest.hosts.rate_limit import HostRateLimit
from ingest.intake.intake import FeedBody, FeedIntake, FeedParser
from ingest.parse.shapes import ParseFailure
from ingest.poll.budget import POLLS_PER_MINUTE
from ingest.poll.fetch import FeedFetcher, Getter, NotFetched
from ingest.poll.pacing import Pacing
from ingest.poll.result import PollResult, broken_note, cost_note, hint_seconds, next_state, note_of
from ingest.poll.schedule import SUCCESSES, Polled, Schedule
from ingest.poll.scheduler import Scheduler

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollParts:
    """The parts that the stage works with.

    `least_seconds`: the schedule's shortest interval; `polls_per_minute`: the budget of all adaptive sources.
    """

    log: EventLog
    db: Database
    fetcher: Getter
    parser: FeedParser
    rate_limit: HostRateLimit
    schedule: Schedule
    clock: Clock
    metrics: Metrics
    least_seconds: float = 60.0
    polls_per_minute: float = POLLS_PER_MINUTE
    back_numbers: bool = True  # whether undated entries of a source's first poll pass
    chance: Callable[[], float] = random.random
    crawl_delay: Callable[[str], float | None] = lambda _url: None


class PollStage:
    """Polls due sources until cancelled: `workers` at once, beside polls that only wait. Several pollers may run."""

    def __init__(self, parts: PollParts, *, owner: str, workers: int = 32) -> None:
        self._parts = parts
        self._owner = owner
        clock, metrics = parts.clock, parts.metrics
        self._pacing = Pacing(
            clock, metrics, least_seconds=parts.least_seconds, polls_per_minute=parts.polls_per_minute
        )
        self._scheduler = Scheduler(parts.db, parts.rate_limit, clock, self._pacing, owner=owner, workers=workers)
        self._fetcher = FeedFetcher(parts.fetcher, parts.rate_limit, clock, crawl_delay=parts.crawl_delay)
        self._intake = FeedIntake(
            parts.log, parts.db, parts.parser, clock=clock, metrics=metrics, back_numbers=parts.back_numbers
        )

    async def run(self) -> None:
        """Poll until cancelled. Raises Unavailable when log or database do not answer."""
        await self._parts.rate_limit.load()
        await self._scheduler.run(self.poll)

    def sources_changed(self) -> None:
        """Check for due sources at once: one was added or resumed."""
        self._scheduler.wake()

    async def poll(self, due: DueSource) -> PollOutcome:
        """One poll of a leased source, from request to saved state."""
        parts, began = self._parts, self._parts.clock.now()
        parts.metrics.feed_poll_lateness_seconds.observe(max((began - due.state.next_poll).total_seconds(), 0.0))
        result = await self._result(due)

        async def save(conn: Connection) -> bool:
            state = next_state(due, result, parts.schedule, parts.clock.now(), parts.chance(), self._pacing.stretch)
            # False if the lease expired and another poller has it, or the source is gone.
            return await sources.save_poll(conn, due.source.source_id, state, self._owner)

        if result.found is not None:
            await self._intake.store(result.found, save)
        else:
            reach(FaultPoint.POLL_APPENDED)
            async with parts.db.transaction() as conn:
                await save(conn)
        reach(FaultPoint.POLL_SAVED)
        self._count(due, result, began)
        return result.polled.outcome

    async def _result(self, due: DueSource) -> PollResult:
        try:
            fetched = await self._fetcher.fetch(due)
            if isinstance(fetched, NotFetched):
                polled = Polled(outcome=fetched.outcome, retry_after_seconds=fetched.retry_after_seconds)
                return PollResult(polled, fetched.detail)
            reach(FaultPoint.POLL_FETCHED)
            result = await self._taken_in(due, fetched, hint_seconds(fetched.headers))
        except Exception as e:  # our code fails on this source: only its own poll ends
            if not is_bug(e):
                raise
            _logger.exception("source_failed", source=due.source.name)
            return PollResult(Polled(outcome=PollOutcome.PARSE), f"{type(e).__name__}: {e}")
        return result if result.error else replace(result, error=note_of(fetched))

    async def _taken_in(self, due: DueSource, fetched: Fetched, hint: float | None) -> PollResult:
        if fetched.not_modified:
            return PollResult(Polled(outcome=PollOutcome.NOT_MODIFIED, hint_seconds=hint), fetched=fetched)
        body_hash = blake2b(fetched.body, digest_size=16).hexdigest()
        if body_hash == due.state.body_hash:
            return PollResult(Polled(outcome=PollOutcome.SAME_BODY, hint_seconds=hint), None, fetched, body_hash)
        body = FeedBody(fetched.body, fetched.headers, fetched.url)
        found = await self._intake.read(due.source, body, due.state.last_success, added=due.created)
        if isinstance(found, ParseFailure):
            failed = Polled(outcome=PollOutcome(found.outcome), cost_seconds=found.cpu_seconds)
            return PollResult(failed, cost_note(found, found.detail))
        polled = Polled(
            outcome=PollOutcome.OK,
            new_items=len(found.arrived),
            published=tuple(one.published for one in found.arrived if one.published is not None),
            hint_seconds=max(hint or 0.0, found.feed.ttl_seconds or 0.0) or None,
            cost_seconds=found.feed.cpu_seconds,
        )
        return PollResult(polled, cost_note(found.feed, broken_note(found.feed)), fetched, body_hash, found)

    def _count(self, due: DueSource, result: PollResult, began: datetime) -> None:
        metrics, polled, found = self._parts.metrics, result.polled, result.found
        metrics.feed_polls.labels(polled.outcome).inc()
        metrics.feed_poll_duration_seconds.observe((self._parts.clock.now() - began).total_seconds())
        if found is not None:
            self._intake.count(found)
        noteworthy = result.error or (found is not None and (found.entries.new or found.entries.skipped))
        log = _logger.info if noteworthy else _logger.debug
        log = log if polled.outcome in SUCCESSES else _logger.warning
        log(
            "source_polled",
            source=due.source.name,
            outcome=polled.outcome.value,
            new=0 if found is None else len(found.entries.new),
            detail=result.error,
        )
