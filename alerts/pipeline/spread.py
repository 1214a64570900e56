"""A story that goes on to more outlets is told again, once for each number that the rule names."""

from alerts.pipeline.situation import Nothing, Situation


def reached_outlets(situation: Situation) -> int | None:
    """How many outlets carry the story with this article, where that reaches a number that the rule names; else None."""
    earlier, policy, match = situation.earlier, situation.policy, situation.match
    if earlier is None or policy is None or isinstance(match, Nothing) or not earlier.notified:
        return None
    if match.article.source_name in earlier.outlets:
        return None
    now = len(earlier.outlets) + 1
    return now if now in policy.send.spread_outlets else None


def spreading(situation: Situation) -> str | None:
    """The sentence; None: it does not spread so far."""
    outlets = reached_outlets(situation)
    return None if outlets is None else f"{outlets} outlets now carry the story"
