"""Standing rules judge by how many stories a rule has, and no record counts twice."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.pipeline.metric_rule import Counted, judge, reach_back_seconds, windows
from core.model.metric_rule import Flatline, Frequency, MetricRule, NewTerm, Spike
from core.model.rule_tables import read_table, written_table

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = 3600.0
LONG_AGO = NOW - timedelta(days=365)


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=m) for m in minutes]


def counted(*minutes: float, known_since: datetime = LONG_AGO, told: datetime | None = None) -> Counted:
    """Stories that began so many minutes ago; the first is the one that is judged."""
    moments = ago(*minutes)
    return Counted(stories=moments, own=moments[0], now=moments[0], known_since=known_since, notified=told)


def reached(standing: MetricRule, *minutes: float) -> bool:
    return judge(standing, counted(*minutes)).reached


FIVE_AN_HOUR = Frequency(stories=5, window_seconds=HOUR)
SPIKE = Spike(window_seconds=HOUR, factor=3, stories=3)
FIRST = NewTerm(window_seconds=24 * HOUR)
SILENT = Flatline(window_seconds=HOUR)


def test_a_frequency_rule_tells_at_the_nth_story_within_its_window() -> None:
    assert not reached(FIVE_AN_HOUR, 0, 10, 20, 59)
    assert not reached(FIVE_AN_HOUR, 0, 10, 20, 59, 61)
    assert reached(FIVE_AN_HOUR, 0, 10, 20, 30, 59)
    assert judge(FIVE_AN_HOUR, counted(0, 10, 20)).because == "3 of 5 stories within 1 h"
    assert judge(FIVE_AN_HOUR, counted(0, 10, 20, 30, 59)).because == "5 stories within 1 h"


def test_it_does_not_tell_again_within_the_window_and_says_so() -> None:
    verdict = judge(FIVE_AN_HOUR, counted(0, 1, 2, 3, 4, 5, told=NOW - timedelta(minutes=2)))
    assert not verdict.reached
    assert verdict.because == "6 stories within 1 h; told already within this window"
    assert judge(FIVE_AN_HOUR, counted(0, 1, 2, 3, 4, 5, told=NOW - timedelta(minutes=60))).reached


def test_matches_that_are_judged_late_are_judged_by_their_own_times() -> None:
    """The stage was down for hours: five stories of one hour are five stories of one hour."""
    assert judge(FIVE_AN_HOUR, counted(600, 610, 620, 630, 640)).reached


def test_a_record_that_comes_late_joins_the_newest_window_or_is_too_old_for_it() -> None:
    assert reached(FIVE_AN_HOUR, 30, 0, 10, 20, 59)
    assert not reached(FIVE_AN_HOUR, 70, 0, 10, 20, 59)


def test_a_spike_is_measured_against_the_rules_own_past() -> None:
    one_an_hour = [90 + 60 * n for n in range(14)]
    assert not reached(SPIKE, 0, 10, *one_an_hour)
    assert reached(SPIKE, 0, 10, 20, *one_an_hour)
    four_an_hour = [65 + 15 * n for n in range(14 * 4)]
    assert not reached(SPIKE, 0, 10, 20, *four_an_hour)
    verdict = judge(SPIKE, counted(*range(12), *(61 + 26 * n for n in range(32))))
    assert verdict.because == "12 stories within 1 h, usual 2.3"
    assert (verdict.stories, round(verdict.usual or 0, 2)) == (12, 2.29)


def test_a_spike_rule_learns_before_it_tells() -> None:
    young = counted(0, 1, 2, 3, 4, 5, known_since=NOW - timedelta(minutes=179))
    verdict = judge(SPIKE, young)
    assert not verdict.reached
    assert verdict.because == "still learning what is usual: 2 of 3 windows of 1 h"


def test_hours_without_a_story_are_usual_too() -> None:
    verdict = judge(SPIKE, counted(0, 1, 2, known_since=NOW - timedelta(hours=5)))
    assert verdict.reached
    assert verdict.because == "3 stories within 1 h, usual 0.0"


def test_first_seen_tells_a_story_only_after_a_window_without_any() -> None:
    assert reached(FIRST, 0)
    assert reached(FIRST, 0, 24 * 60 + 1)
    assert judge(FIRST, counted(0, 60)).because == "not the first: 1 other story within 1 d"
    assert reached(FIRST, 60, 0), "the other one came after it"


def test_a_story_older_than_what_was_read_is_not_the_first() -> None:
    old = Counted(stories=ago(1), own=None, now=NOW, known_since=LONG_AGO)
    assert not judge(FIRST, old).reached


def test_a_silence_rule_tells_no_story() -> None:
    assert not reached(SILENT, 0)


def test_findings_are_read_as_far_back_as_the_baseline_reaches() -> None:
    assert reach_back_seconds(FIVE_AN_HOUR) == HOUR
    assert reach_back_seconds(SPIKE) == 15 * HOUR


@given(st.lists(st.floats(0, 10_000), max_size=50), st.floats(60, 100_000))
def test_every_story_stands_in_exactly_one_window(minutes: list[float], window: float) -> None:
    assert sum(windows(ago(*minutes), NOW, window)) == len(minutes)


@given(st.lists(st.integers(0, 300), min_size=5, max_size=20, unique=True), st.randoms(use_true_random=False))
def test_the_last_record_decides_alike_whatever_the_order(minutes: list[int], random: Random) -> None:
    """Late records change which match tells, never whether the stories that are known are enough."""
    mixed = list(minutes)
    random.shuffle(mixed)
    assert reached(FIVE_AN_HOUR, *mixed) == reached(FIVE_AN_HOUR, *sorted(minutes))


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "frequency", "stories": 1, "window_seconds": 60},
        {"kind": "frequency", "stories": 3, "window_seconds": 5},
        {"kind": "spike", "window_seconds": 3600, "factor": 1},
        {"kind": "spike", "window_seconds": 14 * 86400, "baseline_windows": 14},
        {"kind": "often", "window_seconds": 3600},
        {"kind": "silence", "window_seconds": 3600, "stories": 3},
        {"kind": "silence", "window_seconds": 3600, "source": ""},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read_table("standing", bad)


@pytest.mark.parametrize(
    ("name", "older", "kind"), [("new_term", "first_seen", NewTerm), ("flatline", "silence", Flatline)]
)
def test_a_condition_goes_by_its_older_name_too(name: str, older: str, kind: type[NewTerm | Flatline]) -> None:
    read = [read_table("standing", {"kind": one, "window_seconds": 3600}) for one in (name, older)]
    assert read[0] == read[1]
    assert isinstance(read[0], kind)
    assert written_table(read[0]) == {"kind": older, "window_seconds": 3600.0}  # what an older process reads
