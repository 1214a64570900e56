"""Teams: they own rules, channels and silences, and their members see the alerts of theirs."""

from dataclasses import dataclass
from datetime import datetime

from core.db.connection import Connection
from core.model import ids
from core.model.team import DEFAULT_TEAM, Team
from core.store import teams, users
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, NotFound, checked_name
from wirewatch.usecases.tags import tag


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTeam:
    """`members`: how many."""

    team_id: str
    name: str
    created: datetime
    members: int

    @property
    def tag(self) -> str:
        return tag(self.team_id, self.name)


@reads(Permission.READ_PEOPLE)
async def list_page(acting: Acting, paging: Paging) -> Page[KnownTeam]:
    """Teams by name. Raises BadCursor."""
    async with acting.db.connection() as conn:
        known = await _all(conn)
    return paging.page_by_name("teams", known, lambda one: (one.name, one.team_id))


@reads(Permission.READ_PEOPLE)
async def show(acting: Acting, name: str) -> KnownTeam:
    """The team of that name or id. Raises NotFound."""
    async with acting.db.connection() as conn:
        return _found(await _all(conn), name)


@changes(Permission.CHANGE_PEOPLE, "team.add")
async def add(acting: Acting, name: str) -> KnownTeam:
    """A new team, without members. Raises Invalid, Conflict."""
    now = acting.clock.now()
    team = Team(team_id=ids.new_id(), name=checked_name(name), created=now)
    async with acting.db.transaction() as conn:
        if not await teams.add(conn, team):
            raise Conflict(f"there is a team {name!r} already")
        await acting.note(conn, name, after={"name": name})
    return KnownTeam(team_id=team.team_id, name=name, created=now, members=0)


@changes(Permission.CHANGE_PEOPLE, "team.remove")
async def remove(acting: Acting, name: str) -> KnownTeam:
    """Remove a team that owns nothing any more and has no members. Raises NotFound, Conflict, Stale."""
    async with acting.db.transaction() as conn:
        known = _found(await _all(conn), name)
        await acting.unchanged(conn, known.name, known.tag)
        if known.team_id == DEFAULT_TEAM:
            raise Conflict("the team 'default' is always there")
        has = {what: count for what, count in (await teams.holdings(conn, known.team_id)).items() if count}
        if has:
            listed = ", ".join(f"{count} {what}" for what, count in has.items())
            raise Conflict(
                f"the team {known.name!r} still has {listed}; remove those first (what stands in a file, there)"
            )
        await teams.remove(conn, known.team_id)
        await acting.note(conn, known.name, before={"name": known.name})
    return known


async def _all(conn: Connection) -> list[KnownTeam]:
    sizes = await users.team_sizes(conn)
    return [
        KnownTeam(team_id=team.team_id, name=team.name, created=team.created, members=sizes.get(team.team_id, 0))
        for team in await teams.list_all(conn)
    ]


def _found(known: list[KnownTeam], name: str) -> KnownTeam:
    for one in known:
        if name in (one.name, one.team_id):
            return one
    raise NotFound.of("team", name, [one.name for one in known])
