"""Runs jobs in separate processes: a job that hangs or dies costs one worker and nothing else.

A worker that ends for any reason is replaced; so are the fork server and the resource tracker
beneath it, and a worker that stands still. Its job is tried once more; one that ends two workers has failed.
What a job costs is CPU time, not time that passed. Whose turn it is: `turns`.

    start -> idle <-> at a job -> ended (died, stood still, took too long, made room, served its time) -> start ...
"""

import asyncio
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from types import TracebackType
from typing import Generic, Self, TypeVar

import structlog

from core.errors import Unavailable
from core.model.outcome import WorkerEnd
from core.pool.turns import OURS, PATIENCE_SECONDS, Turn, Turns
from core.pool.worker import Answer, JobFailed, JobProblem, Limits, Worker, nothing_to_load
from core.retry import Backoff
from core.tasks import describe

T = TypeVar("T")
_logger = structlog.get_logger(__name__)

MEMORY_BYTES = 1 << 30  # that a job may take beyond what the worker holds at its start
_MAX_JOBS = 2000  # a worker is replaced after so many, in case a library leaks
_MOST_TRIES = 2
_START_SECONDS = 30.0
_UNEASY_SECONDS = 10.0  # of a start; then the pool reports that it has no worker
_SETTLED_SECONDS = 10.0  # a worker that lived so long did not fail at its start
_STALLED_SECONDS = 5.0  # without any CPU time, while a job is under way: then the job is not what holds it up
_BROKEN_AFTER = 3  # failed starts in a row; then callers get an error instead of waiting
_BACKOFF = Backoff(first_seconds=0.2, max_seconds=15.0)
# Errors of a missing process in the thread that talks to it.
_GONE = (OSError, EOFError, ValueError, RuntimeError, AssertionError, MemoryError, pickle.UnpicklingError)


@dataclass(frozen=True, slots=True)
class JobDone(Generic[T]):
    """A job's result and its CPU time."""

    value: T
    cpu_seconds: float


