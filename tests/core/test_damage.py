"""Damaged files are named with the way back, at the start, on demand and while they are used."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from core.db.damage import examine
from core.db.engine import Database
from core.errors import Damaged, UserError
from core.log.log import Record
from core.log.sqlite import SqliteLog
from core.log.topics import ARTICLES

Spoil = Callable[[Path], None]


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scribble(path: Path) -> None:
    """Every page but the first."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(16384)
        file.write(b"\xa5" * (size - 16384))


async def a_log(folder: Path, records: int = 200) -> Path:
    async with SqliteLog(folder) as log:
        await log.append(ARTICLES.name, [Record(str(number), b"x" * 2000) for number in range(records)])
    return folder / "log.db"


async def a_database(folder: Path) -> Path:
    async with Database.open("sqlite:", folder):
        pass
    return folder / "wirewatch.db"


@pytest.mark.parametrize("spoil", [overwrite, cut, scribble])
async def test_a_damaged_log_is_refused_with_the_way_back(tmp_path: Path, spoil: Spoil) -> None:
    spoil(await a_log(tmp_path))
    for _ in range(2):
        with pytest.raises(UserError, match=r"log\.db is damaged .*wirewatch restore FILE.*move log\.db\* away"):
            await SqliteLog(tmp_path).__aenter__()


@pytest.mark.parametrize("spoil", [overwrite, cut, scribble])
async def test_a_damaged_database_is_refused_with_the_way_back(tmp_path: Path, spoil: Spoil) -> None:
    spoil(await a_database(tmp_path))
    for _ in range(2):
        with pytest.raises(Damaged, match=r"wirewatch\.db is damaged .*wirewatch restore FILE.*wirewatch\.db\* away"):
            await Database.open("sqlite:", tmp_path)


async def test_damage_met_while_the_log_is_used_is_told_as_such(tmp_path: Path) -> None:
    path = await a_log(tmp_path, 2000)
    async with SqliteLog(tmp_path) as log:
        scribble(path)
        with pytest.raises(Damaged, match=r"log\.db is damaged"):
            assert [delivery async for delivery in log.read(ARTICLES.name)] == []
        assert log.damage is not None


async def test_damage_met_while_the_database_is_used_is_told_as_such(tmp_path: Path) -> None:
    path = await a_database(tmp_path)
    async with Database.open("sqlite:", tmp_path) as db:
        scribble(path)

        async def read() -> None:
            async with db.connection() as conn:
                for table in ("sources", "rules", "alerts", "notifications", "articles"):
                    await conn.execute(text(f"SELECT * FROM {table}"))

        with pytest.raises(Damaged, match=r"wirewatch\.db is damaged"):
            await read()
        assert db.damage is not None


async def test_a_look_takes_no_longer_than_it_may_and_a_whole_one_finds_it(tmp_path: Path) -> None:
    path = await a_log(tmp_path, 3000)
    with closing(sqlite3.connect(path)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    with path.open("r+b") as file:
        file.seek((pages - 3) * 16384)
        file.write(b"\xa5" * 16384)
    assert examine(path, 0.0) is False, "no time to find anything"
    with pytest.raises(Damaged):
        examine(path)


async def test_a_file_that_is_well_or_not_there_is_well(tmp_path: Path) -> None:
    assert examine(tmp_path / "log.db")
    assert examine(await a_log(tmp_path))
