"""What the polls of a source brought by the hour and by the day, and how late: pure, for people. The schedule has its own memory.

It is kept with the state that a poll saves, so that a list of ten thousand sources shows it without a look at their articles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.db.types import JsonObject
from ingest.poll.schedule import SUCCESSES, Polled

HOURS, DAYS = 24, 14
_MOST_DELAYS = 60  # the latest
_LONGEST_DELAY = timedelta(days=7)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Entries by hour and by day (UTC), the oldest first, the last one still running; delays from publication to the poll that saw it."""

    hours: tuple[int, ...] = (0,) * HOURS
    days: tuple[int, ...] = (0,) * DAYS
    delay_p50_seconds: float | None = None
    delay_p95_seconds: float | None = None


def observe(rhythm: Mapping[str, object], polled: Polled, now: datetime, *, first: bool) -> JsonObject:
    """The rhythm after a poll. What a first poll shows was there before: it tells the rhythm, and no delay."""
    if polled.outcome not in SUCCESSES:
        return dict(rhythm)
    times = [min(at, now) for at in polled.published] + [now] * max(polled.new_items - len(polled.published), 0)
    kept = dict(rhythm)
    for name, size, step in (("hours", HOURS, _HOUR), ("days", DAYS, _DAY)):
        counts = _counts(rhythm, name, size, step, now)
        last = _number(now, step)
        for at in times:
            back = last - _number(at, step)
            if back < size:
                counts[size - 1 - back] += 1
        kept |= {name: counts, f"last_{name.removesuffix('s')}": last}
    if not first:
        delays = [
            round((now - at).total_seconds(), 1) for at in polled.published if timedelta() <= now - at <= _LONGEST_DELAY
        ]
        kept["delays"] = [*_delays(rhythm), *delays][-_MOST_DELAYS:]
    return kept


def read_rhythm(rhythm: Mapping[str, object], now: datetime) -> Rhythm:
    """As of now: hours and days without a poll stay empty."""
    delays = sorted(_delays(rhythm))
    return Rhythm(
        hours=tuple(_counts(rhythm, "hours", HOURS, _HOUR, now)),
        days=tuple(_counts(rhythm, "days", DAYS, _DAY, now)),
        delay_p50_seconds=_percentile(delays, 0.5),
        delay_p95_seconds=_percentile(delays, 0.95),
    )


def _counts(rhythm: Mapping[str, object], name: str, size: int, step: timedelta, now: datetime) -> list[int]:
    """The counts of the last `size` steps as of now."""
    found, last = rhythm.get(name), rhythm.get(f"last_{name.removesuffix('s')}")
    if not isinstance(found, list) or len(found) != size or not isinstance(last, int):
        return [0] * size
    passed = min(max(_number(now, step) - last, 0), size)
    return [*(count if isinstance(count, int) else 0 for count in found[passed:]), *[0] * passed]


def _delays(rhythm: Mapping[str, object]) -> list[float]:
    found = rhythm.get("delays")
    return [float(one) for one in found if isinstance(one, int | float)] if isinstance(found, list) else []


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else None


def _number(at: datetime, step: timedelta) -> int:
    return (at - _EPOCH) // step
