"""Users: who may sign in, in which role and teams. There is always an admin left, or nobody at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.db.connection import Connection
from core.model import ids
from core.model.user import SessionRow, UserRow, name_key, user_name
from core.passwords import hashed, password_problem
from core.store import sessions, teams, users
from wirewatch.usecases import session_life
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission, Role
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound
from wirewatch.usecases.tags import tag


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUser:
    """`teams`: their names. `has_password`: else the user signs in elsewhere, or not at all."""

    user_id: str
    name: str
    role: Role
    enabled: bool
    has_password: bool
    teams: tuple[str, ...]
    time_zone: str | None
    created: datetime
    last_sign_in: datetime | None

    @property
    def tag(self) -> str:
        """Of what an admin changes."""
        return tag(self.user_id, self.role, self.enabled, self.teams)

    def told(self) -> dict[str, object]:
        """For the audit log."""
        return {"role": self.role.value, "enabled": self.enabled, "teams": list(self.teams)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """`role` None: admin for the first user, then viewer. `teams` empty: the one of who adds the user."""

    name: str
    password: str | None = field(default=None, repr=False)
    role: Role | None = None
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """None: as it is. `teams`: all that the user is in from now on."""

    role: Role | None = None
    enabled: bool | None = None
    teams: tuple[str, ...] | None = None


@reads(Permission.READ_PEOPLE)
async def list_page(acting: Acting, paging: Paging, team: str | None = None) -> Page[KnownUser]:
    """Users by name; of the team with that name, or all. Raises NotFound, BadCursor."""
    async with acting.db.connection() as conn:
        team_id = None if team is None else (await team_ids(conn, [team]))[0]
        rows = await users.list_all(conn, team_id)
        page = paging.page_by_name("users", rows, lambda row: (name_key(row.name), row.user_id))
        return Page(tuple(await known_users(conn, page.items)), page.next)


@reads(Permission.READ_PEOPLE)
async def show(acting: Acting, name: str) -> KnownUser:
    """The user of that name or id. Raises NotFound."""
    async with acting.db.connection() as conn:
        return (await known_users(conn, [await _found(conn, name)]))[0]


@reads(Permission.READ_PEOPLE)
async def sessions_of(acting: Acting, name: str) -> list[SessionRow]:
    """The user's sessions that are not over, the one used last first. Raises NotFound."""
    async with acting.db.connection() as conn:
        return await session_life.open_sessions(conn, (await _found(conn, name)).user_id, acting.clock.now())


@changes(Permission.CHANGE_PEOPLE, "user.add")
async def add(acting: Acting, new: NewUser) -> KnownUser:
    """A new user. Raises Invalid, Conflict, NotFound."""
    try:
        name = user_name(new.name)
    except ValueError as error:
        raise Invalid(str(error), "name") from None
    password_hash = None if new.password is None else await new_hash(new.password, name)
    now = acting.clock.now()
    async with acting.db.transaction() as conn:
        role = new.role or (Role.VIEWER if await users.any_at_all(conn) else Role.ADMIN)
        row = UserRow(user_id=ids.new_id(), name=name, password_hash=password_hash, role=role.value, created=now)
        if role is not Role.ADMIN and not await users.held_in_role(conn, Role.ADMIN):
            raise Invalid("the first user must be an admin, who may add the others: give the role admin", "role")
        if not await users.add(conn, row):
            raise Conflict(f"there is a user {name!r} already")
        for team_id in await team_ids(conn, new.teams) if new.teams else [acting.team]:
            await users.join_team(conn, row.user_id, team_id)
        (known,) = await known_users(conn, [row])
        await acting.note(conn, name, after=known.told())
    return known


@changes(Permission.CHANGE_PEOPLE, "user.change")
async def change(acting: Acting, name: str, wanted: UserChange) -> KnownUser:
    """Change role, teams, or whether the user may sign in. Who may not any more is signed out.

    Raises NotFound, Conflict, Invalid, Stale.
    """
    async with acting.db.transaction() as conn:
        row = await _found(conn, name)
        (before,) = await known_users(conn, [row])
        await acting.unchanged(conn, row.name, before.tag)
        values = {} if wanted.role is None else {"role": wanted.role.value}
        enabled = row.enabled if wanted.enabled is None else wanted.enabled
        if values.get("role", row.role) != Role.ADMIN or not enabled:
            await _leave_an_admin(conn, row)
        await users.change(conn, row.user_id, **values, enabled=enabled)
        if not enabled:
            await sessions.end_all(conn, row.user_id)
        if wanted.teams is not None:
            await _join_exactly(conn, row, wanted.teams)
        (known,) = await known_users(conn, [await _found(conn, row.user_id)])
        if known != before:
            await acting.note(conn, row.name, before=before.told(), after=known.told())
    return known


