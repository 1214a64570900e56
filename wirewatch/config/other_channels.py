"""Channels that rules in files name and no file has: valid if the database has them, else reported with the nearest name."""

import asyncio
from collections.abc import Collection

from core.config import Problem, nearest
from core.errors import WirewatchError
from core.model.channel import ChannelRow
from wirewatch.config.loading import Config


def other_channel_problems(config: Config, stored: Collection[str] | None) -> list[Problem]:
    """Each place where a rule in a file names a channel that is neither in the files nor stored.

    `stored` None: the database does not say which are, so nothing is told; messages wait for a channel that is missing.
    """
    if stored is None:
        return []
    found = []
    for one in config.other_channels:
        known = [*one.in_files, *sorted(set(stored) - set(one.in_files))]
        if one.name not in known:
            hint = nearest(one.name, known) or (f"; there are {', '.join(known)}" if known else "")
            found.append(one.place(f"there is no channel {one.name!r}{hint}"))
    return found


def stored_channels(config: Config) -> frozenset[str] | None:
    """The names of the channels that were added by command, for a caller without an event loop; None: nobody can say.

    The database is asked only where a rule needs it.
    """
    if not config.other_channels:
        return frozenset()
    rows = asyncio.run(stored_rows(config))
    return None if rows is None else frozenset(row.name for row in rows if row.origin == "db")


async def stored_rows(config: Config) -> list[ChannelRow] | None:
    """The channels in the database as it is; None where it does not answer. Nothing is made and nothing is changed."""
    from sqlalchemy import inspect  # noqa: PLC0415 - few configurations need to ask

    from core.db.engine import Database  # noqa: PLC0415 - the same
    from core.store import channels  # noqa: PLC0415 - the same

    if config.database.url.startswith("sqlite") and not (config.data_dir / "wirewatch.db").exists():
        return []
    try:
        db = Database.open(config.database.url, config.data_dir)
        try:
            async with db.connection() as conn:
                known = await conn.run_sync(lambda connection: inspect(connection).has_table("channels"))
                return await channels.list_all(conn) if known else []
        finally:
            await db.close()
    except (WirewatchError, OSError):
        return None
