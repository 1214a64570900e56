"""Back-off grows, stays within its bounds and spreads."""

from hypothesis import given
from hypothesis import strategies as st

from core.retry import Backoff

BACKOFF = Backoff(first_seconds=1, max_seconds=600)


def test_delays_double_until_the_maximum() -> None:
    delays = [BACKOFF.delay_seconds(n, chance=0.5) for n in range(1, 13)]
    assert delays[:4] == [1, 2, 4, 8]
    assert delays[-1] == 600


def test_chance_spreads_a_delay_by_a_fifth_either_way() -> None:
    assert BACKOFF.delay_seconds(1, chance=0.0) == 0.8
    assert BACKOFF.delay_seconds(1, chance=1.0) == 1.2


@given(failures=st.integers(-5, 10**9), chance=st.floats(0, 1, exclude_max=True))
def test_a_delay_is_never_zero_and_never_far_over_the_maximum(failures: int, chance: float) -> None:
    delay = BACKOFF.delay_seconds(failures, chance)
    assert 0.8 <= delay <= 600 * 1.2


def test_one_that_grows_slowly_gets_to_its_maximum_too() -> None:
    slow = Backoff(first_seconds=5, max_seconds=600, factor=1.05)
    assert [slow.delay_seconds(n, chance=0.5) < 600 for n in (99, 100, 10**6)] == [True, False, False]
    assert Backoff(first_seconds=5, max_seconds=5).delay_seconds(7, chance=0.5) == 5
