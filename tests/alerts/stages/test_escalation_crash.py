"""Killed by SIGKILL at any point and started again, an escalation goes to each channel exactly once."""

import signal

import pytest

from core.db.engine import Database
from core.faults import FaultPoint
from core.model.escalation import EscalationStep
from core.model.outcome import Reason
from tests.alerts.rules_in_store import put_rule
from tests.alerts.stages.test_standing_crash import POINTS, Process, process

__all__ = ["process"]  # the fixture
STEPS = (
    EscalationStep(after_seconds=600, channels=("oncall", "deputy")),
    EscalationStep(after_seconds=1200, channels=("chief",)),
)


@pytest.mark.parametrize("point", POINTS)
async def test_each_step_is_told_once(process: Process, point: FaultPoint) -> None:
    async with Database.open(process.url, process.folder) as db:
        await put_rule(db, escalate=STEPS)
    assert await process.run("", 0, 1) == 0
    for minutes in (11, 22):
        await process.run(point, minutes)
    assert await process.run(point, 30) in (0, -signal.SIGKILL)
    assert await process.run("", 40) == 0
    assert await process.run("", 42) == 0
    told = [note.channel for note in await process.outbox() if note.reason is Reason.ESCALATION]
    assert sorted(told) == ["chief", "deputy", "oncall"]
