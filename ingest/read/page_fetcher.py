"""One request for an article's page: a place of its source's share, a turn at its host, robots.txt, and an answer in good time.

circuit open? -> a place of the source's share -> a turn -> robots.txt -> fetch, cut off at the host's deadline
   |              | none left               | too long a wait             | failed for now
   +--------------+-------------------------+-----------------------------+--> RetryLater: due again at a time

Nothing here waits for long: what cannot be had now is a RetryLater, so that one host's or one source's trouble holds
no place that others need.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

from core.clock import Clock
from core.metrics import Metrics
from core.model.outcome import ArticleOutcome
from core.net.client import Fetched, FetchFailure
from core.net.failure import FetchProblem
from core.net.url import BadUrl, authority_of
from ingest.hosts.circuit_breaker import CircuitBreaker
from ingest.hosts.deadlines import Deadlines
from ingest.hosts.rate_limit import HostRateLimit, HostResting
from ingest.hosts.robots import Robots
from ingest.read.bulkhead import Bulkhead

ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
# After the first request that failed or brought too little, the second, ...; then it is given up.
RETRY_SECONDS = (30.0, 120.0, 600.0, 3600.0, 21_600.0)
_JITTER = 0.2  # more, never less: who asks too early asks in vain


@dataclass(frozen=True, slots=True)
class Waits:
    """Between two requests for one page: `seconds` after the first, the second, ..., and up to a fifth more. `chance`: 0 to 1."""

    seconds: Sequence[float] = RETRY_SECONDS
    chance: Callable[[], float] = random.random

    def after(self, tries: int) -> float | None:
        """How long to wait after so many requests; None: it is given up."""
        return self.seconds[tries] * (1 + _JITTER * self.chance()) if tries < len(self.seconds) else None


class Getter(Protocol):
    """What is needed of core.net's Fetcher."""

    async def fetch(self, url: str, *, accept: str = "*/*") -> Fetched: ...


@dataclass(frozen=True, slots=True)
class NoArticle:
    """Why there is no page. `removed`: the publisher took it down for good."""

    outcome: ArticleOutcome
    detail: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Not now. `tries`: requests that failed so far; `outcome`: as what it ends if nothing better comes of it."""

    due: datetime
    tries: int
    outcome: ArticleOutcome
    detail: str
    circuit_open: bool = False  # its host failed the last times: to wait helps little


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """`patience_seconds`: the longest wait for a turn; `most_seconds`: the longest wait for an answer."""

    bulkhead: Bulkhead | None
    patience_seconds: float
    most_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFetcher:
    """Requests of one process; `deadlines` and `circuit_breaker` are those of its hosts."""

    fetcher: Getter
    rate_limit: HostRateLimit
    robots: Robots
    clock: Clock
    metrics: Metrics
    deadlines: Deadlines
    circuit_breaker: CircuitBreaker
    waits: Waits

    async def fetch(
        self, url: str, source_id: str, tries: int, limits: FetchLimits
    ) -> Fetched | NoArticle | RetryLater:
        """The page, or why not, or when to ask again."""
        now = self.clock.now()
        try:
            host = authority_of(url)
        except BadUrl as e:
            return NoArticle(ArticleOutcome.BAD_URL, str(e))
        refused = self._refused(host, tries)
        if refused is not None:
            return refused
        unknown = not self.deadlines.known(host)
        if limits.bulkhead is not None and not limits.bulkhead.enter(source_id, unknown_host=unknown):
            return RetryLater(now, tries, ArticleOutcome.BACKLOG, "its source has all the readers that are its share")
        try:
            return await self._in_turn(url, host, tries, limits)
        except HostResting as e:
            return RetryLater(now + timedelta(seconds=e.seconds), tries, ArticleOutcome.RATE_LIMITED, str(e))
        except FetchFailure as e:
            return self._failed(host, e, tries)
        finally:
            if limits.bulkhead is not None:
                limits.bulkhead.leave(source_id, unknown_host=unknown)

    def _refused(self, host: str, tries: int) -> RetryLater | None:
        opened = self.circuit_breaker.open_for(host, self.clock.now())
        if opened is None:
            return None
        failure, until = opened
        outcome = ArticleOutcome(failure.outcome.value)
        return RetryLater(until, tries, outcome, f"{failure.detail}; {host} failed the last times", circuit_open=True)

    def _failed(self, host: str, failure: FetchFailure, tries: int) -> NoArticle | RetryLater:
        outcome, now = ArticleOutcome(failure.outcome.value), self.clock.now()
        if not failure.outcome.transient:
            return NoArticle(outcome, failure.detail, failure.status == HTTPStatus.GONE)
        self.circuit_breaker.failed(host, failure, now)
        seconds = self.waits.after(tries)
        if seconds is None:
            return NoArticle(outcome, failure.detail)
        return RetryLater(now + timedelta(seconds=seconds), tries + 1, outcome, failure.detail)

    async def _in_turn(self, url: str, host: str, tries: int, limits: FetchLimits) -> Fetched | NoArticle | RetryLater:
        crawl_delay = self.robots.crawl_delay_seconds(url)
        async with self.rate_limit.turn(host, crawl_delay, patience_seconds=limits.patience_seconds):
            refused = self._refused(host, tries)  # by those who were before us in the line
            if refused is not None:
                return refused
            began = self.clock.monotonic()
            seconds = min(self.deadlines.seconds(host), limits.most_seconds)
            try:
                async with asyncio.timeout(seconds):
                    found = await self._allowed(url)
            except TimeoutError:
                self.deadlines.timed_out(host)
                raise FetchFailure(FetchProblem.TIMEOUT, f"no whole answer within {seconds:.0f} s", url=url) from None
            except FetchFailure as e:
                self._note(host, e, self.clock.monotonic() - began)
                if e.retry_after_seconds:
                    await self.rate_limit.rest(host, e.retry_after_seconds)
                raise
            finally:
                self.metrics.article_fetch_duration_seconds.observe(self.clock.monotonic() - began)
        self.deadlines.answered(host, self.clock.monotonic() - began)
        self.circuit_breaker.cleared(host)
        return found

    async def _allowed(self, url: str) -> Fetched | NoArticle:
        verdict = await self.robots.check(url)
        if not verdict.allowed:
            return NoArticle(ArticleOutcome.ROBOTS, verdict.why)
        return await self.fetcher.fetch(url, accept=ACCEPT)

    def _note(self, host: str, failure: FetchFailure, seconds: float) -> None:
        if failure.outcome is FetchProblem.TIMEOUT:
            self.deadlines.timed_out(host)
        elif failure.status is not None:
            self.deadlines.answered(host, seconds)
