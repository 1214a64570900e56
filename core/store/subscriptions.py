"""The teams that read each source. They are part of the source's record too, and pass on with its entries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import sources, subscriptions
from core.model.origin import DB, FILE
from core.model.source import Source
from core.model.team import DEFAULT_TEAM
from core.store import revisions
from core.store.payload import pack, unpack

_COUNTER = "sources"  # its lock: nobody brings in files meanwhile

TeamsOf = Mapping[str, Mapping[str, str]]  # source id -> team id -> what the team calls it


async def sync_from_config(conn: Connection, wanted: TeamsOf, now: datetime) -> None:
    """Make the subscriptions of origin `file` be these."""
    there = {(row.team_id, row.source_id): row for row in await conn.execute(select(subscriptions))}
    asked = {(team_id, source_id): name for source_id, of in wanted.items() for team_id, name in of.items()}
    new = [
        {"team_id": key[0], "source_id": key[1], "name": name, "origin": FILE, "created": now}
        for key, name in sorted(asked.items())
        if key not in there or (there[key].name, there[key].origin) != (name, FILE)
    ]
    if new:
        statement = insert(conn, subscriptions)
        keys = [subscriptions.c.team_id, subscriptions.c.source_id]
        changed = {"name": statement.excluded.name, "origin": statement.excluded.origin}
        await conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), new)
    for key, row in there.items():
        if row.origin == FILE and key not in asked:
            await remove(conn, *key)


async def add(conn: Connection, team_id: str, source_id: str, name: str, origin: str, now: datetime) -> None:
    """Subscribe a team to a source; changes nothing if it is subscribed."""
    row = {"team_id": team_id, "source_id": source_id, "name": name, "origin": origin, "created": now}
    await conn.execute(insert(conn, subscriptions).on_conflict_do_nothing(), row)


async def remove(conn: Connection, team_id: str, source_id: str) -> bool:
    """Unsubscribe a team from a source; False if it was not subscribed."""
    mine = delete(subscriptions).where(subscriptions.c.team_id == team_id, subscriptions.c.source_id == source_id)
    return (await conn.execute(mine)).rowcount == 1


async def subscribe(conn: Connection, team_id: str, source_id: str, name: str, now: datetime) -> None:
    """Subscribe a team to a source that is there, from its next poll on."""
    await revisions.lock(conn, _COUNTER)
    readers = await teams_of(conn, source_id)
    for one in sorted({*readers, team_id}):  # an older process may have noted nobody
        await add(conn, one, source_id, name, DB, now)
    await _record(conn, source_id, {*readers, team_id})


async def unsubscribe(conn: Connection, team_id: str, source_id: str) -> None:
    """Unsubscribe a team from a source that others read too."""
    await revisions.lock(conn, _COUNTER)
    await remove(conn, team_id, source_id)
    await _record(conn, source_id, await teams_of(conn, source_id))


async def teams_of(conn: Connection, source_id: str) -> dict[str, str]:
    """The teams that read a source, each with the origin of its subscription."""
    mine = select(subscriptions.c.team_id, subscriptions.c.origin).where(subscriptions.c.source_id == source_id)
    return {row.team_id: row.origin for row in await conn.execute(mine)} or {DEFAULT_TEAM: DB}


async def added(conn: Connection) -> Mapping[str, Collection[str]]:
    """The teams that commands have subscribed, by source."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in await conn.execute(select(subscriptions).where(subscriptions.c.origin == DB)):
        found[row.source_id].append(row.team_id)
    return found


def left_by_files(record: bytes, readers: Collection[str]) -> dict[str, object]:
    """The new values of a source that no file names any more: it goes on for the teams that commands have subscribed."""
    if not readers:
        return {"enabled": False}
    return {"origin": DB, "record": pack(replace(unpack(record, Source), teams=in_record(readers)))}


def read_by(team_id: str | None) -> list[ColumnElement[bool]]:
    """The condition on a source that the team reads it; none for None. One that nobody subscribes to is the default team's."""
    if team_id is None:
        return []
    of_source = subscriptions.c.source_id == sources.c.source_id
    reads = select(1).where(and_(of_source, subscriptions.c.team_id == team_id)).exists()
    if team_id != DEFAULT_TEAM:
        return [reads]
    return [or_(reads, ~select(1).where(of_source).exists())]


def in_record(teams: Collection[str]) -> tuple[str, ...]:
    """Empty for the default team alone: small installations have no word of teams in their records."""
    return () if list(teams) == [DEFAULT_TEAM] else tuple(sorted(teams))


async def _record(conn: Connection, source_id: str, readers: Collection[str]) -> None:
    mine = sources.c.source_id == source_id
    source = unpack((await conn.execute(select(sources.c.record).where(mine))).scalar_one(), Source)
    record = pack(replace(source, teams=in_record(readers)))
    await conn.execute(update(sources).where(mine).values(record=record))
