"""The poll stage: lease a due source, fetch it, tell what is new, put that on the log, and only then remember the poll.

due -> turn at the host -> fetch -> parse -> what is new -> append(ENTRIES) -> remember + save, one transaction
                                                 +-> too much at once: the rest is put aside in that transaction

A crash anywhere before the last step repeats the poll; nothing is lost, and repeats have the same ids.
"""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol

import structlog

from core.clock import Clock, SteadyClock
from core.db.engine import Database
from core.errors import BUGS
from core.faults import FaultPoint, reach
from core.log.log import EventLog
from core.log.topics import ENTRIES
from core.metrics import Metrics
from core.model.outcome import ArticleOutcome, PollOutcome
from core.model.source import Source
from core.net.client import Fetched, FetchFailure
from core.net.failure import FetchProblem
from core.net.url import BadUrl, authority_of
from core.store import entries, leases, put_aside, sources, traces
from core.store.sources import DueSource, PollState
from core.tasks import first_error, kept
from ingest.entries import new_entries
from ingest.entries.new_entries import Candidate, Ended, News
from ingest.entries.portions import Portion, is_long, portion, record_of
from ingest.entries.unchanged import UnchangedEntries
from ingest.hosts.deadlines import Deadlines
from ingest.hosts.rate_limit import HostRateLimit, HostResting
from ingest.parse.shapes import ParsedEntry, ParsedFeed, ParseFailure
from ingest.poll.budget import POLLS_PER_MINUTE
from ingest.poll.pacing import Pacing, adaptive
from ingest.poll.result import PollResult, dear, hint_seconds, next_state, note_of, trace_rows
from ingest.poll.schedule import SUCCESSES, Polled, Schedule, validators

_logger = structlog.get_logger(__name__)

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
_APPEND_AT_ONCE = 256
_SLICE = 10
_LOOK_SECONDS = 5.0  # how long a change made by another process may go unnoticed
_LEASE_SECONDS = 30.0  # renewed while a poll goes on, so that a dead poller's sources are soon another's
_LEAST_STEP_SECONDS = 0.05
_SLOW_SECONDS = 2.0  # who is polled for longer only waits for somebody else, and another gets its worker
_MOST_TIMES = 4  # times the workers: how many are polled at once with those who only wait
FIRST_SECONDS, MOST_SECONDS = 10.0, 60.0  # for an answer of a source that never gave one; of any


class Getter(Protocol):
    """What is needed of core.net's Fetcher."""

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "*/*"
    ) -> Fetched: ...


