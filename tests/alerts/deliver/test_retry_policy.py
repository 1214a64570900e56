from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.channel import SendFailure
from alerts.deliver.retry_policy import RetryPolicy
from core.model.outcome import FailureReason
from tests.alerts.making import NOW

POLICY = RetryPolicy()


def failure(retry_after: float | None = None, *, retriable: bool = True) -> SendFailure:
    return SendFailure(FailureReason.OTHER, "x", retriable=retriable, retry_after_seconds=retry_after)


def seconds(
    attempts: int, retry_after: float | None = None, *, age_hours: float = 0, chance: float = 0.5
) -> float | None:
    created = NOW - timedelta(hours=age_hours)
    due = POLICY.next_due(failure(retry_after), attempts=attempts, created=created, now=NOW, chance=chance)
    return None if due is None else (due - NOW).total_seconds()


def test_tries_are_spread_over_days() -> None:
    assert [seconds(attempts) for attempts in (1, 2, 3, 9, 12)] == [5, 15, 45, 21_600, 21_600]


def test_what_must_not_be_tried_again_is_not() -> None:
    assert POLICY.next_due(failure(retriable=False), attempts=1, created=NOW, now=NOW, chance=0.5) is None


def test_tries_end_by_number_and_by_age() -> None:
    assert seconds(19) is not None
    assert seconds(20) is None
    assert seconds(6, age_hours=72) is None
    assert seconds(5, age_hours=72) is not None  # an old one is tried a few times all the same


def test_age_does_not_count_for_a_redrive() -> None:
    assert POLICY.next_due(failure(), attempts=9, created=None, now=NOW, chance=0.5) is not None


def test_a_receiver_is_not_tried_before_it_asked_for_nor_kept_waiting_for_weeks() -> None:
    assert seconds(1, 120) == 120
    assert seconds(4, 1) == 135
    assert seconds(1, 10**9) == 86_400


@given(st.integers(1, 19), st.floats(0, 1, exclude_max=True))
def test_jitter_stays_within_a_fifth(attempts: int, chance: float) -> None:
    plain, spread = seconds(attempts), seconds(attempts, chance=chance)
    assert plain is not None
    assert spread is not None
    assert 0.8 * plain - 0.001 <= spread <= 1.2 * plain + 0.001


def test_what_surely_did_not_arrive_waits_for_its_endpoint_however_often_it_was_tried() -> None:
    refused, old = SendFailure(FailureReason.CONNECT, "x", retriable=True), NOW - timedelta(hours=73)
    assert POLICY.next_due(refused, attempts=500, counted=0, created=old, now=NOW, chance=0.5) == NOW


def test_tries_that_did_not_arrive_are_not_counted_with_those_that_may_have() -> None:
    later = POLICY.next_due(failure(), attempts=100, counted=2, created=NOW, now=NOW, chance=0.5)
    assert later == NOW + timedelta(seconds=15)
