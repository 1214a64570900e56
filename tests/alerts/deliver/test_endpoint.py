from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.channel import SendFailure
from alerts.deliver.endpoint import Endpoint, EndpointPolicy, after_success, is_unwell, may_have_arrived
from core.model.outcome import FailureReason

POLICY = EndpointPolicy()


def failure(reason: FailureReason, *, retry_after: float | None = None, status: int | None = None) -> SendFailure:
    return SendFailure(reason, "x", retriable=True, retry_after_seconds=retry_after, status=status)


REFUSED = failure(FailureReason.CONNECT)
BROKEN = failure(FailureReason.SERVER_ERROR, status=500)


def after(
    endpoint: Endpoint, problem: SendFailure, now: float, *, seen: Endpoint | None = None, again: bool = False
) -> Endpoint:
    return POLICY.after_failure(endpoint, problem, seen=seen or endpoint, tried_before=again, now=now, chance=0.5)


def test_an_endpoint_that_takes_no_connection_is_left_alone_a_twentieth_longer_each_time_up_to_ten_minutes() -> None:
    endpoint, now, rests = Endpoint(), 0.0, []
    for _ in range(110):
        endpoint = after(endpoint, REFUSED, now)
        rests.append(endpoint.seconds_left(now))
        now += rests[-1]
    assert rests[:3] == pytest.approx([5, 5.25, 5.5125])
    assert rests[-1] == pytest.approx(600)
    down = 0.0
    for rest in rests[:95]:
        assert rest <= 5 + 0.06 * down, "found well again a twentieth of its outage late, and the first rest"
        down += rest


def test_after_an_answer_the_next_message_shows_whether_it_is_the_endpoint() -> None:
    doubted = after(Endpoint(), BROKEN, 10.0)
    assert (doubted.in_doubt, doubted.seconds_left(10.0)) == (True, 0.0)
    failing = after(doubted, BROKEN, 11.0)
    assert failing.seconds_left(11.0) == pytest.approx(5.25)
    assert after(failing, BROKEN, 17.0, again=True).failures == failing.failures, "it may be the message"


def test_a_message_that_fails_again_while_the_endpoint_is_well_changes_nothing() -> None:
    assert not after(Endpoint(), BROKEN, 10.0, again=True).in_doubt


def test_sends_that_began_before_the_last_change_count_as_one() -> None:
    before = Endpoint()
    endpoint = after(before, REFUSED, 10.0)
    for _ in range(7):
        endpoint = after(endpoint, REFUSED, 10.1, seen=before)
    assert (endpoint.failures, endpoint.seconds_left(10.0)) == (1, 5.0)


def test_the_first_success_ends_it_but_not_what_the_receiver_asked_for() -> None:
    failing = after(after(Endpoint(), REFUSED, 10.0), REFUSED, 20.0)
    well = after_success(failing)
    assert (well.in_doubt, well.seconds_left(27.0)) == (False, 0.0)
    asked = after(Endpoint(), failure(FailureReason.RATE_LIMITED, retry_after=90), 10.0)
    assert after_success(asked).seconds_left(11.0) == 89
    assert after(Endpoint(), failure(FailureReason.RATE_LIMITED, retry_after=10**9), 0.0).seconds_left(0.0) == 86_400


def test_our_own_guard_leaves_it_alone_for_a_minute() -> None:
    assert after(Endpoint(), failure(FailureReason.SSRF_BLOCKED), 0.0).seconds_left(0.0) == 60


def test_what_is_the_messages_own_leaves_the_endpoint_as_it_was() -> None:
    before = Endpoint(failures=3, until=50.0)
    for problem in (failure(FailureReason.REFUSED), failure(FailureReason.OTHER)):
        assert not is_unwell(problem)
        assert after(before, problem, 20.0) == before
    too_large = SendFailure(FailureReason.PAYLOAD_TOO_LARGE, "x", retriable=False, status=413)
    assert after(before, too_large, 20.0) == before


def test_only_what_may_have_arrived_counts_as_a_try_of_the_message() -> None:
    assert may_have_arrived(FailureReason.TIMEOUT, None)
    assert may_have_arrived(FailureReason.DISCONNECTED, None)
    assert may_have_arrived(FailureReason.SERVER_ERROR, 500)
    assert may_have_arrived(FailureReason.INTERRUPTED, None)
    assert not may_have_arrived(FailureReason.SERVER_ERROR, 503)
    assert not may_have_arrived(FailureReason.CONNECT, None)
    assert not may_have_arrived(FailureReason.RATE_LIMITED, 429)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([REFUSED, BROKEN, failure(FailureReason.RATE_LIMITED, retry_after=30), None]),
            st.floats(0, 1000),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_whatever_comes_it_is_tried_again_within_ten_minutes_and_a_fifth(
    steps: list[tuple[SendFailure | None, float, bool]],
) -> None:
    endpoint, now = Endpoint(), 0.0
    for problem, seconds, again in steps:
        now += seconds
        if problem is None:
            endpoint = after_success(endpoint)
            assert not endpoint.in_doubt
        else:
            endpoint = after(endpoint, problem, now, again=again)
        assert endpoint.seconds_left(now) <= 720
        assert replace(endpoint, failures=0).seconds_left(now + 720) == 0
