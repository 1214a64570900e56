"""Reads kept pages again when somebody asks for it, with the reader of this release: what changed is a revision.

claim (a lease) -> the article as it is now? -> parse -> append(ARTICLES), if rules see something else now -> the row is done with

A crash before the last step reads the page once more, to the same ids.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from core.db.engine import Database
from core.log.consumer import Alone, Options, Output
from core.log.log import EventLog
from core.log.topics import ARTICLES, ENTRIES
from core.model.article import Article
from core.model.source import Entry
from core.net.url import authority_of
from core.store import articles, leases, raw_pages
from core.store.raw_pages import RawPage
from core.tasks import first_error
from core.ticker import Ticker
from core.wake_up import WakeUp
from ingest.parse.shapes import ParseFailure
from ingest.read.assemble import assemble
from ingest.read.host_memory import HostMemory
from ingest.read.reader import PageParser

PLACES = 4
_LEASE_SECONDS = 300.0
_LOOK_SECONDS = 5.0


class Reprocessing:
    """Reads again what is due, until cancelled. `hosts`: what the reader of new pages knows of their hosts, too."""

    def __init__(
        self, log: EventLog, db: Database, parser: PageParser, hosts: HostMemory, *, options: Options, owner: str
    ) -> None:
        self._alone = Alone(log, ENTRIES.name, Entry, options)
        self._db = db
        self._parser = parser
        self._hosts = hosts
        self._clock = options.clock
        self._owner = owner
        self._ticker = Ticker(options.clock, WakeUp(), most_seconds=_LOOK_SECONDS)

    async def run(self) -> None:
        """Raises Unavailable."""
        async with self._db.transaction() as conn:
            await leases.release(conn, leases.RAW_PAGES, self._owner)
        await self._ticker.run(self._look)

    async def _look(self) -> float | None:
        return 0.0 if await self.read_due() else None

    async def read_due(self) -> int:
        """Read some of what is due; how many pages."""
        async with self._db.transaction() as conn:
            pages = await raw_pages.claim(conn, self._clock.now(), PLACES, self._owner, _LEASE_SECONDS)
        try:
            async with asyncio.TaskGroup() as tasks:
                for page in pages:
                    tasks.create_task(self._one(page))
        except BaseExceptionGroup as together:
            raise first_error(together) from together
        return len(pages)

    async def _one(self, page: RawPage) -> None:
        revision = page.revision

        async def read() -> Sequence[Output]:
            nonlocal revision
            article = None if await self._is_stale(page) else await self._read(page)
            if article is None or article.revision == page.revision:
                return []
            revision = article.revision
            return [Output(ARTICLES.name, article.article_id, article)]

        await self._alone.work(authority_of(page.entry.url), page.entry, read)
        async with self._db.transaction() as conn:
            await raw_pages.done(conn, page.article_id, revision, self._owner)

    async def _is_stale(self, page: RawPage) -> bool:
        """Whether the article was read otherwise since: from its feed, or as several pages, which are not kept."""
        async with self._db.connection() as conn:
            stored = await articles.get(conn, page.article_id)
        return stored is not None and stored.article.revision != page.revision

    async def _read(self, page: RawPage) -> Article | None:
        """What this release reads on a kept page; None where it reads no article."""
        host = await self._hosts.patterns(page.url)
        found = await self._parser.read_page(page.body, page.content_type, page.url, page.entry, host)
        if isinstance(found, ParseFailure):
            return None
        article = assemble(page.entry, found, page.url, self._clock.now())
        return replace(article, article_id=page.article_id, reread=True)
