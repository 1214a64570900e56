"""Random blows from a fixed seed: whatever dies, every due alert arrives once, and hostile feeds change nothing."""

from pathlib import Path

import pytest

from tests.e2e.chaos import chaos

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

STORIES = 60
TRIES = 3


async def test_one_process_on_its_own_log_and_database(tmp_path: Path) -> None:
    run = await chaos.embedded(tmp_path, STORIES, seed=1)
    print(chaos.summary(run))
    chaos.verify(run)


@pytest.mark.kafka
@pytest.mark.postgres
async def test_three_processes_on_kafka_and_postgresql(tmp_path: Path) -> None:
    run = await chaos.grown(tmp_path, STORIES, seed=2)
    print(chaos.summary(run))
    chaos.verify(run)


async def test_hostile_feeds_cost_healthy_sources_little(tmp_path: Path) -> None:
    # bench.hostile tells the factor itself (at most 1.5 on a quiet machine); without fair shares it is above 20. What else the
    # machine does while one half is measured is no fault of ours: it hardly does so three times.
    for number in range(TRIES):
        (tmp_path / str(number)).mkdir()
        found = await chaos.attack(tmp_path / str(number), STORIES)
        if found.factor < 4:
            return
    pytest.fail(f"p95 {chaos.p95(found.calm):.1f} s in peace, {chaos.p95(found.attacked):.1f} s attacked")
