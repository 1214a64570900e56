"""A rule whose alert about a story holds back those of the rules that it names, about the same story."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from alerts.pipeline.situation import Action, Decision, Situation
from core.model.outcome import AlertOutcome


def inhibit(situation: Situation) -> Decision | None:
    """An update of a story that was told already goes on: its readers follow it."""
    if not situation.inhibited_by or situation.is_update:
        return None
    return Decision(
        outcome=AlertOutcome.INHIBITED,
        action=Action.KEEP,
        because=f"the rule {situation.inhibited_by} has told this story and inhibits {situation.rule_name}",
    )


def inhibits(patterns: Iterable[str], rule_name: str) -> bool:
    """Whether a rule that inhibits these names (`*` and `?` stand for others) holds back this one; letter case does not matter."""
    return any(fnmatchcase(rule_name.casefold(), pattern.casefold()) for pattern in patterns)
