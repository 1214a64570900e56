"""A synchronous engine for the event loop: each connection lives in a thread of its own.

A statement is one visit to its thread, from compiling it to fetching its last row. The usual asynchronous driver for
SQLite takes three or four (cursor, execute, fetch, close), each of which costs as much as a small statement itself.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Dialect, Engine, Executable, RootTransaction

T = TypeVar("T")


class ThreadedEngine:
    """Up to `size` transactions at once; who comes later waits in line."""

    def __init__(self, engine: Engine, size: int) -> None:
        self._engine = engine
        self._threads: list[_Thread] = []
        self._free: list[_Thread] = []
        self._places = asyncio.Semaphore(size)

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["ThreadedConnection"]:
        """A transaction: committed at the end of the block, rolled back by any exception."""
        async with self._lent() as thread, AsyncExitStack() as undo:
            # Behind whatever the thread is still at. Cancelled again, we leave; the thread does it all the same.
            undo.push_async_callback(lambda: asyncio.shield(thread.do(thread.rollback)))
            await thread.do(thread.begin)
            yield ThreadedConnection(thread)
            await thread.do(thread.commit)
            undo.pop_all()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a thread, outside of any transaction."""
        async with self._lent() as thread:
            return await thread.do(lambda: work(thread.connection))

    async def dispose(self) -> None:
        """Close all connections and end their threads; the next transaction starts new ones."""
        threads, self._threads, self._free = self._threads, [], []
        for thread in threads:
            await thread.close()

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator["_Thread"]:
        """A thread that nobody else uses meanwhile."""
        async with self._places:
            if self._free:
                thread = self._free.pop()
            else:
                thread = _Thread(self._engine)
                self._threads.append(thread)
            try:
                yield thread
            finally:
                if thread in self._threads:  # else it was closed meanwhile
                    self._free.append(thread)


class ThreadedConnection:
    """What core.db.connection asks for, on a thread's connection."""

    def __init__(self, thread: "_Thread") -> None:
        self._thread = thread

    @property
    def dialect(self) -> Dialect:
        return self._thread.engine.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement; its rows are all there when this returns."""
        return await self._thread.do(lambda: self._thread.execute(statement, parameters))

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the connection, within the transaction."""
        return await self._thread.do(lambda: work(self._thread.connection))


class _Thread:
    """One connection and the only thread that ever touches it. All but `do` and `close` runs there."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._connection: Connection | None = None
        self._transaction: RootTransaction | None = None

    async def do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def close(self) -> None:
        """After what the thread is still at."""
        await self.do(self._close)
        self._executor.shutdown(wait=False)

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            self._connection = self.engine.connect()
        return self._connection

    def begin(self) -> None:
        self._transaction = self.connection.begin()

    def execute(self, statement: Executable, parameters: Any) -> CursorResult[Any]:
        result = self.connection.execute(statement, parameters)
        return cast("CursorResult[Any]", result.freeze()()) if result.returns_rows else result

    def commit(self) -> None:
        if self._transaction is not None:
            self._transaction.commit()
            self._transaction = None

    def rollback(self) -> None:
        transaction, self._transaction = self._transaction, None
        if transaction is None:
            return
        with ExitStack() as undo:
            undo.callback(self._close)  # whatever state it is in, the next transaction must not begin in it
            if transaction.is_active:  # else its commit failed
                transaction.rollback()
                undo.pop_all()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
