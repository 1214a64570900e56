"""How long a session lasts, how it begins (never with what the browser brought along), and how its user or an admin ends it."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.db.connection import Connection
from core.model import ids
from core.model.user import IDLE, SessionRow, UserRow
from core.store import sessions, users
from wirewatch.usecases.acting import Acting

LONGEST = timedelta(days=14)
SEEN_AGAIN = timedelta(minutes=1)  # how exactly the last use is kept
_SECRET_BYTES = 32
_LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """From where somebody signs in, with which browser, and with which session's secret, if any."""

    address: str
    user_agent: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A session that begins. `secret`: what its cookie holds; it is kept nowhere."""

    session: SessionRow
    user: UserRow
    secret: str = field(repr=False)


def alive(session: SessionRow, now: datetime) -> bool:
    """Whether it is neither too old nor unused for too long."""
    return now < session.expires and now < session.last_seen + IDLE


async def open_sessions(conn: Connection, user_id: str, now: datetime) -> list[SessionRow]:
    """The user's sessions that are not over, the one used last first."""
    return [row for row in await sessions.of_user(conn, user_id) if alive(row, now)]


async def end_sessions(
    conn: Connection, acting: Acting, user: UserRow, session_id: str | None, *, but: str | None = None
) -> int:
    """End one of the user's sessions; None: all but one. How many; note it where there were any."""
    if session_id is None:
        ended = await sessions.end_all(conn, user.user_id, but)
    else:
        ended = int(await sessions.end(conn, user.user_id, session_id))
    if ended:
        left = len(await sessions.of_user(conn, user.user_id))
        await acting.note(conn, user.name, before={"sessions": left + ended}, after={"sessions": left})
    return ended


async def begin(conn: Connection, user: UserRow, came: Came, now: datetime) -> Begun:
    """A new session of who has shown to be this user. What the browser had before is over: nobody could have planted it."""
    if came.secret is not None:
        await sessions.end_by_secret(conn, came.secret)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    session = SessionRow(
        session_id=ids.new_id(),
        user_id=user.user_id,
        team_id=None,
        created=now,
        last_seen=now,
        expires=now + LONGEST,
        address=came.address,
        user_agent=came.user_agent[:_LONGEST_AGENT],
    )
    await sessions.add(conn, session, secret)
    await users.change(conn, user.user_id, last_sign_in=now)
    return Begun(session=session, user=user, secret=secret)
