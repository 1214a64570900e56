"""How often somebody may try: so many at once, and then one each few seconds. Bounded, in memory."""

from collections import OrderedDict

from core.clock import Clock

_MOST_KEYS = 4096  # the longest quiet one is forgotten, and may try anew


class Throttle:
    """`burst` tries at once for each key; one more each `seconds`."""

    def __init__(self, clock: Clock, *, burst: int, seconds: float) -> None:
        self._clock = clock
        self._burst = burst
        self._seconds = seconds
        self._free_at: OrderedDict[str, float] = OrderedDict()  # when all of a key's tries are there again

    def wait_seconds(self, key: str) -> float:
        """0: there is one; it is used. Else how long until there is."""
        now = self._clock.monotonic()
        free_at = max(self._free_at.pop(key, now), now) + self._seconds
        wait = free_at - now - self._burst * self._seconds
        self._free_at[key] = free_at if wait <= 0 else free_at - self._seconds
        if len(self._free_at) > _MOST_KEYS:
            self._free_at.popitem(last=False)
        return max(wait, 0.0)

    def give_back(self, key: str) -> None:
        """The last try of the key does not count: it was a good one."""
        if key in self._free_at:
            self._free_at[key] -= self._seconds
