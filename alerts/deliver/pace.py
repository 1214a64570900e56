"""How many messages may go out now: by the rates that a channel declares and by the pauses that its service asks for. Pure.

own pace (rate, pauses) --------------------+
pace of all channels under one limit key ---+--> the smaller; those under one key take turns
A message counts from when it is let out until the rate's seconds after its end, so that the service sees no more of them in
any such time, however long they were on their way. Times are monotonic seconds; one that goes back is taken to stand.
"""

from collections import deque
from dataclasses import dataclass

from alerts.channels.channel import Rate

LONGEST_PAUSE_SECONDS = 3600.0  # what a service asks for with a success; a longer wish is a mistake
_FRESH_SECONDS = 3.0  # who waits in line asks each second; who stays away has nothing to send any more
_RETURN_SECONDS = 0.25  # within which one that was served and has more to send asks again
_IN_TURN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Asked:
    since: float
    last: float


@dataclass(frozen=True, slots=True)
class _Got:
    count: int
    last: float


class SendPace:
    """One rate, kept by those who share it. `rate` may change at any time."""

    def __init__(self, rate: Rate | None = None) -> None:
        self.rate = rate
        self._out = 0
        self._ends: deque[float] = deque()
        self._held_until = 0.0
        self._line: dict[str, _Asked] = {}
        self._got: dict[str, _Got] = {}
        self._now = 0.0

    def hold(self, seconds: float, now: float) -> None:
        """Let nothing out for that long."""
        self._held_until = max(self._held_until, self._passes(now) + seconds)

    def let_go(self) -> None:
        """What was asked for holds no more."""
        self._held_until = 0.0

    def held(self, now: float) -> bool:
        """Whether a pause was asked for that is not over."""
        return self._passes(now) < self._held_until

    def free(self, now: float) -> int | None:
        """How many may go out; None: any number."""
        now = self._passes(now)
        if self.held(now):
            return 0
        if self.rate is None:
            return None
        while self._ends and self._ends[0] + self.rate.seconds <= now:
            self._ends.popleft()
        return max(self.rate.count - self._out - len(self._ends), 0)

    def seconds_left(self, now: float) -> float:
        """Until one may go out; where that depends on one that is on its way, the rate's seconds."""
        free = self.free(now)
        held = max(self._held_until - self._now, 0.0)
        if held or self.rate is None or free:
            return held
        return self._ends[0] + self.rate.seconds - self._now if self._ends else self.rate.seconds

    def take(self, count: int) -> None:
        self._out += count

    def give_back(self, count: int) -> None:
        """They did not go out."""
        self._out = max(self._out - count, 0)

    def ended(self, now: float) -> None:
        """One that went out has its answer, or none."""
        self._out = max(self._out - 1, 0)
        if self.rate is not None:
            self._ends.append(self._passes(now))

    def ahead(self, name: str, now: float) -> int:
        """How many are for others first, who wait or were served a moment ago: until they got as many as this one."""
        now = self._passes(now)
        self._line = {one: asked for one, asked in self._line.items() if now - asked.last <= _FRESH_SECONDS}
        self._got = {
            one: got for one, got in self._got.items() if one in self._line or now - got.last <= _FRESH_SECONDS
        }
        mine = self._turn(name, now)
        waiting = [turn[0] for one in self._line if one != name and (turn := self._turn(one, now)) < mine]
        returning = [
            got.count
            for one, got in self._got.items()
            if one != name and got.count < mine[0] and self._returns(one, now)
        ]
        return sum(max(mine[0] - got, 1) for got in (*waiting, *returning))

    def _returns(self, name: str, now: float) -> bool:
        """Whether it was served a moment ago and may have more to send."""
        return name not in self._line and now - self._got[name].last < _RETURN_SECONDS

    def line_up(self, name: str, now: float) -> None:
        """Keep, or take, a place in line."""
        now = self._passes(now)
        since = self._line[name].since if name in self._line else now
        self._line[name] = _Asked(since=since, last=now)

    def served(self, name: str, count: int, now: float) -> None:
        """Leave the line, with that many."""
        got = self._turn(name, now)[0]
        self._line.pop(name, None)
        self._got[name] = _Got(got + count, self._passes(now))

    def others_wait(self, name: str) -> bool:
        return any(one != name for one in self._line)

    def _turn(self, name: str, now: float) -> tuple[int, float]:
        """What it got, who was away no less than the least of those in line; and since when it waits."""
        asked = self._line.get(name)
        got = self._got.get(name)
        if got is None:
            got = _Got(min((one.count for one in self._got.values()), default=0), self._now)
            if asked is not None:
                self._got[name] = got
        return got.count, now if asked is None else asked.since

    def _passes(self, now: float) -> float:
        self._now = max(self._now, now)
        return self._now


class Paced:
    """A channel's share: its own pace, and that of its limit key."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.own = SendPace()
        self.shared = SendPace()

    @property
    def limited(self) -> bool:
        return self.own.rate is not None or self.shared.rate is not None

    def reserve(self, wanted: int, now: float) -> int:
        """Let up to that many out; each is to be `ended` or given back. Where others wait for the same, one."""
        if wanted <= 0 or self.own.free(now) == 0:
            return 0
        shared = self.shared.free(now)
        if shared is not None and shared <= self.shared.ahead(self.name, now):
            self.shared.line_up(self.name, now)
            return 0
        count = min(wanted, *(free for free in (self.own.free(now), shared) if free is not None), wanted)
        if shared is not None:
            count = 1 if self.shared.others_wait(self.name) else count
            self.shared.served(self.name, count, now)
        self.own.take(count)
        self.shared.take(count)
        return count

    def give_back(self, count: int) -> None:
        """They did not go out."""
        self.own.give_back(count)
        self.shared.give_back(count)

    def ended(self, now: float) -> None:
        """One that went out has its answer, or none."""
        self.own.ended(now)
        self.shared.ended(now)

    def pause(self, seconds: float, now: float) -> None:
        """The service wants nothing more on this channel for that long; absurd wishes are bounded."""
        if seconds > 0:  # not so for what is no number
            self.own.hold(min(seconds, LONGEST_PAUSE_SECONDS), now)

    def held(self, now: float) -> bool:
        """Whether the service asked for a pause that is not over: what was let out and has not gone out yet waits for it."""
        return self.own.held(now) or self.shared.held(now)

    def seconds_left(self, now: float) -> float:
        """Until one may go out; a moment where it is others' turn before."""
        left = max(self.own.seconds_left(now), self.shared.seconds_left(now))
        if left:
            return left
        shared = self.shared.free(now)
        in_turn = shared is not None and shared <= self.shared.ahead(self.name, now)
        return _IN_TURN_SECONDS if in_turn else 0.0


class SendPaces:
    """The shared paces, by limit key."""

    def __init__(self) -> None:
        self._shared: dict[str, SendPace] = {}

    def shared(self, limit_key: str, rate: Rate | None) -> SendPace:
        """The one pace of a limit key, at the rate declared last."""
        pace = self._shared.setdefault(limit_key, SendPace())
        pace.rate = rate
        return pace

    def hold(self, limit_key: str, seconds: float, now: float) -> None:
        """The service wants nothing more under this key for that long."""
        self._shared.setdefault(limit_key, SendPace()).hold(seconds, now)
