"""The stages keep their promises on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.db.engine import Database
from tests.alerts.stages.newsroom import Newsroom


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An open, empty database of each kind."""
    url = "sqlite:" if request.param == "sqlite" else request.getfixturevalue("migrated_postgres_database")
    async with Database.open(url, tmp_path) as database:
        yield database


@pytest.fixture
def newsroom(db: Database) -> Newsroom:
    return Newsroom(db)
