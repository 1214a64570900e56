"""Jumps of the wall clock."""

from datetime import datetime, timedelta

from core.clock import JumpWatch
from tests.fakes.clock import FakeClock


class JumpyClock(FakeClock):
    """Its wall clock jumps by `ahead` seconds, beside the time that passes."""

    ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)


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
