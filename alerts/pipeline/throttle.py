"""A rule that fires too often is kept from flooding its channels."""

from datetime import timedelta

from alerts.pipeline.correct import correction_of
from alerts.pipeline.situation import Action, Decision, Situation
from core.model.outcome import AlertOutcome


def throttle(situation: Situation) -> Decision | None:
    limit = situation.policy.send.throttle if situation.policy else None
    if limit is None or correction_of(situation) is not None:
        return None
    since = situation.now - timedelta(seconds=limit.per_seconds)
    sent = sum(moment > since for moment in situation.notified_at)
    if sent < limit.max:
        return None
    return Decision(
        outcome=AlertOutcome.THROTTLED,
        action=Action.KEEP,
        because=f"{sent} message{'' if sent == 1 else 's'} of this rule in the last {limit.per_seconds:g} s, {limit.max} allowed",
    )
