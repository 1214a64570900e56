"""Sources: where articles come from and how each is doing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.db.connection import Connection
from core.masking import masked_url
from core.model.origin import FILE
from core.model.source import Source
from core.model.team import DEFAULT_TEAM
from core.store import host_patterns, source_health, source_pages, source_tags, sources, subscriptions, teams
from core.store.source_pages import STATES, SourceFilter
from core.store.sources import SourceRow
from ingest.hosts.patterns import of_json
from ingest.poll.health import BOUNDS, FeedState, Health, health, state_counts
from ingest.poll.next_poll import why_next
from ingest.poll.rhythm import Rhythm, read_rhythm
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, ManagedInFile, NotFound
from wirewatch.usecases.source_facts import NewSource, check_address, checked_source, shape
from wirewatch.usecases.tags import tag

_LIST, _BY_NAME = "sources", "sources by name"


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source, and how it is doing. `masked`: its address holds a password or key, which is cut out here.

    `file`: the one that manages it, where that is known here. `next_poll`: when it is polled next and why, in words.
    """

    row: SourceRow
    health: Health
    masked: bool
    rhythm: Rhythm
    next_poll: str
    file: str | None

    @property
    def tag(self) -> str:
        """What a change of it is held against."""
        return tag_of(self.row)


@reads(Permission.READ_SOURCES)
async def list_page(acting: Acting, paging: Paging) -> Page[KnownSource]:
    """The sources that the team reads, disabled ones too, in the order of their ids."""
    async with acting.db.connection() as conn:
        rows = await source_pages.page(
            conn, limit=paging.asked, after=paging.after_id(_LIST), team_id=acting.listed_team
        )
    return paging.page(_LIST, [_known(acting, row) for row in rows], lambda one: (one.row.source.source_id,))


@reads(Permission.READ_SOURCES)
async def find(acting: Acting, paging: Paging, wanted: SourceFilter) -> Page[KnownSource]:
    """Those that are looked for, by name. A text that is looked for is not found in what is secret of an address."""
    given: list[SourceRow] = []
    after = paging.after_name(_BY_NAME)
    async with acting.db.connection() as conn:
        team = await _whose(conn, acting)
        while True:
            rows = await source_pages.by_name(
                conn, acting.clock.now(), BOUNDS, wanted, limit=paging.asked, after=after, team_id=team
            )
            given += [row for row in rows if _shows(row, wanted.text)]
            if paging.asked is None or len(rows) < paging.asked or len(given) >= paging.asked:
                break
            after = (rows[-1].source.name, rows[-1].source.source_id)
    known = [_known(acting, row) for row in given]
    return paging.page(_BY_NAME, known, lambda one: (one.row.source.name, one.row.source.source_id))


@reads(Permission.READ_SOURCES)
async def states(acting: Acting, wanted: SourceFilter) -> dict[str, int]:
    """How many of those that are looked for are in each state, whatever state is looked for."""
    async with acting.db.connection() as conn:
        anyhow, team, now = replace(wanted, state=None), await _whose(conn, acting), acting.clock.now()
        if team is None and anyhow == SourceFilter():  # what indexes count
            counted = state_counts(await source_health.counts(conn, now, BOUNDS))
            return {state: counted[FeedState(state)] for state in STATES}
        return await source_pages.states(conn, now, BOUNDS, anyhow, team)


@reads(Permission.READ_SOURCES)
async def tags(acting: Acting) -> dict[str, int]:
    """All tags with the number of their sources, the most frequent first."""
    async with acting.db.connection() as conn:
        return await source_tags.counts(conn, await _whose(conn, acting))


async def _whose(conn: Connection, acting: Acting) -> str | None:
    """Whose sources a list shows; None: all. Where there is one team, all are its own, and nobody need look which."""
    team = acting.listed_team
    if team == DEFAULT_TEAM and all(one.team_id == DEFAULT_TEAM for one in await teams.list_all(conn)):
        return None
    return team


@reads(Permission.READ_SOURCES)
async def worst(acting: Acting, limit: int) -> list[KnownSource]:
    """Those that need attention most, then the others."""
    async with acting.db.connection() as conn:
        rows = await source_health.worst(conn, acting.clock.now(), BOUNDS, limit)
    return [_known(acting, row) for row in rows]


