"""`wirewatch backup` and `restore`: verified, whole, and never over what is in use or was not to be replaced."""

import asyncio
import os
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.db.engine import Database
from core.log.log import Record, TopicPartition
from core.log.sqlite import SqliteLog
from core.log.topics import ARTICLES
from core.store import kv
from wirewatch import backup as module
from wirewatch.cli.main import cli

PLACE = TopicPartition(ARTICLES.name, 0)


def wirewatch(folder: Path, name: str, *arguments: str) -> Result:
    config = folder / "wirewatch.toml"
    config.touch()
    return CliRunner().invoke(cli, [name, *arguments, "--config", str(config)])


async def _fill(data: Path, word: str, records: int, committed: int) -> None:
    async with Database.open("sqlite:", data) as db, SqliteLog(data) as log:
        async with db.transaction() as conn:
            await kv.put(conn, "word", word)
        await log.append(ARTICLES.name, [Record(str(number), str(number).encode()) for number in range(records)])
        subscription = await log.subscribe("story", [ARTICLES.name])
        await subscription.fetch(committed, 1)
        await subscription.commit({PLACE: committed})


async def _held(data: Path) -> tuple[str | None, int, int]:
    async with Database.open("sqlite:", data) as db, SqliteLog(data) as log:
        async with db.connection() as conn:
            word = await kv.get(conn, "word")
        found = len([delivery async for delivery in log.read(ARTICLES.name)])
        return word, found, found - (await log.lag("story", ARTICLES.name)).records


def fill(data: Path, word: str, records: int = 5, committed: int = 3) -> None:
    asyncio.run(_fill(data, word, records, committed))


def held(data: Path) -> tuple[str | None, int, int]:
    """The word in the database, records on the log, records committed."""
    return asyncio.run(_held(data))


def test_what_was_saved_comes_back_whole(tmp_path: Path) -> None:
    fill(tmp_path / "data", "saved")
    done = wirewatch(tmp_path, "backup", str(tmp_path / "b.tar"))
    assert (done.exit_code, done.stderr) == (0, "")
    assert "verified" in done.stdout
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0, "nobody else reads it"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = wirewatch(elsewhere, "restore", str(tmp_path / "b.tar"))
    assert (done.exit_code, done.stderr) == (0, "")
    assert held(elsewhere / "data") == ("saved", 5, 3)
    assert sorted(path.name for path in (elsewhere / "data").iterdir() if path.is_dir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"data", "b.tar", "elsewhere", "wirewatch.toml"}


def test_a_backup_of_files_in_use_is_consistent(tmp_path: Path) -> None:
    """What the log calls done when the backup begins is in the database; what the database knows is on the log."""
    data = tmp_path / "data"
    fill(data, "before", 5, 2)

    async def while_it_runs() -> Result:
        async with Database.open("sqlite:", data) as db, SqliteLog(data) as log:
            copied = module._version

            def between(path: Path) -> str:  # called when the database has been copied and the log has not
                if path.name == "wirewatch.db":
                    with closing(sqlite3.connect(data / "log.db")) as connection:
                        connection.execute("UPDATE commits SET next = 5")
                        connection.commit()
                return copied(path)

            async with db.transaction() as conn:
                await kv.put(conn, "word", "during")
            await log.append(ARTICLES.name, [Record("x", b"x")])
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(module, "_version", between)
                return await asyncio.to_thread(wirewatch, tmp_path, "backup", str(tmp_path / "b.tar"))

    assert asyncio.run(while_it_runs()).exit_code == 0
    done = wirewatch(tmp_path, "restore", str(tmp_path / "b.tar"), "--replace")
    assert done.exit_code == 0, done.stderr
    assert held(data) == ("during", 6, 2), "commits are those of the beginning: some work is repeated, none is lost"


def test_nothing_is_written_over_unasked(tmp_path: Path) -> None:
    fill(tmp_path / "data", "first")
    target = tmp_path / "b.tar"
    assert wirewatch(tmp_path, "backup", str(target)).exit_code == 0
    again = wirewatch(tmp_path, "backup", str(target))
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert wirewatch(tmp_path, "backup", str(target), "--force").exit_code == 0
    fill(tmp_path / "data", "second")
    refused = wirewatch(tmp_path, "restore", str(target))
    assert refused.exit_code == 1
    assert "holds data already" in refused.stderr
    assert held(tmp_path / "data")[0] == "second"
    done = wirewatch(tmp_path, "restore", str(target), "--replace")
    assert done.exit_code == 0
    assert held(tmp_path / "data") == ("first", 5, 3)
    (aside,) = (tmp_path / "data").glob("before-restore-*")
    assert str(aside) in done.stdout
    assert held(aside)[0] == "second"


def test_nothing_is_restored_under_a_process_that_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    fill(data, "here")
    assert wirewatch(tmp_path, "backup", str(tmp_path / "b.tar")).exit_code == 0

    async def with_log() -> Result:
        async with SqliteLog(data):
            return await asyncio.to_thread(wirewatch, tmp_path, "restore", str(tmp_path / "b.tar"), "--replace")

    async def with_database() -> Result:
        async with Database.open("sqlite:", data):
            return await asyncio.to_thread(wirewatch, tmp_path, "restore", str(tmp_path / "b.tar"), "--replace")

    for work, word in ((with_log, str(os.getpid())), (with_database, "wirewatch.db open")):
        done = asyncio.run(work())
        assert done.exit_code == 1
        assert word in done.stderr
    assert held(data)[0] == "here"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20_000])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def overwrite(path: Path) -> None:
    path.write_text("no backup")


def other_archive(path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        archive.add(__file__, "wirewatch.db")


@pytest.mark.parametrize("spoil", [cut, flip, overwrite, other_archive])
def test_a_backup_that_is_not_whole_changes_nothing(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    fill(tmp_path / "data", "here", records=50)
    target = tmp_path / "b.tar"
    assert wirewatch(tmp_path, "backup", str(target)).exit_code == 0
    spoil(target)
    done = wirewatch(tmp_path, "restore", str(target), "--replace")
    assert done.exit_code == 1
    assert "nothing was changed" in done.stderr
    assert "Traceback" not in done.output
    assert held(tmp_path / "data")[0] == "here"
    assert not list((tmp_path / "data").glob("before-restore-*"))


def test_damage_is_not_saved_as_a_backup(tmp_path: Path) -> None:
    fill(tmp_path / "data", "here", records=50)
    (tmp_path / "data" / "log.db").write_bytes(b"no database" * 5000)
    done = wirewatch(tmp_path, "backup", str(tmp_path / "b.tar"))
    assert done.exit_code == 1
    assert "log.db" in done.stderr
    assert not list(tmp_path.glob("b.tar*"))
    assert not list(tmp_path.glob(".wirewatch-backup-*"))


@pytest.mark.parametrize("text", ['[log]\nurl = "kafka://k:9092"\n', '[database]\nurl = "postgresql://u@h/n"\n'])
def test_services_have_backups_of_their_own(tmp_path: Path, text: str) -> None:
    (tmp_path / "wirewatch.toml").write_text(text)
    (tmp_path / "b.tar").touch()
    for name in ("backup", "restore"):
        done = wirewatch(tmp_path, name, str(tmp_path / "b.tar"))
        assert done.exit_code == 1
        assert "embedded" in done.stderr


def test_where_there_is_no_data_there_is_nothing_to_save(tmp_path: Path) -> None:
    done = wirewatch(tmp_path, "backup", str(tmp_path / "b.tar"))
    assert done.exit_code == 1
    assert "nothing to back up" in done.stderr
