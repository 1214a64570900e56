"""Whether an alert goes on to the next people now: what nobody acknowledged within the time that the rule gives.

told --after_seconds--> a step is due --> open? to its channels | taken, settled, silenced: nothing, with the outcome
                                                  `--> the next step, counted from when the alert was told, too
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.pipeline.metric_rule import span_text
from alerts.pipeline.recheck import silencing, taken_by
from alerts.pipeline.situation import RulePolicy, shown
from core.model.alert import Alert
from core.model.alert_state import AlertState
from core.model.escalation import EscalationStep
from core.model.outcome import AlertStatus, EscalationOutcome, Priority
from core.model.silence import Silence

_TAKEN = {
    AlertStatus.ACKNOWLEDGED: EscalationOutcome.ACKNOWLEDGED,
    AlertStatus.SNOOZED: EscalationOutcome.SNOOZED,
    AlertStatus.RESOLVED: EscalationOutcome.RESOLVED,
    AlertStatus.NOT_RELEVANT: EscalationOutcome.NOT_RELEVANT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert that waits to be acknowledged. `since`: when it was told. `reached`: the after_seconds of its last step; 0: none."""

    since: datetime
    reached: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """What becomes of a step that is due. `channels`: to whom it goes; `step`: which one it is, None where the rule has none.

    `ends`: no later step can be due before somebody opens the alert again.
    """

    outcome: EscalationOutcome
    because: str
    channels: tuple[str, ...] = ()
    step: EscalationStep | None = None
    ends: bool = False


def next_step(policy: RulePolicy | None, reached: float) -> EscalationStep | None:
    """The step after that one, of those for the rule's priority."""
    if policy is None:
        return None
    steps = for_priority(policy.send.escalate or (), policy.priority)
    return next((step for step in steps if step.after_seconds > reached), None)


def for_priority(steps: Sequence[EscalationStep], priority: Priority) -> list[EscalationStep]:
    return [step for step in steps if not step.priorities or priority in step.priorities]


def due_at(waiting: Waiting, step: EscalationStep) -> datetime:
    return waiting.since + timedelta(seconds=step.after_seconds)


def escalate(
    alert: Alert,
    policy: RulePolicy | None,
    state: AlertState,
    silences: Sequence[Silence],
    waiting: Waiting,
    now: datetime,
) -> Escalation:
    """The decision about the step that is due now; the same situation always gives the same."""
    taken = _TAKEN.get(state.status)
    if taken is not None:
        return Escalation(outcome=taken, because=taken_by(state), ends=True)
    if policy is None:
        because = f"the rule {alert.rule.name} was removed or disabled"
        return Escalation(outcome=EscalationOutcome.RULE_GONE, because=because, ends=True)
    step = next_step(policy, waiting.reached)
    if step is None:
        because = f"the rule {alert.rule.name} has no further step"
        return Escalation(outcome=EscalationOutcome.NO_STEP, because=because, ends=True)
    silence = silencing(alert, silences)
    if silence is not None:
        because = f"silenced until {shown(silence.ends)}"
        return Escalation(outcome=EscalationOutcome.SILENCED, because=because, step=step)
    waited = max((now - waiting.since).total_seconds(), step.after_seconds)
    return Escalation(
        outcome=EscalationOutcome.ESCALATED,
        because=f"nobody acknowledged it for {_rounded(waited)}",
        channels=step.channels,
        step=step,
    )


def _rounded(seconds: float) -> str:
    """A length of time that was measured: whole minutes above one, whole hours above two."""
    if seconds < 60:
        return span_text(seconds)
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"
