"""A metric rule notifies only when it holds: often enough, more than usual, for the first time."""

from alerts.pipeline.metric_rule import Verdict, judge
from alerts.pipeline.situation import Action, Decision, Situation
from core.model.metric_rule import NewTerm
from core.model.outcome import AlertOutcome


def reached(situation: Situation) -> Decision | None:
    found = verdict(situation)
    if found is None or found.reached:
        return None
    return Decision(outcome=AlertOutcome.NOT_REACHED, action=Action.KEEP, because=found.because)


def verdict(situation: Situation) -> Verdict | None:
    """The state of the metric condition; None: there is none, or it does not matter now."""
    policy, counted = situation.policy, situation.counted
    if policy is None or policy.standing is None or counted is None:
        return None
    condition = policy.standing.condition
    if isinstance(condition, NewTerm) and situation.is_update:
        return None  # receivers of a story's first alert get its updates
    return judge(condition, counted)
