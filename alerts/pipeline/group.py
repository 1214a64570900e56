"""Alerts of one rule that come together go out together: wait for the first, then keep the interval."""

from datetime import datetime, timedelta

from alerts.pipeline.situation import Action, Decision, Situation, shown
from core.model.outcome import AlertOutcome


def group(situation: Situation) -> Decision | None:
    release = flush_time(situation)
    if release is None:
        return None
    return Decision(
        outcome=AlertOutcome.GROUPED,
        action=Action.HOLD,
        because=f"grouped with other alerts of the rule until {shown(release)}",
        release=release,
    )


def flush_time(situation: Situation) -> datetime | None:
    """When the group that this match belongs to goes out; None: the rule does not group."""
    if situation.policy is None:
        return None
    send, flush_at, now = situation.policy.send, situation.flush_at, situation.now
    if send.group_wait_seconds <= 0:
        return None
    longest = timedelta(seconds=send.group_wait_seconds + send.group_interval_seconds)
    if flush_at is not None and flush_at > now + longest:
        flush_at = None  # no group can have been meant to wait so long: the clock was ahead when this was noted
    if flush_at is not None and flush_at > now:
        return flush_at
    release = now + timedelta(seconds=send.group_wait_seconds)
    if flush_at is not None:
        release = max(release, flush_at + timedelta(seconds=send.group_interval_seconds))
    return release
