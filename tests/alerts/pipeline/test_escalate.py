"""Whether an alert goes on to the next people now."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.pipeline.escalate import Waiting, escalate, next_step
from alerts.pipeline.situation import RulePolicy
from core.model.alert_state import OPEN, AlertState
from core.model.escalation import EscalationStep
from core.model.outcome import AlertStatus, EscalationOutcome, Priority
from core.model.rule import RuleSettings
from tests.alerts.making import NOW, alert
from tests.alerts.pipeline.test_recheck import a_silence

FIRST = EscalationStep(after_seconds=600, channels=("oncall",))
FLASH = EscalationStep(after_seconds=1200, channels=("chief",), priorities=(Priority.FLASH,))
LAST = EscalationStep(after_seconds=3600, channels=("oncall", "chief"))
WAITING = Waiting(since=NOW)


def policy(priority: Priority = Priority.NORMAL) -> RulePolicy:
    return RulePolicy(send=RuleSettings(channels=("desk",), priority=priority, escalate=(FIRST, FLASH, LAST)))


def later(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


def test_steps_follow_each_other_and_some_are_for_one_priority() -> None:
    assert next_step(policy(), 0) == FIRST
    assert next_step(policy(), 600) == LAST
    assert next_step(policy(Priority.FLASH), 600) == FLASH
    assert next_step(policy(), 3600) is None
    assert next_step(RulePolicy(send=RuleSettings()), 0) is None
    assert next_step(None, 0) is None


@pytest.mark.parametrize(("minutes", "because"), [(10, "10 min"), (11.5, "11 min"), (150, "2 h 30 min"), (0, "10 min")])
def test_what_nobody_took_goes_on_and_says_for_how_long(minutes: float, because: str) -> None:
    found = escalate(alert(), policy(), OPEN, [], WAITING, NOW + later(minutes))
    assert (found.outcome, found.channels, found.step) == (EscalationOutcome.ESCALATED, ("oncall",), FIRST)
    assert found.because == f"nobody acknowledged it for {because}"


@pytest.mark.parametrize("status", [status for status in AlertStatus if status is not AlertStatus.OPEN])
def test_what_somebody_took_or_settled_goes_nowhere_and_the_outcome_names_it(status: AlertStatus) -> None:
    state = AlertState(status=status, by="kim", at=NOW)
    found = escalate(alert(), policy(), state, [a_silence()], WAITING, NOW + later(10))
    assert (found.outcome.value, found.channels, found.ends) == (status.value, (), True)
    assert "by kim at 2026-03-02 09:00 UTC" in found.because


def test_a_rule_that_is_gone_or_has_fewer_steps_ends_it() -> None:
    assert escalate(alert(), None, OPEN, [], WAITING, NOW).outcome is EscalationOutcome.RULE_GONE
    beyond = Waiting(since=NOW, reached=3600)
    assert escalate(alert(), policy(), OPEN, [], beyond, NOW).outcome is EscalationOutcome.NO_STEP


def test_a_silence_skips_a_step_and_not_those_after_it() -> None:
    found = escalate(alert(), policy(), OPEN, [a_silence()], WAITING, NOW + later(10))
    assert (found.outcome, found.channels) == (EscalationOutcome.SILENCED, ())
    assert (found.step, found.ends) == (FIRST, False)


@given(st.sampled_from(AlertStatus), st.floats(0, 10_000), st.floats(-10_000, 100_000))
def test_nothing_but_an_open_alert_is_sent_on_whatever_the_time(status: AlertStatus, reached: float, at: float) -> None:
    waiting = Waiting(since=NOW, reached=reached)
    found = escalate(alert(), policy(), AlertState(status=status), [], waiting, NOW + timedelta(seconds=at))
    assert bool(found.channels) == (status is AlertStatus.OPEN and reached < 3600)
