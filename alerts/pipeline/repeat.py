"""One alert per rule and story: copies join it silently, an update of the story goes on."""

from alerts.pipeline.correct import correction_of
from alerts.pipeline.situation import Action, Decision, Nothing, Situation, shown
from alerts.pipeline.spread import spreading
from core.model.outcome import AlertOutcome, StoryVerdict


def repeat(situation: Situation) -> Decision | None:
    earlier, match = situation.earlier, situation.match
    if earlier is None or isinstance(match, Nothing):
        return None
    known = (match.article.article_id, match.article.revision) in earlier.articles
    goes_on = spreading(situation) is not None or correction_of(situation) is not None
    if not known and (match.verdict is StoryVerdict.UPDATE or goes_on or _is_news(situation)):
        return None
    what = "this article is in it already" if known else f"this is a copy of the story by {match.article.source_name}"
    return Decision(
        outcome=AlertOutcome.REPEATED,
        action=Action.ADD,
        because=f"the story {'had its alert' if earlier.notified else 'was kept back'} at {shown(earlier.created)}; {what}",
    )


def _is_news(situation: Situation) -> bool:
    """Whether another outlet now has a story of which so far only back numbers were there: it is told as a first alert."""
    earlier, match = situation.earlier, situation.match
    if earlier is None or isinstance(match, Nothing) or not earlier.before:
        return False
    return match.article.article_id not in {article_id for article_id, _ in earlier.articles}
