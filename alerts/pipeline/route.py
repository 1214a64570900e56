"""Is there still a rule, and does anybody want to hear of it?"""

from alerts.pipeline.situation import Action, Decision, Situation
from core.model.outcome import AlertOutcome


def rule_gone(situation: Situation) -> Decision | None:
    if situation.policy is not None:
        return None
    return Decision(
        outcome=AlertOutcome.RULE_GONE,
        action=Action.DROP,
        because=f"the rule {situation.rule_name} was removed or disabled after this match",
    )


def no_channel(situation: Situation) -> Decision | None:
    if situation.policy is None or situation.channels:
        return None
    return Decision(
        outcome=AlertOutcome.NO_CHANNEL,
        action=Action.KEEP,
        because=f"the rule {situation.rule_name} names no channel, and no route leads to one: shown, and sent to nobody",
    )
