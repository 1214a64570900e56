"""Somebody asked not to hear of this for a while."""

from fnmatch import fnmatchcase

from alerts.pipeline.situation import Action, Decision, Situation, shown
from core.model.outcome import AlertOutcome
from core.model.silence import Silence
from core.text.names import name_key


def silence(situation: Situation) -> Decision | None:
    for active in situation.silences:
        if covers(active, situation.rule_name, situation.source_name, situation.team_id):
            comment = f" ({active.comment})" if active.comment else ""
            return Decision(
                outcome=AlertOutcome.SILENCED,
                action=Action.KEEP,
                because=f"silenced until {shown(active.ends)}{comment}",
                silence_id=active.silence_id,
            )
    return None


def covers(active: Silence, rule: str, source: str, team_id: str) -> bool:
    """Whether the silence's patterns take this rule and source, of its team; letter case does not matter."""
    if active.team_id != team_id:
        return False
    return _like(rule, active.rule) and (active.source is None or _like(name_key(source), name_key(active.source)))


def _like(name: str, pattern: str) -> bool:
    return fnmatchcase(name.casefold(), pattern.casefold())
