"""A feed's body becomes new entries on the log. Nothing is fetched here: it is the same for a polled body and a pushed one.

body -> parse -> what is new -> append(ENTRIES) -> remember, in one transaction with what its giver saves
                     +-> too much at once: the rest is put aside in that transaction

A crash anywhere before the last step repeats the body; nothing is lost, and repeats have the same ids.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.clock import Clock
from core.db.connection import Connection
from core.db.engine import Database
from core.faults import FaultPoint, reach
from core.log.log import EventLog
from core.log.topics import ENTRIES
from core.metrics import Metrics
from core.model.outcome import ArticleOutcome, PollOutcome, Stage
from core.model.source import Entry, Source
from core.store import entries, put_aside, traces
from core.store.traces import TraceRow
from ingest.intake import keys, new_entries
from ingest.intake.addresses import Addresses
from ingest.intake.keys import KeyedEntry, SkippedEntry
from ingest.intake.new_entries import MOVED_KEY, NewEntries
from ingest.intake.order import is_ascending
from ingest.intake.overflow import Split, overflows, record_of, split
from ingest.intake.unchanged import UnchangedEntries
from ingest.parse.shapes import ParsedEntry, ParsedFeed, ParseFailure

_APPEND_AT_ONCE = 256
_SLICE = 10

Save = Callable[[Connection], Awaitable[bool]]


class FeedParser(Protocol):
    """ingest.parse's ParserPool."""

    async def parse_feed(
        self, body: bytes, headers: Mapping[str, str], url: str, source: Source
    ) -> ParsedFeed | ParseFailure: ...


