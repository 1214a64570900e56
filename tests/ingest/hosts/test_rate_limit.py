"""Turns at a publisher's server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.engine import Database
from ingest.hosts.rate_limit import (
    MAX_DELAY_SECONDS,
    HostBusy,
    HostRateLimit,
    HostResting,
    HostTimes,
    RateLimitSettings,
    is_ours,
    reserve,
)
from tests.fakes.clock import FakeClock, JumpyClock

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open("sqlite:", tmp_path) as opened:
        yield opened


@given(
    arrivals=st.lists(st.floats(0, 100), min_size=1, max_size=30),
    gap=st.floats(0, 20),
    silent_until=st.none() | st.floats(0, 50),
)
def test_starts_are_never_closer_than_the_gap_nor_before_the_hosts_wish(
    arrivals: list[float], gap: float, silent_until: float | None
) -> None:
    not_before = None if silent_until is None else NOW + timedelta(seconds=silent_until)
    times = HostTimes(None, not_before)
    starts = []
    for arrival in sorted(arrivals):
        now = NOW + timedelta(seconds=arrival)
        start, times = reserve(times, now, gap)
        assert start >= now
        assert not_before is None or start >= not_before
        starts.append(start)
    assert all(later - earlier >= timedelta(seconds=gap) for earlier, later in pairwise(starts))


async def test_requests_to_one_host_are_spaced_and_first_come_first_served(db: Database) -> None:
    clock = FakeClock(auto=True)
    rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=5))
    starts: list[tuple[int, float]] = []

    async def visit(number: int) -> None:
        async with rate_limit.turn("news.example"):
            starts.append((number, clock.monotonic()))

    async with asyncio.TaskGroup() as tasks:
        for number in range(4):
            tasks.create_task(visit(number))
    assert starts == [(0, 0), (1, 5), (2, 10), (3, 15)]


async def test_one_host_does_not_wait_for_another(db: Database) -> None:
    clock = FakeClock()
    rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=5))
    async with rate_limit.turn("a.example"), rate_limit.turn("b.example"):
        assert clock.slept == []


async def test_only_so_many_are_at_a_host_at_once(db: Database) -> None:
    rate_limit = HostRateLimit(db, FakeClock(auto=True), RateLimitSettings(gap_seconds=0, concurrency=2))
    inside = most = 0

    async def visit() -> None:
        nonlocal inside, most
        async with rate_limit.turn("news.example"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async with asyncio.TaskGroup() as tasks:
        for _ in range(6):
            tasks.create_task(visit())
    assert most == 2


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:8080", True),
        ("10.1.2.3", True),
        ("[::1]:80", True),
        ("[::1]", True),
        ("localhost:8080", True),
        ("news.example", False),
        ("8.8.8.8:80", False),
        ("[2606:4700::1111]:443", False),
    ],
)
async def test_our_own_machines_are_owed_no_spacing(db: Database, host: str, ours: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_ours(host) is ours
    clock = FakeClock(auto=True)
    rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=5))
    for _ in range(2):
        async with rate_limit.turn(host):
            pass
    assert clock.slept == ([] if ours else [5])


async def test_a_crawl_delay_widens_the_gap_and_a_ban_in_disguise_does_not(db: Database) -> None:
    clock = FakeClock(auto=True)
    rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=1))
    for delay in (10.0, 86400.0, None):
        async with rate_limit.turn("news.example", delay):
            pass
    assert clock.slept == [10, MAX_DELAY_SECONDS]


async def test_a_host_that_wants_to_rest_is_left_alone_also_after_a_restart(db: Database) -> None:
    clock = FakeClock()
    before = HostRateLimit(db, clock)
    await before.rest("news.example", 600)
    await before.rest("news.example", 60)
    after = HostRateLimit(db, clock)
    await after.load()
    for rate_limit in (before, after):
        assert rate_limit.resting_seconds("news.example") == 600
        with pytest.raises(HostResting) as caught:
            async with rate_limit.turn("news.example"):
                pass
        assert caught.value.seconds == 600
    clock.advance(600)
    async with after.turn("news.example"):
        assert after.resting_seconds("news.example") == 0


async def test_a_short_wish_is_waited_out(db: Database) -> None:
    clock = FakeClock(auto=True)
    rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=0, patience_seconds=20))
    await rate_limit.rest("news.example", 15)
    async with rate_limit.turn("news.example"):
        assert clock.slept == [15]


async def test_a_wish_reaches_those_who_wait_in_line_already(db: Database) -> None:
    clock = FakeClock()
    rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=0))
    refused = []

    async def visit() -> None:
        try:
            async with rate_limit.turn("news.example"):
                pass
        except HostResting:
            refused.append(1)

    async with asyncio.TaskGroup() as tasks, rate_limit.turn("news.example"):
        tasks.create_task(visit())
        await asyncio.sleep(0)
        await rate_limit.rest("news.example", 3600)
    assert refused == [1]


async def test_who_has_no_patience_for_the_line_is_told_and_takes_no_turn(db: Database) -> None:
    rate_limit = HostRateLimit(db, FakeClock(), RateLimitSettings(gap_seconds=0))
    async with rate_limit.turn("news.example"):
        with pytest.raises(HostBusy, match="others are being read"):
            async with rate_limit.turn("news.example", patience_seconds=0.01):
                pass
    async with rate_limit.turn("news.example", patience_seconds=60):
        pass


async def test_a_turn_that_is_cancelled_is_given_back(db: Database) -> None:
    rate_limit = HostRateLimit(db, FakeClock(), RateLimitSettings(gap_seconds=0))
    async with rate_limit.turn("news.example"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01), rate_limit.turn("news.example"):
                pass
    async with asyncio.timeout(1), rate_limit.turn("news.example"):
        pass


async def test_hosts_that_nobody_asks_for_are_forgotten(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.hosts.rate_limit._MOST_HOSTS", 100)
    clock = FakeClock(auto=True)
    rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=1))
    for number in range(1000):
        async with rate_limit.turn(f"{number}.example"):
            pass
        clock.advance(2)
    assert len(rate_limit._hosts) <= 101


@pytest.mark.parametrize("ahead", [-200.0, 3600.0])
async def test_no_jump_of_the_clock_lengthens_or_shortens_a_wait(db: Database, ahead: float) -> None:
    clock = JumpyClock(auto=True)
    rate_limit = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=1.0))
    async with rate_limit.turn("a.example"):
        await rate_limit.rest("b.example", 60)
    clock.ahead = ahead
    async with rate_limit.turn("a.example"):
        assert clock.slept == [1.0]
    assert rate_limit.resting_seconds("b.example") == 59
    again = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=1.0))
    await again.load()
    assert again.resting_seconds("b.example") == max(59 - ahead, 0), "what is stored is a time of the wall clock"
    clock.ahead = -400_000
    again = HostRateLimit(db, clock, RateLimitSettings(gap_seconds=1.0))
    await again.load()
    assert again.resting_seconds("b.example") == 0, "nobody asks for four days"
    async with again.turn("b.example"):
        assert clock.slept == [1.0]
