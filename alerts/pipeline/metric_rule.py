"""Metric rules: how often, more than usual, for the first time, nothing at all. Pure.

A story counts once, at the moment of its first match, however many copies, updates or repeated records it has. What
counts is read from the findings that the database keeps, and is judged by the times of the matches, not by when they
are judged: a restart, a late or a repeated record changes nothing.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.metric_rule import LEARNING_WINDOWS, Flatline, Frequency, MetricRule, NewTerm, Spike


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is known of a rule's stories when a match is judged.

    `stories`: when each story matched first, this one included. `own`: when this one did; None: before the time that
    was read. `now`: when the match was made. `known_since`: from when on the rule has matched with this text.
    `notified`: the time of the match with which the rule notified last.
    """

    stories: Sequence[datetime]
    own: datetime | None
    now: datetime
    known_since: datetime
    notified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the metric condition holds, and the sentence that says why (not). `at`: the end of the window."""

    reached: bool
    because: str
    at: datetime
    stories: int = 0
    usual: float | None = None


def reach_back_seconds(standing: MetricRule) -> float:
    """How far back findings must be read to judge."""
    windows = standing.baseline_windows + 1 if isinstance(standing, Spike) else 1
    return windows * standing.window_seconds


def judge(standing: MetricRule, counted: Counted) -> Verdict:
    """Judge a match of a rule with a metric condition."""
    match standing:
        case Frequency():
            return _once_a_window(_frequency(standing, counted), standing, counted)
        case Spike():
            return _once_a_window(_spike(standing, counted), standing, counted)
        case NewTerm():
            return _new_term(standing, counted)
        case Flatline():
            return Verdict(reached=False, because="the rule tells only when nothing matches", at=counted.now)


def windows(stories: Iterable[datetime], now: datetime, window_seconds: float) -> Sequence[int]:
    """Stories per window, this one (that ends now) first; as many windows as the oldest story reaches back."""
    counts = [0]
    for moment in stories:
        place = max(0, int((now - moment) / timedelta(seconds=window_seconds)))
        counts.extend([0] * (place + 1 - len(counts)))
        counts[place] += 1
    return counts


def _end(counted: Counted) -> datetime:
    """The end of the newest window. A late record joins the window of those that came before it; it opens no older one."""
    return max([counted.now, *counted.stories])


def _once_a_window(verdict: Verdict, standing: Frequency | Spike, counted: Counted) -> Verdict:
    if not verdict.reached or counted.notified is None:
        return verdict
    if (verdict.at - counted.notified).total_seconds() >= standing.window_seconds:
        return verdict
    because = f"{verdict.because}; told already within this window"
    return Verdict(reached=False, because=because, at=verdict.at, stories=verdict.stories, usual=verdict.usual)


def _frequency(standing: Frequency, counted: Counted) -> Verdict:
    at = _end(counted)
    count = windows(counted.stories, at, standing.window_seconds)[0]
    reached = count >= standing.stories
    asked = "" if reached else f" of {standing.stories}"
    because = f"{count}{asked} stories within {span_text(standing.window_seconds)}"
    return Verdict(reached=reached, because=because, at=at, stories=count)


def _spike(standing: Spike, counted: Counted) -> Verdict:
    at, span = _end(counted), span_text(standing.window_seconds)
    counts = windows(counted.stories, at, standing.window_seconds)
    known = min(int((at - counted.known_since).total_seconds() // standing.window_seconds), standing.baseline_windows)
    if known < LEARNING_WINDOWS:
        because = f"still learning what is usual: {max(known, 0)} of {LEARNING_WINDOWS} windows of {span}"
        return Verdict(reached=False, because=because, at=at, stories=counts[0])
    usual = sum(counts[1 : known + 1]) / known
    needed = max(standing.stories, math.ceil(standing.factor * usual))
    reached = counts[0] >= needed
    because = f"{_stories(counts[0])} within {span}, usual {usual:.1f}" + ("" if reached else f", {needed} needed")
    return Verdict(reached=reached, because=because, at=at, stories=counts[0], usual=usual)


def _new_term(standing: NewTerm, counted: Counted) -> Verdict:
    span = span_text(standing.window_seconds)
    if counted.own is None:
        return Verdict(reached=False, because=f"the story matched before, over {span} ago", at=counted.now)
    since = counted.own - timedelta(seconds=standing.window_seconds)
    others = sum(since < moment <= counted.own for moment in counted.stories) - 1
    if others > 0:
        because = f"not the first: {others} other {'story' if others == 1 else 'stories'} within {span}"
        return Verdict(reached=False, because=because, at=counted.own, stories=others + 1)
    return Verdict(reached=True, because=f"the first story within {span}", at=counted.own, stories=1)


def _stories(count: int) -> str:
    return f"{count} {'story' if count == 1 else 'stories'}"


def span_text(seconds: float) -> str:
    """A window's length in its largest whole unit."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
