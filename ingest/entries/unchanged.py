"""What each feed showed when it was polled last and is settled: told, old or known. Pure and bounded.

A feed of a hundred entries has one new one; the others need not be looked at again. What stands here is only ever a
shortcut: an entry that is not here is asked for in the database.
"""

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.parse.shapes import ParsedEntry

_MOST_ENTRIES = 2_000_000  # of all feeds; eight bytes each
_FRESH = timedelta(hours=12)  # then all of a feed is looked at again, and its entries outlive pruning


@dataclass(frozen=True, slots=True)
class _Shown:
    since: datetime
    hashes: "array[int]"


class UnchangedEntries:
    """By source, hashes of entries exactly as they were shown; they hold within this process."""

    def __init__(self) -> None:
        self._shown: OrderedDict[str, _Shown] = OrderedDict()
        self._many = 0

    def changed(self, source_id: str, entries: Sequence[ParsedEntry], now: datetime) -> list[ParsedEntry]:
        """Those entries that were not settled when the source was polled last, in their order."""
        shown = self._shown.get(source_id)
        if shown is None or now - shown.since > _FRESH:
            self.forget(source_id)
            return list(entries)
        unchanged = frozenset(shown.hashes)
        return [entry for entry in entries if hash(entry) not in unchanged]

    def remember(self, source_id: str, entries: Iterable[ParsedEntry], now: datetime) -> None:
        """These are settled now: on the log, or told to be none; nothing else of the source is."""
        before = self._shown.get(source_id)
        self.forget(source_id)
        hashes = array("q", map(hash, entries))
        self._shown[source_id] = _Shown(now if before is None else before.since, hashes)
        self._many += len(hashes)
        while self._many > _MOST_ENTRIES:
            self.forget(next(iter(self._shown)))

    def forget(self, source_id: str) -> None:
        """Look at all of its entries at the next poll."""
        shown = self._shown.pop(source_id, None)
        if shown is not None:
            self._many -= len(shown.hashes)
