"""Messages at the pace that their service takes: declared rates, and the pauses that it asks for."""

import pytest

from alerts.channels.channel import Confirmation, Rate, Receipt, SendFailure
from alerts.deliver.pace import LONGEST_PAUSE_SECONDS
from alerts.deliver.stage import DeliverStage
from core.db.engine import Database
from core.model.outcome import FailureReason
from tests.alerts.stages.outbox import FakeChannel, Post, failure, numbered


@pytest.fixture
def post(db: Database) -> Post:
    return Post(db)


def too_many(seconds: float, *, holds_all: bool = False) -> SendFailure:
    return SendFailure(
        FailureReason.RATE_LIMITED,
        "HTTP 429",
        retriable=True,
        retry_after_seconds=seconds,
        status=429,
        holds_all=holds_all,
    )


async def seconds_until(post: Post, stage: DeliverStage, channel: FakeChannel, count: int) -> float:
    """How long it takes until so many were sent, looking four times a second."""
    began = post.clock.monotonic()
    for _ in range(1000):
        await stage.deliver_due()
        if len(channel.sent) >= count:
            return post.clock.monotonic() - began
        post.clock.advance(0.25)
    raise AssertionError(f"{len(channel.sent)} of {count} were sent")


async def test_no_more_goes_out_than_the_channel_declares(post: Post) -> None:
    await post.put(*numbered(7))
    desk = FakeChannel(rate=Rate(count=3, seconds=10.0), in_flight=8)
    stage = post.stage(desk)
    await stage.deliver_due()
    assert len(desk.sent) == 3
    assert await seconds_until(post, stage, desk, 7) == 20.0


async def test_what_its_pace_lets_nobody_send_is_leased_by_nobody(post: Post) -> None:
    await post.put(*numbered(2))
    one, other = FakeChannel(rate=Rate(count=1, seconds=10.0)), FakeChannel()
    await post.stage(one).deliver_due()
    await post.stage(other, owner="other").deliver_due()
    assert (len(one.sent), len(other.sent)) == (1, 1)


async def test_channels_of_one_key_share_its_rate_and_take_turns(post: Post) -> None:
    chats = [FakeChannel(name, shared_rate=Rate(count=1, seconds=1.0), limit_key="bot") for name in ("a", "b", "c")]
    for chat in chats:
        await post.put(*numbered(4, chat.name))
    stage = post.stage(*chats)
    for second in range(12):
        await stage.deliver_due()
        assert sum(len(chat.sent) for chat in chats) == second + 1
        post.clock.advance(0.5)
        await stage.deliver_due()
        post.clock.advance(0.5)
    assert [len(chat.sent) for chat in chats] == [4, 4, 4]


async def test_a_pause_for_the_whole_key_holds_all_its_channels_and_no_other(post: Post) -> None:
    one, sibling = (FakeChannel(name, limit_key="bot") for name in ("a", "b"))
    stranger = FakeChannel("c")
    one.answers = [too_many(30, holds_all=True)]
    await post.put(*numbered(1, "a"))
    stage = post.stage(one, sibling, stranger)
    await stage.deliver_due()
    await post.put(*numbered(1, "b"), *numbered(1, "c"))
    await stage.deliver_due()
    assert (len(sibling.sent), len(stranger.sent)) == (0, 1)
    post.clock.advance(30)
    await stage.deliver_due()
    assert (len(one.sent), len(sibling.sent)) == (2, 1)


async def test_a_pause_for_one_chat_holds_no_other(post: Post) -> None:
    one, sibling = (FakeChannel(name, limit_key="bot") for name in ("a", "b"))
    one.answers = [too_many(30)]
    await post.put(*numbered(1, "a"), *numbered(1, "b"))
    await post.stage(one, sibling).deliver_due()
    assert len(sibling.sent) == 1


@pytest.mark.parametrize(
    ("asked", "held"), [(7.0, 7.0), (0.0, 0.0), (-3.0, 0.0), (1e12, LONGEST_PAUSE_SECONDS), (float("nan"), 0.0)]
)
async def test_a_success_may_ask_for_a_pause_within_reason(post: Post, asked: float, held: float) -> None:
    await post.put(*numbered(2))
    desk = FakeChannel(answers=[Receipt(Confirmation.DELIVERED, 200, pause_seconds=asked)])
    stage = post.stage(desk)
    await stage.deliver_due()
    if held:
        assert len(desk.sent) == 1
        post.clock.advance(held - 1)
        await stage.deliver_due()
        assert len(desk.sent) == 1
        post.clock.advance(1)
        await stage.deliver_due()
    assert len(desk.sent) == 2


async def test_a_pause_outlives_a_restart_and_reaches_other_processes(post: Post) -> None:
    one, sibling = (FakeChannel(name, limit_key="bot") for name in ("a", "b"))
    other_stage = post.stage(one, sibling, owner="other")
    one.answers = [too_many(60, holds_all=True)]
    await post.put(*numbered(1, "a"))
    await post.stage(one, sibling).deliver_due()
    await post.put(*numbered(1, "b"))
    for stage in (other_stage, post.stage(one, sibling, owner="next")):
        await stage.hear_of_others()
        await stage.deliver_due()
        assert (len(one.sent), len(sibling.sent)) == (1, 0)
    post.clock.advance(60)
    await other_stage.deliver_due()
    assert (len(one.sent), len(sibling.sent)) == (2, 1)


async def test_a_changed_channel_owes_nothing_to_the_pause_of_the_old_one(post: Post) -> None:
    await post.put(*numbered(2))
    desk = FakeChannel(answers=[Receipt(Confirmation.DELIVERED, 200, pause_seconds=600.0)])
    stage = post.stage(desk)
    await stage.deliver_due()
    stage.set_channels([desk], changed=["desk"])
    await stage.deliver_due()
    assert len(desk.sent) == 2


async def test_a_failure_gives_its_place_in_the_rate_back_in_time(post: Post) -> None:
    await post.put(*numbered(3))
    desk = FakeChannel(answers=[failure(), failure(retriable=False)], rate=Rate(count=1, seconds=1.0))
    stage = post.stage(desk)
    assert await seconds_until(post, stage, desk, 4) <= 20.0
