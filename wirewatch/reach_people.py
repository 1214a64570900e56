"""Whether the console would start: one that other machines reach needs somebody who can sign in."""

from core.db.engine import Database
from core.errors import WirewatchError
from core.store import users
from wirewatch import access
from wirewatch.config.loading import Config


async def strangers_warning(config: Config) -> str | None:
    """Why a process with the role `serve` would not start: nobody could sign in. None: somebody can, or need not."""
    if config.server.on_loopback or config.oidc is not None:
        return None
    where = config.database.url, config.data_dir
    if Database.is_missing(*where):
        return access.no_users(config)
    try:
        async with Database.as_it_is(*where) as (db, tables), db.connection() as conn:
            known = "users" in tables and await users.any_at_all(conn)
    except (WirewatchError, OSError):
        return None  # told of the database itself
    return None if known else access.no_users(config)
