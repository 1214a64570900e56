"""Files that are made once and kept."""

import os
from pathlib import Path

import pytest

from core.kept_files import Kept, cache_folders, kept


def whole(data: Kept) -> bool:
    return data[:5] == b"whole"


class Maker:
    """Counts how often a file is made."""

    made = 0

    def __call__(self) -> bytes:
        self.made += 1
        return b"whole file"


def test_a_file_is_made_once_and_a_damaged_one_again(tmp_path: Path) -> None:
    make = Maker()
    for times, damage in ((1, None), (1, b"half"), (2, b""), (3, None)):
        assert kept("name", make, whole, [tmp_path])[:] == b"whole file"
        assert make.made == times
        if damage is not None:
            (tmp_path / "name").write_bytes(damage)
    assert [path.name for path in tmp_path.iterdir()] == ["name"], "nothing half written is left"


def test_the_first_folder_that_can_be_written_keeps_it(tmp_path: Path) -> None:
    make = Maker()
    assert kept("name", make, whole, [Path("/dev/null/none"), tmp_path])[:] == b"whole file"
    assert kept("name", make, whole, [Path("/dev/null/none"), tmp_path])[:] == b"whole file"
    assert make.made == 1


def test_what_can_be_kept_nowhere_is_made_each_time() -> None:
    make = Maker()
    assert kept("name", make, whole, []) == kept("name", make, whole, [Path("/dev/null/none")]) == b"whole file"
    assert make.made == 2


def test_the_folder_that_was_asked_for_is_the_best_then_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/kim/cache")
    temporary = cache_folders()[-1]
    assert cache_folders("/given") == [Path("/given"), Path("/kim/cache/wirewatch"), temporary]
    assert temporary.name == f"wirewatch-{os.getuid()}"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME")
    assert cache_folders() == [temporary]
