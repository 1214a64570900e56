"""Where an alert stands with its readers: who took it, until when it may wait, whether it is settled."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.instant import Instant
from core.model.outcome import AlertStatus


class Via(StrEnum):
    """How a word about an alert reached us."""

    COMMAND = "command"
    PAGE = "page"
    LINK = "link"  # a signed link in a message
    PAGERDUTY = "pagerduty"
    TIME = "time"  # nobody said it: a time was over


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """What somebody last said of an alert. `by` is empty and `at` None of one that nobody has touched.

    `until`: of a snoozed one, when it is open again.
    """

    status: AlertStatus = AlertStatus.OPEN
    by: str = ""
    at: Instant | None = None
    comment: str = ""
    until: Instant | None = None


OPEN = AlertState()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """One thing that was said of an alert. `status` None: a comment, which changes nothing else.

    `via`: a word of `Via`, or that of a later release, which is only shown.
    """

    alert_id: str
    at: Instant
    by: str
    status: AlertStatus | None = None
    comment: str = ""
    until: Instant | None = None
    via: str = Via.COMMAND
