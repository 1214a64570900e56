"""Looking before something is added: the feeds of a site, and what of a feed would be read and how."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.log.memory import MemoryLog
from core.masking import masked_url
from core.metrics import Metrics
from core.model import ids
from core.model.source import Entry, Source
from core.net.client import Fetched, FetchFailure
from core.net.url import BadUrl, authority_of, host_of
from core.store import sources
from ingest.discover.discover import Discovery, Missed
from ingest.discover.feeds import Brings, FoundFeed, brings
from ingest.hosts.rate_limit import HostResting
from ingest.intake.intake import FeedBody, FeedIntake
from ingest.intake.new_entries import NewEntries
from ingest.parse.shapes import ParsedPage, ParseFailure
from ingest.poll.fetch import ACCEPT
from wirewatch.config.hints import address_hint
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid
from wirewatch.usecases.source_facts import NewSource, check_address, checked_source
from wirewatch.usecases.source_web import SourceWeb, WebParser
from wirewatch.usecases.sources import add

_READ = 2  # entries whose articles a preview reads
_MOST_SHOWN = 50  # entries of a preview
_BEGINNING = 600  # characters of an article's text
_NAMED = 10  # feeds in a refusal


class NotAFeed(Conflict):
    """A page stands at the address; `found` are the feeds of its site, the best first."""

    code = "not_a_feed"

    def __init__(self, message: str, found: tuple[FoundFeed, ...]) -> None:
        super().__init__(message)
        self.found = found


class Unreachable(Conflict):
    """Nobody answers at the address, or what does is not to be read. `outcome`: as a poll would end."""

    code = "unreachable"

    def __init__(self, message: str, outcome: str) -> None:
        super().__init__(message)
        self.outcome = outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFeed:
    """A feed that was found. `source`: the name of the one that reads it already."""

    feed: FoundFeed
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFeeds:
    """`url`: as it was asked about, with its scheme. `cut`: there was more to visit than may be."""

    url: str
    title: str
    found: tuple[KnownFeed, ...]
    missed: tuple[Missed, ...]
    cut: bool


@reads(Permission.CHANGE_SOURCES)
async def discover(acting: Acting, web: SourceWeb, url: str) -> SiteFeeds:
    """The feeds of a site, the best first, with what each would bring. Raises Invalid, and Unreachable where nobody answers."""
    address = with_scheme(url)
    discovery = await _discovered(web, address)
    if discovery.unreachable is not None:
        raise _unreachable(discovery.unreachable)
    known = []
    async with acting.db.connection() as conn:
        for feed in discovery.found:
            row = await sources.at_url(conn, feed.url)
            known.append(KnownFeed(feed=feed, source=None if row is None else row.source.name))
    return SiteFeeds(
        url=discovery.url, title=discovery.title, found=tuple(known), missed=discovery.missed, cut=discovery.cut
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """`note`: what a first look says that does not hinder, such as that nobody answers now."""

    source: Source
    note: str | None = None


@changes(Permission.CHANGE_SOURCES, "source.add")
async def add_seen(acting: Acting, web: SourceWeb, new: NewSource) -> Added:
    """Add a source after a look at its address. Without a name it gets that of the feed, else its host.

    Raises NotAFeed with the feeds that its site has, and what `sources.add` does. One that does not answer is added all the
    same, and says so: it is polled until it does.
    """
    check_address(new.url)
    peeked = await web.peeker.peek(new.url)
    name = new.name or peeked.title or host_of(new.url).removeprefix("www.")
    checked_source(replace(new, name=name))
    if peeked.outcome == "not_a_feed":
        discovery = await _discovered(web, new.url)
        raise NotAFeed(_not_a_feed(new.url, peeked.detail, discovery.found), discovery.found)
    source = await add(acting, replace(new, name=name))
    note = None if peeked.outcome == "ok" else f"it does not answer now ({peeked.outcome}: {peeked.detail})"
    return Added(source=source, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewEntry:
    """An entry of the feed that would be read."""

    title: str
    url: str
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Entries that would not be read, and why; `outcome` is a word of ArticleOutcome."""

    outcome: str
    why: str
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewArticle:
    """An article as it would be read: its beginning. `problem`: why it cannot be."""

    url: str
    title: str = ""
    text: str = ""
    characters: int = 0
    published: datetime | None = None
    lang: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a first poll of a feed would bring. `new`: how many entries would be read; `entries`: the first of them.

    `source`: the name of the one that reads it already.
    """

    url: str
    title: str
    brings: Brings
    new: int
    entries: tuple[PreviewEntry, ...]
    skipped: tuple[Skipped, ...]
    articles: tuple[PreviewArticle, ...]
    source: str | None


@reads(Permission.CHANGE_SOURCES)
async def preview(acting: Acting, web: SourceWeb, url: str) -> Preview:
    """What would be read of a feed, by the code that polls and reads. Nothing of it is kept.

    Raises Invalid, Unreachable, and NotAFeed with the feeds that its site has.
    """
    address = with_scheme(url)
    check_address(address)
    source = Source(source_id=ids.new_id(), name=host_of(address), url=address)
    async with web.parsing() as parser:
        fetched = await _fetched(web, address)
        now = acting.clock.now()
        intake = FeedIntake(
            MemoryLog(acting.clock),
            acting.db,
            parser,
            clock=acting.clock,
            metrics=Metrics(),
            back_numbers=acting.config.fetch.back_numbers,
        )
        found = await intake.read(source, FeedBody(fetched.body, fetched.headers, fetched.url), None, added=now)
        if isinstance(found, ParseFailure):
            if found.outcome != "not_a_feed":
                raise Unreachable(f"{masked_url(address)}: {found.detail}", found.outcome)
            discovery = await _discovered(web, address)
            raise NotAFeed(_not_a_feed(address, found.detail, discovery.found), discovery.found)
        articles = [await _article(web, parser, one.entry) for one in found.entries.new[:_READ]]
    async with acting.db.connection() as conn:
        row = await sources.at_url(conn, address)
    return Preview(
        url=address,
        title=found.feed.title,
        brings=brings(found.feed, now),
        new=len(found.entries.new),
        entries=_entries(found.entries),
        skipped=_skipped(found.entries),
        articles=tuple(articles),
        source=None if row is None else row.source.name,
    )


def with_scheme(url: str) -> str:
    """An address as people type it: `news.example` is `https://news.example`."""
    text = url.strip().removeprefix("//")
    begins = text.partition("/")[0].partition("?")[0]
    bare = "://" not in text and "." in begins and (":" not in begins or begins.rpartition(":")[2].isdigit())
    return f"https://{text}" if bare else text


async def _discovered(web: SourceWeb, url: str) -> Discovery:
    check_address(url)
    try:
        async with web.discovering() as discoverer:
            return await discoverer.discover(url)
    except BadUrl as error:
        raise Invalid(f"{error}{address_hint(url)}", "url") from None


def _unreachable(missed: Missed) -> Unreachable:
    return Unreachable(f"{masked_url(missed.url)} cannot be read: {missed.detail} ({missed.outcome})", missed.outcome)


def _not_a_feed(url: str, detail: str, found: Sequence[FoundFeed]) -> str:
    shown = [f"{masked_url(feed.url)} ({feed.title}, {feed.brings.entries} entries)" for feed in found[:_NAMED]]
    told = f"its site has {', '.join(shown)}" if shown else "none was found on its site"
    return f"{masked_url(url)} is no feed: {detail}; {told}"


async def _fetched(web: SourceWeb, url: str) -> Fetched:
    try:
        async with web.rate_limit.turn(authority_of(url)):
            return await web.fetcher.fetch(url, accept=ACCEPT)
    except FetchFailure as error:
        raise _unreachable(Missed(url=url, outcome=error.outcome.value, detail=error.detail)) from None
    except HostResting as error:
        raise _unreachable(Missed(url=url, outcome="rate_limited", detail=str(error))) from None


def _entries(found: NewEntries) -> tuple[PreviewEntry, ...]:
    return tuple(
        PreviewEntry(title=one.entry.title, url=one.entry.url, published=one.entry.published or one.entry.updated)
        for one in found.new[:_MOST_SHOWN]
    )


def _skipped(found: NewEntries) -> tuple[Skipped, ...]:
    counted = Counter((one.outcome.value, one.detail) for one in found.skipped)
    return tuple(Skipped(outcome=outcome, why=why, entries=count) for (outcome, why), count in counted.most_common(20))


async def _article(web: SourceWeb, parser: WebParser, entry: Entry) -> PreviewArticle:
    """The article of an entry as a reader has it from its page."""
    try:
        async with web.rate_limit.turn(authority_of(entry.url)):
            verdict = await web.robots.check(entry.url)
            if not verdict.allowed:
                return PreviewArticle(url=entry.url, title=entry.title, problem=verdict.why)
            fetched = await web.fetcher.fetch(entry.url)
    except (FetchFailure, HostResting, BadUrl) as error:
        detail = error.detail if isinstance(error, FetchFailure) else str(error)
        return PreviewArticle(url=entry.url, title=entry.title, problem=detail)
    page = await parser.read_page(fetched.body, fetched.headers.get("Content-Type", ""), fetched.url, entry)
    if isinstance(page, ParsedPage):
        return PreviewArticle(
            url=entry.url,
            title=page.title or entry.title,
            text=page.text[:_BEGINNING],
            characters=len(page.text),
            published=page.published or entry.published,
            lang=page.lang,
        )
    return PreviewArticle(url=entry.url, title=entry.title, problem=f"{page.outcome}: {page.detail}")
