"""Many sources on one budget of polls, in simulated time: the production schedule, stretch and pace over feeds that publish."""

import heapq
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.outcome import PollOutcome
from core.model.source import Source
from core.store.sources import PollState
from ingest.poll.budget import POLLS_PER_MINUTE, TokenBucket, stretch
from ingest.poll.schedule import AdaptiveSchedule, Polled

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = Source(source_id="s", name="News", url="https://news.example/feed")
TEN_MINUTES = 600.0


@dataclass(frozen=True)
class Feed:
    """What a feed shows at first (ages in days; None: without a date), and when it publishes more, in order."""

    old: Sequence[float | None] = ()
    published: Sequence[float] = ()
    dated: bool = True

    def polled(self, since: float | None, now: float) -> Polled:
        if since is None:
            times = tuple(at(-days * 86400) for days in self.old if days is not None)
            return Polled(outcome=PollOutcome.OK, new_items=len(self.old), published=times)
        new = self.published[bisect_right(self.published, since) : bisect_right(self.published, now)]
        if not new:
            return Polled(outcome=PollOutcome.NOT_MODIFIED)
        times = tuple(map(at, new)) if self.dated else ()
        return Polled(outcome=PollOutcome.OK, new_items=len(new), published=times)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def simulated(feeds: Sequence[Feed], seconds: float, polls_per_minute: float = POLLS_PER_MINUTE) -> list[list[float]]:
    """When each feed is polled; all are new and due at 0, the longest overdue goes first, as in the stage."""
    schedule, pace = AdaptiveSchedule(), TokenBucket(polls_per_minute)
    polls: list[list[float]] = [[] for _ in feeds]
    states = [PollState(next_poll=START) for _ in feeds]
    wanted = [60 / schedule.min_seconds] * len(feeds)
    total = sum(wanted)
    due = [(0.0, number) for number in range(len(feeds))]
    now = 0.0
    while due and now <= seconds:
        if pace.left(now) < 1:
            now += pace.seconds_until_next()
            continue
        when, number = heapq.heappop(due)
        now = max(now, when)
        pace.left(now)
        pace.spend(1)
        polled = feeds[number].polled(polls[number][-1] if polls[number] else None, now)
        polls[number].append(now)
        after = schedule(states[number], polled, at(now), SOURCE, 0.5, stretch(total, polls_per_minute))
        states[number] = replace(states[number], last_success=at(now), memory=after.memory)
        assert after.interval_seconds is not None
        total += 60 / after.interval_seconds - wanted[number]
        wanted[number] = 60 / after.interval_seconds
        heapq.heappush(due, ((after.at - START).total_seconds(), number))
    return polls


def delays(feed: Feed, polls: Sequence[float]) -> list[float]:
    """How long each item waited; one that no poll saw is missing."""
    return [next(poll for poll in polls if poll >= one) - one for one in feed.published if one <= polls[-1]]


def busy(number: int, old: Sequence[float | None], *, dated: bool = True) -> Feed:
    random = Random(number)
    return Feed(old, sorted(random.uniform(1, TEN_MINUTES) for _ in range(9)), dated)


@pytest.mark.parametrize(
    "old", [[float(n) for n in range(1, 25)], [None] * 25, []], ids=["days apart", "undated", "empty"]
)
def test_sixty_busy_new_feeds_are_followed_from_the_first_minute(old: list[float | None]) -> None:
    feeds = [busy(number, old, dated=None not in old) for number in range(60)]
    polls = simulated(feeds, TEN_MINUTES + 60)
    waited = sorted(delay for feed, times in zip(feeds, polls, strict=True) for delay in delays(feed, times))
    assert len(waited) == 60 * 9
    assert waited[int(len(waited) * 0.95)] <= 75
    assert waited[-1] <= 75


def test_twenty_thousand_new_sources_are_no_stampede() -> None:
    feeds = [Feed(old=[None] * 10)] * 20_000
    polls = simulated(feeds, 1800)
    minutes = [0] * 31
    for when in sorted(when for times in polls for when in times):
        minutes[int(when // 60)] += 1
    at_once = POLLS_PER_MINUTE / 6
    assert max(minutes) <= POLLS_PER_MINUTE + at_once
    assert max(minutes[1:]) <= POLLS_PER_MINUTE + 1
    assert min(minutes[:30]) >= POLLS_PER_MINUTE * 0.8, "what the budget gives is used"
    assert all(times for times in polls), "each has its first poll before others have their third"
    assert max(len(times) for times in polls) <= 2


def test_a_larger_newsroom_shares_the_budget_evenly() -> None:
    polls = simulated([Feed()] * 400, 3000, polls_per_minute=100)
    counts = [len(times) for times in polls]
    assert sum(counts) <= 100 * 50 + 100
    assert max(counts) - min(counts) <= 3


@given(
    per_minute=st.floats(0.1, 1e5),
    steps=st.lists(st.tuples(st.floats(-10, 1000), st.integers(0, 5000)), max_size=30),
)
def test_the_pace_is_kept_whatever_is_asked(per_minute: float, steps: list[tuple[float, int]]) -> None:
    pace, now, latest, polls = TokenBucket(per_minute), 0.0, 0.0, 0
    for passed, asked in steps:
        now += passed
        latest = max(latest, now)
        allowed = min(asked, pace.left(now))
        pace.spend(allowed)
        polls += allowed
    elapsed = latest + sum(-passed for passed, _ in steps if passed < 0)
    assert polls <= max(per_minute / 6, 1) + elapsed * per_minute / 60 + 1


def test_a_budget_below_one_poll_at_a_time_still_polls() -> None:
    pace = TokenBucket(0.5)
    assert pace.left(0.0) == 1
    pace.spend(1)
    assert pace.left(60.0) == 0
    assert pace.seconds_until_next() == pytest.approx(60)
    assert pace.left(120.0) == 1


@given(wanted=st.floats(0, 1e6), budget=st.floats(0.1, 1e6))
def test_what_is_stretched_fits(wanted: float, budget: float) -> None:
    factor = stretch(wanted, budget)
    assert factor >= 1
    assert wanted / factor <= budget * 1.000001
