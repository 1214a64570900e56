"""Chooses the next job, fairly by owner, so that one owner's cost does not slow down the others. Pure.

    our own jobs -> slow ones that waited long -> each owner in turn -> those over their budget -> slow ones

An owner holds one worker, or more where nobody else wants it. Slow owners (a job of theirs took seconds lately)
together never hold the last worker, one at least is theirs; a job that turns out to be slow while others wait makes
room, once, and is done among the slow ones.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

W = TypeVar("W")

OURS = ""  # the owner of jobs that are nobody else's
PATIENCE_SECONDS = 2.0  # a job that takes longer is slow
SLOW_FOR_SECONDS = 600.0
OVERDUE_SECONDS = 15.0  # a slow owner's job waits for others so long at most
BUDGET_SECONDS_A_MINUTE = 6.0  # of CPU time; an owner above it waits behind the others
_BURST_SECONDS = 3.0
_MOST_REMEMBERED = 5000


@dataclass(slots=True)
class Turn(Generic[W]):
    """A job and whose it is. `slow`: it holds one of the places that slow ones may hold."""

    owner: str
    work: W
    queued: float
    slow: bool = False


@dataclass(slots=True)
class _Owner(Generic[W]):
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
        self._owners: dict[str, _Owner[W]] = {}
        self._line: OrderedDict[str, _Owner[W]] = (
            OrderedDict()
        )  # those with jobs that wait, in the order of their turns
        self._slow_running = 0
        self._look_again_at = _MOST_REMEMBERED

    def add(self, owner: str, work: W, now: float) -> None:
        """A new job, behind those of its owner."""
        self._waiting_of(owner).append(Turn(owner, work, now))

    def again(self, turn: Turn[W], now: float) -> None:
        """A job that has to be done once more, before those of its owner. Its first turn must have ended."""
        self._waiting_of(turn.owner).appendleft(Turn(turn.owner, turn.work, now))

    def take(self, now: float) -> Turn[W] | None:
        """The job that a free worker should do; None where nobody may have one now."""
        name = self._next(now)
        if name is None:
            return None
        owner = self._line.pop(name)
        owner.running += 1
        turn = owner.waiting.popleft()
        if owner.waiting:
            self._line[name] = owner
        turn.slow = owner.slow_until > now
        self._slow_running += turn.slow
        return turn

    def ended(self, turn: Turn[W], cpu_seconds: float, now: float) -> None:
        """A turn is over, however it ended, and cost so much."""
        owner = self._of(turn.owner)
        owner.running -= 1
        owner.charge(cpu_seconds, now)
        self._slow_running -= turn.slow
        if len(self._owners) > self._look_again_at:
            self._owners = {name: one for name, one in self._owners.items() if not one.forgettable(now)}
            self._look_again_at = max(_MOST_REMEMBERED, 2 * len(self._owners))

    def outlasts(self, turn: Turn[W], now: float) -> bool:
        """A job has run longer than PATIENCE_SECONDS. Whether it has to make room for others."""
        if not turn.slow:
            turn.slow = True
            self._slow_running += 1
            self._of(turn.owner).slow_until = now + SLOW_FOR_SECONDS
        return self._slow_running > self._lanes and any(one.slow_until <= now for one in self._line.values())

    def drain(self) -> list[Turn[W]]:
        """All that waits, taken out."""
        waiting = [turn for owner in self._line.values() for turn in owner.waiting]
        for owner in self._line.values():
            owner.waiting.clear()
        self._line.clear()
        return waiting

    def _of(self, owner: str) -> _Owner[W]:
        return self._owners.setdefault(owner, _Owner())

    def _waiting_of(self, name: str) -> deque[Turn[W]]:
        owner = self._of(name)
        self._line.setdefault(name, owner)
        return owner.waiting

    def _next(self, now: float) -> str | None:
        free = self._slow_running < self._lanes
        best, name = len(_RANKS), None
        for candidate, owner in self._line.items():
            if (rank := _rank(candidate, owner, now, free=free)) < best:
                best, name = rank, candidate
        return name


_RANKS = ("ours", "overdue", "in turn", "over budget", "slow", "more of the same")


def _rank(name: str, owner: _Owner[W], now: float, *, free: bool) -> int:
    """The place in _RANKS; beyond it where the owner may have no worker now. `free`: a slow job may start."""
    if owner.slow_until > now:
        if owner.running or not free:
            return len(_RANKS)
        return 1 if now - owner.waiting[0].queued > OVERDUE_SECONDS else 4
    if owner.running:
        return 5
    if name == OURS:
        return 0
    return 3 if owner.over_budget(now) else 2
