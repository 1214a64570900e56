"""What may be said of an alert in each state, and what follows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.pipeline.states import LONGEST_COMMENT, MOST_SNOOZED, Refusal, Said, Unchanged, Verb, say
from core.model.alert_state import OPEN, AlertEvent, AlertState, Via
from core.model.outcome import AlertStatus
from tests.fakes.records import WHEN

LATER = WHEN + timedelta(hours=2)
SETTLED = (AlertStatus.RESOLVED, AlertStatus.NOT_RELEVANT)


def said(verb: Verb, by: str = "kim", comment: str = "") -> Said:
    return Said(verb=verb, by=by, at=WHEN, comment=comment, until=LATER if verb is Verb.SNOOZE else None)


def answer(state: AlertState, one: Said) -> AlertEvent | Unchanged | Refusal:
    return say("a1", state, one, Via.COMMAND)


def after(state: AlertState, one: Said) -> AlertState:
    event = answer(state, one)
    if not isinstance(event, AlertEvent) or event.status is None:
        return state
    return AlertState(status=event.status, by=event.by, at=event.at, comment=event.comment, until=event.until)


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        (Verb.ACKNOWLEDGE, AlertStatus.ACKNOWLEDGED),
        (Verb.RESOLVE, AlertStatus.RESOLVED),
        (Verb.SNOOZE, AlertStatus.SNOOZED),
        (Verb.NOT_RELEVANT, AlertStatus.NOT_RELEVANT),
    ],
)
def test_an_open_alert_can_be_taken_put_off_and_settled(verb: Verb, status: AlertStatus) -> None:
    state = after(OPEN, said(verb))
    assert (state.status, state.by, state.at) == (status, "kim", WHEN)
    assert state.until == (LATER if verb is Verb.SNOOZE else None)
    assert after(state, said(Verb.RELEASE, "lee")).status is AlertStatus.OPEN


@pytest.mark.parametrize("verb", [Verb.ACKNOWLEDGE, Verb.SNOOZE])
@pytest.mark.parametrize("status", SETTLED)
def test_what_is_settled_is_released_before_it_is_taken_again(verb: Verb, status: AlertStatus) -> None:
    refused = answer(AlertState(status=status, by="lee", at=WHEN), said(verb))
    assert isinstance(refused, Refusal)
    assert "by lee since 2026-03-01 12:00 UTC; release it first" in refused.because


def test_somebody_else_may_take_over_and_the_same_person_changes_nothing() -> None:
    taken = after(OPEN, said(Verb.ACKNOWLEDGE, comment="mine"))
    assert isinstance(answer(taken, said(Verb.ACKNOWLEDGE)), Unchanged)
    assert isinstance(answer(taken, said(Verb.ACKNOWLEDGE, comment="mine")), Unchanged)
    assert after(taken, said(Verb.ACKNOWLEDGE, comment="mine, still")).comment == "mine, still"
    assert after(taken, said(Verb.ACKNOWLEDGE, "lee")).by == "lee"


def test_a_comment_changes_no_state_and_an_empty_one_is_refused() -> None:
    event = answer(OPEN, said(Verb.COMMENT, comment="I look"))
    assert isinstance(event, AlertEvent)
    assert event.status is None
    assert answer(OPEN, said(Verb.COMMENT, comment=" ")) == Refusal("the comment is empty", "comment")


@pytest.mark.parametrize(
    ("one", "field"),
    [
        (said(Verb.ACKNOWLEDGE, by=" "), "by"),
        (said(Verb.ACKNOWLEDGE, by="k" * 101), "by"),
        (said(Verb.RESOLVE, comment="c" * (LONGEST_COMMENT + 1)), "comment"),
        (replace(said(Verb.SNOOZE), until=None), "until"),
        (replace(said(Verb.SNOOZE), until=WHEN), "until"),
        (replace(said(Verb.SNOOZE), until=WHEN + MOST_SNOOZED + timedelta(seconds=1)), "until"),
    ],
)
def test_what_is_ill_said_is_refused_with_the_part_that_is_wrong(one: Said, field: str) -> None:
    refused = answer(OPEN, one)
    assert isinstance(refused, Refusal)
    assert refused.field == field


def test_an_open_alert_is_not_released_and_a_relevant_one_not_made_so() -> None:
    assert answer(OPEN, said(Verb.RELEASE)) == Refusal("the alert is open already")
    assert isinstance(answer(OPEN, said(Verb.RELEVANT)), Refusal)
    marked = after(OPEN, said(Verb.NOT_RELEVANT))
    assert after(marked, said(Verb.RELEVANT)).status is AlertStatus.OPEN


@given(st.lists(st.tuples(st.sampled_from(Verb), st.sampled_from(["kim", "lee"]), st.sampled_from(["", "a word"]))))
def test_whatever_is_said_twice_in_a_row_is_new_only_once(words: list[tuple[Verb, str, str]]) -> None:
    state = OPEN
    for verb, by, comment in words:
        one = said(verb, by, comment)
        state = after(state, one)
        again = answer(state, one)
        assert verb is Verb.COMMENT or not isinstance(again, AlertEvent)
        assert (state.until is not None) == (state.status is AlertStatus.SNOOZED)
