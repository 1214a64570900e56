"""SQLite as the embedded database: WAL, one writer in line, readers beside it."""

import asyncio
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import NullPool

from core.db import damage
from core.db.gate import Gate
from core.db.migrate import migrate
from core.db.threaded import ThreadedEngine
from core.db.turn import Turn

_BUSY_MILLISECONDS = 30_000  # other processes (the command line) write too; theirs are short
_READERS = 4
_WRITER_KB, _READER_KB = 8192, 2048  # of pages in memory; what readers miss is in the system's cache
_WAL_TRIES = 300
_PAGES_GIVEN_BACK = 4096  # at most, in one go

# synchronous=FULL: a commit is on the disk when it returns. With NORMAL a power cut could take back the last commits,
# and with them an alert's outbox rows after its match was committed on the log: an alert lost. The cost is one fsync a
# transaction, paid in the connection's thread; batches keep it rare.
_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}",
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",  # macOS only: past the disk's own cache
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_size_limit = 67108864",
)


def gate(path: Path) -> Gate:
    """Engines for the file at `path`; nothing is touched before `prepare`."""
    writer = _engine(path, "BEGIN IMMEDIATE", size=1)
    reader = _engine(path, "BEGIN", size=_READERS, query_only=True)

    async def prepare() -> None:
        await asyncio.to_thread(damage.examine, path, damage.START_SECONDS)
        await asyncio.to_thread(_create, path)
        async with writer.begin() as connection:
            await connection.run_sync(migrate)

    return Gate(
        place=f"the database {path}",
        writer=writer,
        reader=reader,
        prepare=prepare,
        turn=Turn(),
        shrink=partial(_shrink, writer),
        path=path,
    )


async def _shrink(writer: ThreadedEngine) -> None:
    def give_back(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        # executescript runs the statement to its end; execute would stop after the first page.
        driver.executescript(f"PRAGMA incremental_vacuum({_PAGES_GIVEN_BACK})")

    await writer.run(give_back)


def _engine(path: Path, begin: str, *, size: int, query_only: bool = False) -> ThreadedEngine:
    # No pool: each thread keeps its connection.
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: Python's module would say it late and deferred
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.execute(f"PRAGMA cache_size = -{_READER_KB if query_only else _WRITER_KB}")
        if query_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # IMMEDIATE: the write lock is taken, or waited for, now. A deferred transaction that turns to writing cannot
        # wait: it fails at once with "database is locked".
        connection.exec_driver_sql(begin)

    return ThreadedEngine(engine, size)


def _create(path: Path) -> None:
    """Make the file with the settings that stay in it. Several processes may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_MILLISECONDS / 1000)
    try:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # before the first table: lets retention give pages back
        _set_wal(connection)
    finally:
        connection.close()


def _set_wal(connection: sqlite3.Connection) -> None:
    for left in reversed(range(_WAL_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:  # the change to WAL does not wait for others, so we do
            if not left:
                raise
            time.sleep(0.1)
        else:
            return
