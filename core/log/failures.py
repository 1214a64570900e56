"""Distinguishes bad records from bad code, so that a bad release does not dead-letter a whole topic.

One source can send any number of bad records; bad code fails for many sources at once.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence

from core.errors import StageBroken


class FailureLimit:
    """StageBroken when most sources fail: several of them, more than half of those known, with `least` failures in all.

    A source fails when most of its last records did. Of one source `most_of_one` failures count, so that it takes three
    sources at least. A record may have several origins, such as its source and its rule; most of each kind must fail.
    Keep it across restarts of the stage, so that a restart does not buy `least` more dead letters.
    """

    least = 20
    most_of_one = 7
    sources_kept = 1000

    def __init__(self) -> None:
        self.upgrade_first = False  # the stage met a record of a later release, and has not seen yet that it can go on
        self._kinds: list[OrderedDict[str, deque[bool]]] = []

    def passed(self, origins: Sequence[str]) -> None:
        """A record of these origins, one of each kind, was handled."""
        self._count(origins, failed=False)

    def failed(self, origins: Sequence[str], detail: str) -> None:
        """Count a failure; raises StageBroken instead of dead-lettering one more."""
        self._count(origins, failed=True)
        found = [self._failing(kind) for kind in self._kinds[: len(origins)]]
        if all(broken for broken, _, _ in found):
            _, failing, known = max(found, key=lambda one: one[2])
            raise StageBroken(f"the last records of {failing} of {known} sources failed, the last one: {detail}")

    def _count(self, origins: Sequence[str], *, failed: bool) -> None:
        while len(self._kinds) < len(origins):
            self._kinds.append(OrderedDict())
        for kind, origin in zip(self._kinds, origins, strict=False):
            recent = kind.setdefault(origin, deque(maxlen=self.most_of_one))
            recent.append(failed)
            kind.move_to_end(origin)
            if len(kind) > self.sources_kept:
                kind.popitem(last=False)

    def _failing(self, kind: OrderedDict[str, deque[bool]]) -> tuple[bool, int, int]:
        """Whether the code must be bad, how many of these fail, and how many are known."""
        failures = [sum(recent) for recent in kind.values() if sum(recent) * 2 > len(recent)]
        broken = sum(failures) >= self.least and len(failures) * 2 > len(kind)
        return broken, len(failures), len(kind)
