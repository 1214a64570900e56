"""Readiness: every part that does not work is named with its reason, whatever else fails, and it never takes long."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Never

import pytest
from sqlalchemy import text

from core.db.engine import Database
from core.supervise import RoleState, RoleStatus
from tests.fakes.running import until
from wirewatch.health import parts as module
from wirewatch.health.parts import Health, Part, Readiness

WELL = RoleStatus(RoleState.RUNNING, None, 0, well=True)


async def test_a_process_is_ready_when_it_has_started_and_every_part_is_well() -> None:
    health = Health(lambda: {"poll": WELL})
    assert [part.name for part in (await health.readiness()).parts if part.error] == ["start"]
    health.started = True
    readiness = await health.readiness()
    assert readiness.ready
    assert readiness.parts == (Part("role poll", None, "running, 0 restarts"),)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (RoleStatus(RoleState.RESTARTING, "Unavailable: no broker", 3, well=False), "Unavailable: no broker"),
        (RoleStatus(RoleState.RUNNING, "ValueError: odd", 1, well=False), "ValueError: odd"),
        (RoleStatus(RoleState.STARTING, None, 0, well=False), "starting"),
        (RoleStatus(RoleState.STOPPED, None, 0, well=False), "stopped"),
        (RoleStatus(RoleState.RUNNING, "ValueError: of yesterday", 1, well=True), None),
    ],
)
async def test_a_role_counts_by_how_it_is_now_and_keeps_its_last_error(status: RoleStatus, error: str | None) -> None:
    health = Health(lambda: {"read": status})
    health.started = True
    readiness = await health.readiness()
    assert readiness.parts[0].error == error
    assert readiness.ready is (error is None)


async def test_what_is_waited_for_is_named_instead_of_the_start() -> None:
    health = Health(dict)
    health.waiting_for["log"] = "Unavailable: no broker"
    health.failing["queue"] = "slow"
    assert (await health.readiness()).as_json() == {
        "ready": False,
        "failing": ["log", "queue"],
        "warned": [],
        "parts": {
            "log": {"ok": False, "error": "Unavailable: no broker", "detail": ""},
            "queue": {"ok": False, "error": "slow", "detail": ""},
        },
    }


async def test_the_database_is_asked_now(tmp_path: Path) -> None:
    health = Health(dict)
    health.started = True
    async with Database.open("sqlite:", tmp_path) as db:
        health.db = db
        assert (await health.readiness()).ready
    health.db = Database.open("postgresql://127.0.0.1:1/gone", tmp_path)
    (part,) = (await health.readiness()).parts
    assert part.name == "database"
    assert part.error is not None
    assert part.error.startswith("Unavailable: ")


class HangingDatabase(Database):
    """Takes a connection and never gives it."""

    def __init__(self) -> None:
        pass

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Never]:
        await asyncio.Event().wait()
        yield  # type: ignore[misc] # never reached


async def test_a_log_that_takes_nothing_is_not_well() -> None:
    health = Health(dict)
    health.started = True
    assert (await health.readiness()).ready
    health.log_failing = lambda: True
    assert [part.name for part in (await health.readiness()).parts if part.error] == ["log"]


async def test_a_file_that_another_program_keeps_locked_is_not_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = Health(dict)
    health.started = True
    monkeypatch.setattr(module, "WRITE_SECONDS", 0.0)
    async with Database.open("sqlite:", tmp_path) as db:
        health.db = db

        async def write() -> None:
            async with db.transaction() as conn:
                await conn.execute(text("SELECT 1"))

        with closing(sqlite3.connect(tmp_path / "wirewatch.db", isolation_level=None)) as other:
            async with asyncio.TaskGroup() as tasks:
                other.execute("BEGIN IMMEDIATE")
                tasks.create_task(write())
                await until(lambda: db.writing_seconds() > 0)
                parts = {part.name: part.error for part in (await health.readiness()).parts}
                other.execute("ROLLBACK")
        assert "another program may hold the lock" in str(parts["database"])
        assert (await health.readiness()).ready


async def test_a_database_that_hangs_does_not_hold_up_the_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.01)
    health = Health(dict)
    health.started, health.db = True, HangingDatabase()
    assert (await health.readiness()).parts == (Part("database", "no answer within 0.01 s"),)


def test_nothing_to_ask_is_ready() -> None:
    assert Readiness(()).ready
