"""Parsing in processes of its own: a hostile document costs a worker its life and nobody else anything.

A worker that ends, whoever ended it and whatever it did, is replaced; so are the fork server and the resource tracker
beneath it, and a worker that stands still. Its job is tried once more; a document that ends two workers is a `parse`
failure. What a job costs is CPU time, not time that passed. Whose turn it is: `turns`.

    start -> idle <-> at a job -> ended (died, stood still, took too long, made room, served its time) -> start ...
"""

import asyncio
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import forkserver
from types import TracebackType
from typing import Self, TypeVar

import structlog

from core.errors import Unavailable
from core.metrics import Metrics
from core.model.outcome import ParserEnd
from core.model.source import Source
from core.retry import Backoff
from core.supervise import describe
from ingest.parse.jobs import content_of, feed_of, page_of
from ingest.parse.shapes import ParsedFeed, ParsedPage, ParseFailure
from ingest.parse.turns import OWN, PATIENCE_SECONDS, Turn, Turns
from ingest.parse.worker import Answer, Limits, Worker

T = TypeVar("T")
_logger = structlog.get_logger(__name__)

MEMORY_BYTES = 1 << 30  # that a job may take beyond what the worker holds at its start
_MAX_JOBS = 2000  # a worker is replaced after so many, in case a library leaks
_MOST_TRIES = 2
_START_SECONDS = 30.0
_UNEASY_SECONDS = 10.0  # of a start; then it is said that no worker is there
_SETTLED_SECONDS = 10.0  # a worker that lived so long did not fail at its start
_STALLED_SECONDS = 5.0  # without any CPU time, while a job is under way: then its document is not what holds it up
_BROKEN_AFTER = 3  # starts in a row that failed; then who asks is told so instead of waiting
_BACKOFF = Backoff(first_seconds=0.2, max_seconds=15.0)
_TELLING = frozenset({"content-type", "content-language", "content-location"})  # headers that say something of the body
# What a process that is not to be had, or is gone, raises in the thread that talks to it.
_GONE = (OSError, EOFError, ValueError, RuntimeError, AssertionError, MemoryError, pickle.UnpicklingError)


@dataclass(slots=True)
class _Work:
    """A job on its way: pickled, since it goes through a pipe."""

    job: bytes
    answer: asyncio.Future[Answer]
    tries: int = 0


