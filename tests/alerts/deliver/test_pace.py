"""What is let out, over random histories of asking, answering, pauses and clocks."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.channel import Rate
from alerts.deliver.pace import LONGEST_PAUSE_SECONDS, Paced, SendPaces
from tests.effort import tries

RATES = st.builds(Rate, count=st.integers(1, 5), seconds=st.sampled_from([0.5, 1.0, 60.0]))
# (who asks, for how many, how long the answers take, how far the clock goes before)
STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 9), st.floats(0, 3), st.floats(-5, 5)), min_size=1, max_size=80
)


def paced(paces: SendPaces, name: str, own: Rate | None, shared: Rate | None) -> Paced:
    one = Paced(name)
    one.own.rate, one.shared = own, paces.shared("bot", shared)
    return one


def most_within(times: list[tuple[float, float]], seconds: float) -> int:
    """The most messages that a service can see in any such time: each may arrive anywhere between its start and its end."""
    starts, ends = sorted(start for start, _ in times), sorted(end for _, end in times)
    return max(
        (sum(1 for start, end in times if end > at and start < at + seconds) for at in (*starts, *ends)), default=0
    )


@tries(60)
@given(own=RATES, shared=RATES, steps=STEPS)
def test_no_service_sees_more_than_its_rate_in_any_time(
    own: Rate, shared: Rate, steps: list[tuple[int, int, float, float]]
) -> None:
    paces = SendPaces()
    channels = [paced(paces, str(n), own, shared) for n in range(4)]
    out: list[tuple[float, float, int]] = []
    real = clock = 1000.0
    pending: list[tuple[float, int]] = []
    for who, wanted, takes, forward in steps:
        real += max(forward, 0.0)
        for end, one in sorted(pending):
            if end <= real:
                channels[one].ended(max(clock, end))
        pending = [(end, one) for end, one in pending if end > real]
        clock = max(clock, real)
        asked_at = clock + min(forward, 0.0)  # a clock that went back
        for _ in range(channels[who].reserve(wanted, asked_at)):
            out.append((clock, clock + takes, who))
            pending.append((clock + takes, who))
    assert most_within([(start, end) for start, end, _ in out], shared.seconds) <= shared.count
    for one in range(4):
        assert most_within([(start, end) for start, end, by in out if by == one], own.seconds) <= own.count


@tries(30)
@given(rate=RATES, channels=st.integers(2, 5), greedy=st.integers(1, 9))
def test_channels_of_one_key_take_turns_however_much_one_of_them_asks_for(
    rate: Rate, channels: int, greedy: int
) -> None:
    paces, got, now = SendPaces(), Counter[int](), 0.0
    members = [paced(paces, str(n), None, rate) for n in range(channels)]
    while now < 8 * rate.seconds * channels:
        moved = True
        while moved:  # who got something asks for more at once
            moved = False
            for one, member in enumerate(members):
                count = member.reserve(greedy if one == 0 else 1, now)
                got[one] += count
                moved |= count > 0
                for _ in range(count):
                    member.ended(now)
        now += min(rate.seconds / 4, 1.0)
    # The first may find all free at once, before anybody else has asked.
    assert max(got.values()) - min(got[one] for one in range(channels)) <= 2 * rate.count + 1


def test_who_stops_asking_holds_nobody_up() -> None:
    paces = SendPaces()
    one, other = (paced(paces, name, None, Rate(count=1, seconds=1.0)) for name in "ab")
    assert one.reserve(1, 0.0) == 1
    one.ended(0.0)
    assert other.reserve(1, 0.5) == 0  # in line from now on, and silent
    assert one.reserve(1, 1.0) == 0
    assert 0 < one.seconds_left(1.0) < 1
    assert one.reserve(1, 4.0) == 1


def test_what_was_let_out_and_not_used_is_free_again() -> None:
    only = paced(SendPaces(), "a", Rate(count=2, seconds=10.0), None)
    assert only.reserve(5, 0.0) == 2
    only.give_back(1)
    assert only.reserve(5, 0.0) == 1
    only.ended(3.0)
    only.ended(4.0)
    assert only.seconds_left(5.0) == 8.0
    assert only.reserve(5, 13.0) == 1


def test_a_pause_holds_the_channel_and_a_hold_all_of_its_key() -> None:
    paces = SendPaces()
    one, other = (paced(paces, name, None, None) for name in "ab")
    one.pause(5.0, 100.0)
    assert (one.seconds_left(101.0), other.seconds_left(101.0)) == (4.0, 0.0)
    paces.hold("bot", 10.0, 101.0)
    assert (one.reserve(1, 107.0), other.reserve(1, 107.0)) == (0, 0)
    assert (one.reserve(1, 111.0), other.reserve(1, 111.0)) == (1, 1)


def test_absurd_pauses_are_bounded_or_ignored() -> None:
    for asked, held in (
        (1e18, LONGEST_PAUSE_SECONDS),
        (float("inf"), LONGEST_PAUSE_SECONDS),
        (float("nan"), 0),
        (-5, 0),
    ):
        only = Paced("a")
        only.pause(asked, 0.0)
        assert only.seconds_left(0.0) == held
