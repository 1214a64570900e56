"""Whether the console would start: one that other machines reach needs somebody who can sign in."""

from sqlalchemy import inspect

from core.db.engine import Database
from core.errors import WirewatchError
from core.store import users
from wirewatch import access
from wirewatch.config.loading import Config


async def strangers_warning(config: Config) -> str | None:
    """Why a process with the role `serve` would not start: nobody could sign in. None: somebody can, or need not."""
    if config.server.on_loopback or config.oidc is not None:
        return None
    if not config.database.url.startswith("postgres") and not (config.data_dir / "wirewatch.db").exists():
        return access.no_users(config)
    try:
        db = Database.open(config.database.url, config.data_dir)  # not entered: nothing is changed here
        try:
            async with db.connection() as conn:
                tables = await conn.run_sync(lambda connection: inspect(connection).get_table_names())
                known = "users" in tables and await users.any_at_all(conn)
        finally:
            await db.close()
    except (WirewatchError, OSError):
        return None  # told of the database itself
    return None if known else access.no_users(config)
