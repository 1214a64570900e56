"""Keeps the log's dead letters: each becomes a row for people, and redriven ones go back to their topics.

topic deadletter -> row (waiting) ==(redrive)==> redriving -> append to its topic, under its key -> redriven

Stages write to the topic even while the database is away; the rows hold the decisions. A record that goes back twice,
because the process died in between, changes nothing: ids are derived.
"""

import asyncio
from collections.abc import Sequence

import structlog

from core.clock import Clock
from core.db.engine import Database
from core.errors import RecordError, UpgradeFirst
from core.log.consumer import Options, Output, consume_batches
from core.log.log import EventLog, Record
from core.log.topics import DEADLETTER, topic_named
from core.model.codec import decode
from core.model.deadletter import DeadLetter
from core.model.match import Match
from core.model.source import Entry
from core.model.story import StoryArticle
from core.store import dead_letters
from core.store.dead_letters import DeadLetterRow, DeadLetterState, letter_id
from core.tasks import first_error
from core.ticker import Ticker
from core.wake_up import WakeUp

GROUP = "deadletter"
SECONDS = 2.0  # between two looks for redriven rows: another process requests them through the database
_AT_ONCE = 50
_LEASE_SECONDS = 60.0  # longer than an append may take

_logger = structlog.get_logger(__name__)


class DeadLetterKeeper:
    """One owner of the topic at a time; redriven rows are leased."""

    def __init__(
        self, log: EventLog, db: Database, *, clock: Clock, owner: str, options: Options | None = None
    ) -> None:
        self._log = log
        self._db = db
        self._clock = clock
        self._owner = owner
        self._options = options or Options(clock=clock)
        self._ticker = Ticker(clock, WakeUp(), least_seconds=SECONDS, most_seconds=SECONDS)

    async def run(self) -> None:
        """Until cancelled. Raises Unavailable when log or database do not answer."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_all())
                tasks.create_task(self._ticker.run(self._look))
        except BaseExceptionGroup as together:
            raise first_error(together) from together

    async def redrive(self) -> int:
        """Put back the records that people redrive; return how many."""
        async with self._db.transaction() as conn:
            now = self._clock.now()
            claimed = await dead_letters.claim_redriving(conn, now, _AT_ONCE, self._owner, _LEASE_SECONDS)
        decided: dict[DeadLetterState, list[str]] = {DeadLetterState.REDRIVEN: [], DeadLetterState.WAITING: []}
        for row in claimed:
            taken = await self._put_back(row.letter)
            decided[DeadLetterState.REDRIVEN if taken else DeadLetterState.WAITING].append(row.letter_id)
        async with self._db.transaction() as conn:
            for state, ids in decided.items():
                await dead_letters.decide(conn, state, self._clock.now(), ids)
        return len(claimed)

    async def _keep_all(self) -> None:
        await consume_batches(
            self._log,
            group=GROUP,
            topic=DEADLETTER.name,
            record_type=DeadLetter,
            handle=self._keep,
            options=self._options,
        )

    async def _keep(self, letters: Sequence[DeadLetter]) -> Sequence[Output]:
        async with self._db.transaction() as conn:
            await dead_letters.put_many(conn, [row_of(letter) for letter in letters])
        return []

    async def _look(self) -> float | None:
        return 0.0 if await self.redrive() == _AT_ONCE else None

    async def _put_back(self, letter: DeadLetter) -> bool:
        """False for one that the log refuses (it is larger than the log takes now, say): it waits again, and blocks no other."""
        value = letter.original()
        if value is None:
            return True
        where = {"topic": letter.topic, "partition": letter.partition, "offset": letter.offset}
        try:
            await self._log.append(letter.topic, [Record(letter.key, value)])
        except RecordError as error:
            _logger.error("record_not_redriven", **where, reason=str(error))  # noqa: TRY400 - for people
            return False
        _logger.info("record_redriven", **where)
        return True


def row_of(letter: DeadLetter) -> DeadLetterRow:
    """The row before any decision."""
    return DeadLetterRow(
        letter_id=letter_id(letter),
        letter=letter,
        stage=topic_named(letter.topic).read_by,
        subject=subject_of(letter),
        changed=letter.at,
    )


def subject_of(letter: DeadLetter) -> str:
    """The address of its article, which `wirewatch trace` knows; the record's key where it cannot be read."""
    kind = topic_named(letter.topic).record
    value = letter.original()
    if kind is None or value is None:
        return letter.key
    try:
        record: object = decode(value, kind)
    except (RecordError, UpgradeFirst):
        return letter.key
    match record:
        case StoryArticle() | Match():
            return record.article.url
        case Entry():
            return record.url
        case _:
            return getattr(record, "url", letter.key)
