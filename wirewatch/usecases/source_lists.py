"""Sources by the list: brought in by a plan that is shown first, and handed out again whole."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.db.connection import Connection
from core.masking import masked_url
from core.model.source import PATIENCE_SECONDS, Source, SourceKind
from core.store import source_changes, source_pages, subscriptions
from core.store.source_changes import NewRow
from core.store.source_pages import SourceFilter
from core.store.sources import SourceRow
from ingest.discover.peek import Peeked, Progress
from ingest.lists.listed import Fact, Listed, ListFormat
from ingest.lists.table import write_table
from ingest.lists.toml import write_toml
from ingest.parse.shapes import SiteLinks
from ingest.poll.health import BOUNDS
from wirewatch.packs.catalogue import Pack, packs
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound
from wirewatch.usecases.source_facts import shape
from wirewatch.usecases.source_plan import (
    FoundLink,
    Known,
    PlanLine,
    PlanOptions,
    Verdict,
    first_polls,
    planned,
    with_looks,
)
from wirewatch.usecases.source_web import SourceWeb

LOOK_SECONDS = 40.0  # for the looks at all addresses of a list
_AT_ONCE = 500  # sources a transaction: nobody else waits long
_MOST_LOOKED_INTO = 300  # pages whose feeds are looked for


def _nobody(_done: int, _of: int) -> None:
    """Nobody watches."""


@reads(Permission.CHANGE_SOURCES)
async def plan(
    acting: Acting,
    listed: Sequence[Listed],
    options: PlanOptions,
    web: SourceWeb | None = None,
    progress: Progress = _nobody,
) -> list[PlanLine]:
    """What the list would change. With `web` each new address gets a short look, for LOOK_SECONDS in all."""
    async with acting.db.connection() as conn:
        known = await _known(acting, conn)
    lines = await asyncio.to_thread(planned, listed, known, options)  # ten thousand take a second
    if web is None:
        return lines
    places = [place for place, line in enumerate(lines) if line.source is not None and line.subscribe is None]
    urls = [line.source.url for place in places if (line := lines[place]).source is not None]
    looks = dict(zip(places, await web.peeker.peek_all(urls, LOOK_SECONDS, progress), strict=True))
    addresses = dict(zip(places, urls, strict=True))
    return with_looks(lines, looks, await _links(web, looks, addresses), options)


async def _known(acting: Acting, conn: Connection) -> Known:
    addresses = await source_pages.known_addresses(conn)
    read = await source_pages.names_read(conn, acting.team)
    return Known(addresses=addresses, names=frozenset(read.values()), read=frozenset(read))


async def _links(
    web: SourceWeb, looks: Mapping[int, Peeked], urls: Mapping[int, str]
) -> dict[int, Sequence[FoundLink]]:
    """The feeds that pages announce which stand where a list has a feed."""
    pages = [(place, look.page) for place, look in looks.items() if look.page][:_MOST_LOOKED_INTO]
    found: dict[int, Sequence[FoundLink]] = {}
    if not pages:
        return found
    async with web.parsing() as parser:
        for place, page in pages:
            links = await parser.look(page, {}, urls[place])
            if isinstance(links, SiteLinks):
                announced = [FoundLink(url=one.url, title=one.title) for one in links.announced]
                found[place] = announced or [FoundLink(url=one.url, title=one.title) for one in links.linked]
    return found


class Outcome(StrEnum):
    """What became of a line."""

    ADDED = "added"
    UNREACHABLE = "unreachable"  # added, and polled until somebody answers
    SAME_AS = "same_as"
    CONFLICT = "conflict"
    NOT_A_FEED = "not_a_feed"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A line, and what became of it."""

    line: PlanLine
    outcome: Outcome
    detail: str = ""


@changes(Permission.CHANGE_SOURCES, "source.import")
async def bring(acting: Acting, lines: Sequence[PlanLine], progress: Progress = _nobody) -> list[Brought]:
    """Do what a plan says, and tell for each line what became of it. A repeat adds nothing twice.

    First polls are spread over time at the pace of `fetch.polls_per_minute`. What stands is kept if it ends halfway.
    """
    adding = [line.source for line in lines if line.source is not None and line.subscribe is None]
    pace = acting.config.fetch.polls_per_minute
    due = dict(zip((one.source_id for one in adding), first_polls(adding, acting.clock.now(), pace), strict=True))
    there: set[str] = set()
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start : start + _AT_ONCE]
        async with acting.db.transaction() as conn:
            there |= await _bring(acting, conn, some, [due.get(_id_of(line), acting.clock.now()) for line in some])
        progress(min(start + _AT_ONCE, len(lines)), len(lines))
    return [_brought(line, there) for line in lines]


async def _bring(acting: Acting, conn: Connection, lines: Sequence[PlanLine], due: Sequence[datetime]) -> set[str]:
    """The ids of the sources that are read now, of these lines."""
    now, team = acting.clock.now(), subscriptions.in_record([acting.team])
    new = []
    there = set()
    for line, first in zip(lines, due, strict=True):
        if line.source is None:
            continue
        if line.subscribe is not None:
            await subscriptions.subscribe(conn, acting.team, line.subscribe, line.source.name, now)
            there.add(line.source.source_id)
        else:
            source = replace(line.source, teams=team)
            new.append(NewRow(source=source, first_poll=first, paused_by=acting.actor if line.paused else None))
    there |= await source_changes.add_many(conn, new, now)
    for line in lines:
        if line.source is not None and line.source.source_id in there:
            await acting.note(conn, line.source.name, after=shape(line.source))
    return there


