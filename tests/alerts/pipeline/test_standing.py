"""Standing rules judge by how many stories a rule has, and no record counts twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.pipeline.standing import STANDING, FirstSeen, Frequency, Spike, judge, reach_back_seconds, windows

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = 3600.0


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=m) for m in minutes]


FIVE_AN_HOUR = Frequency(kind="frequency", stories=5, window_seconds=HOUR)
SPIKE = Spike(kind="spike", window_seconds=HOUR, factor=3, stories=3)
FIRST = FirstSeen(kind="first_seen", window_seconds=24 * HOUR)


def test_a_frequency_rule_tells_at_the_nth_story_within_its_window() -> None:
    assert not judge(FIVE_AN_HOUR, ago(0, 10, 20, 59), NOW, None).reached
    assert not judge(FIVE_AN_HOUR, ago(0, 10, 20, 59, 61), NOW, None).reached
    assert judge(FIVE_AN_HOUR, ago(0, 10, 20, 30, 59), NOW, None).reached


def test_it_does_not_tell_again_within_the_window_and_says_so() -> None:
    verdict = judge(FIVE_AN_HOUR, ago(0, 1, 2, 3, 4, 5), NOW, NOW - timedelta(minutes=2))
    assert not verdict.reached
    assert verdict.because == "6 of 5 stories within 1 h; told already within this window"
    assert judge(FIVE_AN_HOUR, ago(0, 1, 2, 3, 4, 5), NOW, NOW - timedelta(minutes=61)).reached


def test_a_spike_is_measured_against_the_rules_own_past() -> None:
    one_an_hour = ago(*(90 + 60 * n for n in range(6)))
    assert not judge(SPIKE, [*ago(0, 10), *one_an_hour], NOW, None).reached
    assert judge(SPIKE, [*ago(0, 10, 20), *one_an_hour], NOW, None).reached
    four_an_hour = ago(*(65 + 15 * n for n in range(24)))
    assert not judge(SPIKE, [*ago(0, 10, 20), *four_an_hour], NOW, None).reached


def test_a_spike_rule_learns_before_it_tells() -> None:
    verdict = judge(SPIKE, ago(0, 1, 2, 3, 4, 5, 6, 70), NOW, None)
    assert not verdict.reached
    assert "still learning" in verdict.because


def test_first_seen_tells_a_story_only_after_a_window_without_any() -> None:
    assert judge(FIRST, ago(0), NOW, None).reached
    assert judge(FIRST, ago(0, 24 * 60 + 1), NOW, None).reached
    assert judge(FIRST, ago(0, 60), NOW, None).because == "not the first: 1 other stories within 1 d"


def test_findings_are_read_as_far_back_as_the_baseline_reaches() -> None:
    assert reach_back_seconds(FIVE_AN_HOUR) == HOUR
    assert reach_back_seconds(SPIKE) == 15 * HOUR


@given(st.lists(st.floats(0, 10_000), max_size=50), st.floats(60, 100_000))
def test_every_story_stands_in_exactly_one_window(minutes: list[float], window: float) -> None:
    assert sum(windows(ago(*minutes), NOW, window)) == len(minutes)


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "frequency", "stories": 1, "window_seconds": 60},
        {"kind": "frequency", "stories": 3, "window_seconds": 5},
        {"kind": "spike", "window_seconds": 3600, "factor": 1},
        {"kind": "often", "window_seconds": 3600},
        {"kind": "silence", "window_seconds": 3600, "stories": 3},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        STANDING.validate_python(bad)