@changes(Permission.CHANGE_PEOPLE, "user.password")
async def set_password(acting: Acting, name: str, password: str) -> None:
    """Give the user a new password, and end all sessions. Raises NotFound, Invalid."""
    async with acting.db.connection() as conn:
        row = await _found(conn, name)
    password_hash = await new_hash(password, row.name)
    async with acting.db.transaction() as conn:
        if not await users.change(conn, row.user_id, password_hash=password_hash):
            raise NotFound(f"the user {row.name!r} was removed meanwhile")
        ended = await sessions.end_all(conn, row.user_id)
        had = {"password": None if row.password_hash is None else "old"}
        await acting.note(conn, row.name, before=had, after={"password": "new"}, sessions_ended=ended)


@changes(Permission.CHANGE_PEOPLE, "user.remove")
async def remove(acting: Acting, name: str) -> KnownUser:
    """Remove a user with sessions and tokens; what they did stays in the audit log. Raises NotFound, Conflict, Stale."""
    async with acting.db.transaction() as conn:
        row = await _found(conn, name)
        (known,) = await known_users(conn, [row])
        await acting.unchanged(conn, row.name, known.tag)
        if await users.count(conn) > 1 or acting.user_id is not None:
            await _leave_an_admin(conn, row)
        await users.remove(conn, row.user_id)
        await acting.note(conn, row.name, before=known.told())
    return known


@changes(Permission.CHANGE_PEOPLE, "user.sign_out")
async def end_sessions(acting: Acting, name: str, session_id: str | None = None) -> int:
    """End the user's sessions, or one of them; how many. Raises NotFound."""
    async with acting.db.transaction() as conn:
        row = await _found(conn, name)
        ended = await session_life.end_sessions(conn, acting, row, session_id)
        if session_id is not None and not ended:
            raise NotFound(f"the user {row.name!r} has no such session; it may have ended already")
    return ended


async def team_ids(conn: Connection, names: Sequence[str]) -> list[str]:
    """The ids of the teams with these names. Raises NotFound."""
    known = await teams.ids_by_name(conn)
    for name in names:
        if name not in known:
            raise NotFound.of("team", name, known)
    return [known[name] for name in names]


async def _join_exactly(conn: Connection, row: UserRow, names: Sequence[str]) -> None:
    if not names:
        raise Invalid("a user is in one team at least; to keep somebody out, disable the user", "teams")
    await users.join_exactly(conn, row.user_id, await team_ids(conn, names))


async def _leave_an_admin(conn: Connection, row: UserRow) -> None:
    """Raise Conflict where nobody would be left who may add users."""
    admins = await users.held_in_role(conn, Role.ADMIN)
    if admins == [row.user_id]:
        raise Conflict(f"{row.name!r} is the only admin: give another user the role admin first")


async def new_hash(password: str, name: str) -> str:
    """What is stored of a new password of the user with that name. Raises Invalid."""
    problem = password_problem(password, name)
    if problem is not None:
        raise Invalid(problem, "password")
    return await hashed(password)


async def _found(conn: Connection, name: str) -> UserRow:
    row = await users.by_name(conn, name) or await users.by_id(conn, name)
    if row is None:
        raise NotFound.of("user", name, await users.names(conn))
    return row


async def known_users(conn: Connection, rows: Sequence[UserRow]) -> list[KnownUser]:
    """The same users, with the names of their teams."""
    names = await teams.names_by_id(conn)
    of = await users.teams_of(conn, [row.user_id for row in rows])
    return [
        KnownUser(
            user_id=row.user_id,
            name=row.name,
            role=Role(row.role),
            enabled=row.enabled,
            has_password=row.password_hash is not None,
            teams=tuple(sorted(names[team_id] for team_id in of.get(row.user_id, ()) if team_id in names)),
            time_zone=row.time_zone,
            created=row.created,
            last_sign_in=row.last_sign_in,
        )
        for row in rows
    ]
