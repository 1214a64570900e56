"""Thousands of new entries of one source must not stand on the log before those of others. Pure.

The newest go on the log; what is more, and has a page to be asked for, is put aside at once and read as its turn comes, the
newest first.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.log.log import MAX_RECORD_BYTES, Record
from core.model.codec import encode
from core.model.outcome import ArticleOutcome, Stage
from core.net.url import authority_of
from core.store.put_aside import MOST_OF_A_SOURCE, PutAside
from core.store.traces import TraceRow
from ingest.intake.keys import KeyedEntry, SkippedEntry, shortened
from ingest.intake.new_entries import NewEntries
from ingest.intake.order import newest_first
from ingest.parse.feed_text import needs_page

_AFTER_ANOTHER = timedelta(microseconds=1)  # what is due first is read first
AT_ONCE = 50  # of one feed, whose pages are to be asked for
_MOST_BODY_CHARACTERS = MAX_RECORD_BYTES // 8  # a character may take several bytes, and more once escaped


@dataclass(frozen=True, slots=True)
class Split:
    """`at_once`: for the log; `put_aside`: for later. `entries`: all of them; those that are too many are skipped there."""

    entries: NewEntries
    at_once: tuple[KeyedEntry, ...]
    put_aside: tuple[PutAside, ...] = ()

    def traces(self, now: datetime) -> list[TraceRow]:
        """Why those that are put aside are late."""
        return [
            TraceRow(
                subject=one.entry.entry_id,
                stage=Stage.READ,
                outcome=ArticleOutcome.RETRIED,
                at=now,
                detail=f"backlog: its feed told of more than {AT_ONCE} at once; read as its turn comes",
            )
            for one in self.put_aside
        ]


def overflows(entries: NewEntries) -> bool:
    """Whether they are more than go on the log at once."""
    return len(entries.new) > AT_ONCE and sum(needs_page(one.entry) for one in entries.new) > AT_ONCE


def split(entries: NewEntries, waiting: int, now: datetime) -> Split:
    """`waiting`: how many of the source are put aside already."""
    places = [
        place for place in newest_first([one.entry for one in entries.new]) if needs_page(entries.new[place].entry)
    ]
    over_it = frozenset(places[AT_ONCE:])
    first = [one for place, one in enumerate(entries.new) if place not in over_it]
    later = [entries.new[place] for place in places[AT_ONCE:]]
    fitting = max(MOST_OF_A_SOURCE - waiting, 0)
    detail = f"{MOST_OF_A_SOURCE} of its source wait already"
    over = [SkippedEntry(one.entry.entry_id, ArticleOutcome.BACKLOG, detail) for one in later[fitting:]]
    rows = [
        PutAside(
            entry=shortened(one.entry, _MOST_BODY_CHARACTERS),
            due=now - (len(later) - place) * _AFTER_ANOTHER,
            since=now,
            reason=ArticleOutcome.BACKLOG.value,
        )
        for place, one in enumerate(later[:fitting])
    ]
    all_of_them = replace(entries, new=(*first, *later[:fitting]), skipped=(*entries.skipped, *over))
    return Split(all_of_them, tuple(first), tuple(rows))


def record_of(one: KeyedEntry) -> Record:
    """The entry as a record; one with more text than a record holds goes on with less, one that is no text without.

    What needs no page asks nothing of its host and need not wait in the host's line.
    """
    entry = shortened(one.entry, _MOST_BODY_CHARACTERS)
    return Record(authority_of(entry.url) if needs_page(entry) else entry.entry_id, encode(entry))