def _id_of(line: PlanLine) -> str:
    return "" if line.source is None else line.source.source_id


def _brought(line: PlanLine, there: set[str]) -> Brought:
    if line.source is None:
        return Brought(line=line, outcome=Outcome(line.verdict.value), detail=line.detail)
    if line.source.source_id not in there:
        return Brought(line=line, outcome=Outcome.SAME_AS, detail="somebody added it meanwhile")
    if line.verdict is Verdict.UNREACHABLE:
        return Brought(line=line, outcome=Outcome.UNREACHABLE, detail=line.detail)
    return Brought(line=line, outcome=Outcome.ADDED, detail=line.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A list of sources. `masked`: how many addresses stand in it without what is secret in them."""

    text: str
    media_type: str
    file_name: str
    sources: int
    masked: int


@reads(Permission.READ_SOURCES)
async def export(acting: Acting, kind: ListFormat, wanted: SourceFilter | None = None) -> Exported:
    """All that is said of the sources that the team reads, for `bring` or a file of the configuration.

    Who may not change sources gets addresses without what is secret in them. Passwords of files are in no list.
    """
    async with acting.db.connection() as conn:
        rows = await source_pages.by_name(
            conn, acting.clock.now(), BOUNDS, wanted or SourceFilter(), limit=None, team_id=acting.listed_team
        )
    whole = Permission.CHANGE_SOURCES in acting.permissions
    facts = [facts_of(row, whole=whole) for row in rows]
    masked = 0 if whole else sum(one[Fact.URL] != row.source.url for one, row in zip(facts, rows, strict=True))
    write, media, ending = _WRITERS[kind]
    return Exported(
        text=await asyncio.to_thread(write, facts),
        media_type=media,
        file_name=f"sources.{ending}",
        sources=len(facts),
        masked=masked,
    )


def facts_of(row: SourceRow, *, whole: bool = True) -> dict[Fact, str]:
    """What is said of a source, in words; what it has by default is left out."""
    source = row.source
    said: dict[Fact, str | None] = {
        Fact.NAME: source.name,
        Fact.URL: source.url if whole else masked_url(source.url),
        Fact.KIND: None if source.kind is SourceKind.AUTO else source.kind.value,
        Fact.INTERVAL_SECONDS: None if source.interval_seconds is None else f"{source.interval_seconds:.10g}",
        Fact.FULL_TEXT: None if source.full_text else "false",
        Fact.COUNTRY: source.country,
        Fact.LANG: source.lang,
        Fact.TIME_ZONE: source.time_zone,
        Fact.PATIENCE_SECONDS: _patience(source),
        Fact.SINCE: None if source.since is None else source.since.isoformat(),
        Fact.TAGS: ",".join(source.tags),
        Fact.SITE: source.site,
        Fact.PAUSED: None if row.enabled else "true",
    }
    return {fact: text for fact, text in said.items() if text}


def _patience(source: Source) -> str | None:
    return None if source.patience_seconds == PATIENCE_SECONDS else f"{source.patience_seconds:.10g}"


def _as_plain(facts: Sequence[Mapping[Fact, str]]) -> str:
    return "".join(f"{one[Fact.URL]} {one[Fact.NAME]}\n" for one in facts)


def _as_opml(facts: Sequence[Mapping[Fact, str]]) -> str:
    from ingest.lists.opml import write_opml  # noqa: PLC0415 - with lxml, which no process loads that writes no OPML

    return write_opml(facts, "Sources of wirewatch")


_WRITERS: dict[ListFormat, tuple[Callable[[Sequence[Mapping[Fact, str]]], str], str, str]] = {
    ListFormat.OPML: (_as_opml, "text/x-opml", "opml"),
    ListFormat.CSV: (write_table, "text/csv", "csv"),
    ListFormat.TOML: (write_toml, "application/toml", "toml"),
    ListFormat.PLAIN: (_as_plain, "text/plain", "txt"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPack:
    """A pack, and how many of its sources the team reads already."""

    pack: Pack
    read: int


@reads(Permission.READ_SOURCES)
async def list_packs(acting: Acting) -> list[KnownPack]:
    """The ready-made packs."""
    async with acting.db.connection() as conn:
        read = await source_pages.keys_read(conn, acting.team)
    return [KnownPack(pack=pack, read=len(pack.keys & read)) for pack in packs().values()]


@reads(Permission.READ_SOURCES)
async def read_of(acting: Acting, pack: Pack) -> frozenset[str]:
    """The keys of the addresses of a pack that the team reads already (catalogue.key_of)."""
    async with acting.db.connection() as conn:
        return pack.keys & await source_pages.keys_read(conn, acting.team)


def pack_named(name: str) -> Pack:
    """Raises NotFound with the name that looks most like it."""
    pack = packs().get(name)
    if pack is None:
        near = NotFound.of("pack", name, packs(), plural="sources packs")
        raise NotFound(str(near).replace("wirewatch sources packs list", "wirewatch sources packs"))
    return pack


def lines_of(pack: Pack) -> list[Listed]:
    """A pack as a list to bring."""
    return [entry.listed(place, pack.name) for place, entry in enumerate(pack.entries, 1)]
