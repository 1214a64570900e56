"""Lists of sources: in the order of their ids for programs, by name and by what one looks for for people."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_

from core.db.connection import Connection
from core.db.tables import sources
from core.store import source_tags, subscriptions
from core.store.source_health import HealthBounds, conditions
from core.store.sources import SourceRow, source_row

STATES = ("failing", "degraded", "stale", "paused", "healthy")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFilter:
    """What one looks for. `state`: of STATES; `text`: part of a name or address, in small or capital letters."""

    state: str | None = None
    tag: str | None = None
    text: str | None = None
    origin: str | None = None


ALL = SourceFilter()


async def page(
    conn: Connection, *, limit: int | None, after: str | None = None, team_id: str | None = None
) -> list[SourceRow]:
    """Sources in the order of their ids, disabled ones too, behind the id `after`; None for `limit`, `team_id`: all."""
    statement = select(sources).where(*subscriptions.read_by(team_id)).order_by(sources.c.source_id).limit(limit)
    if after is not None:
        statement = statement.where(sources.c.source_id > after)
    return [source_row(row) for row in await conn.execute(statement)]


async def by_name(  # noqa: PLR0913 - one call, everything named
    conn: Connection,
    now: datetime,
    bounds: HealthBounds,
    wanted: SourceFilter,
    *,
    limit: int | None,
    after: tuple[str, str] | None = None,
    team_id: str | None = None,
) -> list[SourceRow]:
    """Those that are looked for, by name and id, behind these two of an earlier page."""
    key = (sources.c.name, sources.c.source_id)
    statement = select(sources).where(*_where(now, bounds, wanted, team_id)).order_by(*key).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*key) > tuple_(*after))
    return [source_row(row) for row in await conn.execute(statement)]


async def states(
    conn: Connection, now: datetime, bounds: HealthBounds, wanted: SourceFilter = ALL, team_id: str | None = None
) -> dict[str, int]:
    """How many of those that are looked for are in each state; in all of them where no state is asked for."""
    bad = {state: _in_state(state, now, bounds) for state in STATES[:-1]}
    state = case(*((condition, name) for name, condition in bad.items()), else_="healthy").label("state")
    statement = (
        select(state, func.count().label("how_many")).where(*_where(now, bounds, wanted, team_id)).group_by(state)
    )
    found = {row.state: row.how_many for row in await conn.execute(statement)}
    return {name: found.get(name, 0) for name in STATES}


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """Who has an address."""

    source_id: str
    name: str
    enabled: bool


async def known_addresses(conn: Connection) -> dict[str, KnownAddress]:
    """All sources by the key of their address (`sources.url_key`)."""
    c = sources.c
    rows = await conn.execute(select(c.source_id, c.name, c.enabled, c.url_key))
    return {row.url_key or row.source_id: KnownAddress(row.source_id, row.name, row.enabled) for row in rows}


async def keys_read(conn: Connection, team_id: str) -> frozenset[str]:
    """The keys of the addresses of the sources that a team reads."""
    statement = select(func.coalesce(sources.c.url_key, sources.c.source_id)).where(*subscriptions.read_by(team_id))
    return frozenset((await conn.execute(statement)).scalars())


async def names_read(conn: Connection, team_id: str) -> dict[str, str]:
    """The names of the sources that a team reads, by id."""
    statement = select(sources.c.source_id, sources.c.name).where(*subscriptions.read_by(team_id))
    return {row.source_id: row.name for row in await conn.execute(statement)}


def _where(now: datetime, bounds: HealthBounds, wanted: SourceFilter, team_id: str | None) -> list[ColumnElement[bool]]:
    where = subscriptions.read_by(team_id)
    if wanted.state is not None:
        where.append(_in_state(wanted.state, now, bounds))
    if wanted.tag is not None:
        where.append(source_tags.has_tag(wanted.tag))
    if wanted.origin is not None:
        where.append(sources.c.origin == wanted.origin)
    if wanted.text:
        where.append(_holds(wanted.text))
    return where


def _in_state(state: str, now: datetime, bounds: HealthBounds) -> ColumnElement[bool]:
    if state == "paused":
        return sources.c.enabled.is_(False)
    bad = {name: and_(one.indexed, one.exactly) for name, one in conditions(now, bounds).items()}
    if state == "failing":
        return or_(bad["failing"], bad["overdue"], bad["ahead"])
    if state != "healthy":
        return bad[state]
    # What was never polled is NULL in some of them, and none of them then.
    return and_(sources.c.enabled.is_(True), case((or_(*bad.values()), 1), else_=0) == 0)


def _holds(text: str) -> ColumnElement[bool]:
    """SQLite knows small and capital letters of ASCII only, so other letters are looked for as they may stand."""
    spelled = {text, text.lower(), text.upper(), text.title(), text.capitalize()}
    places = (sources.c.name, sources.c.url)
    anyhow = [func.lower(place).contains(text.lower(), autoescape=True) for place in places]
    return or_(*anyhow, *(place.contains(one, autoescape=True) for place in places for one in sorted(spelled)))
