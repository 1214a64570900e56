"""Where machine code is kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from alerts.rules.native import machine


def test_the_folder_that_is_asked_for_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "asked"))
    folder = machine.folder_for_code()
    assert folder is not None
    assert folder.parent == tmp_path / "asked"


def test_code_in_a_folder_that_cannot_be_written_is_copied_to_one_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an image: compiled by its build, read by a user who may not write there."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "image"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    built = machine.folder_for_code()
    assert built is not None
    (built / "kernel.nbc").write_bytes(b"code")
    monkeypatch.setattr(machine, "_writable", lambda folder: not folder.is_relative_to(tmp_path / "image"))
    folder = machine.folder_for_code()
    assert folder is not None
    assert folder.parent == tmp_path / "home" / "wirewatch"
    assert (folder / "kernel.nbc").read_bytes() == b"code"


def test_without_any_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_writable", lambda _: False)
    assert machine.folder_for_code() is None


def test_commands_that_do_not_match_do_not_load_numba() -> None:
    said = (
        "import sys, wirewatch.roles, wirewatch.cli.main, wirewatch.cli.commands.rules; print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
