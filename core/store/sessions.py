"""Sessions of users who signed in with a browser. Of what a cookie holds only the hash is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, or_, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_people import sessions
from core.model.user import SessionRow
from core.store.holders import Holder, holder, opened, secret_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A session, and whose it is. It may be over, and the user disabled."""

    session: SessionRow
    holder: Holder


async def add(conn: Connection, session: SessionRow, secret: str) -> None:
    """Keep a new session."""
    values = {name: getattr(session, name) for name in SessionRow.__slots__}
    await conn.execute(insert(conn, sessions).values({**values, "secret_hash": secret_hash(secret)}))


async def find(conn: Connection, secret: str) -> Found | None:
    """The session that this secret opens."""
    row = await opened(conn, sessions, secret)
    return None if row is None else Found(session=_session(row, "sessions_"), holder=await holder(conn, row))


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
