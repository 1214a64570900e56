"""One thread that writes to a SQLite file, with group commit: jobs that wait together share a transaction and a sync."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from core.errors import Unavailable, WirewatchError

R = TypeVar("R")

FAILING_SECONDS = 75.0  # writers retry within a minute; after that none has anything to write
MAX_JOBS = 1000  # jobs of one transaction


@dataclass(slots=True)
class _Job(Generic[R]):
    run: Callable[[sqlite3.Connection], R]
    then: Callable[[R], None] | None
    done: asyncio.Future[R]


class Writer:
    """A job is acknowledged when its transaction is on the disk; one that failed has left nothing behind."""

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        rolled_back: Callable[[], None],
        name: str,
        failed: Callable[[sqlite3.Error | OSError], WirewatchError | None] = lambda _: None,
    ) -> None:
        """`rolled_back` is called in the thread when what jobs noted outside the file no longer holds.

        `failed`: the error for a failure of the file that is not Unavailable.
        """
        self._connect = connect
        self._rolled_back = rolled_back
        self._name = name
        self._failed = failed
        self._jobs: queue.SimpleQueue[_Job[object] | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._closing = False
        self._refused: float | None = None  # when the file took nothing, and has taken nothing since

    @property
    def failing(self) -> bool:
        """Whether the file took nothing at the last try, however often it is tried."""
        refused = self._refused
        return refused is not None and time.monotonic() - refused < FAILING_SECONDS

    async def open(self) -> None:
        """Raises what opening the file raised."""
        self._thread.start()
        await self._opened

    async def do(self, run: Callable[[sqlite3.Connection], R], then: Callable[[R], None] | None = None) -> R:
        """Run in the thread, inside a transaction; returns when that is durable.

        `then` gets the result in the event loop first, even when the caller has been cancelled meanwhile. Raises
        Unavailable when the file cannot be written.
        """
        if self._closing:
            raise Unavailable(f"{self._name} is closed")
        job = _Job(run, then, self._loop.create_future())
        self._jobs.put(cast("_Job[object]", job))
        result: R = await job.done
        return result

    async def close(self) -> None:
        """Finish what was handed in, then close the file. Idempotent."""
        if not self._closing:
            self._closing = True
            self._jobs.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    def _run(self) -> None:
        try:
            connection = self._connect()
        except (WirewatchError, sqlite3.Error, OSError) as error:
            self._tell(_fail, self._opened, error)
            self._tell(self._end)
            return
        self._tell(_finish, self._opened, None)
        jobs: list[_Job[object]] = []
        try:
            while jobs := self._next():
                self._apply(connection, jobs)
        finally:  # also when the thread dies of a mistake of ours: nobody must wait for ever
            connection.close()
            self._tell(self._end, jobs)

    def _end(self, jobs: Sequence[_Job[object]] = ()) -> None:
        self._closing = True
        for job in jobs:
            _fail(job.done, Unavailable(f"{self._name} has failed"))
        while not self._jobs.empty():
            late = self._jobs.get()
            if late is not None:
                _fail(late.done, Unavailable(f"{self._name} is closed"))
        _finish(self._ended, None)

    def _next(self) -> list[_Job[object]]:
        """The jobs that wait, at least one; none at the end."""
        job = self._jobs.get()
        jobs: list[_Job[object]] = []
        while job is not None:
            jobs.append(job)
            if len(jobs) == MAX_JOBS or self._jobs.empty():
                return jobs
            job = self._jobs.get()
        if jobs:
            self._jobs.put(None)
        return jobs

    def _apply(self, connection: sqlite3.Connection, jobs: list[_Job[object]]) -> None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            results = [job.run(connection) for job in jobs]
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - it fails its job; the thread, on which all depends, lives on
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._rolled_back()
            if isinstance(error, sqlite3.Error | OSError):
                self._refused = time.monotonic()
            if len(jobs) > 1:  # one job must not fail for another's sake
                for job in jobs:
                    self._apply(connection, [job])
                return
            self._tell(_fail, jobs[0].done, self._failure(error))
        else:
            self._refused = None
            self._tell(_acknowledge, jobs, results)

    def _failure(self, error: Exception) -> WirewatchError:
        found = self._failed(error) if isinstance(error, sqlite3.Error | OSError) else None
        if found is None:
            why = str(error) if isinstance(error, sqlite3.Error | OSError) else repr(error)
            found = Unavailable(f"{self._name} cannot be written: {why}; nothing of this was appended")
        found.__cause__ = error
        return found

    def _tell(self, what: Callable[..., None], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(what, *args)


def _acknowledge(jobs: list[_Job[object]], results: list[object]) -> None:
    for job, result in zip(jobs, results, strict=True):
        if job.then is not None:
            job.then(result)
    for job, result in zip(jobs, results, strict=True):
        _finish(job.done, result)


def _finish(future: asyncio.Future[R], result: R) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[object], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
