"""Tests of one service are one unit of work, and what takes long comes first."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import schedule


@pytest.fixture
def items(request: pytest.FixtureRequest) -> dict[str, pytest.Item]:
    """What this file holds, by name."""
    return {item.name: item for item in request.session.items if item.path == request.path}


@pytest.mark.xdist_group("services")
def test_a_group_is_a_unit(items: dict[str, pytest.Item]) -> None:
    assert schedule.unit_of(items["test_a_group_is_a_unit"]) == "services"


@pytest.mark.slow
def test_what_is_slow_is_a_unit_of_its_own(items: dict[str, pytest.Item]) -> None:
    slow = items["test_what_is_slow_is_a_unit_of_its_own"]
    assert schedule.unit_of(slow) == slow.nodeid


def test_the_rest_of_a_file_is_a_unit(items: dict[str, pytest.Item]) -> None:
    assert schedule.unit_of(items["test_the_rest_of_a_file_is_a_unit"]) == "tests/test_schedule.py"


def test_groups_come_first_and_files_last(items: dict[str, pytest.Item]) -> None:
    file, slow, group = (items[name] for name in (
        "test_the_rest_of_a_file_is_a_unit", "test_what_is_slow_is_a_unit_of_its_own", "test_a_group_is_a_unit"
    ))  # fmt: skip
    assert schedule.longest_first([file, slow, group]) == [group, slow, file]


def test_a_service_that_another_worker_started_fails_the_test(tmp_path: Path) -> None:
    worker = SimpleNamespace(workerinput={"units": str(tmp_path / "units.json")})
    schedule.started_here(worker, "kafka")
    with pytest.raises(pytest.fail.Exception, match="two workers start kafka"):
        schedule.started_here(worker, "kafka")
