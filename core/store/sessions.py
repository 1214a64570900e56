"""Sessions of users who signed in with a browser. Of what a cookie holds only the hash is kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Row, delete, or_, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import teams
from core.db.tables_people import sessions, team_members, users
from core.model.user import SessionRow, UserRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A session, whose it is, and the teams of that user: their names by id. `chosen`: the name of the session's team."""

    session: SessionRow
    user: UserRow
    teams: Mapping[str, str]
    chosen: str | None


def secret_hash(secret: str) -> str:
    """What is kept of a cookie's secret: it is random, so a fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


async def add(conn: Connection, session: SessionRow, secret: str) -> None:
    """Keep a new session."""
    values = {name: getattr(session, name) for name in SessionRow.__slots__}
    await conn.execute(insert(conn, sessions).values({**values, "secret_hash": secret_hash(secret)}))


async def find(conn: Connection, secret: str) -> Found | None:
    """The session that this secret opens, over or not, with its user, enabled or not."""
    statement = (
        select(sessions, users, teams.c.name)
        .join(users, users.c.user_id == sessions.c.user_id)
        .outerjoin(teams, teams.c.team_id == sessions.c.team_id)
        .where(sessions.c.secret_hash == secret_hash(secret))
        .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    )
    row = (await conn.execute(statement)).one_or_none()
    if row is None:
        return None
    session, user = _session(row, "sessions_"), _user(row)
    of_user = select(team_members.c.team_id, teams.c.name).join(teams, teams.c.team_id == team_members.c.team_id)
    own = await conn.execute(of_user.where(team_members.c.user_id == user.user_id))
    return Found(session=session, user=user, teams={one.team_id: one.name for one in own}, chosen=row.teams_name)


async def touch(conn: Connection, session_id: str, now: datetime, address: str) -> None:
    """It was used now, from there."""
    await conn.execute(
        update(sessions).where(sessions.c.session_id == session_id).values(last_seen=now, address=address)
    )


async def work_in(conn: Connection, session_id: str, team_id: str | None) -> None:
    """From now on its user works in that team."""
    await conn.execute(update(sessions).where(sessions.c.session_id == session_id).values(team_id=team_id))


async def of_user(conn: Connection, user_id: str) -> list[SessionRow]:
    """The user's sessions, the one used last first."""
    statement = select(sessions).where(sessions.c.user_id == user_id)
    statement = statement.order_by(sessions.c.last_seen.desc(), sessions.c.session_id)
    return [_session(row) for row in await conn.execute(statement)]


async def end(conn: Connection, user_id: str, session_id: str) -> bool:
    """False where the user has no such session."""
    here = (sessions.c.session_id == session_id, sessions.c.user_id == user_id)
    return (await conn.execute(delete(sessions).where(*here))).rowcount == 1


async def end_by_secret(conn: Connection, secret: str) -> bool:
    """False where it opens none."""
    here = sessions.c.secret_hash == secret_hash(secret)
    return (await conn.execute(delete(sessions).where(here))).rowcount == 1


async def end_all(conn: Connection, user_id: str, but: str | None = None) -> int:
    """End the user's sessions, all but one; how many."""
    statement = delete(sessions).where(sessions.c.user_id == user_id)
    if but is not None:
        statement = statement.where(sessions.c.session_id != but)
    return (await conn.execute(statement)).rowcount


async def prune(conn: Connection, now: datetime, unused_since: datetime) -> int:
    """Delete those that are over by their age, or were not used since then."""
    over = or_(sessions.c.expires <= now, sessions.c.last_seen <= unused_since)
    return (await conn.execute(delete(sessions).where(over))).rowcount


def _session(row: Row[Any], prefix: str = "") -> SessionRow:
    return SessionRow(**{name: getattr(row, prefix + name) for name in SessionRow.__slots__})


def _user(row: Row[Any]) -> UserRow:
    return UserRow(**{name: getattr(row, f"users_{name}") for name in UserRow.__slots__})
