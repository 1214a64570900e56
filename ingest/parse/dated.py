"""Which published time of an article is believed, of all that say one. Pure, and light: no library that reads pages.

The page's own words to machines come first, then the time shown in its article, the feed's, the line for readers, the
address; a guess comes last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.article import TimeCandidate, TimeConfidence
from ingest.parse.dates import plausible

PAGE_ORIGINS = ("json_ld", "meta", "itemprop", "time", "text", "url")
ORIGINS = (*PAGE_ORIGINS[:4], "feed", *PAGE_ORIGINS[4:], "guess")  # best first
_TO_MACHINES = PAGE_ORIGINS[:2]
_DAY = timedelta(days=1)
_LEAST_WITNESSES = 2  # places of a page that agree, before a feed is not believed


@dataclass(frozen=True, slots=True)
class Dated:
    """A published time and how far to trust it. `uncertain`: those who say it differ by a day or more."""

    at: datetime | None
    confidence: TimeConfidence
    uncertain: bool = False


UNDATED = Dated(None, TimeConfidence.UNKNOWN)


def chosen_time(candidates: Iterable[TimeCandidate], now: datetime | None = None) -> Dated:
    """The time that is believed: the page's instant, then the feed's, then what is less certain.

    The page's never overrides the feed's by a day or more unless two of its places agree on it.
    """
    known = [one for one in candidates if one.origin in ORIGINS and (now is None or plausible(one.at, now) is not None)]
    known.sort(key=lambda one: ORIGINS.index(one.origin))
    fed = next((one for one in known if one.origin == "feed"), None)
    best = _best([one for one in known if one.origin != "feed" or one.confidence is TimeConfidence.EXACT])
    if best is None:
        return UNDATED
    if fed is not None and best is not fed and _apart(best, fed) and _witnesses(best, known) < _LEAST_WITNESSES:
        best = fed
    if not any(_apart(best, one) for one in known if one.origin != "guess"):
        return Dated(best.at, best.confidence)
    return Dated(best.at, best.confidence, uncertain=best.origin != "guess")


def _best(known: Sequence[TimeCandidate]) -> TimeCandidate | None:
    """The first instant, then the first whose zone was assumed, then the first day; one that says more of the same day."""
    first: TimeCandidate | None = None
    for confidence in (TimeConfidence.EXACT, TimeConfidence.ASSUMED_ZONE, TimeConfidence.DAY):
        first = next((one for one in known if one.confidence is confidence), None)
        if first is not None:
            break
    if first is None:
        return known[0] if known else None
    if known[0].origin in _TO_MACHINES and _apart(known[0], first) and known[0].origin != first.origin:
        first = known[0]  # a day that machines are told goes before another day's instant elsewhere
    if _is_midnight(first):
        same = (
            one
            for one in known
            if one.confidence is first.confidence and not _is_midnight(one) and not _apart(first, one)
        )
        return next(same, first)
    return first


def _is_midnight(one: TimeCandidate) -> bool:
    return (one.at.hour, one.at.minute, one.at.second) == (0, 0, 0)


def _witnesses(best: TimeCandidate, known: Sequence[TimeCandidate]) -> int:
    return len({one.origin for one in known if one.origin in PAGE_ORIGINS and not _apart(one, best)})


def _apart(one: TimeCandidate, other: TimeCandidate) -> bool:
    """Whether they differ by a day or more, whatever the zone of one that only tells the day."""
    gap = max(one.at - _end(other), other.at - _end(one))
    return gap >= _DAY


def _end(one: TimeCandidate) -> datetime:
    return one.at + _DAY if one.confidence is TimeConfidence.DAY else one.at
