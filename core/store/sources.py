"""Sources with the state of their polling. Pollers lease what is due, so no two poll the same source at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, not_, or_, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import sources
from core.db.types import JsonObject
from core.masking import masked, masked_url
from core.model import ids
from core.model.origin import DB, FILE
from core.model.outcome import PollOutcome
from core.model.source import Source, Subscription
from core.model.team import DEFAULT_TEAM
from core.net.url import BadUrl, feed_url
from core.store import leases, revisions, source_tags, subscriptions, teams
from core.store.payload import member_or_none, pack, unpack

_COUNTER = "sources"  # its lock alone: what files say is brought in by one process at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """The state that a poll saves for the next one. `memory` belongs to the schedule and is stored unread (JSON), as is
    `rhythm`, which tells people what polls brought.

    `interval_seconds`: the schedule's; None before the first poll, and for sources with their own. `stale_at`: when the
    source becomes stale unless new entries come.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_poll: datetime
    interval_seconds: float | None = None
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0
    outcome: PollOutcome | None = None
    error: str | None = None
    entries_seen_total: int = 0
    stale_at: datetime | None = None
    full_get_at: datetime | None = None
    memory: JsonObject = field(default_factory=dict)
    rhythm: JsonObject = field(default_factory=dict)

    @property
    def doubtful(self) -> bool:
        """Whether it failed the last time, or was never polled well: a poll may take its whole time."""
        return self.failures > 0 or self.last_success is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A stored source. `origin`: `file` (managed as code) or `db`. `paused_at`, `paused_by`: of one that somebody paused."""

    source: Source
    origin: str
    enabled: bool
    created: datetime
    lease_until: datetime | None
    state: PollState
    paused_at: datetime | None = None
    paused_by: str | None = None

    @property
    def in_file(self) -> bool:
        """Whether a file names it now."""
        return self.origin == FILE and (self.enabled or self.paused_at is not None)


def shown(row: SourceRow) -> SourceRow:
    """The row for people and tools: without the passwords and keys that its address may hold."""
    error = None if row.state.error is None else masked(row.state.error)
    return replace(
        row, source=replace(row.source, url=masked_url(row.source.url)), state=replace(row.state, error=error)
    )


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source leased to poll now. `created`: when it was added."""

    source: Source
    state: PollState
    created: datetime | None = None


_STATE = tuple(f.name for f in fields(PollState))


async def sync_from_config(
    conn: Connection, configured: Sequence[Source], now: datetime, subscribers: Sequence[Subscription] = ()
) -> None:
    """Make the sources of origin `file` be `configured`: new ones are due now, gone ones disabled with their state kept.

    A source is known by its address, else, where that is new, by its name: then it has moved, and keeps its id, its entries
    and its history. `source_id` matters for a new source only; empty: a random one. `subscribers`: the teams that read it;
    without any, the default team does.
    """
    await revisions.lock(conn, _COUNTER)
    rows = list(await conn.execute(select(sources)))
    keys = {url: url_key(url) for url in {one.url for one in configured} | {one.url for one in subscribers}}
    named = await teams.ensure(conn, {one.team for one in subscribers}, now)
    added = await subscriptions.added(conn)
    readers: dict[str, dict[str, str]] = defaultdict(dict)
    for one in subscribers:
        readers[keys[one.url]][named[one.team]] = one.name
    pairs, wanted = [], {}
    for source, row in _recognised(rows, configured, keys):
        source_id = row.source_id if row is not None else source.source_id or ids.new_id()
        of = readers.get(keys[source.url]) or {DEFAULT_TEAM: source.name}
        wanted[source_id] = of
        all_of = subscriptions.in_record({*of, *added.get(source_id, ())})
        pairs.append((replace(source, source_id=source_id, teams=all_of), row))
    kept = {row.source_id: source for source, row in pairs if row is not None}
    for row in sorted(rows, key=lambda row: row.source_id):  # as pollers take their locks
        if row.source_id in kept:
            source = kept[row.source_id]
            await _change(conn, row, source, keys[source.url], now)
        elif _in_file(row):
            values = subscriptions.left_by_files(row.record, added.get(row.source_id, ()))
            await conn.execute(update(sources).where(sources.c.source_id == row.source_id).values(values))
    fresh = [new_row(source, keys[source.url], FILE, now) for source, row in pairs if row is None]
    if fresh:
        await conn.execute(insert(conn, sources).on_conflict_do_nothing(), fresh)
        # A process of an older version, or a command, may have been first.
        there = set((await conn.execute(select(sources.c.source_id))).scalars())
        wanted = {source_id: of for source_id, of in wanted.items() if source_id in there}
    await source_tags.sync(conn, {one.source_id: one.tags for one, _ in pairs if one.source_id in wanted})
    await subscriptions.sync_from_config(conn, wanted, now)


