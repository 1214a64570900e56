"""Jumps of the wall clock."""

from core.clock import JumpWatch, SteadyClock
from tests.fakes.clock import START, JumpyClock


def test_a_jump_is_told_from_time_that_passes() -> None:
    clock = JumpyClock()
    watch = JumpWatch(clock)
    clock.advance(86400)
    assert watch.jumped() == 0
    clock.ahead = 400_000
    clock.advance(1)
    assert watch.jumped() == 400_000
    assert watch.jumped() == 0
    clock.ahead = -3600
    assert watch.jumped() == -403_600


def test_steady_time_knows_no_jump() -> None:
    clock = JumpyClock()
    steady = SteadyClock(clock)
    clock.ahead = -3600
    clock.advance(5)
    assert (steady.now() - START).total_seconds() == 5
