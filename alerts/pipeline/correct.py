"""An edit that takes away what an alert rests on is told to whoever had the alert, never silently."""

from alerts.pipeline.situation import Action, Decision, Nothing, Situation
from core.model.match import Correction
from core.model.outcome import AlertOutcome


def correction_of(situation: Situation) -> Correction | None:
    """What the edit took, where somebody was told before; else None."""
    match, earlier = situation.match, situation.earlier
    if isinstance(match, Nothing) or match.correction is None or earlier is None or not earlier.notified:
        return None
    known = (match.article.article_id, match.article.revision) in earlier.articles
    return None if known else match.correction


def correct(situation: Situation) -> Decision | None:
    """A rule that matches no more raises no alert of its own. What was told goes on to be corrected."""
    match = situation.match
    if isinstance(match, Nothing) or match.correction is None or match.correction.holds:
        return None
    if correction_of(situation) is not None:
        return None
    return Decision(
        outcome=AlertOutcome.CORRECTED,
        action=Action.DROP,
        because=f"{correction_text(match.correction)}; nobody was told of it",
    )


def correction_text(correction: Correction) -> str:
    """The sentence."""
    after = "the rule still holds" if correction.holds else "the rule no longer holds"
    if not correction.gone:
        return f"the article was edited, and {after}"
    named = ", ".join(f'"{word}"' for word in correction.gone[:5])
    return f"the words {named} are gone from the article; {after}"
