"""How many polls all sources together may cost: pure. Sources with an interval of their own are outside of it.

Two parts keep to `fetch.polls_per_minute`. In the long run each adaptive interval is stretched by the same factor, so that
the wanted polls fit. And polls start no faster than that, so that many sources that are due at once (all new, or all
overdue after a stop) are no stampede.
"""

POLLS_PER_MINUTE = 1200.0
# This much of the budget may start together: a few hundred sources need not wait for each other.
_AT_ONCE_SECONDS = 10.0


def stretch(wanted_per_minute: float, polls_per_minute: float) -> float:
    """By how much all adaptive intervals are lengthened so that they fit; 1 where they do."""
    return max(wanted_per_minute / polls_per_minute, 1.0)


class TokenBucket:
    """Lets polls start at the budget's pace, a token each. `now`: monotonic seconds."""

    def __init__(self, polls_per_minute: float) -> None:
        self._per_second = polls_per_minute / 60
        self._most = max(self._per_second * _AT_ONCE_SECONDS, 1.0)
        self._left = self._most
        self._at: float | None = None

    def left(self, now: float) -> int:
        """How many polls may start now."""
        if self._at is not None:
            self._left = min(self._left + max(now - self._at, 0.0) * self._per_second, self._most)
        self._at = now
        return int(self._left + 1e-6)

    def spend(self, polls: int) -> None:
        """So many have started, or could not be held back."""
        self._left -= polls

    def seconds_until_next(self) -> float:
        """How long after the last `left` another may start; 0 if one may already."""
        return max(1 - self._left, 0.0) / self._per_second
