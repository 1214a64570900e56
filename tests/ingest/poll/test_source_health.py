"""How a source is doing, in a word and a sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.metrics import FEED_STATES
from core.model.outcome import PollOutcome
from core.store.sources import PollState
from ingest.poll.health import FeedState, health, stale_at
from ingest.poll.schedule import SUCCESSES

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOURLY = {"items": 720, "seconds": 30 * 86400}


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def state(**values: object) -> PollState:
    made = PollState(**({"next_poll": NOW + timedelta(minutes=5), "last_attempt": ago(minutes=1)} | values))  # type: ignore[arg-type] # PollState's own fields
    return replace(made, stale_at=stale_at(made.last_new, made.memory))


def test_the_states_are_those_that_the_metric_counts() -> None:
    assert tuple(FeedState) == FEED_STATES


def test_a_source_in_its_rhythm_is_healthy() -> None:
    judged = health(state(last_success=ago(minutes=1), last_new=ago(hours=2), memory=HOURLY), NOW)
    assert judged.state is FeedState.HEALTHY
    assert judged.sentence == "Last polled 1 minute ago, last new entry 2 hours ago."


def test_a_feed_that_moved_is_healthy_and_says_so() -> None:
    moved = state(last_success=ago(minutes=1), last_new=ago(hours=2), memory=HOURLY, error="the feed has moved to X")
    assert health(moved, NOW).sentence.endswith(" Note: the feed has moved to X.")


def test_a_new_source_is_healthy_until_it_shows_otherwise() -> None:
    assert health(PollState(next_poll=NOW), NOW).state is FeedState.HEALTHY


def test_a_paused_source_is_paused_whatever_happened_before() -> None:
    assert health(state(failures=9), NOW, enabled=False).state is FeedState.PAUSED


def test_one_failure_degrades_and_three_fail() -> None:
    one = health(state(failures=1, outcome=PollOutcome.TIMEOUT, last_success=ago(hours=1)), NOW)
    assert one.state is FeedState.DEGRADED
    assert one.sentence == (
        "The last poll ended as timeout: the publisher does not answer in time. Last success: 1 hour ago."
        " It is tried again in 5 minutes."
    )
    three = health(state(failures=3, outcome=PollOutcome.HTTP_4XX, error="HTTP 404 Not Found"), NOW)
    assert three.state is FeedState.FAILING
    assert "3 polls in a row ended as http_4xx" in three.sentence
    assert "(HTTP 404 Not Found). Last success: never." in three.sentence


def test_silence_against_the_rhythm_is_stale() -> None:
    quiet = {"items": 4, "seconds": 30 * 86400}
    long_ago = state(last_success=ago(minutes=1), last_new=ago(days=10), memory=HOURLY)
    assert health(long_ago, NOW).state is FeedState.STALE
    assert (
        health(state(last_success=ago(minutes=1), last_new=ago(days=10), memory=quiet), NOW).state is FeedState.HEALTHY
    )


@pytest.mark.parametrize("outcome", [outcome for outcome in PollOutcome if outcome not in SUCCESSES])
def test_every_failure_has_its_words(outcome: PollOutcome) -> None:
    sentence = health(state(failures=1, outcome=outcome), NOW).sentence
    assert outcome.value in sentence
    assert "no reason was kept" not in sentence


def test_a_source_that_is_not_polled_is_not_called_healthy() -> None:
    overdue = health(PollState(next_poll=NOW - timedelta(hours=1), last_attempt=NOW - timedelta(hours=2)), NOW)
    assert (overdue.state, "is a poller running?" in overdue.sentence) == (FeedState.FAILING, True)
    ahead = PollState(next_poll=NOW + timedelta(days=4), last_attempt=NOW + timedelta(days=4))
    assert health(ahead, NOW).state is FeedState.FAILING