@dataclass(slots=True)
class _Work:
    """A job on its way: pickled, since it goes through a pipe."""

    job: bytes
    answer: asyncio.Future[Answer]
    tries: int = 0


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How many processes, what a job may take, and what they are.

    `name`: what messages and threads call one. `preload`: modules that are loaded before a process is forked, so that all
    share their memory; the modules that the main module imports belong there, for a new process imports that again.
    `load`: what a new process calls first, a function of a module.
    """

    workers: int
    timeout_seconds: float = 20.0
    memory_bytes: int = MEMORY_BYTES
    name: str = "worker"
    preload: Sequence[str] = ()
    load: Callable[[], None] = nothing_to_load


class ProcessPool:
    """Workers that do jobs. Use as an async context manager; methods may be called at the same time.

    `report`: called with the problem while no worker can be started, then with None. `ended`: called for each worker that ended.
    """

    def __init__(
        self,
        settings: PoolSettings,
        *,
        report: Callable[[str | None], None] = lambda _error: None,
        ended: Callable[[WorkerEnd], None] = lambda _end: None,
    ) -> None:
        self._name = settings.name
        self._preload = ["core.pool.worker", *settings.preload]  # a worker is its code
        self._timeout_seconds = settings.timeout_seconds
        self._limits = Limits(settings.timeout_seconds, settings.memory_bytes)
        self._load = settings.load
        self._workers = settings.workers
        self._report = report
        self._ended = ended
        self._tasks: list[asyncio.Task[None]] = []
        self._open = False

    async def __aenter__(self) -> Self:
        # forkserver: a worker inherits no socket, lock or database of ours, and starts faster than by spawn.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(self._preload)
        # For each worker one that talks to it and one that may be starting its successor.
        self._threads = ThreadPoolExecutor(2 * self._workers, thread_name_prefix=self._name)
        self._turns: Turns[_Work] = Turns(self._workers)
        self._wake_ups = [asyncio.Event() for _ in range(self._workers)]  # of idle workers
        self._alive = self._failed_starts = 0
        self._first = asyncio.Event()  # a worker is ready, or cannot be started
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        self._open = True
        self._tasks = [self._group.create_task(self._keep(wake_up), name=self._name) for wake_up in self._wake_ups]
        await self._first.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)
        self._refuse(f"the {self._name}'s processes are not running")
        await asyncio.to_thread(self._threads.shutdown)

    async def run(self, job: Callable[..., T], *args: object, owner: str = OURS) -> JobDone[T] | JobFailed:
        """A job by name of its function, in the turn of its owner; what it is given and returns goes through a pipe.

        Raises Unavailable if no worker can be started.
        """
        if not self._open:
            raise Unavailable(f"the {self._name}'s processes are not running")
        loop = asyncio.get_running_loop()
        work = _Work(pickle.dumps((job, args), protocol=pickle.HIGHEST_PROTOCOL), loop.create_future())
        self._turns.add(owner, work, loop.time())
        self._check()
        self._wake_all()
        answer = await work.answer
        if isinstance(answer.value, JobFailed):
            return answer.value
        return JobDone(answer.value, answer.cpu_seconds)  # type: ignore[arg-type] # the job's result

    def _wake_all(self) -> None:
        for wake_up in self._wake_ups:
            wake_up.set()

    def _check(self) -> None:
        """Fail waiting callers while no worker can be started."""
        if not self._alive and self._failed_starts >= _BROKEN_AFTER:
            self._refuse(f"the {self._name}'s processes cannot be started")

    def _refuse(self, why: str) -> None:
        for turn in self._turns.drain():
            if not turn.work.answer.done():
                turn.work.answer.set_exception(Unavailable(why))

    async def _keep(self, wake_up: asyncio.Event) -> None:
        """Keep one worker running while the pool is open."""
        failures, loop = 0, asyncio.get_running_loop()
        while True:
            worker = await self._start()
            if worker is not None:
                began = loop.time()
                served = await self._live(worker, wake_up)
                failures = 0 if served or loop.time() - began > _SETTLED_SECONDS else failures + 1
            else:
                failures += 1
            if failures:
                await asyncio.sleep(_BACKOFF.delay_seconds(failures, 0.5))

    async def _start(self) -> Worker | None:
        try:
            worker = await self._started()
        except _GONE as error:
            self._failed_starts += 1
            self._ended(WorkerEnd.NOT_STARTED)
            why = describe(error)
            _logger.warning("worker_not_started", pool=self._name, error=why, failures=self._failed_starts)
            if not self._alive:
                self._report(f"no {self._name}'s process can be started: {why}")
            self._check()
            self._first.set()
            return None
        self._failed_starts = 0
        self._alive += 1
        self._report(None)
        self._first.set()
        return worker

    async def _started(self) -> Worker:
        coming = self._threads.submit(self._new_worker)
        starting = asyncio.wrap_future(coming)
        try:
            done, _ = await asyncio.wait({starting}, timeout=_UNEASY_SECONDS)
            if not done:
                if not self._alive:
                    self._report(f"no {self._name}'s process is there, and none has come for {_UNEASY_SECONDS:g} s")
                await asyncio.wait({starting}, timeout=_START_SECONDS)
                if not starting.done():
                    _end_fork_server()  # it answers nothing; a later start has another
            return await starting
        except asyncio.CancelledError:
            if not coming.done():
                _end_fork_server()  # it may answer nothing, and nobody wants its answer any more
            coming.add_done_callback(_end_unwanted)
            raise

    def _new_worker(self) -> Worker:
        return Worker.started(self._context, self._limits, self._load, _START_SECONDS)

    async def _live(self, worker: Worker, wake_up: asyncio.Event) -> bool:
        """A worker's life. Whether it did a job."""
        served, end = 0, WorkerEnd.SERVED
        try:
            while served < _MAX_JOBS:
                turn = await self._next(worker, wake_up)
                if turn is None:
                    end = WorkerEnd.DIED
                    break
                ended = await self._do(worker, turn)
                self._wake_all()  # a place is free that another's job may have waited for
                if ended is not None:
                    end = ended
                    break
                served += 1
        finally:
            worker.end()
            self._alive -= 1
            await asyncio.get_running_loop().run_in_executor(self._threads, worker.close)
        self._ended(end)
        if end is not WorkerEnd.SERVED:
            _logger.warning("worker_replaced", pool=self._name, pid=worker.pid, reason=end.value, jobs=served)
        return served > 0

    async def _next(self, worker: Worker, wake_up: asyncio.Event) -> Turn[_Work] | None:
        """The next job for an idle worker; None when it is gone."""
        loop = asyncio.get_running_loop()
        gone = False

        def spoke() -> None:  # it never does unasked: the pipe is closed
            nonlocal gone
            gone = True
            loop.remove_reader(worker.fileno())
            wake_up.set()

        loop.add_reader(worker.fileno(), spoke)
        try:
            while not gone:
                wake_up.clear()
                turn = self._turns.take(loop.time())
                if turn is None:
                    await wake_up.wait()
                elif not turn.work.answer.done():
                    return turn
                else:
                    self._turns.ended(turn, 0.0, loop.time())  # nobody waits for it any more
        finally:
            if not gone:
                loop.remove_reader(worker.fileno())
        return None

    async def _do(self, worker: Worker, turn: Turn[_Work]) -> WorkerEnd | None:
        """One job. Why the worker is at its end; None where it is not."""
        loop, work = asyncio.get_running_loop(), turn.work
        work.tries += 1
        used = worker.cpu_seconds()
        exchange = loop.run_in_executor(self._threads, worker.exchange, work.job)
        try:
            end = await self._watched(exchange, worker, turn)
        except asyncio.CancelledError:
            worker.end()
            await asyncio.wait({exchange})  # its thread is done with the pipe then
            exchange.exception()
            raise
        spent = max(worker.cpu_seconds() - used, 0.0)
        if end is not None:
            worker.end()
        try:
            answer = await exchange
        except _GONE:
            answer = None
        spent = spent if answer is None else answer.cpu_seconds
        self._turns.ended(turn, spent, loop.time())
        if answer is not None:
            _give(work, answer)
            return WorkerEnd.MEMORY if answer.worn else end
        return self._lost(turn, end or WorkerEnd.DIED, spent)

    def _lost(self, turn: Turn[_Work], end: WorkerEnd, spent: float) -> WorkerEnd:
        """Decide about a job whose worker ended."""
        work, problem = turn.work, None
        if end is WorkerEnd.TIMEOUT:
            problem = JobFailed(JobProblem.TIMEOUT, f"it took more than {self._timeout_seconds:.0f} s", spent)
        elif end is WorkerEnd.STALLED and work.tries >= _MOST_TRIES:
            problem = JobFailed(JobProblem.STALLED, f"its process stood still, {work.tries} times", spent)
        elif end is WorkerEnd.DIED and work.tries >= _MOST_TRIES:
            problem = JobFailed(JobProblem.DIED, f"its process ended, {work.tries} times", spent)
        if problem is not None:
            _give(work, Answer(problem, spent))
        else:
            work.tries -= end is WorkerEnd.MADE_ROOM
            self._turns.again(turn, asyncio.get_running_loop().time())
        return end

    async def _watched(self, exchange: asyncio.Future[Answer], worker: Worker, turn: Turn[_Work]) -> WorkerEnd | None:
        """Until the job is done, or why it must not go on."""
        loop = asyncio.get_running_loop()
        began = moved = loop.time()
        used = worker.cpu_seconds()
        step = min(PATIENCE_SECONDS, self._timeout_seconds)
        while True:
            done, _ = await asyncio.wait({exchange}, timeout=step)
            if done:
                return None
            now, before, used = loop.time(), used, worker.cpu_seconds()
            if used > before:
                moved = now
            elif now - moved >= _STALLED_SECONDS:
                return WorkerEnd.STALLED
            if now - began >= self._timeout_seconds:
                return WorkerEnd.TIMEOUT
            if self._turns.outlasts(turn, now):
                return WorkerEnd.MADE_ROOM
            step = min(PATIENCE_SECONDS / 4, max(began + self._timeout_seconds - now, 0.01))


def _give(work: _Work, answer: Answer) -> None:
    if not work.answer.done():
        work.answer.set_result(answer)


def _end_unwanted(coming: Future[Worker]) -> None:
    """A process that became ready when nobody wanted it any more."""
    if not coming.cancelled() and coming.exception() is None:
        coming.result().close()


def _end_fork_server() -> None:
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined] # noqa: SLF001 - it has no other name
    if pid is not None:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
