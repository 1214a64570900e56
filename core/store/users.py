"""Users by name, and the teams that they belong to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_people import team_members, users
from core.model.user import UserRow, name_key


async def held_in_role(conn: Connection, role: str) -> list[str]:
    """Who has that role and may sign in. They stay so until this transaction ends: for who must leave one."""
    statement = select(users.c.user_id).where(users.c.role == role, users.c.enabled.is_(True))
    return list((await conn.execute(statement.order_by(users.c.user_id).with_for_update())).scalars())


async def add(conn: Connection, user: UserRow) -> bool:
    """False where the name is in use."""
    values = {**{name: getattr(user, name) for name in UserRow.__slots__}, "name_key": name_key(user.name)}
    statement = insert(conn, users).values(values).on_conflict_do_nothing(index_elements=["name_key"])
    return (await conn.execute(statement)).rowcount == 1


async def change(conn: Connection, user_id: str, **values: Any) -> bool:
    """Set these columns; False for a user that is not there."""
    return (await conn.execute(update(users).where(users.c.user_id == user_id).values(**values))).rowcount == 1


async def remove(conn: Connection, user_id: str) -> bool:
    """With sessions, tokens and memberships; False for a user that is not there."""
    return (await conn.execute(delete(users).where(users.c.user_id == user_id))).rowcount == 1


async def by_id(conn: Connection, user_id: str) -> UserRow | None:
    """The user with this id."""
    return _one((await conn.execute(select(users).where(users.c.user_id == user_id))).one_or_none())


async def by_name(conn: Connection, name: str) -> UserRow | None:
    """The user of that name, however it is written."""
    return _one((await conn.execute(select(users).where(users.c.name_key == name_key(name)))).one_or_none())


async def named(conn: Connection, user_ids: Collection[str]) -> dict[str, str]:
    """The names of these users."""
    found: dict[str, str] = {}
    for piece in slices(sorted(set(user_ids))):
        rows = await conn.execute(select(users.c.user_id, users.c.name).where(users.c.user_id.in_(piece)))
        found |= {row.user_id: row.name for row in rows}
    return found


async def list_all(conn: Connection, team_id: str | None = None) -> list[UserRow]:
    """Users of one team, or all; by name."""
    statement = select(users).order_by(users.c.name_key)
    if team_id is not None:
        of_team = select(team_members.c.user_id).where(team_members.c.team_id == team_id)
        statement = statement.where(users.c.user_id.in_(of_team))
    return [_row(row) for row in await conn.execute(statement)]


async def names(conn: Connection) -> list[str]:
    """All names, by name."""
    return list((await conn.execute(select(users.c.name).order_by(users.c.name_key))).scalars())


async def any_at_all(conn: Connection) -> bool:
    """Whether there is a user, disabled ones too."""
    return (await conn.execute(select(users.c.user_id).limit(1))).first() is not None


async def count(conn: Connection) -> int:
    """How many there are."""
    return int((await conn.execute(select(func.count()).select_from(users))).scalar_one())


async def join_team(conn: Connection, user_id: str, team_id: str) -> bool:
    """False for a member."""
    statement = insert(conn, team_members).values(team_id=team_id, user_id=user_id).on_conflict_do_nothing()
    return (await conn.execute(statement)).rowcount == 1


async def leave_team(conn: Connection, user_id: str, team_id: str) -> bool:
    """False for no member."""
    here = and_(team_members.c.team_id == team_id, team_members.c.user_id == user_id)
    return (await conn.execute(delete(team_members).where(here))).rowcount == 1


async def join_exactly(conn: Connection, user_id: str, team_ids: Iterable[str]) -> None:
    """From now on the user is in these teams and no other."""
    wanted = set(team_ids)
    has = set((await teams_of(conn, [user_id])).get(user_id, ()))
    for team_id in sorted(wanted - has):
        await join_team(conn, user_id, team_id)
    for team_id in sorted(has - wanted):
        await leave_team(conn, user_id, team_id)


async def teams_of(conn: Connection, user_ids: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the teams of each user."""
    found: dict[str, list[str]] = defaultdict(list)
    for piece in slices(user_ids):
        statement = select(team_members).where(team_members.c.user_id.in_(piece)).order_by(team_members.c.team_id)
        for row in await conn.execute(statement):
            found[row.user_id].append(row.team_id)
    return found


async def team_sizes(conn: Connection) -> dict[str, int]:
    """How many members each team has, by its id."""
    statement = select(team_members.c.team_id, func.count().label("size")).group_by(team_members.c.team_id)
    return {row.team_id: row.size for row in await conn.execute(statement)}


def _one(row: Row[Any] | None) -> UserRow | None:
    return None if row is None else _row(row)


def _row(row: Row[Any]) -> UserRow:
    return UserRow(**{name: getattr(row, name) for name in UserRow.__slots__})
