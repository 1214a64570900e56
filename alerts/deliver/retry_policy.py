"""Decides about a message after a failed send: retry later, or give up. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.channels.channel import SendFailure
from alerts.deliver.endpoint import LATEST_SECONDS, may_have_arrived
from core.retry import Backoff


def _days_of_tries() -> Backoff:
    return Backoff(first_seconds=5.0, max_seconds=21_600.0, factor=3.0)  # 5 s, 15 s, 45 s, ... 6 h


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Days of jittered tries, as Standard Webhooks advises.

    A notification is given up after `max_attempts` that may have arrived, or when it is older than `max_age_hours` and was
    tried `least_attempts` times, or waited for an endpoint that failed for `least_failing_seconds` (after a long stop of
    ours everything is old at once).
    """

    backoff: Backoff = field(default_factory=_days_of_tries)
    max_attempts: int = 20
    least_attempts: int = 6
    max_age_hours: float = 72.0
    least_failing_seconds: float = 600.0

    @property
    def max_age(self) -> timedelta:
        return timedelta(hours=self.max_age_hours)

    def next_due(
        self,
        failure: SendFailure,
        *,
        attempts: int,
        counted: int | None = None,
        created: datetime | None,
        now: datetime,
        chance: float,
    ) -> datetime | None:
        """When to try again after `attempts` failures (this one included); None: never, it is dead.

        `counted`: those of them that may have arrived; all, where it is not said. What surely did not arrive is due now: it
        waits for its endpoint, and is given up with what waits behind it (alerts/deliver/upkeep.py). `created` None: age does not count (it was redriven). `chance` in [0, 1).
        Not before the receiver asked for.
        """
        if not failure.retriable:
            return None
        if not may_have_arrived(failure.reason, failure.status):
            return now
        counted = attempts if counted is None else counted
        if counted >= self.max_attempts:
            return None
        seconds = self.backoff.delay_seconds(counted, chance)
        if failure.retry_after_seconds is not None:
            seconds = max(seconds, min(failure.retry_after_seconds, LATEST_SECONDS))
        due = now + timedelta(seconds=seconds)
        if created is None or attempts < self.least_attempts:
            return due
        return due if due - created <= self.max_age else None
