"""Decides about matches and looks for silences and escalations once, and dies where it is told to: the process of test_standing_crash.py.

Arguments: data directory, database URL, fault point or an empty text, minutes after NOW, numbers of matches to decide.
"""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from alerts.decide.stage import AlertParts, AlertStage
from core.db.engine import Database
from core.faults import arm
from core.log.memory import MemoryLog
from core.metrics import Metrics
from tests.alerts.making import NOW, match
from tests.fakes.clock import FakeClock


async def main(data_dir: Path, url: str, fault: str, minutes: int, numbers: list[int]) -> None:
    clock = FakeClock(NOW + timedelta(minutes=minutes))
    async with Database.open(url, data_dir) as db:
        stage = AlertStage(AlertParts(log=MemoryLog(clock), db=db, clock=clock, metrics=Metrics()))
        if fault:
            arm(fault)
        if numbers:
            await stage.handle([match(n, story=str(n), matched=NOW + timedelta(minutes=n)) for n in numbers])
        else:
            await stage.watch.tick()
            await stage.escalator.escalate_due()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), [int(n) for n in sys.argv[5:]]))
