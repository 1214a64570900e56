"""The tests of a service are one unit of work, and what takes long comes first."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import schedule


@dataclass
class Item:
    """A test of a file with markers."""

    nodeid: str
    markers: frozenset[str] = frozenset()

    def get_closest_marker(self, name: str) -> object | None:
        return name if name in self.markers else None


SERVICE = Item("tests/a.py::test_one[postgresql]", frozenset({"postgres", "kafka", "e2e"}))
SLOW = Item("tests/a.py::test_two", frozenset({"slow"}))
REST = Item("tests/a.py::test_three[a::b]")


def test_what_needs_a_service_is_of_its_unit_and_of_the_first_where_it_needs_several() -> None:
    assert schedule.unit_of(SERVICE) == "kafka"


def test_what_is_slow_is_a_unit_of_its_own() -> None:
    assert schedule.unit_of(SLOW) == SLOW.nodeid


def test_the_rest_of_a_file_is_a_unit() -> None:
    assert schedule.unit_of(REST) == "tests/a.py"


def test_services_come_first_and_files_last() -> None:
    assert schedule.longest_first([REST, SLOW, SERVICE]) == [SERVICE, SLOW, REST]


def test_a_service_that_another_worker_started_fails_the_test(tmp_path: Path) -> None:
    worker = SimpleNamespace(workerinput={"units": str(tmp_path / "units.json")})
    schedule.started_here(worker, "kafka")
    with pytest.raises(pytest.fail.Exception, match="two workers start kafka"):
        schedule.started_here(worker, "kafka")
