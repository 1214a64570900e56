"""The synchronous engine in threads: one visit a statement, and nothing half-done whatever is cancelled."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from core.db.threaded import ThreadedEngine

INSERT, COUNT = text("INSERT INTO t VALUES (:n)"), text("SELECT count(*) FROM t")


class Hold:
    """A function `hold()` in SQL that keeps its thread until the test lets it go."""

    def __init__(self) -> None:
        self.reached, self.let_go = threading.Event(), threading.Event()

    def __call__(self) -> int:
        self.reached.set()
        assert self.let_go.wait(30)
        return 1

    async def is_reached(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, 30)


@pytest.fixture
def hold() -> Iterator[Hold]:
    one = Hold()
    yield one
    one.let_go.set()


@asynccontextmanager
async def opened(path: Path, hold: Hold, size: int = 1) -> AsyncIterator[ThreadedEngine]:
    engine = create_engine(f"sqlite:///{path / 'x.db'}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined] # sqlite3's
        connection.create_function("hold", 0, hold)  # type: ignore[attr-defined] # sqlite3's
        connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined] # sqlite3's

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    threaded = ThreadedEngine(engine, size)
    async with threaded.begin() as conn:
        await conn.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)"))
        await conn.execute(text("CREATE TABLE u (n INTEGER REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)"))
    yield threaded
    hold.let_go.set()
    await threaded.dispose()


async def break_a_reference(engine: ThreadedEngine) -> None:
    async with engine.begin() as conn:
        await conn.execute(INSERT, {"n": 1})
        await conn.execute(text("INSERT INTO u VALUES (7)"))  # refused at the commit


async def rows(engine: ThreadedEngine) -> int:
    async with engine.begin() as conn:
        return int((await conn.execute(COUNT)).scalar_one())


async def test_rows_are_complete_when_a_statement_returns(tmp_path: Path, hold: Hold) -> None:
    async with opened(tmp_path, hold) as engine:
        async with engine.begin() as conn:
            changed = await conn.execute(INSERT, [{"n": n} for n in range(3)])
            found = await conn.execute(text("SELECT n FROM t ORDER BY n"))
        assert changed.rowcount == 3
        assert list(found.scalars()) == [0, 1, 2], "after the transaction, too"


async def test_the_event_loop_goes_on_while_a_statement_runs(tmp_path: Path, hold: Hold) -> None:
    async with opened(tmp_path, hold) as engine, engine.begin() as conn, asyncio.TaskGroup() as tasks:
        held = tasks.create_task(conn.execute(text("SELECT hold()")))
        await hold.is_reached()
        assert not held.done()
        hold.let_go.set()


async def test_what_is_cancelled_in_a_statement_is_rolled_back(tmp_path: Path, hold: Hold) -> None:
    async def insert_and_hold(engine: ThreadedEngine) -> None:
        async with engine.begin() as conn:
            await conn.execute(INSERT, {"n": 1})
            await conn.execute(text("SELECT hold()"))

    async with opened(tmp_path, hold) as engine:
        task = asyncio.create_task(insert_and_hold(engine))  # noqa: TID251 - cancelled below
        await hold.is_reached()
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()  # again, while it waits for the thread
        with pytest.raises(asyncio.CancelledError):
            await task
        hold.let_go.set()
        assert await rows(engine) == 0


async def test_who_is_cancelled_in_line_leaves_nothing_open(tmp_path: Path, hold: Hold) -> None:
    async with opened(tmp_path, hold) as engine:
        async with engine.begin() as conn:
            task = asyncio.create_task(rows(engine))  # noqa: TID251 - cancelled below
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await conn.execute(INSERT, {"n": 1})
        assert await rows(engine) == 1


async def test_a_commit_that_fails_is_rolled_back_and_the_next_transaction_begins_anew(
    tmp_path: Path, hold: Hold
) -> None:
    async with opened(tmp_path, hold) as engine:
        with pytest.raises(IntegrityError):
            await break_a_reference(engine)
        assert await rows(engine) == 0


async def test_so_many_transactions_at_once_and_no_more(tmp_path: Path, hold: Hold) -> None:
    async with opened(tmp_path, hold, size=2) as engine, engine.begin(), engine.begin():
        third = asyncio.create_task(rows(engine))  # noqa: TID251 - cancelled below
        await asyncio.sleep(0)
        assert not third.done()
        third.cancel()


async def test_it_can_be_used_again_after_it_was_closed(tmp_path: Path, hold: Hold) -> None:
    async with opened(tmp_path, hold) as engine:
        await engine.dispose()
        assert await rows(engine) == 0
