"""A bulkhead: who may take how many of the places that all share, so that one in trouble costs the others nothing. Pure."""

from collections import Counter


class Bulkhead:
    """`places` in all. One source holds an eighth of them at most; strangers together hold half of them at most."""

    def __init__(self, places: int) -> None:
        self._each = max(2, places // 8)
        self._strangers = max(1, places // 2)
        self._of_source: Counter[str] = Counter()
        self._with_strangers = 0

    def enter(self, source_id: str, *, stranger: bool) -> bool:
        """Take a place, if the share allows it; who entered leaves with the same words."""
        if self._of_source[source_id] >= self._each or (stranger and self._with_strangers >= self._strangers):
            return False
        self._of_source[source_id] += 1
        self._with_strangers += stranger
        return True

    def leave(self, source_id: str, *, stranger: bool) -> None:
        """Give the place back."""
        self._of_source[source_id] -= 1
        if self._of_source[source_id] <= 0:
            del self._of_source[source_id]
        self._with_strangers -= stranger
