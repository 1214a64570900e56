"""Named places where a test can kill the process, to test the promises about crashes."""

import os
import signal
from enum import StrEnum


class FaultPoint(StrEnum):
    """Every place between two steps of a stage; `WIREWATCH_FAULT=<name>[:<n>]` kills at its n-th passing."""

    POLL_FETCHED = "poll.fetched"
    POLL_APPENDED = "poll.appended"
    POLL_SAVED = "poll.saved"
    READ_FETCHED = "read.fetched"
    READ_APPENDED = "read.appended"
    READ_COMMITTED = "read.committed"
    READ_PUT_ASIDE = "read.put_aside"
    READ_AGAIN = "read.again"
    STORY_JUDGED = "story.judged"
    STORY_APPENDED = "story.appended"
    STORY_COMMITTED = "story.committed"
    MATCH_MATCHED = "match.matched"
    MATCH_APPENDED = "match.appended"
    MATCH_COMMITTED = "match.committed"
    ALERT_DECIDED = "alert.decided"
    ALERT_STORED = "alert.stored"
    ALERT_COMMITTED = "alert.committed"
    DELIVER_CLAIMED = "deliver.claimed"
    DELIVER_BEGUN = "deliver.begun"
    DELIVER_SENT = "deliver.sent"
    DELIVER_RECORDED = "deliver.recorded"


_armed: dict[str, int] = {}


def arm(spec: str) -> None:
    """Arm one point, `name` or `name:n`. Called once by the application from WIREWATCH_FAULT; tests only."""
    name, _, count = spec.partition(":")
    _armed[FaultPoint(name)] = int(count or 1)


def reach(point: FaultPoint) -> None:
    """Pass a point; die here by SIGKILL (nothing is flushed, no handler runs) if a test has armed it."""
    if not _armed:
        return
    left = _armed.get(point)
    if left is None:
        return
    if left > 1:
        _armed[point] = left - 1
        return
    os.kill(os.getpid(), signal.SIGKILL)
