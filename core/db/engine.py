"""Opening a database: one URL, SQLite or PostgreSQL; migrated when it is open, foreign errors translated here, once."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import inspect, text

from core.db import sqlite
from core.db.connection import Connection
from core.db.failures import translated
from core.db.gate import Gate
from core.disk import size_bytes
from core.errors import Damaged, UserError

_FILE = "wirewatch.db"


class Database:
    """Transactions on one database. Open it with `async with Database.open(...) as db` or `db = await Database.open(...)`.

    SQLite: one writer at a time, in line; readers see the last commit and never wait. PostgreSQL: a pool.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._opened = False
        self._writing: float | None = None  # since when the writer whose turn it is has it
        self.damage: str | None = None  # what was found while it was used; only a restore mends it

    @classmethod
    def open(cls, url: str, data_dir: Path) -> Self:
        """`sqlite:` (the file wirewatch.db in `data_dir`) or `postgresql://...`.

        Raises UserError for a URL that cannot be meant; when it is awaited or entered, Unavailable if the database does
        not let us in and UserError if a later version of wirewatch wrote it. Passwords stand in none of the messages.
        """
        scheme, _, rest = url.partition(":")
        if scheme == "sqlite" and rest in ("", "//"):
            return cls(sqlite.gate(data_dir / _FILE))
        if scheme in ("postgresql", "postgres") and rest.startswith("//"):
            from core.db import postgresql  # noqa: PLC0415 - its driver takes as long to load as a command may

            return cls(postgresql.gate(url))
        raise UserError(
            f"database.url: expected 'sqlite:' or 'postgresql://user@host/name', got a URL of scheme {scheme!r}"
            if scheme in ("sqlite", "postgresql", "postgres")
            else "database.url: expected 'sqlite:' or 'postgresql://user@host/name'"
        )

    @staticmethod
    def is_missing(url: str, data_dir: Path) -> bool:
        """Whether it is an embedded one that no process has made yet."""
        return url.startswith("sqlite") and not (data_dir / _FILE).exists()

    @classmethod
    @asynccontextmanager
    async def as_it_is(cls, url: str, data_dir: Path) -> AsyncIterator[tuple[Self, frozenset[str]]]:
        """For who only reads: not migrated, so an older or a later version may have written it, and the names of its tables."""
        db = cls.open(url, data_dir)
        try:
            async with db.connection() as conn:
                tables = await conn.run_sync(lambda connection: inspect(connection).get_table_names())
            yield db, frozenset(tables)
        finally:
            await db.close()

    @property
    def path(self) -> Path | None:
        """Its file, where it is one."""
        return self._gate.path

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._gate.writer.dialect.name

    @asynccontextmanager
    async def transaction(self, *, urgent: bool = False) -> AsyncIterator[Connection]:
        """A transaction that may write: committed at the end of the block, rolled back by any exception.

        On SQLite all others wait meanwhile: read, compute and fetch before, not inside. `urgent`: before all that wait and
        are not; for a few statements whose delay would do harm.
        """
        async with AsyncExitStack() as stack:
            stack.enter_context(self._translated())
            if self._gate.turn is not None:
                await stack.enter_async_context(self._gate.turn.taken(urgent=urgent))
                stack.enter_context(self._timed())
            yield await stack.enter_async_context(self._gate.writer.begin())

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """For reading only: SQLite refuses writes here. Several statements see one state only on SQLite."""
        async with AsyncExitStack() as stack:
            stack.enter_context(self._translated())
            yield await stack.enter_async_context(self._gate.reader.begin())

    def within(self, conn: Connection) -> "Database":
        """The same database as seen from the transaction `conn`: whatever is written through it is committed or rolled back
        with that transaction, so several steps that each open one of their own become all or nothing.

        For one task at a time, and no longer than the transaction.
        """
        return _Within(self._gate, conn)

    async def give_back_space(self) -> None:
        """Give the pages of deleted rows back to the file system, a few thousand at a time; PostgreSQL does so itself."""
        if self._gate.turn is None or self._gate.shrink is None:
            return
        with self._translated():
            async with self._gate.turn.taken():
                await self._gate.shrink()

    def writing_seconds(self) -> float:
        """How long the one writer of a file has been at its transaction, waiting for the file's lock included; else 0."""
        return 0.0 if self._writing is None else asyncio.get_running_loop().time() - self._writing

    @contextmanager
    def _timed(self) -> Iterator[None]:
        self._writing = asyncio.get_running_loop().time()
        try:
            yield
        finally:
            self._writing = None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with translated(self._gate.place, self._gate.path):
                yield
        except Damaged as error:
            self.damage = str(error)
            raise

    async def size_bytes(self) -> int:
        """What it takes on its disk."""
        if self._gate.path is not None:
            return await asyncio.to_thread(size_bytes, self._gate.path)
        async with self.connection() as conn:
            return int((await conn.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())

    async def close(self) -> None:
        """Give all connections back. Idempotent."""
        self._opened = False
        await self._gate.reader.dispose()
        await self._gate.writer.dispose()

    async def _open(self) -> Self:
        if not self._opened:
            async with AsyncExitStack() as undo:
                undo.push_async_callback(self.close)
                with self._translated():
                    await self._gate.prepare()
                undo.pop_all()
            self._opened = True
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._open().__await__()

    async def __aenter__(self) -> Self:
        return await self._open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class _Within(Database):
    """Its transactions are savepoints of one that somebody else commits."""

    def __init__(self, gate: Gate, conn: Connection) -> None:
        super().__init__(gate)
        self._conn = conn

    @asynccontextmanager
    async def transaction(self, *, urgent: bool = False) -> AsyncIterator[Connection]:  # noqa: ARG002 - it has its turn
        """A part of the transaction: an exception takes back what this part did, and nothing else."""
        name = f"part_{next(_PARTS)}"
        await self._conn.execute(text(f"SAVEPOINT {name}"))
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._take_back, name)
            with self._translated():
                yield self._conn
            undo.pop_all()
        await self._conn.execute(text(f"RELEASE SAVEPOINT {name}"))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Sees what the transaction has written so far."""
        with self._translated():
            yield self._conn

    async def _take_back(self, name: str) -> None:
        await self._conn.execute(text(f"ROLLBACK TO SAVEPOINT {name}"))
        await self._conn.execute(text(f"RELEASE SAVEPOINT {name}"))


_PARTS = count()
