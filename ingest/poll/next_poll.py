"""When a source is polled next and why, in words for people. Pure; the schedule decides it (schedule.py)."""

from datetime import datetime, timedelta

from core.model.outcome import PollOutcome
from core.model.source import Source
from core.store.sources import PollState
from ingest.poll.schedule import DAY, LEARNING_SECONDS, rate_per_second
from ingest.poll.span import span_words


def why_next(source: Source, state: PollState, now: datetime, *, enabled: bool = True) -> str:
    """ "in 14 minutes: about 13 entries a day, which pay for a poll every 15 minutes"."""
    if not enabled:
        return "not polled"
    return f"{_when(state.next_poll - now)}: {_why(source, state)}"


def _when(ahead: timedelta) -> str:
    return f"in {span_words(ahead)}" if ahead > timedelta() else "now"


def _why(source: Source, state: PollState) -> str:
    if state.last_attempt is None:
        return "its first poll"
    if state.outcome is PollOutcome.RATE_LIMITED:
        return "its host asked for a pause"
    if state.failures:
        times = "the last poll" if state.failures == 1 else f"{state.failures} polls in a row"
        return f"{times} failed, so it is asked more rarely"
    if source.interval_seconds:
        return f"every {span_words(timedelta(seconds=source.interval_seconds))}, as set for it"
    watched = state.memory.get("watched")
    if not isinstance(watched, int | float) or watched < LEARNING_SECONDS:
        return "as often as may be in its first hour, to learn its rhythm"
    a_day = rate_per_second(state.memory) * DAY
    every = span_words(timedelta(seconds=state.interval_seconds or 0.0))
    return f"about {a_day:.{0 if a_day >= 10 else 1}f} entries a day, which pay for a poll every {every}"
