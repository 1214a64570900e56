"""Whose document is parsed next: fair by source, so that what one publisher costs is not paid by the others. Pure.

    stories' own texts -> slow ones that waited long -> each source in turn -> those over their budget -> slow ones

A source holds one worker, or more where nobody else wants it. Slow sources (a document of theirs took seconds lately)
together never hold the last worker, one at least is theirs; a job that turns out to be slow while others wait makes
room, once, and is done among the slow ones.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

W = TypeVar("W")

OWN = ""  # the source of work that is no publisher's
PATIENCE_SECONDS = 2.0  # a job that takes longer is slow
SLOW_FOR_SECONDS = 600.0
OVERDUE_SECONDS = 15.0  # a slow source's document waits for others so long at most
BUDGET_SECONDS_A_MINUTE = 6.0  # of CPU time; a source above it waits behind the others
_BURST_SECONDS = 3.0
_MOST_REMEMBERED = 5000


@dataclass(slots=True)
class Turn(Generic[W]):
    """A job and whose it is. `slow`: it holds one of the places that slow ones may hold."""

    source: str
    work: W
    queued: float
    slow: bool = False


@dataclass(slots=True)
class _Source(Generic[W]):
    waiting: deque[Turn[W]] = field(default_factory=deque)
    running: int = 0
    spent: float = 0.0  # CPU seconds above the budget, as of `at`
    at: float = 0.0
    slow_until: float = float("-inf")

    def over_budget(self, now: float) -> bool:
        return self._owed(now) > _BURST_SECONDS

    def charge(self, seconds: float, now: float) -> None:
        self.spent, self.at = self._owed(now) + seconds, now
        if seconds > PATIENCE_SECONDS:
            self.slow_until = now + SLOW_FOR_SECONDS

    def forgettable(self, now: float) -> bool:
        return not self.waiting and not self.running and self.slow_until <= now and self._owed(now) <= 0

    def _owed(self, now: float) -> float:
        return max(0.0, self.spent - max(0.0, now - self.at) * BUDGET_SECONDS_A_MINUTE / 60)


class Turns(Generic[W]):
    """The jobs that wait for one of `workers`. `now` is monotonic, in seconds."""

    def __init__(self, workers: int) -> None:
        self._lanes = max(1, workers - 1)  # workers that slow jobs may hold together
        self._sources: dict[str, _Source[W]] = {}
        self._line: OrderedDict[str, _Source[W]] = (
            OrderedDict()
        )  # those with jobs that wait, in the order of their turns
        self._slow_running = 0
        self._look_again_at = _MOST_REMEMBERED

    def add(self, source: str, work: W, now: float) -> None:
        """A new job, behind those of its source."""
        self._waiting_of(source).append(Turn(source, work, now))

    def again(self, turn: Turn[W], now: float) -> None:
        """A job that has to be done once more, before those of its source. Its first turn must have ended."""
        self._waiting_of(turn.source).appendleft(Turn(turn.source, turn.work, now))

    def take(self, now: float) -> Turn[W] | None:
        """The job that a free worker should do; None where nobody may have one now."""
        name = self._next(now)
        if name is None:
            return None
        source = self._line.pop(name)
        source.running += 1
        turn = source.waiting.popleft()
        if source.waiting:
            self._line[name] = source
        turn.slow = source.slow_until > now
        self._slow_running += turn.slow
        return turn

    def ended(self, turn: Turn[W], cpu_seconds: float, now: float) -> None:
        """A turn is over, however it ended, and cost so much."""
        source = self._of(turn.source)
        source.running -= 1
        source.charge(cpu_seconds, now)
        self._slow_running -= turn.slow
        if len(self._sources) > self._look_again_at:
            self._sources = {name: one for name, one in self._sources.items() if not one.forgettable(now)}
            self._look_again_at = max(_MOST_REMEMBERED, 2 * len(self._sources))

    def outlasts(self, turn: Turn[W], now: float) -> bool:
        """A job has run longer than PATIENCE_SECONDS. Whether it has to make room for others."""
        if not turn.slow:
            turn.slow = True
            self._slow_running += 1
            self._of(turn.source).slow_until = now + SLOW_FOR_SECONDS
        return self._slow_running > self._lanes and any(one.slow_until <= now for one in self._line.values())

    def drain(self) -> list[Turn[W]]:
        """All that waits, taken out."""
        waiting = [turn for source in self._line.values() for turn in source.waiting]
        for source in self._line.values():
            source.waiting.clear()
        self._line.clear()
        return waiting

    def _of(self, source: str) -> _Source[W]:
        return self._sources.setdefault(source, _Source())

    def _waiting_of(self, name: str) -> deque[Turn[W]]:
        source = self._of(name)
        self._line.setdefault(name, source)
        return source.waiting

    def _next(self, now: float) -> str | None:
        free = self._slow_running < self._lanes
        best, name = len(_RANKS), None
        for candidate, source in self._line.items():
            if (rank := _rank(candidate, source, now, free=free)) < best:
                best, name = rank, candidate
        return name


_RANKS = ("own", "overdue", "in turn", "over budget", "slow", "more of the same")


def _rank(name: str, source: _Source[W], now: float, *, free: bool) -> int:
    """The place in _RANKS; beyond it where the source may have no worker now. `free`: a slow job may start."""
    if source.slow_until > now:
        if source.running or not free:
            return len(_RANKS)
        return 1 if now - source.waiting[0].queued > OVERDUE_SECONDS else 4
    if source.running:
        return 5
    if name == OWN:
        return 0
    return 3 if source.over_budget(now) else 2
