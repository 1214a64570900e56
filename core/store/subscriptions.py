"""The teams that read each source. They are part of the source's record too, and pass on with its entries."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import subscriptions
from core.model.team import DEFAULT_TEAM

FILE = "file"

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


def in_record(teams: Sequence[str]) -> tuple[str, ...]:
    """Empty for the default team alone: small installations have no word of teams in their records."""
    return () if list(teams) == [DEFAULT_TEAM] else tuple(sorted(teams))
