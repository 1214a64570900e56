"""What was there before somebody asked for it raises no alert: a new source's back numbers, and what a new rule finds in old
articles. Otherwise each source and rule would begin with a flood.
"""

from datetime import datetime, timedelta

from alerts.pipeline.situation import Action, Decision, Nothing, RulePolicy, Situation, shown
from core.model.match import Match
from core.model.outcome import AlertOutcome

# Feeds show an article some minutes after the time that they give it, and that of many has no seconds.
ALLOWANCE = timedelta(minutes=15)


def first_contact(situation: Situation) -> Decision | None:
    """A story that was told already goes on to its readers, unless it is a new source that has it late."""
    match, policy = situation.match, situation.policy
    if isinstance(match, Nothing) or policy is None:
        return None
    outcome = before(match, policy, situation.now)
    if outcome is None or (outcome is AlertOutcome.BEFORE_RULE and situation.is_update):
        return None
    return Decision(outcome=outcome, action=Action.KEEP, because=_because(match, policy, outcome))


def before(match: Match, policy: RulePolicy, now: datetime) -> AlertOutcome | None:
    """Whether the article was there before its source or the rule; None: it is news.

    A rule that seems to be made later than now was made by a clock that was ahead: everything is news to it.
    """
    article, since = match.article, policy.since
    if policy.send.since is None and since is not None and since > now + ALLOWANCE:
        since = None
    added = article.source_added
    if added is not None and (article.published is None or article.published < added - ALLOWANCE):
        return AlertOutcome.BEFORE_SOURCE
    # What came late from a source that was there is news, whatever date it has: both must be old.
    if since is not None and max(_published(match), match.story_first_seen) < since - ALLOWANCE:
        return AlertOutcome.BEFORE_RULE
    return None


def _published(match: Match) -> datetime:
    return match.article.published or match.article.seen


def _because(match: Match, policy: RulePolicy, outcome: AlertOutcome) -> str:
    article = match.article
    published = "without a date" if article.published is None else f"published {shown(article.published)}"
    if outcome is AlertOutcome.BEFORE_SOURCE and article.source_added is not None:
        since = shown(article.source_added)
        return f"{article.source_name} showed it at its first poll, {published}; what is news begins at {since}"
    since = "" if policy.since is None else shown(policy.since)
    return f"{published}, and known before what is news to the rule begins at {since}"
