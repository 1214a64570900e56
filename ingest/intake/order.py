"""The order of a feed: most put their newest entry first, some the oldest. Pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Protocol

_MOST_LOOKED_AT = 1000


class Dated(Protocol):
    """An entry, as parsed or as passed on."""

    @property
    def published(self) -> datetime | None: ...

    @property
    def updated(self) -> datetime | None: ...


def is_ascending(entries: Sequence[Dated]) -> bool:
    """Whether the oldest entry stands first: later ones follow earlier ones more often than the other way round."""
    dates = [at for one in entries[:_MOST_LOOKED_AT] if (at := one.published or one.updated) is not None]
    steps = [(a < b) - (a > b) for a, b in pairwise(dates)]
    return sum(steps) > 0


def newest_first(entries: Sequence[Dated]) -> list[int]:
    """The places of the entries, newest first. One without a date is as new as the dated one before it in the feed's order."""
    places = range(len(entries))
    order = list(reversed(places) if is_ascending(entries) else places)
    ranks: list[tuple[float, int]] = []
    last = float("inf")
    for turn, place in enumerate(order):
        at = entries[place].published or entries[place].updated
        last = last if at is None else at.timestamp()
        ranks.append((-last, turn))
    return [order[turn] for _, turn in sorted(ranks)]
