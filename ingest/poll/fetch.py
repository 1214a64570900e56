"""One request for a feed: conditional, in its host's turn, within the time that the source's answers usually take."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.clock import Clock
from core.model.outcome import PollOutcome
from core.net.client import Fetched, FetchFailure
from core.net.failure import FetchProblem
from core.net.url import BadUrl, authority_of
from core.store.sources import DueSource
from ingest.hosts.deadlines import Deadlines
from ingest.hosts.rate_limit import HostRateLimit, HostResting
from ingest.poll.schedule import validators

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
FIRST_SECONDS, MOST_SECONDS = 10.0, 60.0  # for an answer of a source that never gave one; of any


class Getter(Protocol):
    """What is needed of core.net's Fetcher."""

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "*/*"
    ) -> Fetched: ...


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Why there is no answer, and how long its host wants to be left alone."""

    outcome: PollOutcome
    detail: str
    retry_after_seconds: float | None = None


class FeedFetcher:
    """Fetches feeds, many at once. `crawl_delay`: what robots.txt asks for at a URL."""

    def __init__(
        self,
        fetcher: Getter,
        rate_limit: HostRateLimit,
        clock: Clock,
        *,
        crawl_delay: Callable[[str], float | None] = lambda _url: None,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._rate_limit = rate_limit
        self._clock = clock
        self._crawl_delay = crawl_delay
        self._deadlines = deadlines or Deadlines(FIRST_SECONDS, MOST_SECONDS)

    async def fetch(self, due: DueSource) -> Fetched | NotFetched:
        """The answer, which may be "not modified", or the reason why there is none."""
        try:
            return await self._in_turn(due)
        except HostResting as e:
            return NotFetched(PollOutcome.RATE_LIMITED, str(e), e.seconds)
        except BadUrl as e:
            return NotFetched(PollOutcome.BAD_URL, str(e))
        except FetchFailure as e:
            return NotFetched(PollOutcome(e.outcome.value), e.detail, e.retry_after_seconds)

    async def _in_turn(self, due: DueSource) -> Fetched:
        url, source_id, clock = due.source.url, due.source.source_id, self._clock
        host = authority_of(url)
        etag, last_modified = validators(due.state, clock.now())
        async with self._rate_limit.turn(host, self._crawl_delay(url)):
            began, seconds = clock.monotonic(), self._deadlines.seconds(source_id)
            try:
                async with asyncio.timeout(seconds):
                    fetched = await self._fetcher.fetch(url, etag=etag, last_modified=last_modified, accept=ACCEPT)
            except TimeoutError:
                self._deadlines.timed_out(source_id)
                raise FetchFailure(FetchProblem.TIMEOUT, f"no whole answer within {seconds:.0f} s", url=url) from None
            except FetchFailure as e:
                if e.retry_after_seconds:
                    await self._rate_limit.rest(host, e.retry_after_seconds)
                raise
            self._deadlines.answered(source_id, clock.monotonic() - began)
            return fetched
