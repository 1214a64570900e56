"""The health of a source, by the state that its polls saved, with a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.model.outcome import PollOutcome
from core.store.source_health import HealthBounds, SourceCounts
from core.store.sources import PollState
from ingest.poll.schedule import rate_per_second
from ingest.poll.span import span_words

BOUNDS = HealthBounds(overdue=timedelta(minutes=15), ahead=timedelta(minutes=1), failing_from=3)
_STALE_AT_LEAST = timedelta(days=3)
_STALE_GAPS = 8  # times the usual gap between two entries; by chance alone once in 3,000 gaps

_WORDS = {
    PollOutcome.BAD_URL: "the address is no http(s) address",
    PollOutcome.HTTP_4XX: "the publisher refuses us or the feed has moved",
    PollOutcome.HTTP_5XX: "the publisher's server has an error",
    PollOutcome.RATE_LIMITED: "the publisher asks us to wait",
    PollOutcome.REDIRECT_LOOP: "the address redirects in a circle",
    PollOutcome.TIMEOUT: "the publisher does not answer in time",
    PollOutcome.DNS: "the host's name cannot be resolved",
    PollOutcome.TLS: "the connection cannot be secured",
    PollOutcome.CONNECT: "no connection can be made",
    PollOutcome.BLOCKED_ADDRESS: "the address is in a private network that fetch.allow_networks does not name",
    PollOutcome.ROBOTS: "robots.txt forbids it",
    PollOutcome.TOO_LARGE: "the feed is larger than fetch.max_bytes",
    PollOutcome.BAD_ENCODING: "the bytes cannot be decoded",
    PollOutcome.NOT_A_FEED: "what stands there is no feed",
    PollOutcome.PARSE: "the feed is too broken to be read",
}


class FeedState(StrEnum):
    """The state of a source, as the metric news_feeds counts it."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"  # the last polls failed, too few to worry
    FAILING = "failing"
    STALE = "stale"  # polls go well, but nothing new comes, against the source's own rhythm
    PAUSED = "paused"  # by somebody


@dataclass(frozen=True, slots=True)
class Health:
    """The state and why, for people."""

    state: FeedState
    sentence: str


def stale_at(last_new: datetime | None, memory: Mapping[str, object]) -> datetime | None:
    """From when on a source is stale, if nothing new comes: `last_new` is when something last did."""
    return None if last_new is None else last_new + max(_STALE_AT_LEAST, _usual_gap(memory) * _STALE_GAPS)


def state_counts(counted: SourceCounts) -> dict[FeedState, int]:
    """How many sources are in each state: what `health` says of each of them."""
    return {
        FeedState.HEALTHY: counted.healthy,
        FeedState.DEGRADED: counted.degraded,
        FeedState.FAILING: counted.failing + counted.overdue + counted.ahead,
        FeedState.STALE: counted.stale,
        FeedState.PAUSED: counted.paused,
    }


def health(state: PollState, now: datetime, *, enabled: bool = True) -> Health:
    """Judge a source by its last polls."""
    if not enabled:
        return Health(FeedState.PAUSED, "Paused: it is not polled.")
    if now - state.next_poll > BOUNDS.overdue:
        late = f"It should have been polled {span_words(now - state.next_poll)} ago: is a poller running?"
        return Health(FeedState.FAILING, late)
    if state.last_attempt is not None and state.last_attempt - now > BOUNDS.ahead:
        return Health(
            FeedState.FAILING,
            f"Its last poll lies {span_words(state.last_attempt - now)} ahead of now: a clock has jumped.",
        )
    if state.last_attempt is None:
        return Health(FeedState.HEALTHY, "Not polled yet.")
    if state.failures:
        return _troubled(state, now)
    if state.last_new is not None and state.stale_at is not None and now > state.stale_at:
        gap = span_words(_usual_gap(state.memory))
        sentence = f"Nothing new for {span_words(now - state.last_new)}; before, an entry came about every {gap}."
        return Health(FeedState.STALE, sentence)
    last = "" if state.last_success is None else f"Last polled {span_words(now - state.last_success)} ago"
    new = "no entry yet" if state.last_new is None else f"last new entry {span_words(now - state.last_new)} ago"
    note = f" Note: {state.error}." if state.error else ""
    return Health(FeedState.HEALTHY, f"{last}, {new}.{note}")


def _troubled(state: PollState, now: datetime) -> Health:
    count = f"{state.failures} polls in a row" if state.failures > 1 else "The last poll"
    word = state.outcome.value if state.outcome is not None else "failed"
    why = _WORDS.get(state.outcome, "") if state.outcome is not None else ""
    detail = f" ({state.error})" if state.error else ""
    since = "never" if state.last_success is None else f"{span_words(now - state.last_success)} ago"
    failing = state.failures >= BOUNDS.failing_from
    return Health(
        FeedState.FAILING if failing else FeedState.DEGRADED,
        f"{count} ended as {word}: {why or 'no reason was kept'}{detail}. Last success: {since}. It is tried again"
        f" {_ahead(state.next_poll - now)}.",
    )


def _usual_gap(memory: Mapping[str, object]) -> timedelta:
    return timedelta(seconds=1 / rate_per_second(memory))


def _ahead(span: timedelta) -> str:
    return f"in {span_words(span)}" if span > timedelta() else "now"
