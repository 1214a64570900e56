"""Sources that never answered a poll are looked for on their publisher's site; what is found waits for somebody to take it.

Each once a week, a few at the same time, beside the polls. Several processes may do it: who begins a search notes it first.
"""

import asyncio
from datetime import timedelta

import structlog

from core.clock import Clock
from core.db.engine import Database
from core.db.types import JsonObject
from core.net.url import BadUrl, feed_url, web_url
from core.store import source_changes
from core.store.sources import SourceRow
from core.tasks import first_error
from ingest.discover.discover import Discoverer, Discovery
from ingest.discover.feeds import FoundFeed

_logger = structlog.get_logger(__name__)

AGAIN_AFTER = timedelta(days=7)
AT_ONCE = 8
_EVERY_SECONDS = 20.0
_SEARCH_SECONDS = 30.0
_MOST_KEPT = 8


class LostSources:
    """Looks for them until cancelled."""

    def __init__(self, db: Database, discoverer: Discoverer, clock: Clock) -> None:
        self._db = db
        self._discoverer = discoverer
        self._clock = clock

    async def run(self) -> None:
        """Raises Unavailable when database or parser do not answer."""
        while True:
            await self._clock.sleep(_EVERY_SECONDS)
            while await self.look():
                pass

    async def look(self) -> int:
        """Look for some; how many."""
        now = self._clock.now()
        async with self._db.transaction() as conn:
            rows = await source_changes.lost(conn, now, AT_ONCE, AGAIN_AFTER)
            for row in rows:
                await source_changes.put_search(conn, row.source.source_id, {"site": site_of(row), "found": []}, now)
        try:
            async with asyncio.TaskGroup() as tasks:
                for row in rows:
                    tasks.create_task(self._look_for(row))
        except BaseExceptionGroup as together:
            raise first_error(together) from together
        return len(rows)

    async def _look_for(self, row: SourceRow) -> None:
        site = site_of(row)
        try:
            discovery = await self._discoverer.discover(site, seconds=_SEARCH_SECONDS)
            kept = kept_of(discovery, row.source.url)
        except BadUrl as error:
            kept = {"site": site, "found": [], "problem": str(error)}
        async with self._db.transaction() as conn:
            await source_changes.put_search(conn, row.source.source_id, kept, self._clock.now())
        _logger.info("looked_for_source", source=row.source.name, found=len(kept["found"]))


def site_of(row: SourceRow) -> str:
    """Where a source's publisher is: the home page that it names, else that of its host."""
    if row.source.site:
        return row.source.site
    try:
        return str(web_url("/", row.source.url))
    except BadUrl:
        return row.source.url


def kept_of(discovery: Discovery, but: str) -> JsonObject:
    """What is kept of a search: the best feeds, without the address that does not answer."""
    feeds = [feed for feed in discovery.found if feed_url(feed.url) != feed_url(but) and feed.same_as is None]
    found = [{"url": feed.url, "title": feed.title, "words": words_of(feed)} for feed in feeds[:_MOST_KEPT]]
    missed = discovery.unreachable
    problem = "" if missed is None else f"{missed.detail} ({missed.outcome})"
    return {"site": discovery.url, "found": found, "problem": problem}


def words_of(feed: FoundFeed) -> str:
    """What a feed would bring: "62 entries, about 140 a day, the newest of 2026-03-02 08:55 UTC, announced by the page"."""
    told = feed.brings
    parts = [f"{told.entries} entries"]
    if told.a_day is not None:
        parts.append(f"about {told.a_day:g} a day")
    if told.newest is not None:
        parts.append(f"the newest of {told.newest:%Y-%m-%d %H:%M} UTC")
    if told.whole:
        parts.append(f"{told.whole} with their whole text")
    parts.append(feed.how.value.replace("_", " "))
    return ", ".join(parts)