def _recognised(
    rows: Sequence[Row[Any]], configured: Sequence[Source], keys: Mapping[str, str]
) -> list[tuple[Source, Row[Any] | None]]:
    """Each source of the files with its row; None: a new one. `keys`: of their addresses."""
    keyed: dict[str, Row[Any]] = {}
    for row in sorted(rows, key=lambda row: row.url_key is None):  # what an older process wrote comes last
        keyed.setdefault(row.url_key or row.source_id, row)
    found = {source.url: keyed.get(keys[source.url]) for source in configured}
    kept = {row.source_id for row in found.values() if row is not None}
    vanished: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        if _in_file(row) and row.source_id not in kept:
            vanished[row.name].append(row)
    for source in configured:
        if found[source.url] is None and len(moved := vanished.pop(source.name, [])) == 1:
            found[source.url] = moved[0]
    return [(source, found[source.url]) for source in configured]


def _in_file(row: Row[Any]) -> bool:
    return bool(row.origin == FILE and (row.enabled or row.paused_at is not None))


async def _change(conn: Connection, row: Row[Any], source: Source, key: str, now: datetime) -> None:
    record = pack(source)
    if row.record == record and _in_file(row):
        return
    values: dict[str, object] = {
        "name": source.name,
        "url": source.url,
        "url_key": key,
        "record": record,
        "origin": FILE,
        "enabled": row.paused_at is None,
    }
    if (row.url_key or row.source_id) != key:
        values |= _UNPOLLED
    if "etag" in values or not row.enabled or unpack(row.record, Source).interval_seconds != source.interval_seconds:
        values["next_poll"] = now
    await conn.execute(update(sources).where(sources.c.source_id == row.source_id).values(values))


async def add(conn: Connection, source: Source, now: datetime) -> bool:
    """Add a source of origin `db`, due now; False if its URL is there already."""
    if await at_url(conn, source.url) is not None:
        return False
    source = replace(source, source_id=source.source_id or ids.new_id())
    result = await conn.execute(
        insert(conn, sources).on_conflict_do_nothing(), new_row(source, url_key(source.url), DB, now)
    )
    if result.rowcount == 1:
        for team_id in source.teams or (DEFAULT_TEAM,):
            await subscriptions.add(conn, team_id, source.source_id, source.name, DB, now)
        await source_tags.put(conn, source.source_id, source.tags)
    return result.rowcount == 1


async def at_url(conn: Connection, url: str) -> SourceRow | None:
    """The source that polls this address, in whatever spelling."""
    key = url_key(url)
    unkeyed = and_(sources.c.url_key.is_(None), sources.c.source_id == key)
    statement = select(sources).where(or_(sources.c.url_key == key, unkeyed)).limit(1)
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else source_row(row)


async def move(conn: Connection, source_id: str, url: str, now: datetime) -> bool:
    """Change the address of a source; its id, entries and history stay. False if there is no such source.

    The address is no other source's. A poll of the old address that is under way leaves no state.
    """
    row = await get(conn, source_id)
    if row is None:
        return False
    moved = {"url": url, "url_key": url_key(url), "record": pack(replace(row.source, url=url)), "next_poll": now}
    await conn.execute(update(sources).where(sources.c.source_id == source_id).values({**_UNPOLLED, **moved}))
    return True


async def remove(conn: Connection, source_id: str) -> bool:
    """Remove a source of origin `db` with its state; False if it does not exist."""
    mine = and_(sources.c.source_id == source_id, sources.c.origin == DB)
    return (await conn.execute(delete(sources).where(mine))).rowcount == 1


async def set_enabled(
    conn: Connection, source_id: str, *, enabled: bool, at: datetime | None = None, by: str | None = None
) -> bool:
    """Pause or resume a source; False if it does not exist. `at`: when; a source that is resumed is due then."""
    values = {"enabled": enabled, "paused_at": None if enabled else at, "paused_by": None if enabled else by}
    if enabled and at is not None:
        values["next_poll"] = at
    statement = update(sources).where(sources.c.source_id == source_id).values(values)
    return (await conn.execute(statement)).rowcount == 1


async def get(conn: Connection, source_id: str) -> SourceRow | None:
    row = (await conn.execute(select(sources).where(sources.c.source_id == source_id))).one_or_none()
    return None if row is None else source_row(row)


async def ids_named(conn: Connection, name: str) -> list[str]:
    """The sources of that name, disabled ones too."""
    return list((await conn.execute(select(sources.c.source_id).where(sources.c.name == name))).scalars())


async def find(conn: Connection, text: str, team_id: str | None = None) -> SourceRow | None:
    """The source of that name, address (in whatever spelling) or id, that the team reads; of several the first by name."""
    asked = or_(sources.c.name == text, sources.c.source_id == text)
    with suppress(BadUrl):
        key = url_key(text)
        asked = or_(asked, sources.c.url_key == key, and_(sources.c.url_key.is_(None), sources.c.source_id == key))
    theirs = subscriptions.read_by(team_id)
    statement = select(sources).where(asked, *theirs).order_by(sources.c.name, sources.c.source_id).limit(1)
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else source_row(row)


async def names(conn: Connection, team_id: str | None = None) -> list[str]:
    """The names of all sources, disabled ones too; with `team_id` of those that the team reads."""
    statement = select(sources.c.name).where(*subscriptions.read_by(team_id)).order_by(sources.c.name)
    return list((await conn.execute(statement)).scalars())


