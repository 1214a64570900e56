"""Traces of many tasks in few transactions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.db.connection import Connection
from core.db.engine import Database
from core.errors import Unavailable
from core.model.outcome import ArticleOutcome, Stage
from core.store import traces
from core.store.traces import TraceRow
from ingest.read.group_commit import GroupCommit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def row(subject: str) -> TraceRow:
    return TraceRow(subject=subject, stage=Stage.READ, outcome=ArticleOutcome.ACCEPTED, at=NOW)


class CountingDatabase:
    """A database that counts its transactions and can be down."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.transactions = 0
        self.down = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        self.transactions += 1
        if self.down:
            raise Unavailable("the database is down")
        async with self._db.transaction() as conn:
            yield conn


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open("sqlite:", tmp_path) as opened:
        yield opened


async def stored(db: Database, subject: str) -> bool:
    async with db.connection() as conn:
        return bool(await traces.of(conn, subject))


async def test_rows_are_stored_when_add_returns_and_share_transactions(db: Database) -> None:
    counting = CountingDatabase(db)
    writer = GroupCommit(counting, traces.add_many)

    async def hand_in(number: int) -> None:
        await writer.add([row(str(number))])
        assert await stored(db, str(number))

    async with asyncio.TaskGroup() as tasks:
        for number in range(50):
            tasks.create_task(hand_in(number))
    assert counting.transactions < 10


async def test_rows_of_a_failed_transaction_are_not_taken_for_stored(db: Database) -> None:
    counting = CountingDatabase(db)
    writer = GroupCommit(counting, traces.add_many)
    counting.down = True
    for subject in ("a", "b"):
        with pytest.raises(Unavailable):
            await writer.add([row(subject)])
    counting.down = False
    await writer.add([row("c")])
    assert [await stored(db, subject) for subject in ("a", "b", "c")] == [True, True, True]
