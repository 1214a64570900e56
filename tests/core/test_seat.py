"""A seat's name outlives who sits there, and nobody has a seat on which somebody else sits."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core import seat as module
from core.seat import Seat

HOLD = """
import sys, time
from pathlib import Path
from core.seat import Seat
seat = Seat.take(Path(sys.argv[1]))
print(seat.name, flush=True)
time.sleep(600)
"""


def test_who_comes_after_a_dead_process_has_its_seat(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        name = holder.stdout.readline().strip()
        assert name.startswith(socket.gethostname())
        beside = Seat.take(tmp_path)
        assert beside.name != name, "somebody sits there"
        holder.kill()
        holder.wait()
        after = Seat.take(tmp_path)
        assert after.name == name
        beside.release()
        after.release()
        after.release()
    finally:
        holder.kill()
        holder.wait()
        holder.communicate()


def test_a_file_that_was_cut_off_gets_a_new_name(tmp_path: Path) -> None:
    (tmp_path / "seat-0.lock").write_text("abc")
    seat = Seat.take(tmp_path)
    seat.release()
    again = Seat.take(tmp_path)
    again.release()
    assert again.name == seat.name
    assert seat.name is not None
    assert not seat.name.endswith("-abc")


def test_without_locks_or_seats_there_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Seat.take(tmp_path / "nowhere").name is None
    monkeypatch.setattr(module, "SEATS", 1)
    first, second = Seat.take(tmp_path), Seat.take(tmp_path)
    assert first.name is not None
    assert second.name is None
    first.release()
    second.release()
