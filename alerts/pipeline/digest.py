"""Rules whose readers want them a few times a day."""

from alerts.pipeline.local_time import next_time
from alerts.pipeline.situation import Action, Decision, Situation, shown
from core.model.outcome import AlertOutcome


def digest(situation: Situation) -> Decision | None:
    settings = situation.policy.send.digest if situation.policy else None
    if settings is None:
        return None
    at = next_time(settings, situation.now)
    return Decision(
        outcome=AlertOutcome.DIGESTED,
        action=Action.HOLD,
        because=f"the rule is sent as a digest, next at {shown(at)}",
        release=at,
    )
