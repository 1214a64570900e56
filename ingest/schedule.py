"""When to poll a source next: pure, from what polls have shown so far. The poll stage takes any function of this kind."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.db.types import JsonObject
from core.model.outcome import PollOutcome
from core.model.source import Source
from core.store.sources import PollState

SUCCESSES = frozenset({PollOutcome.OK, PollOutcome.NOT_MODIFIED, PollOutcome.SAME_BODY})
# The publisher may mend these any minute; the others stay until somebody changes something.
_SOFT = frozenset(
    {PollOutcome.HTTP_5XX, PollOutcome.RATE_LIMITED, PollOutcome.TIMEOUT, PollOutcome.DNS, PollOutcome.CONNECT}
)
_HARD_WEIGHT = 3.0

_DAY = 86400.0
FULL_GET_SECONDS = _DAY  # validators can lie, so once a day the whole body is asked for
_HALF_LIFE_SECONDS = 14 * _DAY
_PRIOR_ITEMS, _PRIOR_SECONDS = 0.7, 0.7 * _DAY  # one item a day until we know better
_HISTORY_SECONDS = 14 * _DAY  # how far back the first poll believes the dates in a feed
PRICE = 60.0  # item seconds: at rate r the interval is sqrt(2 * price / r), 15 min for 13 items a day
_PAID_EACH = 60.0
_DEAR_SECONDS = 1.0  # of CPU time for one poll; what costs less is never counted
_JITTER_FROM_SECONDS = 600.0
_JITTER = 0.05
_LEARNING = 10.0  # the rhythm of a source watched for t seconds is not trusted with an interval above t / 10
_LEARNED_SECONDS = _DAY * 2  # then what is known of it decides alone
_BURST_SECONDS = 900.0  # half-life of what counts as just now
_BURST_ITEMS = 3.0
_BURST_TIMES = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll showed.

    `cost_seconds`: CPU time that parsing took. `published`: times of the entries that were new to us, where they have one. `hint_seconds`: the publisher's own wish
    (ttl, max-age); `retry_after_seconds` an order.
    """

    outcome: PollOutcome
    new_items: int = 0
    published: tuple[datetime, ...] = ()
    hint_seconds: float | None = None
    retry_after_seconds: float | None = None
    cost_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """When to poll next, the interval that led to it, and what the schedule wants to remember."""

    at: datetime
    interval_seconds: float
    memory: JsonObject


class Schedule(Protocol):
    """`state` is the one before this poll; `chance` in [0, 1) is the injected randomness."""

    def __call__(self, state: PollState, polled: Polled, now: datetime, source: Source, chance: float) -> NextPoll: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveSchedule:
    """Fixed where the source says so, else as often as its rate of news pays for; errors back off and never give up.

    The bounds hold for the adaptive interval and cap the back-off; a source's own interval may lie outside of them.
    `price`, in item seconds: how long articles may wait before a poll pays for itself; the lower, the more polls.
    """

    min_seconds: float = 60.0
    max_seconds: float = _DAY
    price: float = PRICE

    def __call__(self, state: PollState, polled: Polled, now: datetime, source: Source, chance: float) -> NextPoll:
        succeeded = polled.outcome in SUCCESSES
        memory = observe(state, polled, now) if succeeded else dict(state.memory)
        interval = source.interval_seconds or self._adaptive(memory, polled)
        wait = interval
        if not succeeded:
            weight = 1.0 if polled.outcome in _SOFT else _HARD_WEIGHT
            wait = min(interval * (1 + weight * (state.failures + 1)), max(self.max_seconds, interval))
        wait = _jittered(wait, chance)
        if polled.retry_after_seconds:
            # A tenth later at random, so that the sources of one host do not all come back at once.
            wait = max(wait, polled.retry_after_seconds * (1 + 0.1 * chance))
        wait = max(wait, paid_seconds(polled.cost_seconds))
        return NextPoll(at=now + timedelta(seconds=wait), interval_seconds=interval, memory=memory)

    def _adaptive(self, memory: Mapping[str, object], polled: Polled) -> float:
        interval = math.sqrt(2 * self.price / max(rate_per_second(memory), _burst_rate(memory)))
        if "watched" in memory or not memory:
            interval = min(interval, max(self.min_seconds, _number(memory, "watched") / _LEARNING))
        if polled.hint_seconds:
            interval = max(interval, polled.hint_seconds)
        return min(max(interval, self.min_seconds), self.max_seconds)


def paid_seconds(cost_seconds: float) -> float:
    """How long a source is left alone that cost so much CPU time: one second a minute is what it may cost. Else 0."""
    return min(cost_seconds * _PAID_EACH, _DAY) if cost_seconds > _DEAR_SECONDS else 0.0


def observe(state: PollState, polled: Polled, now: datetime) -> JsonObject:
    """The memory after a successful poll: items and seconds watched, both fading with a half-life of two weeks.

    `watched`: for how long the source is known, until that is long enough; `burst`: items of just now.
    """
    if state.last_success is None:
        ages = [age for at in polled.published if 0 <= (age := (now - at).total_seconds()) <= _HISTORY_SECONDS]
        return {"items": float(len(ages)), "seconds": round(max(ages, default=0.0), 1), "watched": 0.0}
    passed = max((now - state.last_success).total_seconds(), 0.0)
    kept = 0.5 ** (passed / _HALF_LIFE_SECONDS)
    memory = {
        "items": round(_number(state.memory, "items") * kept + polled.new_items, 4),
        "seconds": round(_number(state.memory, "seconds") * kept + passed, 1),
    }
    if "watched" in state.memory and (watched := _number(state.memory, "watched") + passed) < _LEARNED_SECONDS:
        memory["watched"] = round(watched, 1)
    burst = _number(state.memory, "burst") * 0.5 ** (passed / _BURST_SECONDS) + polled.new_items
    if burst >= 1:
        memory["burst"] = round(burst, 2)
    return memory


def rate_per_second(memory: Mapping[str, object]) -> float:
    """Items a second, from a Gamma-Poisson estimate with a prior of one item a day; always above 0."""
    return (_number(memory, "items") + _PRIOR_ITEMS) / (_number(memory, "seconds") + _PRIOR_SECONDS)


def _burst_rate(memory: Mapping[str, object]) -> float:
    """Items a second just now; 0 unless they are many more than the rhythm lets expect."""
    burst = _number(memory, "burst")
    span = _BURST_SECONDS / math.log(2)  # what fades with that half-life stands for so long
    usual = rate_per_second(memory) * span
    return burst / span if burst >= _BURST_ITEMS + _BURST_TIMES * usual else 0.0


def validators(state: PollState, now: datetime) -> tuple[str | None, str | None]:
    """ETag and Last-Modified to send; none when a day has passed since the last whole body."""
    whole = state.full_get_at
    if whole is None or (now - whole).total_seconds() >= FULL_GET_SECONDS:
        return None, None
    return state.etag, state.last_modified


def _jittered(seconds: float, chance: float) -> float:
    # Below ten minutes jitter would blur the rhythm that it is meant to spread.
    return seconds * (1 + _JITTER * (2 * chance - 1)) if seconds > _JITTER_FROM_SECONDS else seconds


def _number(memory: Mapping[str, object], key: str) -> float:
    value = memory.get(key)
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e12 else 0.0
