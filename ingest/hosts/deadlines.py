"""How long an answer may take: short for who never answered, more for who has shown what it needs. Pure and bounded."""

from collections import OrderedDict
from dataclasses import dataclass

_MOST = 50_000  # hosts or sources remembered; a forgotten one is a stranger again
_OF_USUAL = 8.0  # times the slowest of the last answers
_FADING = 0.9  # of the slowest with each answer


@dataclass(slots=True)
class _Shown:
    slowest: float = 0.0
    timeouts: int = 0  # in a row


class Deadlines:
    """By host or source. `least` seconds for strangers; never more than `most`.

    Who was cut off is a stranger again and gets twice as long the next time, so that a slow one is read in the end.
    """

    def __init__(self, least: float, most: float) -> None:
        self._least = min(least, most)
        self._most = most
        self._shown: OrderedDict[str, _Shown] = OrderedDict()

    def seconds(self, key: str) -> float:
        """How long its next answer may take."""
        shown = self._shown.get(key)
        if shown is None:
            return self._least
        wanted = max(self._least, _OF_USUAL * shown.slowest) * 2.0 ** min(shown.timeouts, 10)
        return min(wanted, self._most)

    def known(self, key: str) -> bool:
        """Whether it answered the last time."""
        shown = self._shown.get(key)
        return shown is not None and shown.timeouts == 0

    def answered(self, key: str, seconds: float) -> None:
        """An answer of any kind came after so long."""
        shown = self._note(key)
        shown.slowest = max(seconds, shown.slowest * _FADING)
        shown.timeouts = 0

    def timed_out(self, key: str) -> None:
        """None came in time."""
        self._note(key).timeouts += 1

    def _note(self, key: str) -> _Shown:
        shown = self._shown.setdefault(key, _Shown())
        self._shown.move_to_end(key)
        if len(self._shown) > _MOST:
            self._shown.popitem(last=False)
        return shown
