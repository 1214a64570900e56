"""Sick receivers beside healthy ones, and deliver processes that are killed: each alert arrives or is dead, once.

A short form of `python -m bench.delivery soak`, which says what is scaled.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.soak import Soak, run

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

# What the mute receiver holds its own messages up for; a fraction of it, where it held up others, would show.
_TIME_OUT_SECONDS = 1.0
_TRIES = 3  # what else the machine does while one of the two is measured hardly falls on the same one three times


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def soak(request: pytest.FixtureRequest) -> Iterator[Soak]:
    if request.param == "sqlite":
        yield Soak(alerts=480, kills=0, seconds=16)
    else:
        url = request.getfixturevalue("postgres_database")
        yield Soak(alerts=480, kills=0, seconds=16, deliverers=2, database=url)


def test_killed_processes_lose_nothing_and_write_nothing_down_twice(soak: Soak) -> None:
    found = run(replace(soak, kills=4))
    assert (found.missing, found.unfinished, found.unmarked) == (0, 0, 0)
    assert found.arrived + found.dead >= soak.alerts
    assert found.dead <= soak.alerts // 4  # the mute one's, and what the broken one did not take in time


def test_sick_receivers_hold_up_no_healthy_one(soak: Soak) -> None:
    for _ in range(_TRIES):
        alone, beside = run(replace(soak, sick=False)), run(soak)
        assert (alone.missing, alone.dead, beside.missing) == (0, 0, 0)
        if beside.p95 <= 1.2 * alone.p95 + _TIME_OUT_SECONDS:
            return
    pytest.fail(f"p95 {alone.p95:.1f} s alone, {beside.p95:.1f} s beside sick ones")
