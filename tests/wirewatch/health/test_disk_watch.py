"""A full, read-only or damaged disk is told before and while nothing can go out, and forgotten when it is well again."""

import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from core.db.engine import Database
from core.disk import write_probe
from core.metrics import Metrics
from tests.fakes.clock import FakeClock
from wirewatch.health import disk_watch as module
from wirewatch.health.disk_watch import DiskWatch, Verdict, judge
from wirewatch.health.parts import Health

GB = 1_000_000_000
PLACE = Path("data")


@pytest.mark.parametrize(
    ("free", "total", "expected"),
    [
        (500 * GB, 1000 * GB, "well"),
        (2 * GB, 1000 * GB, "well"),
        (1 * GB, 1000 * GB, "warning"),
        (20_000_000, 1000 * GB, "warning"),
        (10_000_000, 1000 * GB, "error"),
        (0, 1000 * GB, "error"),
        (10_000_000, 24_000_000, "well"),
        (1_000_000, 24_000_000, "warning"),
        (200_000, 24_000_000, "error"),
    ],
)
def test_what_is_left_counts_by_itself_and_by_the_disks_size(free: int, total: int, expected: str) -> None:
    verdict = judge(PLACE, free, total)
    assert ("error" if verdict.error else "warning" if verdict.warning else "well") == expected


@dataclass
class Files:
    """Something with a file, which may be damaged."""

    damage: str | None = None
    path: Path | None = None


@dataclass
class Watched:
    """A watch and all that it tells."""

    watch: DiskWatch
    health: Health
    files: Files
    metrics: Metrics

    async def look(self) -> tuple[Verdict, bool, dict[str, str | None]]:
        verdict = await self.watch.look()
        readiness = await self.health.readiness()
        return verdict, readiness.ready, {part.name: part.error or part.detail for part in readiness.parts}


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Watched]:
    health, files, metrics = Health(dict), Files(), Metrics()
    health.started = True
    async with Database.open("sqlite:", folder) as db:
        watch = DiskWatch(folder, db, [db, files], clock=FakeClock(), metrics=metrics, health=health)
        yield Watched(watch, health, files, metrics)


async def test_a_full_disk_is_told_and_forgotten_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    left = [100 * GB]
    monkeypatch.setattr(module, "free_bytes", lambda _: (left[0], 1000 * GB))
    async with watched(tmp_path) as one:
        assert (await one.look())[1:] == (True, {})
        left[0] = GB // 2
        _, ready, parts = await one.look()
        assert ready
        assert "nearly full: 500 MB" in str(parts["disk"])
        left[0] = 1_000_000
        _, ready, parts = await one.look()
        assert not ready
        assert "the disk is full: 1 MB" in str(parts["disk"])
        assert capsys.readouterr().out.count("disk_trouble") == 2
        await one.look()
        assert "disk_trouble" not in capsys.readouterr().out, "told once"
        left[0] = 100 * GB
        assert (await one.look())[1:] == (True, {})
        assert "disk_is_well_again" in capsys.readouterr().out


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG])
async def test_a_disk_that_takes_no_write_is_told_whatever_it_says_of_its_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(_: Path) -> None:
        raise OSError(code, os.strerror(code))

    async with watched(tmp_path) as one:
        monkeypatch.setattr(module, "write_probe", refuse)
        _, ready, parts = await one.look()
        assert not ready
        assert os.strerror(code) in str(parts["disk"])


async def test_damage_that_was_met_stays_told(tmp_path: Path) -> None:
    async with watched(tmp_path) as one:
        one.files.damage = "log.db is damaged"
        for _ in range(2):
            _, ready, parts = await one.look()
            assert not ready
            assert parts["data"] == "log.db is damaged"


async def test_a_file_that_is_deleted_or_replaced_while_it_is_used_is_told(tmp_path: Path) -> None:
    async with watched(tmp_path) as one:
        one.files.path = tmp_path / "log.db"
        one.files.path.write_bytes(b"x")
        assert (await one.look())[1]
        one.files.path.write_bytes(b"xy")
        assert (await one.look())[1], "written to"
        one.files.path.rename(tmp_path / "kept")
        _, ready, parts = await one.look()
        assert not ready
        assert "log.db was moved, replaced or deleted" in str(parts["data"])
        one.files.path.write_bytes(b"x")
        assert not (await one.look())[1], "another file of that name"
        (tmp_path / "kept").rename(one.files.path)
        assert (await one.look())[1]


async def test_sizes_are_measured(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"x" * 1000)
    (tmp_path / "log.db-wal").write_bytes(b"x" * 500)
    async with watched(tmp_path) as one:
        await one.look()
        values = {
            name: float(value)
            for name, _, value in (
                line.partition(" ") for line in generate_latest(one.metrics.registry).decode().splitlines()
            )
            if name in {"news_disk_free_bytes", "news_database_bytes", "news_log_file_bytes"}
        }
    assert values["news_disk_free_bytes"] > 0
    assert values["news_database_bytes"] > 10_000
    assert values["news_log_file_bytes"] == 1500


def test_the_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    write_probe(tmp_path)
    assert list(tmp_path.iterdir()) == []
