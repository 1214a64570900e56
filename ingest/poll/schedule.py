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

DAY = 86400.0
FULL_GET_SECONDS = DAY  # validators can lie, so once a day the whole body is asked for
_HALF_LIFE_SECONDS = 14 * DAY
_PRIOR_ITEMS, _PRIOR_SECONDS = 0.7, 0.07 * DAY  # ten items a day until we know better
LEARNING_SECONDS = 3600.0  # watched for less, a source is polled as often as we may: its dates may tell nothing
_LATELY_HALF_LIFE_SECONDS = 3600.0  # of the last hours' rate, which a burst raises and a night lowers
_LATELY_PRIOR_ITEMS = 2.0  # so many items' worth of the long run's rate are mixed into it
_LEAST_OF_USUAL = 0.25  # a silence doubles the interval at most
_BURST_SURE = 1.5  # standard deviations that a burst must be clear of chance
_BURST_SECONDS = 900.0  # a burst is no shorter: two items at once are none
_HINT_WHILE_LEARNING_SECONDS = 300.0
_HISTORY_SECONDS = 14 * DAY  # how far back the first poll believes the dates in a feed
PRICE = 60.0  # item seconds: at rate r the interval is sqrt(2 * price / r), 15 min for 13 items a day
_PAID_EACH = 60.0
_DEAR_SECONDS = 1.0  # of CPU time for one poll; what costs less is never counted
_JITTER_FROM_SECONDS = 600.0
_JITTER = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll showed.

    `published`: times of the entries that were new to us, where they have one. `hint_seconds`: the publisher's own wish
    (ttl, max-age); `retry_after_seconds` an order. `cost_seconds`: CPU time that parsing took.
    """

    outcome: PollOutcome
    new_items: int = 0
    published: tuple[datetime, ...] = ()
    hint_seconds: float | None = None
    retry_after_seconds: float | None = None
    cost_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """When to poll next, and what the schedule wants to remember.

    `interval_seconds`: the adaptive interval that it wants at ease, without errors and with polls to spare; None where
    the source has an interval of its own.
    """

    at: datetime
    interval_seconds: float | None
    memory: JsonObject


class Schedule(Protocol):
    """`state` is the one before this poll; `chance` in [0, 1) is the injected randomness.

    `stretch`, 1 or more: how much rarer than it wants each adaptive source is polled, so that all keep to the budget.
    """

    def __call__(
        self, state: PollState, polled: Polled, now: datetime, source: Source, chance: float, stretch: float = 1.0
    ) -> NextPoll: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveSchedule:
    """Fixed where the source says so, else as often as its rate of news pays for; errors back off and never give up.

    Until a source has been watched for LEARNING_SECONDS it is polled as often as the bounds and the budget let it.

    The bounds hold for the adaptive interval and cap the back-off; a source's own interval may lie outside of them.
    `price`, in item seconds: how long articles may wait before a poll pays for itself; the lower, the more polls.
    """

    min_seconds: float = 60.0
    max_seconds: float = DAY
    price: float = PRICE

    def __call__(
        self, state: PollState, polled: Polled, now: datetime, source: Source, chance: float, stretch: float = 1.0
    ) -> NextPoll:
        succeeded = polled.outcome in SUCCESSES
        memory = observe(state, polled, now) if succeeded else dict(state.memory)
        wanted = None if source.interval_seconds else self._adaptive(memory, polled)
        interval = source.interval_seconds or min((wanted or 0.0) * stretch, self.max_seconds)
        wait = interval
        if not succeeded:
            weight = 1.0 if polled.outcome in _SOFT else _HARD_WEIGHT
            wait = min(interval * (1 + weight * (state.failures + 1)), max(self.max_seconds, interval))
        wait = _jittered(wait, chance)
        if polled.retry_after_seconds:
            # A tenth later at random, so that the sources of one host do not all come back at once.
            wait = max(wait, polled.retry_after_seconds * (1 + 0.1 * chance))
        wait = max(wait, paid_seconds(polled.cost_seconds))
        return NextPoll(at=now + timedelta(seconds=wait), interval_seconds=wanted, memory=memory)

    def _adaptive(self, memory: Mapping[str, object], polled: Polled) -> float:
        learning = _number(memory, "watched") < LEARNING_SECONDS
        interval = self.min_seconds if learning else math.sqrt(2 * self.price / current_rate_per_second(memory))
        interval = max(interval, _believed_hint(polled.hint_seconds or 0.0, memory, learning=learning))
        return min(max(interval, self.min_seconds), self.max_seconds)


def paid_seconds(cost_seconds: float) -> float:
    """How long a source is left alone that cost so much CPU time: one second a minute is what it may cost. Else 0."""
    return min(cost_seconds * _PAID_EACH, DAY) if cost_seconds > _DEAR_SECONDS else 0.0


def observe(state: PollState, polled: Polled, now: datetime) -> JsonObject:
    """The memory after a successful poll: items and seconds watched, in the long run and lately, both fading.

    The first poll knows only what the dates in the feed tell; `watched` counts the time since then.
    """
    if state.last_success is None:
        ages = [age for at in polled.published if 0 <= (age := (now - at).total_seconds()) <= _HISTORY_SECONDS]
        return {"items": float(len(ages)), "seconds": round(max(ages, default=0.0), 1)}
    passed = max((now - state.last_success).total_seconds(), 0.0)
    kept, kept_lately = 0.5 ** (passed / _HALF_LIFE_SECONDS), 0.5 ** (passed / _LATELY_HALF_LIFE_SECONDS)
    mean_age = _LATELY_HALF_LIFE_SECONDS / math.log(2)
    # An item counts by its age; one without a date may have come at any time since the last poll.
    lately = sum(_faded(min(max((now - at).total_seconds(), 0.0), passed)) for at in polled.published)
    undated = max(polled.new_items - len(polled.published), 0)
    lately += undated * (mean_age * (1 - kept_lately) / passed if passed else 1.0)

    def mixed(key: str, factor: float, more: float) -> float:
        return round(_number(state.memory, key) * factor + more, 4)

    return {
        "items": mixed("items", kept, polled.new_items),
        "seconds": mixed("seconds", kept, passed),
        "lately_items": mixed("lately_items", kept_lately, lately),
        "lately_seconds": mixed("lately_seconds", kept_lately, mean_age * (1 - kept_lately)),
        "watched": min(mixed("watched", 1.0, passed), 2 * LEARNING_SECONDS),
    }


def rate_per_second(memory: Mapping[str, object]) -> float:
    """Items a second in the long run, from a Gamma-Poisson estimate with a prior of ten items a day; always above 0."""
    return (_number(memory, "items") + _PRIOR_ITEMS) / (_number(memory, "seconds") + _PRIOR_SECONDS)


def current_rate_per_second(memory: Mapping[str, object]) -> float:
    """Items a second to expect next: the last hours' rate on top of the long run's, and a burst at its own rate."""
    items, seconds = _number(memory, "lately_items"), _number(memory, "lately_seconds")
    usual, lately = rate_per_second(memory), (items + _LATELY_PRIOR_ITEMS)
    lately /= seconds + _LATELY_PRIOR_ITEMS / usual
    return max(lately, usual * _LEAST_OF_USUAL, (items - _BURST_SURE * math.sqrt(items)) / (seconds + _BURST_SECONDS))


def _believed_hint(seconds: float, memory: Mapping[str, object], *, learning: bool) -> float:
    """How much of the publisher's wish holds: all of it, unless news is to be expected sooner than the wish says."""
    if learning:
        return min(seconds, _HINT_WHILE_LEARNING_SECONDS)
    return min(seconds, 1 / current_rate_per_second(memory))


def _faded(age_seconds: float) -> float:
    return float(0.5 ** (age_seconds / _LATELY_HALF_LIFE_SECONDS))


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