class FeedParser(Protocol):
    """ingest.parse's ParserPool."""

    async def parse_feed(
        self, body: bytes, headers: Mapping[str, str], url: str, source: Source
    ) -> ParsedFeed | ParseFailure: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PollParts:
    """What the stage works with.

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
    back_numbers: bool = True  # whether what has no date goes on at a source's first poll
    chance: Callable[[], float] = random.random
    crawl_delay: Callable[[str], float | None] = lambda _url: None


class PollStage:
    """Polls what is due with `workers` at once, beside polls that only wait, until cancelled. Several pollers may run: they share by leases."""

    def __init__(self, parts: PollParts, *, owner: str, workers: int = 32) -> None:
        self._parts = parts
        self._owner = owner
        self._workers = workers
        self._hosts: dict[str, float] = {}  # being polled now, since when
        self._steady = SteadyClock(parts.clock)  # slots go by it
        self._slots: dict[str, datetime] = {}  # the last slot given at a host that more sources wait for
        self._postponed: dict[str, datetime] = {}  # sources that wait for their slot
        self._unchanged = UnchangedEntries()
        self._deadlines = Deadlines(FIRST_SECONDS, MOST_SECONDS)
        self._doubtful: set[str] = set()  # hosts being polled now whose source may take its whole time
        self._wake = asyncio.Event()
        self._pacing = Pacing(
            parts.clock,
            parts.metrics,
            least_seconds=parts.least_seconds,
            polls_per_minute=parts.polls_per_minute,
        )

    async def run(self) -> None:
        """Poll until cancelled. Raises Unavailable when log or database do not answer."""
        self._hosts.clear()
        self._doubtful.clear()
        await self._parts.rate_limit.load()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(kept(self._keep_leases()))
                while True:
                    self._wake.clear()
                    wait = await self._start_due(tasks)
                    await self._pause(tasks, wait)
        except BaseExceptionGroup as together:
            raise first_error(together) from together

    def sources_changed(self) -> None:
        """Look again at once: a source was added, resumed or is to be polled now."""
        self._wake.set()

    async def _start_due(self, tasks: asyncio.TaskGroup) -> float:
        """Start polls for what is due and for which a worker is free; seconds until it is worth looking again."""
        clock, free = self._parts.clock, self._free()
        if free <= 0:
            return _SLOW_SECONDS
        async with self._parts.db.transaction() as conn:
            budget = await self._pacing.left(conn)
            now = clock.now()
            due = await sources.due(conn, now, free, self._owner, _LEASE_SECONDS, doubtful=False, budget=budget)
            # What may take its whole time gets half of the workers at most, so that it costs the others nothing.
            left = max(max(self._workers // 2, 2) - len(self._doubtful), 0)
            some, budget = min(free - len(due), left), budget - adaptive(due)
            in_doubt = await sources.due(conn, now, some, self._owner, _LEASE_SECONDS, doubtful=True, budget=budget)
            spent = budget <= adaptive(in_doubt)
            which = False if len(in_doubt) == left else None
            upcoming = await sources.next_due(conn, now, doubtful=which, own_interval=spent)
            due += in_doubt
        self._pacing.spend(adaptive(due))
        steady = self._steady.now()
        self._postponed = {source_id: slot for source_id, slot in self._postponed.items() if slot > steady}
        postponed = [one for one in due if not self._start(tasks, one)]
        if postponed:
            self._pacing.spend(-adaptive(postponed))
            await self._postpone(postponed)
            self._wake.set()  # others may be due, and a worker is free
        seconds = _LOOK_SECONDS if upcoming is None else (upcoming - clock.now()).total_seconds()
        if self._postponed:
            seconds = min(seconds, (min(self._postponed.values()) - self._steady.now()).total_seconds())
        if spent:
            seconds = min(seconds, self._pacing.seconds_until_next())
        if seconds <= 0:
            self._wake.set()  # it became due while we looked
        return min(seconds, _LOOK_SECONDS)

    def _free(self) -> int:
        now = self._parts.clock.monotonic()
        quick = sum(now - since < _SLOW_SECONDS for since in self._hosts.values())
        return min(self._workers - quick, _MOST_TIMES * self._workers - len(self._hosts))

    async def _keep_leases(self) -> None:
        parts = self._parts
        while True:
            await parts.clock.sleep(_LEASE_SECONDS / 3)
            if self._hosts:
                async with parts.db.transaction() as conn:
                    until = parts.clock.now() + timedelta(seconds=_LEASE_SECONDS)
                    await leases.renew(conn, leases.SOURCES, [self._owner], until)

    async def _pause(self, tasks: asyncio.TaskGroup, seconds: float) -> None:
        alarm = tasks.create_task(self._alarm(seconds))
        try:
            await self._wake.wait()
        finally:
            alarm.cancel()

    async def _alarm(self, seconds: float) -> None:
        await self._parts.clock.sleep(seconds)
        self._wake.set()

    def _start(self, tasks: asyncio.TaskGroup, due: DueSource) -> bool:
        """Start a poll, unless its host is being polled: a worker that waits for a host is lost to all others."""
        host = _host(due.source)
        if host in self._hosts:
            return False
        self._hosts[host] = self._parts.clock.monotonic()
        if due.state.doubtful:
            self._doubtful.add(host)
        tasks.create_task(self._poll_one(due, host))
        return True

    async def _poll_one(self, due: DueSource, host: str) -> None:
        try:
            await self.poll(due)
        finally:
            self._hosts.pop(host, None)
            self._doubtful.discard(host)
            self._wake.set()

    async def _postpone(self, postponed: Sequence[DueSource]) -> None:
        """Give leases back, to be had again one after another as the host's spacing lets them in."""
        now, wall = self._steady.now(), self._parts.clock.now()
        until: dict[str, datetime] = {}
        for due in postponed:
            host = _host(due.source)
            step = timedelta(seconds=max(self._parts.rate_limit.gap_seconds(host), _LEAST_STEP_SECONDS))
            self._slots[host] = until[due.source.source_id] = max(self._slots.get(host, now), now) + step
        async with self._parts.db.transaction() as conn:
            await sources.postpone(conn, {one: wall + (slot - now) for one, slot in until.items()}, self._owner)
        self._postponed |= until
        self._slots = {host: slot for host, slot in self._slots.items() if slot > now}

    async def poll(self, due: DueSource) -> PollOutcome:
        """One poll of a leased source, from request to saved state."""
        parts, began = self._parts, self._parts.clock.now()
        parts.metrics.feed_poll_lateness_seconds.observe(max((began - due.state.next_poll).total_seconds(), 0.0))
        result = await self._result(due)
        some = None if result.news is None else await self._portion(due.source.source_id, result.news)
        if some is not None:
            result = replace(result, news=some.news)
            await self._append(some.first)
        reach(FaultPoint.POLL_APPENDED)
        state = next_state(due, result, parts.schedule, parts.clock.now(), parts.chance(), self._pacing.stretch)
        await self._save(due, result, state, some)
        reach(FaultPoint.POLL_SAVED)
        self._count(due, result, began, 0 if some is None else len(some.later))
        return result.polled.outcome

    async def _result(self, due: DueSource) -> PollResult:
        try:
            return await self._asked(due)
        except BUGS as e:
            _logger.exception("source_failed", source=due.source.name)
            return PollResult(Polled(outcome=PollOutcome.PARSE), f"{type(e).__name__}: {e}")

    async def _asked(self, due: DueSource) -> PollResult:
        try:
            fetched = await self._fetch(due)
        except HostResting as e:
            return PollResult(Polled(outcome=PollOutcome.RATE_LIMITED, retry_after_seconds=e.seconds), str(e))
        except BadUrl as e:
            return PollResult(Polled(outcome=PollOutcome.BAD_URL), str(e))
        except FetchFailure as e:
            outcome = PollOutcome(e.outcome.value)
            return PollResult(Polled(outcome=outcome, retry_after_seconds=e.retry_after_seconds), e.detail)
        reach(FaultPoint.POLL_FETCHED)
        result = await self._judged(due, fetched, hint_seconds(fetched.headers))
        return result if result.error else replace(result, error=note_of(fetched))

    async def _judged(self, due: DueSource, fetched: Fetched, hint: float | None) -> PollResult:
        if fetched.not_modified:
            return PollResult(Polled(outcome=PollOutcome.NOT_MODIFIED, hint_seconds=hint), fetched=fetched)
        body_hash = blake2b(fetched.body, digest_size=16).hexdigest()
        if body_hash == due.state.body_hash:
            return PollResult(Polled(outcome=PollOutcome.SAME_BODY, hint_seconds=hint), None, fetched, body_hash)
        parsed = await self._parts.parser.parse_feed(fetched.body, fetched.headers, fetched.url, due.source)
        if isinstance(parsed, ParseFailure):
            failed = Polled(outcome=PollOutcome(parsed.outcome), cost_seconds=parsed.cpu_seconds)
            return PollResult(failed, dear(parsed, parsed.detail))
        polled, news = await self._read(due, fetched, parsed)
        wish = max(hint or 0.0, parsed.ttl_seconds or 0.0) or None
        polled = replace(polled, hint_seconds=wish, cost_seconds=parsed.cpu_seconds)
        return PollResult(polled, dear(parsed, None), fetched, body_hash, news, parsed.entries)

    async def _fetch(self, due: DueSource) -> Fetched:
        parts, url = self._parts, due.source.url
        host = authority_of(url)
        etag, last_modified = validators(due.state, parts.clock.now())
        async with parts.rate_limit.turn(host, parts.crawl_delay(url)):
            began, seconds = parts.clock.monotonic(), self._deadlines.seconds(due.source.source_id)
            try:
                async with asyncio.timeout(seconds):
                    fetched = await parts.fetcher.fetch(url, etag=etag, last_modified=last_modified, accept=ACCEPT)
            except TimeoutError:
                self._deadlines.timed_out(due.source.source_id)
                raise FetchFailure(FetchProblem.TIMEOUT, f"no whole answer within {seconds:.0f} s", url=url) from None
            except FetchFailure as e:
                if e.retry_after_seconds:
                    await parts.rate_limit.rest(host, e.retry_after_seconds)
                raise
            self._deadlines.answered(due.source.source_id, parts.clock.monotonic() - began)
            return fetched

    async def _read(self, due: DueSource, fetched: Fetched, parsed: ParsedFeed) -> tuple[Polled, News]:
        """Tell what is new in a parsed feed."""
        now, source_id = self._parts.clock.now(), due.source.source_id
        first_poll = new_entries.is_first_poll(due.state.last_success, now)
        if first_poll:
            self._unchanged.forget(source_id)
        unsettled = self._unchanged.changed(source_id, parsed.entries, now)
        found, ended = await self._candidates(unsettled, due.source, fetched.url)
        known: set[str] = set()
        if found or ended:
            async with self._parts.db.connection() as conn:
                known = await entries.known(conn, source_id, new_entries.keys_of(found, ended))
        overlap = len(unsettled) < len(parsed.entries)
        news = new_entries.judge(
            found,
            ended,
            known,
            first_poll=first_poll,
            now=now,
            overlap=overlap,
            back_numbers=self._parts.back_numbers,
        )
        archive = set() if first_poll else {one.subject for one in news.ended}  # says nothing about the source's rhythm
        new = [one.entry for one in found if one.entry.entry_id not in known | archive]
        published = tuple(entry.published for entry in new if entry.published is not None)
        return Polled(outcome=PollOutcome.OK, new_items=len(new), published=published), news

    async def _candidates(
        self, shown: Sequence[ParsedEntry], source: Source, url: str
    ) -> tuple[list[Candidate], list[Ended]]:
        """A slice at a time: a feed may show thousands of entries, and others want their turn on the event loop."""
        now = self._parts.clock.now()
        found: dict[str, Candidate] = {}
        ended: list[Ended] = []
        for start in range(0, len(shown), _SLICE):
            some, others = new_entries.candidates(shown[start : start + _SLICE], source, url, now)
            for one in some:
                found.setdefault(one.entry.entry_id, one)
            ended += others
            await asyncio.sleep(0)
        return list(found.values()), ended

    async def _append(self, fresh: Sequence[Candidate]) -> None:
        records = [record_of(candidate) for candidate in fresh]
        for start in range(0, len(records), _APPEND_AT_ONCE):
            await self._parts.log.append(ENTRIES.name, records[start : start + _APPEND_AT_ONCE])
        self._parts.metrics.log_appended.labels(ENTRIES.name).inc(len(records))

    async def _portion(self, source_id: str, news: News) -> Portion:
        if not is_long(news):
            return Portion(news, news.fresh)
        async with self._parts.db.connection() as conn:
            waiting = await put_aside.count_of(conn, source_id)
        return portion(news, waiting, self._parts.clock.now())

    async def _save(self, due: DueSource, result: PollResult, state: PollState, some: Portion | None) -> None:
        now, source_id = self._parts.clock.now(), due.source.source_id
        async with self._parts.db.transaction() as conn:
            if not await sources.save_poll(conn, source_id, state, self._owner):
                return  # the lease ran out and another polls it, or the source is gone
            if result.news is not None and some is not None:
                await entries.remember(conn, source_id, result.news.remember, now)
                await put_aside.put_many(conn, some.later)
                await traces.add_many(conn, [*trace_rows(result.news, now), *some.traces(now)])
        if result.news is not None:
            waiting = frozenset(result.news.waiting)
            self._unchanged.remember(source_id, (one for one in result.shown if one not in waiting), now)

    def _count(self, due: DueSource, result: PollResult, began: datetime, late: int) -> None:
        metrics, polled = self._parts.metrics, result.polled
        metrics.feed_polls.labels(polled.outcome).inc()
        metrics.feed_poll_duration_seconds.observe((self._parts.clock.now() - began).total_seconds())
        news = result.news
        if news is not None:
            metrics.feed_entries.inc(len(news.fresh))
            metrics.feed_rollovers.inc(news.rolled_over)
            for ended in news.ended:
                metrics.articles.labels(ended.outcome).inc()
            metrics.articles.labels(ArticleOutcome.RETRIED).inc(late)
        told = news is not None and (news.fresh or news.ended)
        log = _logger.info if told or result.error else _logger.debug
        log = log if polled.outcome in SUCCESSES else _logger.warning
        log(
            "source_polled",
            source=due.source.name,
            outcome=polled.outcome.value,
            new=len(news.fresh) if news is not None else 0,
            detail=result.error,
        )


def _host(source: Source) -> str:
    try:
        return authority_of(source.url)
    except BadUrl:
        return source.url  # it fails on its own
