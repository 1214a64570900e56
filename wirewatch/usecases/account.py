"""What users do for themselves: password, sessions, time zone, the team that they work in."""

from dataclasses import dataclass
from datetime import datetime

from core.db.connection import Connection
from core.model.team import Team
from core.model.user import SessionRow, UserRow
from core.passwords import is_right
from core.store import sessions, teams, users
from wirewatch.config.schema import time_zone
from wirewatch.usecases import session_life
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.permission import Permission, Role
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound
from wirewatch.usecases.users import new_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`teams`: those that the user may work in; `team_id`: where now, None: all of them together, which is for admins."""

    user_id: str
    name: str
    role: Role
    has_password: bool
    time_zone: str | None
    created: datetime
    last_sign_in: datetime | None
    teams: tuple[Team, ...]
    team_id: str | None


@reads(Permission.OWN_ACCOUNT)
async def show(acting: Acting) -> Account:
    """Oneself. Raises NotFound for who has not signed in."""
    async with acting.db.connection() as conn:
        row = await _me(acting, conn)
        may = await _may_work_in(acting, conn, row)
    return Account(
        user_id=row.user_id,
        name=row.name,
        role=Role(row.role),
        has_password=row.password_hash is not None,
        time_zone=row.time_zone,
        created=row.created,
        last_sign_in=row.last_sign_in,
        teams=may,
        team_id=None if acting.all_teams else acting.team,
    )


@reads(Permission.OWN_ACCOUNT)
async def list_sessions(acting: Acting) -> list[SessionRow]:
    """One's own sessions that are not over, the one used last first."""
    async with acting.db.connection() as conn:
        return await session_life.open_sessions(conn, (await _me(acting, conn)).user_id, acting.clock.now())


@changes(Permission.OWN_ACCOUNT, "account.password")
async def change_password(acting: Acting, old: str, new: str) -> None:
    """Change one's own password, and end the other sessions. Raises Invalid, Conflict.

    Who has none (signed in elsewhere) sets none here.
    """
    async with acting.db.connection() as conn:
        row = await _me(acting, conn)
    if row.password_hash is None:
        raise Conflict("you sign in elsewhere, so there is no password here to change")
    if not await is_right(row.password_hash, old):
        raise Invalid("this is not your present password", "old_password")
    password_hash = await new_hash(new, row.name)
    async with acting.db.transaction() as conn:
        await users.change(conn, row.user_id, password_hash=password_hash)
        ended = await sessions.end_all(conn, row.user_id, but=acting.session_id)
        await acting.note(conn, row.name, before={"password": "old"}, after={"password": "new"}, sessions_ended=ended)


@changes(Permission.OWN_ACCOUNT, "account.time_zone")
async def set_time_zone(acting: Acting, zone: str | None) -> None:
    """Show times in this IANA zone; None: in that of the browser. Raises Invalid."""
    if zone is not None:
        try:
            time_zone(zone)
        except ValueError as error:
            raise Invalid(str(error), "time_zone") from None
    async with acting.db.transaction() as conn:
        row = await _me(acting, conn)
        await users.change(conn, row.user_id, time_zone=zone)
        await acting.note(conn, row.name, before={"time_zone": row.time_zone}, after={"time_zone": zone})


@changes(Permission.OWN_ACCOUNT, "account.team")
async def work_in(acting: Acting, team: str | None) -> str | None:
    """Work in the team of that name or id from now on; None: in all, which is for admins. Its id. Raises NotFound, Invalid."""
    async with acting.db.transaction() as conn:
        row = await _me(acting, conn)
        if acting.session_id is None:
            raise Invalid("only a session has a team to work in; a token keeps its own", "team")
        if team is None and row.role != Role.ADMIN:
            raise Invalid("only an admin may see all teams together: name one", "team")
        may = {one.name: one.team_id for one in await _may_work_in(acting, conn, row)}
        team_id = None if team is None else may.get(team, team if team in may.values() else None)
        if team is not None and team_id is None:
            raise NotFound(f"you are in no team {team!r}; yours: {', '.join(sorted(may)) or 'none'}")
        await sessions.work_in(conn, acting.session_id, team_id)
        await acting.note(conn, row.name, after={"team": team_id})
    return team_id


@changes(Permission.OWN_ACCOUNT, "account.sign_out")
async def end_sessions(acting: Acting, session_id: str | None = None) -> int:
    """End one of one's own sessions; None: all but the one that asks. How many. Raises NotFound."""
    async with acting.db.transaction() as conn:
        row = await _me(acting, conn)
        ended = await session_life.end_sessions(conn, acting, row, session_id, but=acting.session_id)
        if session_id is not None and not ended:
            raise NotFound("you have no such session; it may have ended already")
    return ended


async def _me(acting: Acting, conn: Connection) -> UserRow:
    row = None if acting.user_id is None else await users.by_id(conn, acting.user_id)
    if row is None:
        raise NotFound("who has not signed in has no account")
    return row


async def _may_work_in(acting: Acting, conn: Connection, row: UserRow) -> tuple[Team, ...]:
    every = await teams.list_all(conn)
    return tuple(team for team in every if team.team_id in acting.teams or row.role == Role.ADMIN)
