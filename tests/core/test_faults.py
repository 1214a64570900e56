"""Fault points kill the process where a test says so, and nowhere else."""

import subprocess
import sys

import pytest

from core.faults import FaultPoint, arm, reach

SCRIPT = """
from core.faults import FaultPoint, arm, reach
arm("{spec}")
for n in range(3):
    print(n, flush=True)
    reach(FaultPoint.READ_FETCHED)
    reach(FaultPoint.ALERT_STORED)
"""


def run(spec: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", SCRIPT.format(spec=spec)], capture_output=True, text=True, check=False)


def test_the_process_dies_by_sigkill_at_the_point_and_at_the_passing_that_were_asked_for() -> None:
    first, second = run("read.fetched"), run("alert.stored:2")
    assert (first.returncode, first.stdout.split()) == (-9, ["0"])
    assert (second.returncode, second.stdout.split()) == (-9, ["0", "1"])


def test_a_point_that_is_not_armed_is_nothing() -> None:
    assert run("deliver.sent").returncode == 0
    reach(FaultPoint.DELIVER_SENT)


def test_an_unknown_point_is_refused() -> None:
    with pytest.raises(ValueError, match=r"nowhere\.near"):
        arm("nowhere.near")
