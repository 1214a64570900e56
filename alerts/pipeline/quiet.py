"""Quiet hours hold; they never lose. Priority flash passes."""

from alerts.pipeline.local_time import quiet_until
from alerts.pipeline.situation import Action, Decision, Situation, shown
from core.model.outcome import AlertOutcome, Priority


def quiet(situation: Situation) -> Decision | None:
    policy = situation.policy
    if policy is None or policy.send.quiet_hours is None or policy.priority is Priority.FLASH:
        return None
    until = quiet_until(policy.send.quiet_hours, situation.now)
    if until is None:
        return None
    return Decision(
        outcome=AlertOutcome.QUIET_HOURS,
        action=Action.HOLD,
        because=f"quiet hours of the rule until {shown(until)}; it is sent then",
        release=until,
    )
