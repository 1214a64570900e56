"""Tells a bad record from bad code, so that a bad release does not empty a topic into the dead letters."""

from collections import deque

from core.errors import StageBroken


class FailureLimit:
    """StageBroken when more than half of the last 20 to 100 records failed.

    Keep it across restarts of the stage, so that a restart does not buy 20 more dead letters.
    """

    least = 20
    most = 100

    def __init__(self) -> None:
        self._recent: deque[bool] = deque(maxlen=self.most)

    def passed(self, count: int = 1) -> None:
        self._recent.extend([False] * min(count, self.most))

    def failed(self, detail: str) -> None:
        """Count a failure; raises StageBroken instead of letting one more be set aside."""
        self._recent.append(True)
        failures = sum(self._recent)
        if len(self._recent) >= self.least and failures * 2 > len(self._recent):
            raise StageBroken(f"{failures} of the last {len(self._recent)} records failed, the last one: {detail}")
