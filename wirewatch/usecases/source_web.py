"""The web as use cases on sources reach it: the guarded client, in turn at its hosts, with parsers in processes of their own.

A process that polls or reads shares what it has; a command, or a process that only serves, opens its own for as long as it needs it.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from core.clock import Clock
from core.model.source import Entry, Source
from core.net.client import Fetched, Fetcher, FetchSettings
from core.net.guard import AddressGuard
from ingest.discover.discover import Discoverer
from ingest.discover.peek import Peeker
from ingest.hosts.rate_limit import HostRateLimit, RateLimitSettings
from ingest.hosts.robots import Robots
from ingest.parse.parser import ParserPool, parser_processes
from ingest.parse.shapes import ParsedFeed, ParsedPage, ParseFailure, SiteLinks
from wirewatch.usecases.acting import Acting

_MAIN = ("wirewatch.cli.main",)  # what a new process would import anyway


class Getter(Protocol):
    """core.net's Fetcher."""

    @property
    def user_agent(self) -> str: ...

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = "*/*",
        max_bytes: int | None = None,
    ) -> Fetched: ...


class WebParser(Protocol):
    """ingest.parse's ParserPool."""

    async def look(
        self, body: bytes, headers: Mapping[str, str], url: str
    ) -> ParsedFeed | SiteLinks | ParseFailure: ...

    async def parse_feed(
        self, body: bytes, headers: Mapping[str, str], url: str, source: Source
    ) -> ParsedFeed | ParseFailure: ...

    async def read_page(self, body: bytes, content_type: str, url: str, entry: Entry) -> ParsedPage | ParseFailure: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWeb:
    """`parser` None: one is opened for who needs it, which takes a second."""

    fetcher: Getter
    rate_limit: HostRateLimit
    robots: Robots
    clock: Clock
    parser: WebParser | None = None

    @asynccontextmanager
    async def parsing(self) -> AsyncIterator[WebParser]:
        """A parser to use."""
        if self.parser is not None:
            yield self.parser
            return
        async with parser_processes(1, preload=_MAIN) as processes:
            yield ParserPool(processes)

    @asynccontextmanager
    async def discovering(self) -> AsyncIterator[Discoverer]:
        """Somebody to look for feeds."""
        async with self.parsing() as parser:
            yield Discoverer(self.fetcher, self.rate_limit, self.robots, parser, self.clock)

    @property
    def peeker(self) -> Peeker:
        """Somebody to look at many addresses."""
        return Peeker(self.fetcher, self.rate_limit, self.clock)


@asynccontextmanager
async def own_web(acting: Acting) -> AsyncIterator[SourceWeb]:
    """The web for a use case, by the configuration's limits; the hosts' wishes are those that the database knows."""
    fetch = acting.config.fetch
    bounds = FetchSettings(max_bytes=fetch.max_bytes, deadline_seconds=fetch.timeout_seconds)
    guard = AddressGuard(fetch.allow_networks)
    turns = RateLimitSettings(gap_seconds=fetch.host_interval_seconds, concurrency=fetch.host_concurrency)
    async with Fetcher(guard, fetch.user_agent, acting.clock, bounds, private=acting.config.access) as fetcher:
        rate_limit = HostRateLimit(acting.db, acting.clock, turns)
        await rate_limit.load()
        yield SourceWeb(
            fetcher=fetcher, rate_limit=rate_limit, robots=Robots(fetcher, acting.clock), clock=acting.clock
        )


@asynccontextmanager
async def web_of(acting: Acting, shared: SourceWeb | None) -> AsyncIterator[SourceWeb]:
    """What this process shares, else one's own."""
    if shared is not None:
        yield shared
        return
    async with own_web(acting) as web:
        yield web
