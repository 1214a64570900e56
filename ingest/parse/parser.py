"""Parsing in processes of its own: a hostile document costs a worker its life and nobody else anything.

Pebble's pool ends a job that takes too long together with its worker, and starts another.
"""

import asyncio
import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import TimeoutError as JobTimeout
from types import TracebackType
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from core.errors import Unavailable
from core.model.source import Source
from ingest.parse.jobs import content_of, feed_of, load, page_of
from ingest.parse.shapes import ParsedFeed, ParsedPage, ParseFailure

T = TypeVar("T")

_MAX_JOBS = 2000  # a worker is replaced after so many, in case a library leaks
_TELLING = frozenset({"content-type", "content-language", "content-location"})  # headers that say something of the body


class ParserPool:
    """Workers that parse. Use as an async context manager; methods may be called at the same time.

    `preload`: modules that the main module imports. A new process imports that again; with these loaded before it is
    forked, it shares their memory instead.
    """

    def __init__(self, workers: int = 2, timeout_seconds: float = 20.0, preload: Sequence[str] = ()) -> None:
        self._preload = [*preload, "ingest.parse.preloaded"]
        self._timeout_seconds = timeout_seconds
        self._workers = workers
        self._pool: ProcessPool | None = None

    async def __aenter__(self) -> Self:
        # forkserver: a worker inherits no socket, lock or database of ours, and starts faster than by spawn.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(self._preload)
        self._pool = ProcessPool(max_workers=self._workers, max_tasks=_MAX_JOBS, initializer=load, context=context)
        await asyncio.to_thread(self._start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call] # pebble has no types here
            await asyncio.to_thread(pool.join)

    def _start(self) -> None:
        pool = self._pool
        if pool is not None:
            pool.schedule(load).result()

    async def parse_feed(
        self, body: bytes, headers: Mapping[str, str], url: str, source: Source
    ) -> ParsedFeed | ParseFailure:
        """The feed, or the PollOutcome's word why there is none. `headers`: those of the answer."""
        said = {name.lower(): value for name, value in headers.items() if name.lower() in _TELLING}
        return await self.run(feed_of, body, said.get("content-type", ""), url, source.time_zone, said)

    async def read_page(
        self, body: bytes, content_type: str, url: str, source: Source, lang: str | None = None
    ) -> ParsedPage | ParseFailure:
        """The page's article, or the ArticleOutcome's word why there is none. `lang`: where the page does not say its own."""
        return await self.run(page_of, body, content_type, url, source.time_zone, lang or source.lang)

    async def read_content(
        self, html: str, title: str, url: str, source: Source, lang: str | None = None
    ) -> ParsedPage | ParseFailure:
        """The article out of a feed's own HTML. `lang`: as the feed has it."""
        return await self.run(content_of, html, title, url, lang or source.lang)

    async def run(self, job: Callable[..., T], *args: object) -> T | ParseFailure:
        """A job by name of its function; what it is given and returns goes through a pipe. Raises Unavailable."""
        pool = self._pool
        if pool is None or not pool.active:
            raise Unavailable("the parser's processes are not running")
        future = pool.schedule(job, args=args, timeout=self._timeout_seconds)
        try:
            found: T = await asyncio.wrap_future(future)
        except JobTimeout:
            return ParseFailure("timeout", f"parsing took more than {self._timeout_seconds:.0f} s")
        except ProcessExpired as ended:
            return ParseFailure("parse", f"the parser's process ended ({ended.exitcode})")
        except (
            MemoryError,
            RecursionError,
            LookupError,
            ValueError,
            TypeError,
            AttributeError,
            ArithmeticError,
        ) as error:
            # A bug that one strange document meets is that document's misfortune.
            return ParseFailure("parse", f"{type(error).__name__}: {error}"[:300])
        return found