@reads(Permission.READ_SOURCES)
async def show(acting: Acting, name: str) -> KnownSource:
    """One source, by its name, address or id. Raises NotFound with the nearest name."""
    async with acting.db.connection() as conn:
        return _known(acting, await stored_source(conn, acting, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHost:
    """What was learned of a host from a source's pages. `walls`: how many pages were none, by outcome; `repeated`: how
    paragraphs begin that it puts under many stories."""

    host: str
    articles: int
    walls: Mapping[str, int]
    repeated: tuple[str, ...]


@reads(Permission.READ_SOURCES)
async def hosts_of(acting: Acting, name: str) -> list[KnownHost]:
    """The hosts that a source's articles are read from, as readers wrote down in the last minute. Raises NotFound."""
    async with acting.db.connection() as conn:
        row = await stored_source(conn, acting, name)
        rows = await host_patterns.of_source(conn, row.source.source_id)
    memories = [(row.host, of_json(row.memory)) for row in rows]
    return [
        KnownHost(host=host, articles=one.articles, walls=dict(one.walls), repeated=tuple(one.repeated().values()))
        for host, one in memories
    ]


@changes(Permission.CHANGE_SOURCES, "source.add")
async def add(acting: Acting, new: NewSource) -> Source:
    """Add a source, due now, or read one that is polled for another team already.

    Raises Invalid with the field, and Conflict where its address or name is taken.
    """
    source = replace(checked_source(new), teams=subscriptions.in_record([acting.team]))
    async with acting.db.transaction() as conn:
        row = await sources.find(conn, source.name, acting.team)
        if row is not None and row.source.name == source.name:
            raise Conflict(f"{source.name!r} is the name of the source at {masked_url(row.source.url)}")
        there = await sources.at_url(conn, source.url)
        if there is None:
            await sources.add(conn, source, acting.clock.now())
        else:
            source = await _subscribed(acting, conn, there, source.name)
        await acting.note(conn, source.name, after=shape(source))
    return source


@changes(Permission.CHANGE_SOURCES, "source.move")
async def move(acting: Acting, name: str, url: str) -> Source:
    """Poll a source at another address; what is known of its entries stays. Raises NotFound, ManagedInFile, Invalid, Conflict."""
    check_address(url)
    async with acting.db.transaction() as conn:
        row = await stored_source(conn, acting, name)
        await check_move(conn, acting, row, url)
        await acting.unchanged(conn, row.source.name, tag_of(row))
        await sources.move(conn, row.source.source_id, url, acting.clock.now())
        before, after = ({"url": masked_url(one)} for one in (row.source.url, url))
        await acting.note(conn, row.source.name, before=before, after=after)
    return row.source


@changes(Permission.CHANGE_SOURCES, "source.remove")
async def remove(acting: Acting, name: str) -> Source:
    """Remove a source that no file manages; its articles stay. Other teams go on reading it. Raises NotFound, ManagedInFile."""
    async with acting.db.transaction() as conn:
        row = await stored_source(conn, acting, name)
        await acting.unchanged(conn, row.source.name, tag_of(row))
        readers = await subscriptions.teams_of(conn, row.source.source_id)
        alone = not readers.keys() - {acting.team}
        if (row.origin if alone else readers[acting.team]) == FILE:
            place = acting.config.source_files.get(row.source.url, "a file")
            raise ManagedInFile(f"source {row.source.name!r} is managed in {place}; remove it there")
        if alone:
            await sources.remove(conn, row.source.source_id)
        else:
            await subscriptions.unsubscribe(conn, acting.team, row.source.source_id)
        await acting.note(conn, row.source.name, before=shape(row.source))
    return row.source


def tag_of(row: SourceRow) -> str:
    """The tag of what people change of a source."""
    return tag(row.source, row.origin, row.enabled, row.paused_at)


async def _subscribed(acting: Acting, conn: Connection, row: SourceRow, name: str) -> Source:
    """The source, which the team reads from now on. Raises Conflict where it does so already, or nobody polls it."""
    source = row.source
    if not row.enabled or acting.team in await subscriptions.teams_of(conn, source.source_id):
        raise Conflict(f"the source {source.name!r} has that address already")
    await subscriptions.subscribe(conn, acting.team, source.source_id, name, acting.clock.now())
    return source


async def check_move(conn: Connection, acting: Acting, row: SourceRow, url: str) -> None:
    """That a source may be polled at another address. Raises ManagedInFile, Conflict."""
    if row.in_file:
        place = acting.config.source_files.get(row.source.url, "a file")
        raise ManagedInFile(f"source {row.source.name!r} is managed in {place}; change its url there and keep its name")
    if len(await subscriptions.teams_of(conn, row.source.source_id)) > 1:
        raise Conflict(f"other teams read {row.source.name!r} too; add the new address and remove this one")
    other = await sources.at_url(conn, url)
    if other is not None and other.source.source_id != row.source.source_id:
        raise Conflict(f"the source {other.source.name!r} has that address already")


async def stored_source(conn: Connection, acting: Acting, name: str) -> SourceRow:
    """A source that the team reads, by its name, address or id. Raises NotFound with the nearest name."""
    row = await sources.find(conn, name, acting.listed_team)
    if row is None:
        raise NotFound.of("source", name, await sources.names(conn, acting.listed_team))
    return row


def _known(acting: Acting, row: SourceRow) -> KnownSource:
    shown, now = sources.shown(row), acting.clock.now()
    return KnownSource(
        row=shown,
        health=_health(shown, now),
        masked=shown.source.url != row.source.url,
        rhythm=read_rhythm(row.state.rhythm, now),
        next_poll=why_next(shown.source, shown.state, now, enabled=row.enabled),
        file=acting.config.source_files.get(row.source.url) if row.in_file else None,
    )


def _health(row: SourceRow, now: datetime) -> Health:
    if row.paused_at is not None:
        by = "" if row.paused_by is None else f" by {row.paused_by}"
        return Health(FeedState.PAUSED, f"Paused{by} since {row.paused_at:%Y-%m-%d %H:%M} UTC: it is not polled.")
    if not row.enabled and row.origin == FILE:
        return Health(FeedState.PAUSED, "No file names it any more: it is not polled.")
    return health(row.state, now, enabled=row.enabled)  # its sentence repeats the last error


def _shows(row: SourceRow, text: str | None) -> bool:
    """Whether a text that was looked for stands in what is shown."""
    asked = (text or "").casefold()
    return asked in row.source.name.casefold() or asked in masked_url(row.source.url).casefold()


__all__ = [
    "STATES",
    "KnownSource",
    "NewSource",
    "SourceFilter",
    "SourceRow",
    "add",
    "list_page",
    "move",
    "remove",
    "show",
]
