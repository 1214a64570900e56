"""Rules about more than one article: how often, more than usual, for the first time. Pure.

A story counts once, at the moment of its first match, however many copies, updates or repeated records it has. What
counts is read from the findings that the database keeps, so a restart, a late or a repeated record changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass as plain_dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

_STRICT = ConfigDict(extra="forbid")
_LEARNING_WINDOWS = 3  # fewer earlier windows tell nothing about what is usual

Window = Annotated[float, Field(ge=60, le=90 * 86400)]  # seconds


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Frequency:
    """Tell when at least `stories` different stories matched within the window; then not again within it."""

    kind: Literal["frequency"]
    stories: Annotated[int, Field(ge=2, le=10_000)]
    window_seconds: Window


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Spike:
    """Tell when the window has `factor` times the rule's usual number of stories, and at least `stories`.

    Usual: the mean of the `baseline_windows` windows before this one.
    """

    kind: Literal["spike"]
    window_seconds: Window
    factor: Annotated[float, Field(gt=1, le=1000)] = 3.0
    stories: Annotated[int, Field(ge=2, le=10_000)] = 3
    baseline_windows: Annotated[int, Field(ge=_LEARNING_WINDOWS, le=60)] = 14


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class FirstSeen:
    """Tell only when no other story matched within the window before."""

    kind: Literal["first_seen"]
    window_seconds: Window


@dataclass(frozen=True, slots=True, kw_only=True, config=_STRICT)
class Quiet:
    """Tell when no story matched for a whole window; each story is told as usual too."""

    kind: Literal["silence"]
    window_seconds: Window


Standing = Frequency | Spike | FirstSeen | Quiet
STANDING: TypeAdapter[Standing] = TypeAdapter(Annotated[Standing, Field(discriminator="kind")])


@plain_dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the standing condition holds now, and the sentence that says why (not)."""

    reached: bool
    because: str


def reach_back_seconds(standing: Standing) -> float:
    """How far back findings must be read to judge."""
    windows = standing.baseline_windows + 1 if isinstance(standing, Spike) else 1
    return windows * standing.window_seconds


def judge(standing: Standing, stories: Iterable[datetime], now: datetime, last_told: datetime | None) -> Verdict:
    """Judge a new match. `stories`: when each story of the rule first matched, the new one included."""
    counts = windows(stories, now, standing.window_seconds)
    match standing:
        case Frequency():
            verdict = _frequency(standing, counts[0])
        case Spike():
            verdict = _spike(standing, counts)
        case FirstSeen():
            return _first_seen(standing, counts[0])
        case Quiet():
            return Verdict(True, "a silence rule tells each story too")
    if verdict.reached and last_told is not None and (now - last_told).total_seconds() < standing.window_seconds:
        return Verdict(False, f"{verdict.because}; told already within this window")
    return verdict


def windows(stories: Iterable[datetime], now: datetime, window_seconds: float) -> Sequence[int]:
    """Stories per window, this one (that ends now) first; as many windows as the oldest story reaches back."""
    counts = [0]
    for moment in stories:
        # A story from the future (a clock that is ahead) belongs to this window.
        place = max(0, int((now - moment) / timedelta(seconds=window_seconds)))
        counts.extend([0] * (place + 1 - len(counts)))
        counts[place] += 1
    return counts


def silence_due(standing: Quiet, last_match: datetime) -> datetime:
    """When the rule has been silent for its whole window."""
    return last_match + timedelta(seconds=standing.window_seconds)


def _frequency(standing: Frequency, count: int) -> Verdict:
    span = _span(standing.window_seconds)
    return Verdict(count >= standing.stories, f"{count} of {standing.stories} stories within {span}")


def _spike(standing: Spike, counts: Sequence[int]) -> Verdict:
    earlier = counts[1 : standing.baseline_windows + 1]
    span = _span(standing.window_seconds)
    if len(earlier) < _LEARNING_WINDOWS:
        return Verdict(False, f"still learning what is usual: {len(earlier)} of {_LEARNING_WINDOWS} windows of {span}")
    usual = sum(earlier) / len(earlier)
    needed = max(float(standing.stories), standing.factor * usual)
    return Verdict(counts[0] >= needed, f"{counts[0]} stories within {span}, usual {usual:.1f}, needed {needed:.1f}")


def _first_seen(standing: FirstSeen, count: int) -> Verdict:
    others = count - 1
    span = _span(standing.window_seconds)
    if others > 0:
        return Verdict(False, f"not the first: {others} other stories within {span}")
    return Verdict(True, f"the first story within {span}")


def _span(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
