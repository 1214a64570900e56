"""The production schedule over times at which sources published: which polls it would make. Pure, for trying it out.

A poll shows the newest items of its moment, as a feed does. The price is found by repetition, so that the mean volume over
all sources is the one asked for; the schedule itself looks at no time ahead of its own.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.model.outcome import PollOutcome
from core.model.source import Source
from core.store.sources import PollState
from ingest.poll.schedule import PRICE, AdaptiveSchedule, Polled

WINDOW_ITEMS = 25  # a feed shows so many
WARM_UP_SECONDS = 14 * 86400.0  # in which a schedule learns; does not count for the volume
_DAY = 86400.0
_CLOSE_ENOUGH = 0.002
_MOST_ROUNDS = 12
_MIDDLE = 0.5  # of the jitter
_UNCHANGED = Polled(outcome=PollOutcome.NOT_MODIFIED)


@dataclass(frozen=True, slots=True)
class Trace:
    """When a source published (Unix seconds, in order), and the time over which it is watched."""

    source: str
    published: Sequence[float]
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Trial:
    """The polls of each source (Unix seconds), how many a day a source got after the warm-up, at which price."""

    polls: Mapping[str, Sequence[float]]
    polls_per_day: float
    price: float


def traces_of(published: Mapping[str, Sequence[float]]) -> list[Trace]:
    """The traces of a file. Sources of one group, the part of the name before a colon, are watched over the same time."""
    spans: dict[str, tuple[float, float]] = {}
    for source, times in published.items():
        begin, end = spans.get(_group(source), (min(times), max(times)))
        spans[_group(source)] = (min(begin, *times), max(end, *times))
    return [Trace(source, sorted(times), *spans[_group(source)]) for source, times in published.items()]


def trial(traces: Sequence[Trace], polls_per_day: float, tell: Callable[[Trial], None] | None = None) -> Trial:
    """The polls at a mean of `polls_per_day` a source, or as near as the schedule's bounds let it come.

    `tell` hears of each round. Raises ValueError where there is nothing to poll.
    """
    if not traces or polls_per_day <= 0:
        raise ValueError("expected at least one source and a volume above 0")
    price, rounds = PRICE, 0
    while True:
        found = _at(traces, price)
        rounds += 1
        if tell is not None:
            tell(found)
        if abs(found.polls_per_day / polls_per_day - 1) <= _CLOSE_ENOUGH or rounds == _MOST_ROUNDS:
            return found
        # The interval grows with the root of the price; a step too far where bounds cut in is taken back next round.
        price = min(max(price * (found.polls_per_day / polls_per_day) ** 2, 1e-6), 1e12)


def _group(source: str) -> str:
    return source.partition(":")[0]


def _at(traces: Sequence[Trace], price: float) -> Trial:
    schedule = AdaptiveSchedule(price=price)
    polls = {trace.source: _polled(trace, schedule) for trace in traces}
    count = days = 0.0
    for trace in traces:
        start = trace.begin + WARM_UP_SECONDS
        start = start if start < trace.end else trace.begin
        count += sum(at >= start for at in polls[trace.source])
        days += (trace.end - start) / _DAY
    return Trial(polls, count / days if days else 0.0, price)


def _polled(trace: Trace, schedule: AdaptiveSchedule) -> list[float]:
    source = Source(source_id=trace.source, name=trace.source, url="")
    now, seen, polls = trace.begin, 0, []
    state = PollState(next_poll=_moment(now))
    while now <= trace.end:
        polls.append(now)
        shown = bisect_right(trace.published, now)
        new = trace.published[max(seen, shown - WINDOW_ITEMS) : shown]
        seen, at = shown, _moment(now)
        polled = _UNCHANGED
        if new:
            polled = Polled(outcome=PollOutcome.OK, new_items=len(new), published=tuple(map(_moment, new)))
        following = schedule(state, polled, at, source, _MIDDLE)
        state = replace(state, next_poll=following.at, last_success=at, memory=following.memory)
        now = following.at.timestamp()
    return polls


def _moment(unix: float) -> datetime:
    return datetime.fromtimestamp(unix, UTC)
