"""Killed by SIGKILL at any point and started again, a standing rule tells what it has to tell exactly once."""

import signal
from pathlib import Path

import pytest

from core.db.engine import Database
from core.faults import FaultPoint
from core.model.alert import Notification
from core.store import notifications
from tests.alerts.rules_in_store import put_rule
from tests.services.nursery import nursery

DECIDING = "tests.alerts.stages.decide_until_killed"
POINTS = (FaultPoint.ALERT_DECIDED, FaultPoint.ALERT_STORED)


class Process:
    """The alert stage in a process of its own, for one batch or one look."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    async def run(self, fault: str, minutes: int, *numbers: int) -> int:
        words = [str(self.folder), self.url, fault, str(minutes), *map(str, numbers)]
        process = await nursery(DECIDING, "core.db.postgresql").start(DECIDING, *words)
        return await process.wait()

    async def outbox(self) -> list[Notification]:
        async with Database.open(self.url, self.folder) as db, db.connection() as conn:
            return [row.notification for row in await notifications.list_rows(conn)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Process:
    url = "sqlite:" if request.param == "sqlite" else request.getfixturevalue("migrated_postgres_database")
    return Process(url, tmp_path)


@pytest.mark.parametrize("point", POINTS)
async def test_a_frequency_is_told_once(process: Process, point: FaultPoint) -> None:
    standing: dict[str, object] = {"kind": "frequency", "stories": 3, "window_seconds": 3600}
    async with Database.open(process.url, process.folder) as db:
        await put_rule(db, standing=standing)
    assert await process.run("", 0, 1, 2) == 0
    assert await process.run(point, 1, 2, 3, 4) == -signal.SIGKILL
    assert await process.run("", 2, 2, 3, 4) == 0  # the batch that was not committed comes again
    (told,) = await process.outbox()
    assert [alert.standing is not None for alert in told.alerts] == [True, False, False]


@pytest.mark.parametrize("point", POINTS)
async def test_a_silence_is_told_once(process: Process, point: FaultPoint) -> None:
    async with Database.open(process.url, process.folder) as db:
        await put_rule(db, standing={"kind": "silence", "window_seconds": 60})
    assert await process.run("", 0) == 0  # armed
    assert await process.run(point, 1) == -signal.SIGKILL
    assert await process.run("", 1) == 0
    assert await process.run("", 2) == 0
    (told,) = await process.outbox()
    assert told.alerts[0].articles == ()