class ParserPool:
    """Workers that parse. Use as an async context manager; methods may be called at the same time.

    `preload`: modules that the main module imports. A new process imports that again; with these loaded before it is
    forked, it shares their memory instead. `tell`: is called with what is wrong while no worker can be had, then with None.
    """

    def __init__(
        self,
        workers: int = 2,
        timeout_seconds: float = 20.0,
        preload: Sequence[str] = (),
        *,
        memory_bytes: int = MEMORY_BYTES,
        metrics: Metrics | None = None,
        tell: Callable[[str | None], None] = lambda _error: None,
    ) -> None:
        self._preload = [*preload, "ingest.preloaded"]
        self._timeout_seconds = timeout_seconds
        self._limits = Limits(timeout_seconds, memory_bytes)
        self._workers = workers
        self._metrics = metrics or Metrics()
        self._tell = tell
        self._tasks: list[asyncio.Task[None]] = []
        self._open = False

    async def __aenter__(self) -> Self:
        # forkserver: a worker inherits no socket, lock or database of ours, and starts faster than by spawn.
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(self._preload)
        # For each worker one that talks to it and one that may be starting its successor.
        self._threads = ThreadPoolExecutor(2 * self._workers, thread_name_prefix="parser")
        self._turns: Turns[_Work] = Turns(self._workers)
        self._bells = [asyncio.Event() for _ in range(self._workers)]  # of idle workers
        self._alive = self._failed_starts = 0
        self._first = asyncio.Event()  # a worker is there, or cannot be had
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        self._open = True
        self._tasks = [self._group.create_task(self._keep(bell), name="parser") for bell in self._bells]
        await self._first.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)
        self._refuse("the parser's processes are not running")
        await asyncio.to_thread(self._threads.shutdown)

    async def parse_feed(
        self, body: bytes, headers: Mapping[str, str], url: str, source: Source
    ) -> ParsedFeed | ParseFailure:
        """The feed, or the PollOutcome's word why there is none. `headers`: those of the answer."""
        said = {name.lower(): value for name, value in headers.items() if name.lower() in _TELLING}
        args = (body, said.get("content-type", ""), url, source.time_zone, said)
        return await self.run_for(source.source_id, feed_of, *args)

    async def read_page(
        self, body: bytes, content_type: str, url: str, source: Source, lang: str | None = None
    ) -> ParsedPage | ParseFailure:
        """The page's article, or the ArticleOutcome's word why there is none. `lang`: where the page does not say its own."""
        args = (body, content_type, url, source.time_zone, lang or source.lang)
        return await self.run_for(source.source_id, page_of, *args)

    async def read_content(
        self, html: str, title: str, url: str, source: Source, lang: str | None = None
    ) -> ParsedPage | ParseFailure:
        """The article out of a feed's own HTML. `lang`: as the feed has it."""
        return await self.run_for(source.source_id, content_of, html, title, url, lang or source.lang)

    async def run(self, job: Callable[..., T], *args: object) -> T | ParseFailure:
        """A job by name of its function, for no source in particular. Raises Unavailable."""
        return await self.run_for(OWN, job, *args)

    async def run_for(self, source: str, job: Callable[..., T], *args: object) -> T | ParseFailure:
        """A job by name of its function, in the turn of a source; what it is given and returns goes through a pipe.

        Raises Unavailable.
        """
        if not self._open:
            raise Unavailable("the parser's processes are not running")
        loop = asyncio.get_running_loop()
        work = _Work(pickle.dumps((job, args), protocol=pickle.HIGHEST_PROTOCOL), loop.create_future())
        self._turns.add(source, work, loop.time())
        self._check()
        self._ring()
        answer = await work.answer
        if isinstance(answer.value, ParsedFeed | ParseFailure):
            return replace(answer.value, cpu_seconds=answer.cpu_seconds)  # type: ignore[return-value] # of its own type
        return answer.value  # type: ignore[return-value] # the job's result

    def _ring(self) -> None:
        for bell in self._bells:
            bell.set()

    def _check(self) -> None:
        """Let nobody wait for workers that cannot be had."""
        if not self._alive and self._failed_starts >= _BROKEN_AFTER:
            self._refuse("the parser's processes cannot be started")

    def _refuse(self, why: str) -> None:
        for turn in self._turns.drain():
            if not turn.work.answer.done():
                turn.work.answer.set_exception(Unavailable(why))

    async def _keep(self, bell: asyncio.Event) -> None:
        """Have one worker, for as long as the pool is open."""
        failures, loop = 0, asyncio.get_running_loop()
        while True:
            worker = await self._start()
            if worker is not None:
                began = loop.time()
                served = await self._live(worker, bell)
                failures = 0 if served or loop.time() - began > _SETTLED_SECONDS else failures + 1
            else:
                failures += 1
            if failures:
                await asyncio.sleep(_BACKOFF.delay_seconds(failures, 0.5))

    async def _start(self) -> Worker | None:
        loop = asyncio.get_running_loop()
        try:
            starting = loop.run_in_executor(self._threads, Worker.started, self._context, self._limits, _START_SECONDS)
            try:
                done, _ = await asyncio.wait({starting}, timeout=_UNEASY_SECONDS)
                if not done:
                    if not self._alive:
                        self._tell(f"no parser's process is there, and none has come for {_UNEASY_SECONDS:g} s")
                    await asyncio.wait({starting}, timeout=_START_SECONDS)
            finally:
                if not starting.done():
                    _end_fork_server()  # it answers nothing, or nobody wants its answer any more; a later start has another
            worker = await starting
        except _GONE as error:
            self._failed_starts += 1
            self._metrics.parser_restarts.labels(ParserEnd.NOT_STARTED).inc()
            why = describe(error)
            _logger.warning("parser_not_started", error=why, failures=self._failed_starts)
            if not self._alive:
                self._tell(f"no parser's process can be started: {why}")
            self._check()
            self._first.set()
            return None
        self._failed_starts = 0
        self._alive += 1
        self._tell(None)
        self._first.set()
        return worker

    async def _live(self, worker: Worker, bell: asyncio.Event) -> bool:
        """A worker's life. Whether it did a job."""
        served, end = 0, ParserEnd.SERVED
        try:
            while served < _MAX_JOBS:
                turn = await self._next(worker, bell)
                if turn is None:
                    end = ParserEnd.DIED
                    break
                ended = await self._do(worker, turn)
                self._ring()  # a place is free that another's job may have waited for
                if ended is not None:
                    end = ended
                    break
                served += 1
        finally:
            worker.end()
            self._alive -= 1
            await asyncio.get_running_loop().run_in_executor(self._threads, worker.close)
        self._metrics.parser_restarts.labels(end).inc()
        if end is not ParserEnd.SERVED:
            _logger.warning("parser_replaced", pid=worker.pid, reason=end.value, jobs=served)
        return served > 0

    async def _next(self, worker: Worker, bell: asyncio.Event) -> Turn[_Work] | None:
        """The next job for an idle worker; None when it is gone."""
        loop = asyncio.get_running_loop()
        gone = False

        def spoke() -> None:  # it never does unasked: the pipe is closed
            nonlocal gone
            gone = True
            loop.remove_reader(worker.fileno())
            bell.set()

        loop.add_reader(worker.fileno(), spoke)
        try:
            while not gone:
                bell.clear()
                turn = self._turns.take(loop.time())
                if turn is None:
                    await bell.wait()
                elif not turn.work.answer.done():
                    return turn
                else:
                    self._turns.ended(turn, 0.0, loop.time())  # nobody waits for it any more
        finally:
            if not gone:
                loop.remove_reader(worker.fileno())
        return None

    async def _do(self, worker: Worker, turn: Turn[_Work]) -> ParserEnd | None:
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
            return ParserEnd.MEMORY if answer.worn else end
        return self._lost(turn, end or ParserEnd.DIED, spent)

    def _lost(self, turn: Turn[_Work], end: ParserEnd, spent: float) -> ParserEnd:
        """What becomes of a job whose worker ended."""
        work = turn.work
        if end is ParserEnd.TIMEOUT:
            why = f"parsing took more than {self._timeout_seconds:.0f} s"
            _give(work, Answer(ParseFailure("timeout", why), spent))
        elif end is ParserEnd.STALLED and work.tries >= _MOST_TRIES:
            why = f"the parser's process stood still, {work.tries} times"
            _give(work, Answer(ParseFailure("timeout", why), spent))
        elif end is ParserEnd.DIED and work.tries >= _MOST_TRIES:
            why = f"the parser's process ended, {work.tries} times"
            _give(work, Answer(ParseFailure("parse", why), spent))
        else:
            work.tries -= end is ParserEnd.MADE_ROOM
            self._turns.again(turn, asyncio.get_running_loop().time())
        return end

    async def _watched(self, exchange: asyncio.Future[Answer], worker: Worker, turn: Turn[_Work]) -> ParserEnd | None:
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
                return ParserEnd.STALLED
            if now - began >= self._timeout_seconds:
                return ParserEnd.TIMEOUT
            if self._turns.outlasts(turn, now):
                return ParserEnd.MADE_ROOM
            step = min(PATIENCE_SECONDS / 4, max(began + self._timeout_seconds - now, 0.01))


def _give(work: _Work, answer: Answer) -> None:
    if not work.answer.done():
        work.answer.set_result(answer)


def _end_fork_server() -> None:
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined] # noqa: SLF001 - it has no other name
    if pid is not None:
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
