"""The one judgement of what is not well: no trouble without a cause, and none of the causes unseen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.model.channel import Pause
from core.model.outcome import FailureReason
from core.store.deliveries import ChannelFacts
from core.store.endpoints import EndpointRow
from wirewatch.health.trouble import Facts, Severity, nothing_goes_out, troubles

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FINE = ChannelFacts(channel="desk", delivered=NOW)
WELL = Facts(now=NOW, deliveries=[FINE], channels=frozenset({"desk"}), feeds={"healthy": 30}, lag={"entries": 3.0})
DEAD = ChannelFacts(channel="desk", dead=3, dead_at=NOW, dead_problem="auth_error: HTTP 403")
BLOCKED = ChannelFacts(channel="desk", pending=2, blocked=1, oldest=NOW, problem="ssrf_blocked: 10.0.0.1")
STUCK = ChannelFacts(channel="desk", pending=4, stuck=2, oldest=NOW - timedelta(minutes=20))
PAUSED = {"desk": Pause("ann", datetime(2026, 3, 1, 8, 5, tzinfo=UTC))}
GONE = {"desk": Pause("wirewatch", datetime(2026, 3, 1, 8, 5, tzinfo=UTC), "its receiver answered that it is gone")}
MISSING = ChannelFacts(channel="pager", pending=1, oldest=NOW)


def test_what_is_well_is_no_trouble() -> None:
    assert troubles(WELL) == ()
    assert troubles(Facts(now=NOW)) == ()
    waiting = ChannelFacts(channel="desk", pending=5, oldest=NOW - timedelta(minutes=4))
    assert troubles(replace(WELL, deliveries=[waiting])) == ()  # a retry is no trouble yet


@pytest.mark.parametrize(
    ("facts", "severity", "words", "place"),
    [
        (replace(WELL, parts={"database": "away"}), Severity.BAD, "away", "stages"),
        (replace(WELL, deliveries=[DEAD]), Severity.BAD, "3 given up within 24 hours (last: auth_error", "deliveries"),
        (replace(WELL, deliveries=[BLOCKED]), Severity.BAD, "our own address guard refuses it, and 2 me", "deliveries"),
        (replace(WELL, deliveries=[STUCK]), Severity.BAD, "4 messages wait, the oldest for 20 min", "deliveries"),
        (replace(WELL, deliveries=[MISSING]), Severity.BAD, "1 message waits for this channel, which", "deliveries"),
        (
            replace(WELL, paused=PAUSED),
            Severity.WARN,
            "paused by ann since 2026-03-01 08:05 UTC; no messages wait",
            "deliveries",
        ),
        (replace(WELL, paused=PAUSED, deliveries=[STUCK]), Severity.WARN, "08:05 UTC; 4 messages wait", "deliveries"),
        (replace(WELL, feeds={"healthy": 9, "failing": 1}), Severity.WARN, "1 of 10 fail", "sources"),
        (replace(WELL, feeds={"healthy": 1, "failing": 1, "paused": 9}), Severity.BAD, "1 of 2 fail", "sources"),
        (replace(WELL, feeds={"healthy": 9, "stale": 1}), Severity.WARN, "1 of 10 went silent", "sources"),
        (replace(WELL, set_aside=1), Severity.WARN, "1 record waits that a stage could not handle; wirew", "stages"),
        (replace(WELL, set_aside=3), Severity.WARN, "3 records wait that a stage could not handle", "stages"),
        (replace(WELL, lag={"matches": 61.0}), Severity.WARN, "what waits in matches is 1 min old", "stages"),
        (replace(WELL, lag={"matches": 400.0}), Severity.BAD, "what waits in matches is 7 min old", "stages"),
    ],
)
def test_every_trouble_has_its_words_its_weight_and_its_place(
    facts: Facts, severity: Severity, words: str, place: str
) -> None:
    (found,) = troubles(facts)
    assert (found.severity, found.place) == (severity, place)
    assert words in found.words


ENDPOINT = EndpointRow(
    channel="desk",
    failures=9,
    since=NOW - timedelta(minutes=20),
    until=NOW + timedelta(seconds=45),
    reason=FailureReason.CONNECT,
    detail="connection refused",
)


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        (ENDPOINT, "the endpoint is left alone until 09:00:45 UTC; it has failed since 2026-03-02 08:40 UTC"),
        (replace(ENDPOINT, until=NOW), "the endpoint is tried again now; it has failed since 2026-03-02 08:40 UTC"),
        (
            replace(ENDPOINT, asked_until=NOW + timedelta(hours=1)),
            "the endpoint is left alone until 10:00:00 UTC, as it asked for",
        ),
        (
            replace(ENDPOINT, asked_until=NOW + timedelta(hours=24)),
            "the endpoint is left alone until 2026-03-03 09:00:00 UTC, as it asked for",
        ),
    ],
)
def test_what_waits_for_an_endpoint_that_fails_says_until_when(endpoint: EndpointRow, words: str) -> None:
    (found,) = troubles(replace(WELL, deliveries=[replace(STUCK, endpoint=endpoint)]))
    assert found.words == f"4 messages wait, the oldest for 20 min; {words}"


def test_what_waits_for_an_endpoint_that_has_just_failed_is_a_warning_and_stops_nothing() -> None:
    facts = replace(WELL, deliveries=[ChannelFacts(channel="desk", pending=2, oldest=NOW, endpoint=ENDPOINT)])
    (found,) = troubles(facts)
    assert (found.severity, found.place) == (Severity.WARN, "deliveries")
    assert found.words == (
        "2 messages wait; the endpoint is left alone until 09:00:45 UTC; it has failed since 2026-03-02 08:40 UTC "
        "(connect: connection refused)"
    )
    assert nothing_goes_out(facts) is None
    assert [one.words[:6] for one in troubles(replace(facts, paused=PAUSED))] == ["paused"]


def test_that_nothing_goes_out_through_a_paused_channel_is_meant_so() -> None:
    paused = replace(WELL, paused=PAUSED, deliveries=[STUCK])
    assert nothing_goes_out(paused) is None
    other = replace(STUCK, channel="ops")
    assert nothing_goes_out(replace(paused, channels=frozenset({"desk", "ops"}), deliveries=[STUCK, other])) is not None


def test_the_worst_stands_first() -> None:
    both = replace(WELL, feeds={"healthy": 9, "failing": 1}, deliveries=[DEAD])
    assert [item.severity for item in troubles(both)] == [Severity.BAD, Severity.WARN]


@pytest.mark.parametrize("channel", [DEAD, BLOCKED, STUCK, MISSING])
def test_nothing_goes_out_where_no_channel_delivers(channel: ChannelFacts) -> None:
    alone = replace(WELL, deliveries=[channel])
    reason = nothing_goes_out(alone)
    assert reason is not None
    assert channel.channel in reason
    other = replace(FINE, channel="other")
    assert nothing_goes_out(replace(alone, deliveries=[channel, other])) is not None  # one that is configured no more
    both = replace(alone, deliveries=[channel, other], channels=frozenset({"desk", "other"}))
    assert nothing_goes_out(both) is None  # another one delivers
    after = replace(channel, delivered=NOW + timedelta(seconds=1))
    assert nothing_goes_out(replace(alone, deliveries=[after])) is None  # it has delivered since
    assert nothing_goes_out(replace(WELL, deliveries=[])) is None


def test_what_a_channel_left_behind_that_is_configured_no_more_stops_nothing() -> None:
    assert nothing_goes_out(replace(WELL, deliveries=[replace(DEAD, channel="old")])) is None


def test_what_was_given_up_hours_ago_says_nothing_of_now() -> None:
    old = replace(DEAD, dead_at=NOW - timedelta(hours=2))
    assert nothing_goes_out(replace(WELL, deliveries=[old])) is None
    assert len(troubles(replace(WELL, deliveries=[old]))) == 1  # people still want to know


def test_a_part_that_works_and_needs_somebody_is_a_warning() -> None:
    (found,) = troubles(replace(WELL, warnings={"configuration": "a reload was refused"}))
    assert (found.severity, found.name, found.words) == (Severity.WARN, "configuration", "a reload was refused")
    assert nothing_goes_out(replace(WELL, warnings={"disk": "nearly full"})) is None


def test_a_channel_that_is_gone_is_a_failure_and_says_why() -> None:
    gone = replace(WELL, paused=GONE, deliveries=[STUCK])
    [trouble] = troubles(gone)
    assert trouble.severity is Severity.BAD
    assert trouble.words == (
        "paused by wirewatch since 2026-03-01 08:05 UTC, because its receiver answered that it is gone; 4 messages wait"
    )
    assert nothing_goes_out(gone) == f"channel desk: {trouble.words}"
    other = ChannelFacts(channel="ops", delivered=NOW)
    assert nothing_goes_out(replace(gone, channels=frozenset({"desk", "ops"}), deliveries=[STUCK, other])) is None


def test_a_message_that_failed_more_than_once_is_told_before_it_is_stuck() -> None:
    failing = ChannelFacts(channel="desk", pending=2, failed=1, oldest=NOW, problem="timeout: no answer")
    (trouble,) = troubles(Facts(now=NOW, deliveries=[failing], channels=frozenset({"desk"})))
    assert trouble.severity is Severity.WARN
    assert trouble.words == "2 messages wait, 1 of them failed more than once (last: timeout: no answer)"
