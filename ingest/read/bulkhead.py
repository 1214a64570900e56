"""A bulkhead: who may take how many of the places that all share, so that one in trouble costs the others nothing. Pure."""

from collections import Counter


class Bulkhead:
    """`places` in all. One source holds an eighth of them at most; hosts that never answered half of them together."""

    def __init__(self, places: int) -> None:
        self._each = max(2, places // 8)
        self._most_unknown = max(1, places // 2)
        self._of_source: Counter[str] = Counter()
        self._at_unknown_hosts = 0

    def enter(self, source_id: str, *, unknown_host: bool) -> bool:
        """Take a place, if the share allows it; who entered leaves with the same words."""
        if self._of_source[source_id] >= self._each or (unknown_host and self._at_unknown_hosts >= self._most_unknown):
            return False
        self._of_source[source_id] += 1
        self._at_unknown_hosts += unknown_host
        return True

    def leave(self, source_id: str, *, unknown_host: bool) -> None:
        """Give the place back."""
        self._of_source[source_id] -= 1
        if self._of_source[source_id] <= 0:
            del self._of_source[source_id]
        self._at_unknown_hosts -= unknown_host
