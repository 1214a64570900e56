"""When a source is polled next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.ids import url_key
from core.model.outcome import PollOutcome
from core.model.source import Source
from core.store.sources import PollState
from ingest.poll.schedule import (
    LEARNING_SECONDS,
    SUCCESSES,
    AdaptiveSchedule,
    Polled,
    current_rate_per_second,
    observe,
    rate_per_second,
    validators,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "https://news.example/feed"
DAY = 86400.0


def source(interval_seconds: float | None = None) -> Source:
    return Source(source_id=url_key(URL), name="News", url=URL, interval_seconds=interval_seconds)


def state(**values: object) -> PollState:
    return PollState(**({"next_poll": NOW} | values))  # type: ignore[arg-type] # PollState's own fields


def wait(  # the middle of the jitter
    before: PollState, polled: Polled, interval_seconds: float | None = None, chance: float = 0.5
) -> float:
    after = AdaptiveSchedule()(before, polled, NOW, source(interval_seconds), chance)
    return (after.at - NOW).total_seconds()


def rhythm(items_per_day: float, days: float = 30) -> PollState:
    memory = {"items": items_per_day * days, "seconds": days * DAY, "watched": days * DAY}
    return state(last_success=NOW - timedelta(hours=1), memory=memory)


OK = Polled(outcome=PollOutcome.OK)
UNCHANGED = Polled(outcome=PollOutcome.NOT_MODIFIED)


def test_a_fixed_interval_is_kept_even_below_the_bounds() -> None:
    assert wait(state(), OK, interval_seconds=5) == 5
    assert wait(rhythm(1000), UNCHANGED, interval_seconds=100_000, chance=0.5) == 100_000


def test_a_busy_source_is_polled_more_often_than_a_quiet_one() -> None:
    waits = [wait(rhythm(rate), UNCHANGED) for rate in (0.02, 1, 13, 100, 1000, 100_000)]
    assert waits == sorted(waits, reverse=True)
    assert 600 < waits[2] < 1200
    assert waits[-1] == 60


@pytest.mark.parametrize("outcome", [PollOutcome.OK, PollOutcome.TIMEOUT])
def test_a_source_that_costs_much_cpu_time_is_asked_rarely(outcome: PollOutcome) -> None:
    dear = Polled(outcome=outcome, cost_seconds=20.0)
    assert wait(rhythm(100_000), dear) == 1200
    assert wait(state(), dear, interval_seconds=1) == 1200
    assert wait(state(), Polled(outcome=outcome, cost_seconds=1e9), interval_seconds=1) == DAY
    assert wait(state(), Polled(outcome=PollOutcome.OK, cost_seconds=0.9), interval_seconds=1) == 1


def test_the_interval_shortens_as_news_comes_and_lengthens_in_silence() -> None:
    news = Polled(outcome=PollOutcome.OK, new_items=20)
    assert wait(rhythm(5), news) < wait(rhythm(5), UNCHANGED)
    silent = replace(rhythm(4, days=10), last_success=NOW - timedelta(days=20))
    assert wait(silent, UNCHANGED) > wait(rhythm(4), UNCHANGED)


def test_the_first_poll_learns_from_the_dates_in_the_feed() -> None:
    past = [NOW - timedelta(hours=n) for n in range(50)]
    published = (*past, NOW + timedelta(days=1), NOW - timedelta(days=900))
    memory = observe(state(), Polled(outcome=PollOutcome.OK, new_items=52, published=published), NOW)
    assert rate_per_second(memory) * DAY == pytest.approx(24, rel=0.3)


def test_a_new_source_is_polled_as_often_as_we_may_until_its_rhythm_is_known() -> None:
    ages = [NOW - timedelta(days=n) for n in range(25)]
    for first in (OK, Polled(outcome=PollOutcome.OK, new_items=25, published=tuple(ages))):
        now, before, waits = NOW, state(), [0.0]
        while sum(waits) <= LEARNING_SECONDS + 60:
            after = AdaptiveSchedule()(before, UNCHANGED if sum(waits) else first, now, source(), 0.5)
            waits.append((after.at - now).total_seconds())
            before, now = state(last_success=now, memory=after.memory), after.at
        assert set(waits[1:-1]) == {60}
        assert waits[-1] > 600, "a feed that showed nothing in that hour is no busy one"


def test_a_burst_shortens_the_interval_at_once() -> None:
    half_an_hour = tuple(NOW - timedelta(minutes=3 * n) for n in range(10))
    burst = Polled(outcome=PollOutcome.OK, new_items=10, published=half_an_hour)
    assert wait(rhythm(1), UNCHANGED) > 3000
    assert wait(rhythm(1), burst) < 400
    assert wait(rhythm(1), replace(burst, published=())) < 600, "without dates as well"
    one = Polled(outcome=PollOutcome.OK, new_items=1, published=(NOW,))
    assert wait(rhythm(1), one) > 1000, "one entry is no burst"


def test_a_quiet_new_source_costs_few_polls_once_it_is_known_as_quiet() -> None:
    before, now, days = state(), NOW, [0] * 10
    while now < NOW + timedelta(days=10):
        days[(now - NOW).days] += 1
        after = AdaptiveSchedule()(before, UNCHANGED, now, source(), 0.5)
        before, now = state(last_success=now, memory=after.memory), after.at
    assert days[0] < 120
    assert days[1] < 24
    assert days[-1] < 10


def test_a_burst_is_forgotten_within_hours() -> None:
    memory = observe(rhythm(1), Polled(outcome=PollOutcome.OK, new_items=20), NOW)
    for hour in range(1, 13):
        now = NOW + timedelta(hours=hour)
        memory = observe(state(last_success=now - timedelta(hours=1), memory=memory), UNCHANGED, now)
    assert current_rate_per_second(memory) < 1.2 * rate_per_second(memory)


def test_the_publishers_hint_is_a_lower_bound_within_the_upper_bound() -> None:
    assert wait(rhythm(13), Polled(outcome=PollOutcome.OK, hint_seconds=3600)) == 3600
    assert wait(rhythm(13), Polled(outcome=PollOutcome.OK, hint_seconds=10)) == wait(rhythm(13), OK)
    assert wait(rhythm(0.01), Polled(outcome=PollOutcome.OK, hint_seconds=9e9)) == DAY


def test_a_hint_that_the_feed_itself_belies_delays_nothing() -> None:
    hourly = Polled(outcome=PollOutcome.OK, hint_seconds=3600)
    assert wait(rhythm(10_000), hourly) == wait(rhythm(10_000), OK)
    assert wait(rhythm(1000), hourly) < 400
    assert wait(state(), hourly) == 300, "of a new source nobody knows yet whether it keeps its word"
    assert wait(state(), Polled(outcome=PollOutcome.OK, hint_seconds=120)) == 120


def test_adaptive_intervals_are_stretched_to_the_budget_and_fixed_ones_are_not() -> None:
    def stretched(interval_seconds: float | None, stretch: float) -> float:
        after = AdaptiveSchedule()(state(), OK, NOW, source(interval_seconds), 0.5, stretch)
        assert after.interval_seconds == (None if interval_seconds else 60), "what it wants does not change"
        return (after.at - NOW).total_seconds()

    assert stretched(None, 8.0) == 480
    assert stretched(None, 1e9) == DAY
    assert stretched(5, 8.0) == 5


def test_an_order_to_wait_is_obeyed_even_by_a_fixed_interval() -> None:
    ordered = Polled(outcome=PollOutcome.RATE_LIMITED, retry_after_seconds=7200)
    assert 7200 <= wait(rhythm(1000), ordered, chance=0.0) < wait(rhythm(1000), ordered, chance=0.99) < 7200 * 1.1
    assert wait(state(), ordered, interval_seconds=5) >= 7200


def test_errors_back_off_by_their_weight_and_never_give_up() -> None:
    def waits(outcome: PollOutcome) -> list[float]:
        return [wait(state(failures=n, memory=rhythm(13).memory), Polled(outcome=outcome)) for n in range(2000)]

    soft, hard = waits(PollOutcome.TIMEOUT), waits(PollOutcome.NOT_A_FEED)
    assert soft == sorted(soft)
    assert hard == sorted(hard)
    assert all(a <= b for a, b in zip(soft, hard, strict=True))
    assert soft[-1] == hard[-1] == DAY


def test_a_failure_forgets_nothing() -> None:
    before = rhythm(13)
    assert AdaptiveSchedule()(before, Polled(outcome=PollOutcome.DNS), NOW, source(), 0.5).memory == before.memory


def test_long_intervals_are_spread_a_little_and_short_ones_are_not() -> None:
    assert wait(state(), OK, 1000, chance=0.0) == pytest.approx(950)
    assert wait(state(), OK, 1000, chance=0.999999) == pytest.approx(1050, rel=0.001)
    assert wait(state(), OK, 600, chance=0.0) == 600


def test_the_whole_body_is_asked_for_once_a_day() -> None:
    kept = state(etag='"1"', last_modified="Mon", full_get_at=NOW - timedelta(hours=23))
    assert validators(kept, NOW) == ('"1"', "Mon")
    assert validators(kept, NOW + timedelta(hours=1)) == (None, None)
    assert validators(state(etag='"1"'), NOW) == (None, None)


@given(
    outcome=st.sampled_from(PollOutcome),
    failures=st.integers(0, 10_000),
    new_items=st.integers(0, 100_000),
    hint=st.none() | st.floats(0, 1e12),
    retry=st.none() | st.floats(0, 86400),
    fixed=st.none() | st.floats(0.5, 1e6),
    chance=st.floats(0, 0.999),
    memory=st.dictionaries(
        st.sampled_from(["items", "seconds", "lately_items", "lately_seconds", "watched"]),
        st.floats() | st.text() | st.none(),
    ),
    stretch=st.floats(1, 1e9),
    age=st.none() | st.floats(-1e6, 1e9),
)
def test_whatever_happens_the_next_poll_is_later_and_within_reason(  # noqa: PLR0917 - Hypothesis hands them over by name
    outcome: PollOutcome,
    failures: int,
    new_items: int,
    hint: float | None,
    retry: float | None,
    fixed: float | None,
    chance: float,
    memory: dict[str, object],
    stretch: float,
    age: float | None,
) -> None:
    before = state(failures=failures, memory=memory, last_success=None if age is None else NOW - timedelta(seconds=age))
    polled = Polled(outcome=outcome, new_items=new_items, hint_seconds=hint, retry_after_seconds=retry)
    after = AdaptiveSchedule()(before, polled, NOW, source(fixed), chance, stretch)
    seconds = (after.at - NOW).total_seconds()
    lowest = fixed if fixed is not None else 60.0
    assert lowest * 0.94 <= seconds <= max(DAY, fixed or 0) * 1.11
    if outcome in SUCCESSES:
        assert rate_per_second(after.memory) > 0
