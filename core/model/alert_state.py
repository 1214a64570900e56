"""Where an alert stands with its readers: who took it, until when it may wait, whether it is settled."""

from dataclasses import dataclass
from enum import StrEnum

from core.model.instant import Instant
from core.model.outcome import AlertStatus


class Via(StrEnum):
    """How a word about an alert reached us."""

    COMMAND = "command"
    PAGE = "page"
    API = "api"
    LINK = "link"  # a signed link in a message
    PAGERDUTY = "pagerduty"
    TIME = "time"  # nobody said it: a time was over


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """What somebody last said of an alert. `by` is empty and `at` None of one that nobody has touched.

    `until`: of a snoozed one, when it is open again. `assignee`: the id of the user who is to look into it.
    """

    status: AlertStatus = AlertStatus.OPEN
    by: str = ""
    at: Instant | None = None
    comment: str = ""
    until: Instant | None = None
    assignee: str | None = None


OPEN = AlertState()


class AlertChange(StrEnum):
    """What became of an alert, for those who watch."""

    CREATED = "created"
    UPDATED = "updated"  # its articles, or what became of its match
    STATE = "state"  # somebody said something of it
    DELIVERY = "delivery"  # a message about it was delivered, or given up


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """One thing that was said of an alert. `status` None: a comment, which changes nothing else, or an assignment.

    `assignee`: to whom it was assigned; empty: to nobody any more; None: this is not about that. `via`: a word of `Via`, or that of a later release, which is only shown.
    """

    alert_id: str
    at: Instant
    by: str
    status: AlertStatus | None = None
    comment: str = ""
    until: Instant | None = None
    via: str = Via.COMMAND
    assignee: str | None = None
