"""Back-off as a pure function: retries are rows with a due time, so they survive a restart."""

from dataclasses import dataclass
from math import ceil, log


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off with full-range jitter.

    `first_seconds * factor ** (failures - 1)`, at most `max_seconds`, spread by +-`jitter` of itself.
    """

    first_seconds: float
    max_seconds: float
    factor: float = 2.0
    jitter: float = 0.2

    def delay_seconds(self, failures: int, chance: float) -> float:
        """Seconds to wait after `failures` failures in a row (>= 1); `chance` in [0, 1) is the injected randomness."""
        steps = min(max(failures, 1) - 1, _steps(self.max_seconds / self.first_seconds, self.factor))
        base = min(self.first_seconds * self.factor**steps, self.max_seconds)
        return base * (1 + self.jitter * (2 * chance - 1))


def _steps(growth: float, factor: float) -> int:
    """How many it takes to grow by so much: a power beyond is of no use, and one far beyond no number."""
    return ceil(log(growth) / log(factor)) if growth > 1 and factor > 1 else 0