@dataclass(frozen=True, slots=True)
class FeedBody:
    """A feed as it came. `url`: where from, for relative links; `headers`: those that say something of it."""

    body: bytes
    headers: Mapping[str, str]
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a body brought. `arrived`: entries that came since the last one, which say how busy its source is."""

    source: Source
    feed: ParsedFeed
    split: Split
    arrived: tuple[Entry, ...] = ()

    @property
    def entries(self) -> NewEntries:
        return self.split.entries


class FeedIntake:
    """Takes bodies in, several at once. `back_numbers`: whether what has no date is new the first time."""

    def __init__(
        self,
        log: EventLog,
        db: Database,
        parser: FeedParser,
        *,
        clock: Clock,
        metrics: Metrics,
        back_numbers: bool = True,
    ) -> None:
        self._log = log
        self._db = db
        self._parser = parser
        self._clock = clock
        self._metrics = metrics
        self._back_numbers = back_numbers
        self._unchanged = UnchangedEntries()

    async def read(
        self, source: Source, body: FeedBody, last_success: datetime | None, *, added: datetime | None = None
    ) -> Found | ParseFailure:
        """What of a body is new; changes nothing. `last_success`: when a body of the source was taken in last. `added`: when
        the source was.

        Raises Unavailable when the database or the parser does not answer.
        """
        parsed = await self._parser.parse_feed(body.body, body.headers, body.url, source)
        if isinstance(parsed, ParseFailure):
            return parsed
        now, source_id = self._clock.now(), source.source_id
        first = new_entries.is_first_poll(last_success, now)
        if first:
            self._unchanged.forget(source_id)
        changed, unchanged = self._unchanged.parted(source_id, parsed.entries, now)
        addresses = Addresses(parsed.entries if changed else (), source, body.url, parsed.link)
        keyed, skipped = await _keyed(changed, addresses, source, now)
        keyed, known = await self._known(source_id, keyed, skipped, addresses, now)
        if first:
            keyed = new_entries.marked(keyed, source.since or (None if self._back_numbers else added))
        doubtful = set() if first else new_entries.doubtful(keyed, known)  # of a new source nothing is known
        if doubtful:
            async with self._db.connection() as conn:
                known |= await entries.known(conn, source_id, doubtful)
        found = new_entries.judge(
            keys.each_once(keyed, ascending=is_ascending(parsed.entries)),
            skipped,
            known,
            first_poll=first,
            now=now,
            unchanged=unchanged,
            back_numbers=self._back_numbers,
            since=source.since,
        )
        # An archive that a feed adds later says nothing about its source's rhythm.
        archive = set() if first else {one.subject for one in found.skipped}
        arrived = {one.entry.entry_id: one.entry for one in keyed if one.entry.entry_id in found.unseen - archive}
        return Found(source, parsed, await self._split(source_id, found), tuple(arrived.values()))

    async def _known(
        self,
        source_id: str,
        keyed: list[KeyedEntry],
        skipped: Sequence[SkippedEntry],
        addresses: Addresses,
        now: datetime,
    ) -> tuple[list[KeyedEntry], dict[str, datetime]]:
        """Which keys are known. Entries whose link turns out to be that of several come with another address."""
        if not keyed and not skipped:
            return keyed, {}
        async with self._db.connection() as conn:
            known = await entries.known(conn, source_id, keys.keys_of(keyed, skipped) | {MOVED_KEY})
            parted = keys.apart(keyed, known, addresses, now)
            if parted != keyed:
                known |= await entries.known(conn, source_id, keys.keys_of(parted, ()))
        return parted, known

    async def store(self, found: Found, save: Save) -> None:
        """Append what is new; then save, and remember what was found if that was not in vain, in one transaction.

        `save`: what its giver keeps of it, such as a poll's state; False when it is not its giver's to keep any more.
        """
        await self._append(found.split.at_once)
        reach(FaultPoint.POLL_APPENDED)
        now, source_id = self._clock.now(), found.source.source_id
        async with self._db.transaction() as conn:
            if not await save(conn):
                return
            await entries.remember(conn, source_id, found.entries.remember, now)
            await put_aside.put_many(conn, found.split.put_aside)
            await traces.add_many(conn, [*_traces(found.entries, now), *found.split.traces(now)])
        waiting = frozenset(found.entries.waiting)
        self._unchanged.remember(source_id, (one for one in found.feed.entries if one not in waiting), now)

    def count(self, found: Found) -> None:
        """Add it to the metrics of entries."""
        metrics = self._metrics
        metrics.feed_entries.inc(len(found.entries.new))
        metrics.feed_rollovers.inc(found.entries.rolled_over)
        for skipped in found.entries.skipped:
            metrics.articles.labels(skipped.outcome).inc()
        metrics.articles.labels(ArticleOutcome.RETRIED).inc(len(found.split.put_aside))

    async def _append(self, keyed: Sequence[KeyedEntry]) -> None:
        records = [record_of(one) for one in keyed]
        for start in range(0, len(records), _APPEND_AT_ONCE):
            await self._log.append(ENTRIES.name, records[start : start + _APPEND_AT_ONCE])
        self._metrics.log_appended.labels(ENTRIES.name).inc(len(records))

    async def _split(self, source_id: str, found: NewEntries) -> Split:
        if not overflows(found):
            return Split(found, found.new)
        async with self._db.connection() as conn:
            waiting = await put_aside.count_of(conn, source_id)
        return split(found, waiting, self._clock.now())


async def _keyed(
    parsed: Sequence[ParsedEntry], addresses: Addresses, source: Source, now: datetime
) -> tuple[list[KeyedEntry], list[SkippedEntry]]:
    """A slice at a time: a feed may show thousands of entries, and others want their turn on the event loop."""
    found: list[KeyedEntry] = []
    skipped: list[SkippedEntry] = []
    for start in range(0, len(parsed), _SLICE):
        some, others = keys.keyed_entries(parsed[start : start + _SLICE], addresses, source, now)
        found += some
        skipped += others
        await asyncio.sleep(0)
    return found, skipped


def _traces(found: NewEntries, now: datetime) -> list[TraceRow]:
    passed = [
        TraceRow(
            subject=one.entry.entry_id, stage=Stage.POLL, outcome=PollOutcome.OK, at=now, detail=one.entry.source.name
        )
        for one in found.new
    ]
    skipped = [
        TraceRow(subject=one.subject, stage=Stage.POLL, outcome=one.outcome, at=now, detail=one.detail)
        for one in found.skipped
    ]
    return passed + skipped
