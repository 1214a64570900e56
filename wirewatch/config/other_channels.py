"""Channels that rules and routes in files name and no file has: valid if the database has them, else reported with the nearest name."""

import asyncio
from collections.abc import Collection

from core.config import Problem, nearest
from core.errors import WirewatchError
from core.model.channel import ChannelRow
from core.model.origin import DB
from core.model.team import DEFAULT_TEAM
from wirewatch.config.loading import Config


def other_channel_problems(config: Config, stored: Collection[tuple[str, str]] | None) -> list[Problem]:
    """Each place where a rule or route in a file names a channel that is neither in the files nor stored.

    `stored`: team and name; None: the database does not say which are, so nothing is told; messages wait for a channel that is missing.
    """
    if stored is None:
        return []
    found = []
    for one in config.other_channels:
        added = {name for team, name in stored if one.team is None or team == one.team}
        known = [*one.in_files, *sorted(added - set(one.in_files))]
        if one.name not in known:
            hint = nearest(one.name, known) or (f"; there are {', '.join(known)}" if known else "")
            of_team = "" if one.team in (None, DEFAULT_TEAM) else f" in the team {one.team!r}"
            found.append(one.place(f"there is no channel {one.name!r}{of_team}{hint}"))
    return found


def stored_channels(config: Config) -> frozenset[tuple[str, str]] | None:
    """Team and name of the channels that were added by command, for a caller without an event loop; None: nobody can say.

    The database is asked only where a rule needs it.
    """
    if not config.other_channels:
        return frozenset()
    rows = asyncio.run(stored_rows(config))
    return None if rows is None else frozenset((team, row.name) for team, row in rows if row.origin == DB)


async def stored_rows(config: Config) -> list[tuple[str, ChannelRow]] | None:
    """The channels in the database as it is, each with the name of its team; None where it does not answer. Nothing is made and nothing is changed."""
    from core.db.engine import Database  # noqa: PLC0415 - few configurations need to ask
    from core.store import channels, teams  # noqa: PLC0415 - the same

    where = config.database.url, config.data_dir
    if Database.is_missing(*where):
        return []
    try:
        async with Database.as_it_is(*where) as (db, tables), db.connection() as conn:
            named = await teams.names_by_id(conn) if "teams" in tables else {}
            rows = await channels.list_all(conn) if "channels" in tables else []
            return [(named.get(row.team_id, DEFAULT_TEAM), row) for row in rows]
    except (WirewatchError, OSError):
        return None
