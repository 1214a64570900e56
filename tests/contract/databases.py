"""A migrated database of each kind for the store's contract suite."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # ships no types
import pytest
from sqlalchemy import Table, text

from core.db.engine import Database
from core.db.tables import metadata
from core.db.tables_alerts import revisions, teams
from core.model.team import DEFAULT_TEAM

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return "sqlite:"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.fixture(scope="session")
def shared_postgres(postgres_url: str) -> Iterator[str]:
    """One PostgreSQL database for all tests that do not look at its making; `db` empties it for each."""
    name = f"store_{uuid4().hex}"
    _run(_execute(postgres_url, f'CREATE DATABASE "{name}" TEMPLATE template0'))
    yield postgres_url.rpartition("/")[0] + f"/{name}"
    _run(_execute(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An open, empty database of each kind."""
    url = "sqlite:" if request.param == "sqlite" else request.getfixturevalue("shared_postgres")
    async with Database.open(url, tmp_path) as database:
        if request.param != "sqlite":
            await _empty(database)
        yield database


async def _empty(database: Database) -> None:
    """In one statement: fifty of their own, each compiled and sent, take longer than most tests."""
    statements = "; ".join(_emptied(table) for table in reversed(metadata.sorted_tables))
    async with database.transaction() as conn:
        await conn.execute(text(f"DO $$ BEGIN {statements}; END $$"))


def _emptied(table: Table) -> str:
    if table is revisions:
        return f"UPDATE {table.name} SET value = 0"
    if table is teams:
        return f"DELETE FROM {table.name} WHERE team_id <> '{DEFAULT_TEAM}'"
    return f"DELETE FROM {table.name}"


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _run(work: Coroutine[object, object, None]) -> None:
    """On a loop of its own in another thread, because the test's loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
