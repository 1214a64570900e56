"""Sources: where articles come from and how each is doing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.db.connection import Connection
from core.masking import masked_url
from core.model import ids
from core.model.origin import FILE
from core.model.source import Source, SourceKind
from core.net.url import BadUrl, feed_url, web_url
from core.store import host_patterns, source_health, source_pages, sources, subscriptions
from core.store.sources import SourceRow
from ingest.hosts.patterns import of_json
from ingest.poll.health import BOUNDS, Health, health
from wirewatch.config.hints import address_hint
from wirewatch.config.schema import country_code, language_code, time_zone
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, NotFound, checked_name

_LIST = "sources"
_CHECKS = (("country", country_code), ("lang", language_code), ("time_zone", time_zone))


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source, and how it is doing. `masked`: its address holds a password or key, which is cut out here."""

    row: SourceRow
    health: Health
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """`country` ISO 3166-1 alpha-2, `lang` ISO 639-1, `time_zone` IANA. `since`: what it shows at first and was published
    from then on alerts; None: from when it is added."""

    url: str
    name: str
    kind: SourceKind = SourceKind.AUTO
    country: str | None = None
    lang: str | None = None
    time_zone: str | None = None
    since: datetime | None = None


@reads(Permission.READ_SOURCES)
async def list_page(acting: Acting, paging: Paging) -> Page[KnownSource]:
    """The sources that the team reads, disabled ones too, in the order of their ids."""
    async with acting.db.connection() as conn:
        rows = await source_pages.page(
            conn, limit=paging.asked, after=paging.after_id(_LIST), team_id=acting.listed_team
        )
    return paging.page(_LIST, [_known(acting, row) for row in rows], lambda one: (one.row.source.source_id,))


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
    source = replace(_checked(new), teams=subscriptions.in_record([acting.team]))
    async with acting.db.transaction() as conn:
        row = await sources.find(conn, source.name, acting.team)
        if row is not None and row.source.name == source.name:
            raise Conflict(f"{source.name!r} is the name of the source at {masked_url(row.source.url)}")
        there = await sources.at_url(conn, source.url)
        if there is None:
            await sources.add(conn, source, acting.clock.now())
        else:
            source = await _subscribed(acting, conn, there, source.name)
        await acting.note(conn, source.name, after=_told(source))
    return source


@changes(Permission.CHANGE_SOURCES, "source.move")
async def move(acting: Acting, name: str, url: str) -> Source:
    """Poll a source at another address; what is known of its entries stays. Raises NotFound, ManagedInFile, Invalid, Conflict."""
    _check_address(url)
    async with acting.db.transaction() as conn:
        row = await stored_source(conn, acting, name)
        if row.origin == FILE and row.enabled:
            raise ManagedInFile(
                f"source {row.source.name!r} is managed in a file; change its url there and keep its name"
            )
        if len(await subscriptions.teams_of(conn, row.source.source_id)) > 1:
            raise Conflict(f"other teams read {row.source.name!r} too; add the new address and remove this one")
        await _free(conn, url, but=row.source.source_id)
        await sources.move(conn, row.source.source_id, url, acting.clock.now())
        before, after = ({"url": masked_url(one)} for one in (row.source.url, url))
        await acting.note(conn, row.source.name, before=before, after=after)
    return row.source


@changes(Permission.CHANGE_SOURCES, "source.remove")
async def remove(acting: Acting, name: str) -> Source:
    """Remove a source that no file manages; its articles stay. Other teams go on reading it. Raises NotFound, ManagedInFile."""
    async with acting.db.transaction() as conn:
        row = await stored_source(conn, acting, name)
        readers = await subscriptions.teams_of(conn, row.source.source_id)
        alone = not readers.keys() - {acting.team}
        if (row.origin if alone else readers[acting.team]) == FILE:
            raise ManagedInFile(f"source {row.source.name!r} is managed in a file; remove it there")
        if alone:
            await sources.remove(conn, row.source.source_id)
        else:
            await subscriptions.unsubscribe(conn, acting.team, row.source.source_id)
        await acting.note(conn, row.source.name, before=_told(row.source))
    return row.source


def _told(source: Source) -> dict[str, object]:
    """For the audit log."""
    return {
        "url": masked_url(source.url),
        "kind": source.kind.value,
        "country": source.country,
        "lang": source.lang,
        "time_zone": source.time_zone,
    }


def _checked(new: NewSource) -> Source:
    """Raises Invalid."""
    facts = {field: _fact(field, check, getattr(new, field)) for field, check in _CHECKS}
    checked_name(new.name)
    _check_address(new.url)
    return Source(
        source_id=ids.new_id(),
        name=new.name,
        url=new.url,
        kind=new.kind,
        country=facts["country"],
        lang=facts["lang"],
        time_zone=facts["time_zone"],
        since=new.since,
    )


def _check_address(url: str) -> None:
    try:
        feed_url(url)
    except BadUrl as error:
        raise Invalid(f"{error}{address_hint(url)}", "url") from None
    address = web_url(url)
    if address.user is not None or address.password is not None:
        raise Invalid(
            "an address with a user or password is not kept in the database; add the source to the configuration, with "
            "`username` and `password_file`"
        )


async def _subscribed(acting: Acting, conn: Connection, row: SourceRow, name: str) -> Source:
    """The source, which the team reads from now on. Raises Conflict where it does so already, or nobody polls it."""
    source = row.source
    if not row.enabled or acting.team in await subscriptions.teams_of(conn, source.source_id):
        raise Conflict(f"the source {source.name!r} has that address already")
    await subscriptions.subscribe(conn, acting.team, source.source_id, name, acting.clock.now())
    return source


async def _free(conn: Connection, url: str, *, but: str) -> None:
    """Raises Conflict where another source has the address."""
    other = await sources.at_url(conn, url)
    if other is not None and other.source.source_id != but:
        raise Conflict(f"the source {other.source.name!r} has that address already")


def _fact(field: str, check: Callable[[str], str], value: str | None) -> str | None:
    try:
        return None if value is None else check(value)
    except ValueError as error:
        raise Invalid(str(error), field) from None


async def stored_source(conn: Connection, acting: Acting, name: str) -> SourceRow:
    """A source that the team reads, by its name, address or id. Raises NotFound with the nearest name."""
    row = await sources.find(conn, name, acting.listed_team)
    if row is None:
        raise NotFound.of("source", name, await sources.names(conn, acting.listed_team))
    return row


def _known(acting: Acting, row: SourceRow) -> KnownSource:
    shown = sources.shown(row)
    state = health(shown.state, acting.clock.now(), enabled=row.enabled)  # its sentence repeats the last error
    return KnownSource(shown, state, shown.source.url != row.source.url)


__all__ = ["KnownSource", "NewSource", "SourceRow", "add", "list_page", "move", "remove", "show"]
