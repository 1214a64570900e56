"""Random blows from a fixed seed: whatever dies, every due alert arrives once, and hostile feeds change nothing."""

from pathlib import Path

import pytest

from tests.e2e.chaos import chaos

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

STORIES = 60


async def test_one_process_on_its_own_log_and_database(tmp_path: Path) -> None:
    run = await chaos.embedded(tmp_path, STORIES, seed=1)
    print(chaos.summary(run))
    chaos.verify(run)


@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.xdist_group("services")
async def test_three_processes_on_kafka_and_postgresql(tmp_path: Path) -> None:
    run = await chaos.grown(tmp_path, STORIES, seed=2)
    print(chaos.summary(run))
    chaos.verify(run)


async def test_hostile_feeds_cost_healthy_sources_little(tmp_path: Path) -> None:
    found = await chaos.attack(tmp_path, STORIES)
    # bench.hostile tells the factor itself (at most 1.5 on a quiet machine); without fair shares it is above 20.
    assert found.factor < 4, f"p95 {chaos.p95(found.calm):.1f} s in peace, {chaos.p95(found.attacked):.1f} s attacked"
