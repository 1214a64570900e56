"""What people see of a source's rhythm: entries by hour and day, and how late they were seen."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.model.outcome import PollOutcome
from ingest.poll.rhythm import DAYS, HOURS, Rhythm, observe, read_rhythm
from ingest.poll.schedule import Polled
from tests.fakes.clock import START

MINUTE = timedelta(minutes=1)


def polled(*ages: timedelta, undated: int = 0, now: datetime = START, outcome: PollOutcome = PollOutcome.OK) -> Polled:
    return Polled(outcome=outcome, new_items=len(ages) + undated, published=tuple(now - age for age in ages))


def test_a_first_poll_tells_the_rhythm_and_no_delay() -> None:
    seen = read_rhythm(observe({}, polled(5 * MINUTE, 65 * MINUTE, timedelta(days=2)), START, first=True), START)
    assert seen.hours[-3:] == (1, 1, 0)  # it is nine sharp
    assert (seen.days[-1], seen.days[-3]) == (2, 1)
    assert seen.delay_p50_seconds is None


def test_later_polls_tell_how_late_entries_were_seen() -> None:
    memory = observe({}, polled(), START, first=True)
    later = START + timedelta(hours=1)
    memory = observe(memory, polled(*(MINUTE * age for age in range(1, 21)), undated=2, now=later), later, first=False)
    seen = read_rhythm(memory, later)
    assert (seen.delay_p50_seconds, seen.delay_p95_seconds) == (660, 1200)
    assert sum(seen.hours) == 22


def test_hours_without_a_poll_are_empty_and_old_ones_go() -> None:
    memory = observe({}, polled(undated=3), START, first=True)
    assert read_rhythm(memory, START + timedelta(hours=2)).hours[-3:] == (3, 0, 0)
    assert sum(read_rhythm(memory, START + timedelta(days=2)).hours) == 0
    assert sum(read_rhythm(memory, START + timedelta(days=2)).days) == 3
    assert read_rhythm(memory, START + timedelta(days=99)) == Rhythm()


def test_a_failed_poll_changes_nothing() -> None:
    memory = observe({}, polled(undated=3), START, first=True)
    assert observe(memory, polled(outcome=PollOutcome.DNS), START, first=False) == memory


@given(
    st.dictionaries(
        st.sampled_from(["hours", "days", "delays", "last_hour", "last_day", "x"]),
        st.none()
        | st.integers(-10, 10**12)
        | st.text(max_size=3)
        | st.lists(st.none() | st.integers(0, 9), max_size=30),
    ),
    st.integers(-(10**6), 10**6),
)
def test_whatever_was_kept_is_read(kept: Mapping[str, object], hours: int) -> None:
    seen = read_rhythm(kept, START + timedelta(hours=hours))
    assert (len(seen.hours), len(seen.days)) == (HOURS, DAYS)
