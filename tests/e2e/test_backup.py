"""A backup that was made during a run, restored and run on: no due alert is lost, and none that the backup knew comes twice."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.harness import ROOT, World

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

RULES = [("council", "harbour AND council AND vote")]


async def wirewatch(world: World, *arguments: str) -> None:
    call = [sys.executable, "-m", "wirewatch.cli.main", *arguments, "--config", str(world.folder / "wirewatch.toml")]
    done = await asyncio.to_thread(subprocess.run, call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def test_a_backup_during_a_run_is_restored_and_run_on(tmp_path: Path) -> None:
    async with World(tmp_path, 60, rules=RULES) as world:
        await world.process.start()
        await world.process.until(
            lambda: len(world.sink.bodies) >= 10, "some alerts have arrived, and more are under way"
        )
        known = set(world.sink.bodies)
        await asyncio.sleep(0.5)  # until what has arrived is written down
        await wirewatch(world, "backup", str(tmp_path / "backup.tar"))
        world.publisher.count = world.articles = 70
        await world.process.until(lambda: len(world.sink.bodies) >= 65, "it goes on after the backup")
        await world.process.kill()
        shutil.rmtree(tmp_path / "data")
        sent_before = world.sink.sends.copy()
        await wirewatch(world, "restore", str(tmp_path / "backup.tar"))
        await world.process.start()
        await world.process.until_started()
        await world.process.until(lambda: world.due() <= set(world.sink.alerts()), "every due alert has arrived")
        assert await world.process.terminate() == 0
        assert set(world.sink.alerts()) == world.due()
        assert set(world.sink.alerts().values()) == {1}, "what is sent again has the id that it had"
        again = {one for one, sends in world.sink.sends.items() if sends > sent_before[one] and one in known}
        assert again == set(), "what the backup knew is not sent again"
