"""Whether a channel's fall-back is there and leads in no circle, as the files and the database have it."""

from collections.abc import Mapping
from typing import Any

from core.db.connection import Connection
from core.store import channels, teams
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound


async def check_fallback(conn: Connection, acting: Acting, name: str, settings: Mapping[str, Any]) -> None:
    """Raises NotFound for a fall-back that is not there, Invalid for a circle."""
    fallback = settings.get("fallback")
    if not isinstance(fallback, str) or not fallback:
        return
    leads = {**await _leads(conn, acting), name: fallback}
    if fallback not in leads:
        raise NotFound(str(NotFound.of("channel", fallback, leads)).partition("; `wirewatch")[0])
    path, here = [name], leads.get(name)
    while here and here not in path:
        path.append(here)
        here = leads.get(here)
    if here:
        raise Invalid(f"channel {name!r}: fallback: the fall-backs lead in a circle: {' > '.join([*path, here])}")


async def check_unused(conn: Connection, acting: Acting, name: str) -> None:
    """Raises Conflict while another channel falls back to this one."""
    for other, fallback in (await _leads(conn, acting)).items():
        if fallback == name and other != name:
            raise Conflict(f"channel {other!r} falls back to channel {name!r}; name another channel there first")


async def _leads(conn: Connection, acting: Acting) -> dict[str, str]:
    """The team's channels, each with its fall-back, empty where it has none."""
    team = await teams.name_of(conn, acting.team)
    stored = {
        row.name: str(row.settings.get("fallback") or "")
        for row in await channels.list_all(conn)
        if row.team_id == acting.team
    }
    in_files = {one.settings.name: one.settings.fallback or "" for one in acting.config.channels if one.team == team}
    return stored | in_files
