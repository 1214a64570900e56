"""Changes that people make to sources: many new ones at once, what one says of itself, and when it is polled next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables import source_searches, sources
from core.db.tables import subscriptions as subscribed
from core.db.types import JsonObject
from core.model.origin import DB
from core.model.source import Source
from core.model.team import DEFAULT_TEAM
from core.store import source_tags
from core.store.payload import pack
from core.store.sources import SourceRow, new_row, source_row, url_key

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A source to add, with its id. `first_poll`: when it is due for the first time. `paused_by`: who adds it as paused."""

    source: Source
    first_poll: datetime
    paused_by: str | None = None


async def add_many(conn: Connection, new: Sequence[NewRow], now: datetime) -> set[str]:
    """Add sources of origin `db`; the ids of those that are there now. One whose address is there already is left out."""
    there: set[str] = set()
    for some in slices(new, _AT_ONCE):
        rows = [_row(one, now) for one in some]
        await conn.execute(insert(conn, sources).on_conflict_do_nothing(), rows)
        ids = [one.source.source_id for one in some]
        found = set((await conn.execute(select(sources.c.source_id).where(sources.c.source_id.in_(ids)))).scalars())
        added = [one.source for one in some if one.source.source_id in found]
        await _subscribe(conn, added, now)
        await source_tags.add_many(conn, {one.source_id: one.tags for one in added})
        there |= found
    return there


def _row(one: NewRow, now: datetime) -> dict[str, object]:
    row = new_row(one.source, url_key(one.source.url), DB, now)
    paused_at = None if one.paused_by is None else now
    more = {"enabled": one.paused_by is None, "paused_at": paused_at, "paused_by": one.paused_by}
    return {**row, "next_poll": one.first_poll, **more}


async def _subscribe(conn: Connection, added: Sequence[Source], now: datetime) -> None:
    rows = [
        {"team_id": team, "source_id": one.source_id, "name": one.name, "origin": DB, "created": now}
        for one in added
        for team in one.teams or (DEFAULT_TEAM,)
    ]
    if rows:
        await conn.execute(insert(conn, subscribed).on_conflict_do_nothing(), rows)


async def change(conn: Connection, source: Source, now: datetime) -> None:
    """Let a source say this of itself; its address stays. One with another interval than before is due now."""
    mine = sources.c.source_id == source.source_id
    before = source_row((await conn.execute(select(sources).where(mine))).one()).source
    source = replace(source, url=before.url, teams=before.teams)
    values: dict[str, object] = {"name": source.name, "record": pack(source)}
    if before.interval_seconds != source.interval_seconds:
        values["next_poll"] = now
    await conn.execute(update(sources).where(mine).values(values))
    if before.name != source.name:
        theirs = and_(
            subscribed.c.source_id == source.source_id, subscribed.c.origin == DB, subscribed.c.name == before.name
        )
        await conn.execute(update(subscribed).where(theirs).values(name=source.name))
    if before.tags != source.tags:
        await source_tags.put(conn, source.source_id, source.tags)


async def poll_now(conn: Connection, source_ids: Collection[str], now: datetime) -> int:
    """Let enabled sources be due now; how many are. One that is being polled is left alone."""
    done = 0
    free = or_(sources.c.lease_owner.is_(None), sources.c.lease_until <= now)
    for some in slices(sorted(source_ids)):
        which = and_(sources.c.source_id.in_(some), sources.c.enabled.is_(True), free)
        done += (await conn.execute(update(sources).where(which).values(next_poll=now, lease_until=None))).rowcount
    return done


async def put_search(conn: Connection, source_id: str, found: JsonObject, at: datetime) -> None:
    """Keep what was found on a source's site. Nothing, where the source is gone."""
    if (await conn.execute(select(sources.c.source_id).where(sources.c.source_id == source_id))).one_or_none() is None:
        return
    statement = insert(conn, source_searches)
    changed = {"at": statement.excluded.at, "found": statement.excluded.found}
    row = {"source_id": source_id, "at": at, "found": found}
    await conn.execute(statement.on_conflict_do_update(index_elements=[source_searches.c.source_id], set_=changed), row)


async def searches(conn: Connection, source_ids: Collection[str]) -> dict[str, tuple[datetime, JsonObject]]:
    """What was found on the sites of these sources, and when, by source."""
    found: dict[str, tuple[datetime, JsonObject]] = {}
    for some in slices(sorted(source_ids)):
        rows = await conn.execute(select(source_searches).where(source_searches.c.source_id.in_(some)))
        found |= {row.source_id: (row.at, row.found) for row in rows}
    return found


async def forget_search(conn: Connection, source_id: str) -> None:
    """What was found is used, or needed no more."""
    await conn.execute(delete(source_searches).where(source_searches.c.source_id == source_id))


async def lost(conn: Connection, now: datetime, limit: int, again_after: timedelta) -> list[SourceRow]:
    """Sources that were polled and never answered, whose site was not searched since `again_after` ago; the first polled first."""
    searched = select(source_searches.c.source_id).where(source_searches.c.at > now - again_after)
    statement = (
        select(sources)
        .where(
            sources.c.enabled.is_(True),
            sources.c.failures > 0,
            sources.c.last_success.is_(None),
            sources.c.source_id.not_in(searched),
        )
        .order_by(sources.c.last_attempt, sources.c.source_id)
        .limit(limit)
    )
    return [source_row(row) for row in await conn.execute(statement)]
