"""A rule that rests after a message, longer each time; what it holds back meanwhile is counted and named in the next.

message -> rests first_seconds -> message -> rests factor times as long ... -> quiet for reset_seconds -> as at first
"""

from datetime import datetime, timedelta

from alerts.pipeline.correct import correction_of
from alerts.pipeline.situation import Action, Decision, Rest, Situation, shown
from core.model.outcome import AlertOutcome
from core.model.sending import Cooldown


def cooldown(situation: Situation) -> Decision | None:
    settings = situation.policy.send.cooldown if situation.policy else None
    rest = resting(settings, situation.rest, situation.now)
    if rest is None or correction_of(situation) is not None:
        return None
    return Decision(
        outcome=AlertOutcome.COOLING_DOWN,
        action=Action.KEEP,
        because=f"the rule rests until {shown(rest.until)} after its last message",
    )


def resting(settings: Cooldown | None, rest: Rest | None, now: datetime) -> Rest | None:
    """The rest that holds now. One that ends later than any may was noted by a clock that was ahead, and holds nothing."""
    if settings is None or rest is None or now >= rest.until:
        return None
    return None if rest.until - now > timedelta(seconds=settings.max_seconds) else rest


def after_message(settings: Cooldown, rest: Rest | None, now: datetime) -> Rest:
    """How the rule rests after a message at `now`."""
    ahead = rest is not None and rest.until - now > timedelta(seconds=settings.max_seconds)
    if rest is None or ahead or now - rest.until >= timedelta(seconds=settings.reset_seconds):
        seconds = settings.first_seconds
    else:
        seconds = min(max(rest.seconds * settings.factor, settings.first_seconds), settings.max_seconds)
    return Rest(until=now + timedelta(seconds=seconds), seconds=seconds)


def held_back_text(rest: Rest | None) -> str:
    """What the next message says of what was held back; empty where nothing was."""
    if rest is None or not rest.held_back:
        return ""
    stories = "story was" if rest.held_back == 1 else "stories were"
    return f"{rest.held_back} more {stories} held back while the rule rested"
