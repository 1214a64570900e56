"""Dead letters become rows, and go back to their topics when somebody wants that: once, or again after a crash."""

from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from core.db.engine import Database
from core.errors import RecordError
from core.log.consumer import Output, consume_each
from core.log.log import Record
from core.log.memory import MemoryLog
from core.model.codec import encode
from core.model.deadletter import DeadLetter
from core.model.outcome import DeadLetterReason, Stage
from core.model.source import Entry
from core.store import dead_letters
from core.store.dead_letters import DeadLetterRow, DeadLetterState, Wanted
from tests.fakes.clock import START as NOW
from tests.fakes.clock import FakeClock
from tests.fakes.records import a_match, a_source, a_story_article, an_article
from tests.fakes.running import running, until
from wirewatch.dead_letters import DeadLetterKeeper, row_of, subject_of

ENTRY = Entry(entry_id="e", source=a_source(), url="https://news.example/1", seen=NOW)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open("sqlite:", tmp_path) as opened:
        yield opened


def letter(value: bytes | None, topic: str = "entries", offset: int = 0) -> DeadLetter:
    return DeadLetter(
        topic=topic, partition=0, offset=offset, key="news.example", reason=DeadLetterReason.FAILED, detail="d", at=NOW,
        value_base64=None if value is None else b64encode(value).decode(),
    )  # fmt: skip


async def rows(db: Database, state: DeadLetterState | None = None) -> Sequence[DeadLetterRow]:
    async with db.connection() as conn:
        return await dead_letters.page(conn, Wanted(states=None if state is None else [state]))


def keeper(log: MemoryLog, db: Database) -> DeadLetterKeeper:
    return DeadLetterKeeper(log, db, clock=FakeClock(), owner="me")


async def test_a_record_that_failed_is_shown_redriven_and_read_again(db: Database) -> None:
    log, clock, done, broken = MemoryLog(), FakeClock(), list[str](), True

    async def handle(entry: Entry) -> Sequence[Output]:
        if broken:
            raise ValueError("a defect")
        done.append(entry.entry_id)
        return []

    await log.append("entries", [Record("news.example", encode(ENTRY))])
    async with (
        running(consume_each(log, group="read", topic="entries", record_type=Entry, handle=handle)),
        running(DeadLetterKeeper(log, db, clock=clock, owner="me").run()),
    ):
        await clock.until_sleeping()
        found: Sequence[DeadLetterRow] = ()
        while not found:
            found = await rows(db)
        [row] = found
        assert (row.stage, row.subject, row.state) == (Stage.READ, "https://news.example/1", DeadLetterState.WAITING)
        assert row.letter.detail == "ValueError: a defect"
        broken = False
        async with db.transaction() as conn:
            await dead_letters.decide(conn, DeadLetterState.REDRIVING, clock.now(), [row.letter_id])
        clock.advance(2)
        await until(lambda: done == ["e"])
        assert [one.key async for one in log.read("entries")] == ["news.example"] * 2, "under its key"
        while not await rows(db, DeadLetterState.REDRIVEN):
            pass
    assert len(await rows(db)) == 1


async def test_a_process_that_dies_between_append_and_row_repeats_and_loses_nothing(db: Database) -> None:
    log = MemoryLog()
    row = row_of(letter(encode(ENTRY)))
    async with db.transaction() as conn:
        await dead_letters.put_many(conn, [row])
        await dead_letters.decide(conn, DeadLetterState.REDRIVING, NOW, [row.letter_id])
        await dead_letters.claim_redriving(conn, NOW, 10, "the dead one", 60)
    assert await keeper(log, db).redrive() == 0, "it is leased"
    later = FakeClock()
    later.advance(61)
    assert await DeadLetterKeeper(log, db, clock=later, owner="me").redrive() == 1
    assert await DeadLetterKeeper(log, db, clock=later, owner="me").redrive() == 0
    assert [one.value async for one in log.read("entries")] == [encode(ENTRY)]


class NarrowLog(MemoryLog):
    """Takes no large record, as a log whose bound was lowered."""

    async def append(self, topic: str, records: Sequence[Record]) -> None:
        if any(len(record.value) > 1000 for record in records):
            raise RecordError(DeadLetterReason.FAILED, "too large")
        await super().append(topic, records)


async def test_a_record_that_the_log_takes_no_more_waits_again_and_holds_up_no_other(db: Database) -> None:
    log = NarrowLog()
    large, small = row_of(letter(b"x" * 2000)), row_of(letter(encode(ENTRY), offset=1))
    async with db.transaction() as conn:
        await dead_letters.put_many(conn, [large, small])
        await dead_letters.decide(conn, DeadLetterState.REDRIVING, NOW, [large.letter_id, small.letter_id])
    assert await keeper(log, db).redrive() == 2
    assert [row.letter_id for row in await rows(db, DeadLetterState.WAITING)] == [large.letter_id]
    assert [row.letter_id for row in await rows(db, DeadLetterState.REDRIVEN)] == [small.letter_id]
    assert [one.value async for one in log.read("entries")] == [encode(ENTRY)]


@pytest.mark.parametrize(
    ("value", "topic", "subject"),
    [
        (encode(ENTRY), "entries", "https://news.example/1"),
        (encode(an_article()), "articles", "https://news.example/1"),
        (encode(a_story_article()), "stories", "https://news.example/1"),
        (encode(a_match()), "matches", "https://news.example/1"),
        (b"no record", "entries", "news.example"),
        (b'{"v":999,"t":"entry","d":{}}', "entries", "news.example"),
        (encode(ENTRY), "shadow", "news.example"),
        (None, "entries", "news.example"),
    ],
)
def test_a_letter_says_what_it_is_about(value: bytes | None, topic: str, subject: str) -> None:
    assert subject_of(letter(value, topic)) == subject
