"""One request for a feed: conditional, in its host's turn, in good time; and every failure has a name."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.db.engine import Database
from core.model.outcome import PollOutcome
from core.model.source import Source
from core.net.client import Fetched, FetchFailure
from core.net.failure import FetchProblem
from core.store.sources import DueSource, PollState
from ingest.hosts.deadlines import Deadlines
from ingest.hosts.rate_limit import HostRateLimit, RateLimitSettings
from ingest.poll.fetch import ACCEPT, FeedFetcher, NotFetched
from tests.fakes.clock import START, FakeClock

URL = "https://news.example/feed"
ANSWER = Fetched(status=200, url=URL, headers={}, body=b"<rss/>")


@dataclass
class Web:
    """Gives its answer, or raises it; hangs without one."""

    answer: Fetched | FetchFailure | None = ANSWER
    asked: list[tuple[str, str | None, str | None, str]] = field(default_factory=list)

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "*/*"
    ) -> Fetched:
        self.asked.append((url, etag, last_modified, accept))
        if self.answer is None:
            await asyncio.Event().wait()
        if isinstance(self.answer, FetchFailure):
            raise self.answer
        assert self.answer is not None
        return self.answer


@dataclass
class Rig:
    web: Web
    rate_limit: HostRateLimit
    clock: FakeClock
    fetcher: FeedFetcher

    async def fetch(self, url: str = URL, **state: object) -> Fetched | NotFetched:
        made = PollState(**({"next_poll": START} | state))  # type: ignore[arg-type] # PollState's own fields
        return await self.fetcher.fetch(DueSource(Source(source_id="s", name="News", url=url), made))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    web, clock = Web(), FakeClock(auto=True)
    async with Database.open("sqlite:", tmp_path) as db:
        rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=1.0))
        fetcher = FeedFetcher(
            web,
            rate_limit,
            clock,
            crawl_delay=lambda url: 7.0 if "slow" in url else None,
            deadlines=Deadlines(0.02, 60),
        )
        yield Rig(web, rate_limit, clock, fetcher)


async def test_the_server_is_asked_whether_anything_changed(rig: Rig) -> None:
    assert await rig.fetch(etag='"1"', last_modified="Mon", full_get_at=rig.clock.now()) == ANSWER
    assert rig.web.asked == [(URL, '"1"', "Mon", ACCEPT)]


async def test_requests_to_a_host_are_spaced_and_a_crawl_delay_widens_the_space(rig: Rig) -> None:
    for _ in range(2):
        await rig.fetch()
    assert rig.clock.slept == [1.0]
    for _ in range(2):
        await rig.fetch("https://slow.example/feed")
    assert rig.clock.slept == [1.0, 7.0]


async def test_an_address_that_is_none_is_asked_of_nobody(rig: Rig) -> None:
    failed = await rig.fetch("ftp://news.example/feed")
    assert isinstance(failed, NotFetched)
    assert failed.outcome is PollOutcome.BAD_URL
    assert rig.web.asked == []


async def test_a_failure_keeps_its_name(rig: Rig) -> None:
    rig.web.answer = FetchFailure(FetchProblem.DNS, "no such name", url=URL)
    assert await rig.fetch() == NotFetched(PollOutcome.DNS, "no such name")


async def test_a_host_that_asks_for_rest_has_it_from_all_of_us(rig: Rig) -> None:
    rig.web.answer = FetchFailure(FetchProblem.RATE_LIMITED, "HTTP 429", url=URL, retry_after_seconds=3600)
    assert await rig.fetch() == NotFetched(PollOutcome.RATE_LIMITED, "HTTP 429", 3600)
    assert rig.rate_limit.resting_seconds("news.example") == 3600
    again = await rig.fetch()
    assert isinstance(again, NotFetched)
    assert again.outcome is PollOutcome.RATE_LIMITED
    assert again.retry_after_seconds == pytest.approx(3600)
    assert len(rig.web.asked) == 1


async def test_who_does_not_answer_in_time_is_cut_off_and_has_twice_the_time_the_next_time(rig: Rig) -> None:
    rig.web.answer = None
    assert await rig.fetch() == NotFetched(PollOutcome.TIMEOUT, "no whole answer within 0 s")
    assert rig.fetcher._deadlines.seconds("s") == pytest.approx(0.04)
