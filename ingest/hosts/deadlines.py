"""The time limit of an answer: short for hosts that never answered, longer by experience for others. Pure and bounded."""

from collections import OrderedDict
from dataclasses import dataclass

_MOST = 50_000  # hosts or sources remembered; a forgotten one is unknown again
_OF_USUAL = 8.0  # times the slowest of the last answers
_FADING = 0.9  # of the slowest with each answer


@dataclass(slots=True)
class _History:
    slowest: float = 0.0
    timeouts: int = 0  # in a row


class Deadlines:
    """By host or source. `least` seconds for unknown ones; never more than `most`.

    A host that was cut off is unknown again and gets twice as long the next time, so that a slow host succeeds in the end.
    """

    def __init__(self, least: float, most: float) -> None:
        self._least = min(least, most)
        self._most = most
        self._histories: OrderedDict[str, _History] = OrderedDict()

    def seconds(self, key: str) -> float:
        """The time limit of its next answer."""
        history = self._histories.get(key)
        if history is None:
            return self._least
        wanted = max(self._least, _OF_USUAL * history.slowest) * 2.0 ** min(history.timeouts, 10)
        return min(wanted, self._most)

    def known(self, key: str) -> bool:
        """Whether it answered the last time."""
        history = self._histories.get(key)
        return history is not None and history.timeouts == 0

    def answered(self, key: str, seconds: float) -> None:
        """Note an answer of any kind, and its time."""
        history = self._note(key)
        history.slowest = max(seconds, history.slowest * _FADING)
        history.timeouts = 0

    def timed_out(self, key: str) -> None:
        """Note that no answer came in time."""
        self._note(key).timeouts += 1

    def _note(self, key: str) -> _History:
        history = self._histories.setdefault(key, _History())
        self._histories.move_to_end(key)
        if len(self._histories) > _MOST:
            self._histories.popitem(last=False)
        return history
