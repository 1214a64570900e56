"""PostgreSQL through asyncpg, which reads the whole of libpq's URL (sslmode, passfile, several hosts, ...)."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

import asyncpg  # type: ignore[import-untyped]  # ships no types
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from core.db.gate import Gate
from core.db.migrate import migrate
from core.errors import UserError

_POOL = 10
_CONNECT_SECONDS = 10.0
_STATEMENT_SECONDS = 60.0  # a server that went away without a word must not hold a stage for ever
_MIGRATION_LOCK = 0x7769726577617463  # "wirewatc"; a number of our own among the database's advisory locks
_SETTINGS = {
    "application_name": "wirewatch",
    "timezone": "UTC",
    "jit": "off",  # our statements are short; compiling them takes longer than they do
}


def gate(url: str) -> Gate:
    """Engines for `url`. The URL stays inside the connect function, so that no repr or error can show its password."""
    place = _place(url)

    async def connect(statement_seconds: float | None) -> Any:
        try:
            return await asyncpg.connect(
                url, timeout=_CONNECT_SECONDS, command_timeout=statement_seconds, server_settings=_SETTINGS
            )
        except (asyncpg.ClientConfigurationError, ValueError):
            raise UserError(f"database.url: not a PostgreSQL URL that can be used ({place})") from None

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(connect, _STATEMENT_SECONDS),
        pool_size=_POOL,
        max_overflow=_POOL,
        pool_pre_ping=True,
        hide_parameters=True,
    )

    async def prepare() -> None:
        migrator = create_async_engine(
            "postgresql+asyncpg://", async_creator=partial(connect, None), poolclass=NullPool, hide_parameters=True
        )
        try:
            await _migrate(migrator)
        finally:
            await migrator.dispose()

    return Gate(place=place, writer=engine, reader=engine, prepare=prepare)


async def _migrate(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        # Held until the commit: of several processes that start at once, one migrates and the others then find it done.
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        await connection.run_sync(migrate)


def _place(url: str) -> str:
    """The database's name for messages: user, host and name, never the password or the query."""
    try:
        parts = urlsplit(url)
        host, port, user, name = parts.hostname or "local socket", parts.port, parts.username, parts.path.strip("/")
    except ValueError:
        raise UserError("database.url: expected 'postgresql://user@host:port/name'") from None
    who = f" as {user}" if user else ""
    return f"PostgreSQL database {name or user or ''!r} on {host}{f':{port}' if port else ''}{who}"
