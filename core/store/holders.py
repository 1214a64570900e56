"""Whoever holds a secret of ours: the cookie of a session, or an API token. Of a secret only the hash is kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Row, Table, select

from core.db.connection import Connection
from core.db.tables_alerts import teams
from core.db.tables_people import team_members, users
from core.model.user import UserRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose a secret is, enabled or not, and the teams of that user: their names by id. `chosen`: the name of the secret's team."""

    user: UserRow
    teams: Mapping[str, str]
    chosen: str | None


def secret_hash(secret: str) -> str:
    """What is kept of a secret: it is random, so a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


async def opened(conn: Connection, table: Table, secret: str) -> Row[Any] | None:
    """The row of `table` (sessions, tokens) that this secret opens, its user and the name of its team; columns with their table's name."""
    statement = (
        select(table, users, teams.c.name)
        .join(users, users.c.user_id == table.c.user_id)
        .outerjoin(teams, teams.c.team_id == table.c.team_id)
        .where(table.c.secret_hash == secret_hash(secret))
        .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    )
    return (await conn.execute(statement)).one_or_none()


async def holder(conn: Connection, row: Row[Any]) -> Holder:
    """Whose that row (`opened`) is."""
    user = UserRow(**{name: getattr(row, f"users_{name}") for name in UserRow.__slots__})
    of_user = select(team_members.c.team_id, teams.c.name).join(teams, teams.c.team_id == team_members.c.team_id)
    own = await conn.execute(of_user.where(team_members.c.user_id == user.user_id))
    return Holder(user=user, teams={one.team_id: one.name for one in own}, chosen=row.teams_name)
