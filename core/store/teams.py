"""Teams by name. The default one is always there."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, func, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import subscriptions
from core.db.tables_alerts import aliases, channels, rules, teams
from core.db.tables_people import team_members
from core.model import ids
from core.model.team import DEFAULT_TEAM, Team


async def ensure(conn: Connection, names: Iterable[str], now: datetime) -> dict[str, str]:
    """The ids of the named teams; creates missing ones. Several processes may do so at once."""
    default = {DEFAULT_TEAM: DEFAULT_TEAM}
    wanted = set(names) - default.keys()
    if not wanted:
        return default
    known = await ids_by_name(conn) | default
    new = [{"team_id": ids.new_id(), "name": name, "created": now} for name in sorted(wanted - known.keys())]
    if new:
        await conn.execute(insert(conn, teams).on_conflict_do_nothing(), new)
        known = await ids_by_name(conn) | default
    return known


async def add(conn: Connection, team: Team) -> bool:
    """False where the name is in use."""
    values = {"team_id": team.team_id, "name": team.name, "created": team.created}
    statement = insert(conn, teams).values(values).on_conflict_do_nothing(index_elements=["name"])
    return (await conn.execute(statement)).rowcount == 1


async def remove(conn: Connection, team_id: str) -> None:
    """Remove a team that holds nothing (`holdings`)."""
    await conn.execute(delete(teams).where(teams.c.team_id == team_id))


async def holdings(conn: Connection, team_id: str) -> dict[str, int]:
    """How many members, rules, aliases, channels and sources the team has, in the words for them."""
    of: dict[str, tuple[Table, tuple[ColumnElement[bool], ...]]] = {
        "members": (team_members, ()),
        "rules": (rules, (rules.c.enabled.is_(True),)),
        "aliases": (aliases, (aliases.c.enabled.is_(True),)),
        "channels": (channels, (channels.c.removed.is_(None),)),
        "sources": (subscriptions, ()),
    }
    return {
        what: int((await conn.execute(select(func.count()).where(table.c.team_id == team_id, *more))).scalar_one())
        for what, (table, more) in of.items()
    }


async def name_of(conn: Connection, team_id: str) -> str | None:
    """The name of a team."""
    if team_id == DEFAULT_TEAM:
        return DEFAULT_TEAM
    found: str | None = (
        await conn.execute(select(teams.c.name).where(teams.c.team_id == team_id))
    ).scalar_one_or_none()
    return found


async def list_all(conn: Connection) -> list[Team]:
    """All teams, by name."""
    return [Team(**row._asdict()) for row in await conn.execute(select(teams).order_by(teams.c.name))]


async def ids_by_name(conn: Connection) -> dict[str, str]:
    """The id of each team by its name."""
    return {team.name: team.team_id for team in await list_all(conn)}


async def names_by_id(conn: Connection) -> dict[str, str]:
    """The name of each team by its id."""
    return {team.team_id: team.name for team in await list_all(conn)}
