"""The entries of each feed's last check that need no further check: on the log, skipped or known. Pure and
bounded.

A feed of a hundred entries has one new one; the others need no further check. What stands here is only ever a
shortcut: an entry that is not here is asked for in the database.
"""

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.parse.shapes import ParsedEntry

_MOST_ENTRIES = 2_000_000  # of all feeds; eight bytes each
_FRESH = timedelta(hours=12)  # then all entries of a feed are checked again, so that they outlive pruning


@dataclass(frozen=True, slots=True)
class _Snapshot:
    since: datetime
    hashes: "array[int]"


class UnchangedEntries:
    """By source, hashes of entries exactly as they were shown; they hold within this process."""

    def __init__(self) -> None:
        self._snapshots: OrderedDict[str, _Snapshot] = OrderedDict()
        self._many = 0

    def parted(
        self, source_id: str, entries: Sequence[ParsedEntry], now: datetime
    ) -> tuple[list[ParsedEntry], list[ParsedEntry]]:
        """Those entries that were not there, or not as they are now, when the source was looked at last, and the others;
        in their order.
        """
        snapshot = self._snapshots.get(source_id)
        if snapshot is None or now - snapshot.since > _FRESH:
            self.forget(source_id)
            return list(entries), []
        known = frozenset(snapshot.hashes)
        changed: list[ParsedEntry] = []
        unchanged: list[ParsedEntry] = []
        for entry in entries:
            (unchanged if hash(entry) in known else changed).append(entry)
        return changed, unchanged

    def remember(self, source_id: str, entries: Iterable[ParsedEntry], now: datetime) -> None:
        """Set the source's entries that need no further check: they are on the log or skipped."""
        before = self._snapshots.get(source_id)
        self.forget(source_id)
        hashes = array("q", map(hash, entries))
        self._snapshots[source_id] = _Snapshot(now if before is None else before.since, hashes)
        self._many += len(hashes)
        while self._many > _MOST_ENTRIES:
            self.forget(next(iter(self._snapshots)))

    def forget(self, source_id: str) -> None:
        """Look at all of its entries at the next poll."""
        snapshot = self._snapshots.pop(source_id, None)
        if snapshot is not None:
            self._many -= len(snapshot.hashes)