# A source that keeps an interval of its own, from its first poll on: the schedule has none for it.
OWN_INTERVAL = and_(sources.c.interval_seconds.is_(None), sources.c.last_attempt.is_not(None))


async def due(  # noqa: PLR0913 - one call, everything named
    conn: Connection,
    now: datetime,
    limit: int,
    owner: str,
    lease_seconds: float,
    *,
    doubtful: bool | None = None,
    budget: int | None = None,
) -> list[DueSource]:
    """Lease up to `limit` sources that are due, longest overdue first; `doubtful`: of those (PollState) or the others only.

    At most `budget` of them are sources without an interval of their own. Nobody else gets them until `save_poll` or until
    the lease runs out (a poller that died).
    """
    if budget is None or budget >= limit:
        return await _lease(conn, now, limit, owner, lease_seconds, _asked(doubtful))
    leased = await _lease(conn, now, budget, owner, lease_seconds, [*_asked(doubtful), not_(OWN_INTERVAL)])
    own = [*_asked(doubtful), OWN_INTERVAL]
    return leased + await _lease(conn, now, limit - len(leased), owner, lease_seconds, own)


async def _lease(
    conn: Connection, now: datetime, limit: int, owner: str, lease_seconds: float, which: list[ColumnElement[bool]]
) -> list[DueSource]:
    rows = await leases.claim(conn, leases.SOURCES, now, limit, owner, lease_seconds, *which)
    return [due_source(row) for row in rows]


def _asked(doubtful: bool | None) -> list[ColumnElement[bool]]:  # noqa: FBT001 - None, True or False
    """PollState.doubtful as a condition; none for both kinds."""
    in_doubt = or_(sources.c.failures > 0, sources.c.last_success.is_(None))
    return [] if doubtful is None else [in_doubt if doubtful else not_(in_doubt)]


async def save_poll(conn: Connection, source_id: str, state: PollState, owner: str | None = None) -> bool:
    """Save a poll's result and release the lease.

    With `owner`: only if the lease is still this owner's; False (nothing saved) if it ran out and another took it.
    """
    statement = update(sources).where(sources.c.source_id == source_id)
    if owner is not None:
        statement = statement.where(sources.c.lease_owner == owner)
    values = {name: getattr(state, name) for name in _STATE}
    result = await conn.execute(statement.values(**values, lease_owner=None, lease_until=None))
    return result.rowcount == 1


async def postpone(conn: Connection, until: Mapping[str, datetime], owner: str) -> None:
    """Give the owner's leases back unused; nobody gets a source before its time. It stays due since when it was."""
    if not until:
        return
    statement = (
        update(sources)
        .where(sources.c.source_id == bindparam("postponed"), sources.c.lease_owner == owner)
        .values(lease_owner=None, lease_until=bindparam("at"))
    )
    await conn.execute(statement, [{"postponed": source_id, "at": at} for source_id, at in sorted(until.items())])


async def next_due(
    conn: Connection, now: datetime, *, doubtful: bool | None = None, own_interval: bool = False
) -> datetime | None:
    """The due time of the next enabled and free source, for a poller's sleep; None if there is none.

    With `own_interval`: of those alone that keep an interval of their own.
    """
    which = [*_asked(doubtful), *([OWN_INTERVAL] if own_interval else [])]
    return await leases.next_due(conn, leases.SOURCES, now, *which)


# What a poll knows of an address; without its lease a poll that is under way saves nothing.
_UNPOLLED: Mapping[str, object] = {
    "etag": None,
    "last_modified": None,
    "body_hash": None,
    "full_get_at": None,
    "error": None,
    "failures": 0,
    "lease_owner": None,
    "lease_until": None,
}


def url_key(url: str) -> str:
    """What an address is known by, in whatever spelling."""
    return ids.url_key(feed_url(url))


def new_row(source: Source, key: str, origin: str, now: datetime) -> dict[str, Any]:
    """The columns of a new source, due now. `key`: of its address."""
    state = PollState(next_poll=now)
    return {
        "source_id": source.source_id,
        "url_key": key,
        "name": source.name,
        "url": source.url,
        "origin": origin,
        "enabled": True,
        "record": pack(source),
        "created": now,
        **{name: getattr(state, name) for name in _STATE},
    }


def _state(row: Row[Any]) -> PollState:
    values = {name: getattr(row, name) for name in _STATE}
    values["outcome"] = member_or_none(PollOutcome, row.outcome)
    values["rhythm"] = row.rhythm or {}  # none before the first poll by a release that keeps it
    return PollState(**values)


def due_source(row: Row[Any]) -> DueSource:
    """What a poll needs of a whole row of the table."""
    return DueSource(unpack(row.record, Source), _state(row), row.created)


def source_row(row: Row[Any]) -> SourceRow:
    """What a whole row of the table says."""
    return SourceRow(
        source=unpack(row.record, Source),
        origin=row.origin,
        enabled=row.enabled,
        created=row.created,
        lease_until=row.lease_until,
        state=_state(row),
        paused_at=row.paused_at,
        paused_by=row.paused_by,
    )
