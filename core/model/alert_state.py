"""Where an alert stands with its readers: who took it, until when it may wait, whether it is settled."""

from dataclasses import dataclass

from core.model.instant import Instant
from core.model.outcome import AlertStatus


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
