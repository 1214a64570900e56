"""Which tests go to one worker, and in which order.

Kafka and the browser are started by one worker only; the tests of a file share what they make once. What takes long comes
first, so that no worker is left alone with it at the end. pytest-xdist groups by ids, which pytest no longer lets it change: so the
units of the tests go from a worker to the scheduler in a file.
"""

import json
import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# By what a test needs most; the tests that need it take minutes, and are begun first.
SERVICES = ("kafka", "browser", "postgres", "oidc")
_PLACE = pytest.StashKey[Path]()


class Item(Protocol):
    """What a test tells of itself."""

    @property
    def nodeid(self) -> str: ...

    def get_closest_marker(self, name: str) -> object | None: ...


T = TypeVar("T", bound=Item)


def unit_of(item: Item) -> str:
    """Tests of one unit run one after the other in one worker: those of a service, one that takes long, or those of a file."""
    for service in SERVICES:
        if item.get_closest_marker(service) is not None:
            return service
    alone = item.get_closest_marker("e2e") is not None or item.get_closest_marker("slow") is not None
    return item.nodeid if alone else item.nodeid.partition("::")[0]


def longest_first(items: Iterable[T]) -> list[T]:
    """Services, then tests that are units of their own, then files."""

    def rank(item: T) -> int:
        unit = unit_of(item)
        return SERVICES.index(unit) if unit in SERVICES else len(SERVICES) + (unit != item.nodeid)

    return sorted(items, key=rank)


def place(config: pytest.Config) -> str:
    """Where a worker says what the units are."""
    if _PLACE not in config.stash:
        folder = TemporaryDirectory(prefix="wirewatch-units-")
        config.add_cleanup(folder.cleanup)
        config.stash[_PLACE] = Path(folder.name) / "units.json"
    return str(config.stash[_PLACE])


def tell(where: str, items: Iterable[Item]) -> None:
    """In a worker: say which test belongs to which unit. All workers say the same."""
    path = Path(f"{where}.{os.getpid()}")
    path.write_text(json.dumps({item.nodeid: unit_of(item) for item in items}), encoding="utf-8")
    path.replace(where)


def started_here(config: object, service: str) -> None:
    """Fail where another worker of the run has started the service: the tests that need it are not one unit."""
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        try:
            Path(f"{worker['units']}.{service}").touch(exist_ok=False)
        except FileExistsError:
            pytest.fail(f"two workers start {service}")


class Units(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Gives a worker the next unit when it has nearly done the last one, in the order of the tests."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False
        self._where = Path(place(config))

    @cached_property
    def _units(self) -> Mapping[str, str]:
        units: dict[str, str] = json.loads(self._where.read_text(encoding="utf-8"))
        return units

    def _split_scope(self, nodeid: str) -> str:
        return self._units[nodeid]
