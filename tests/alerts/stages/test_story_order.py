"""A story's messages on one channel: the first before its updates, and updates below it where the service threads."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.channels.channel import Receipt, SendFailure, Sending
from alerts.channels.message import Message
from alerts.deliver.context import DeliverSettings
from alerts.deliver.retry_policy import RetryPolicy
from core.db.engine import Database
from core.model.outcome import NotificationState
from core.store import sent_messages
from core.store.sent_messages import SentMessage
from tests.alerts.making import NOW, alert, notification, rule_ref
from tests.alerts.stages.outbox import FakeBot, FakeChannel, Post, failure, first_and_update, timed_out


@pytest.fixture
def post(db: Database) -> Post:
    return Post(db)


def sent_ids(channel: FakeChannel) -> list[str]:
    return [key for key, _ in channel.sent]


async def drain(post: Post, *channels: FakeChannel, seconds: int = 30) -> None:
    """A stage with these channels, for that long."""
    stage = post.stage(*channels)
    for _ in range(seconds):
        await stage.deliver_due()
        post.clock.advance(1)


@pytest.mark.parametrize("in_flight", [1, 8])
async def test_an_update_follows_its_first_message_though_both_are_claimed_at_once(post: Post, in_flight: int) -> None:
    first, update = first_and_update()
    await post.put(update, first)
    desk = FakeChannel(in_flight=in_flight)
    await drain(post, desk, seconds=5)
    assert sent_ids(desk) == [first.notification_id, update.notification_id]


async def test_an_update_waits_while_its_first_message_fails_and_says_so(post: Post) -> None:
    first, update = first_and_update()
    await post.put(first, update)
    desk = FakeChannel(answers=[failure(), failure()], in_flight=8)
    stage = post.stage(desk)
    await stage.deliver_due()
    assert sent_ids(desk) == [first.notification_id]
    row = await post.row(update)
    assert (row.state, row.attempts) == (NotificationState.PENDING, 0)
    assert row.last_detail == f"waits behind an earlier message of its story: {first.notification_id}"
    await drain(post, desk)
    assert sent_ids(desk) == [first.notification_id] * 3 + [update.notification_id]


async def test_a_dead_first_message_holds_nothing_up(post: Post) -> None:
    first, update = first_and_update()
    await post.put(first, update)
    desk = FakeChannel(answers=[failure(retriable=False)])
    await drain(post, desk, seconds=3)
    assert sent_ids(desk) == [first.notification_id, update.notification_id]
    assert (await post.row(first)).state is NotificationState.DEAD
    assert (await post.row(update)).state is NotificationState.DELIVERED


async def test_updates_keep_their_order(post: Post) -> None:
    first, update = first_and_update()
    later = [
        replace(update, notification_id=f"u{n}", sequence=10 + n, created=update.created + timedelta(minutes=n))
        for n in range(5)
    ]
    await post.put(*reversed(later), update, first)
    desk = FakeChannel(in_flight=8, answers=[None, None, timed_out()])
    await drain(post, desk)
    ids = [first.notification_id, update.notification_id, *(one.notification_id for one in later)]
    assert list(dict.fromkeys(sent_ids(desk))) == ids


async def test_a_clock_that_was_set_back_makes_no_update_overtake(post: Post) -> None:
    first, update = first_and_update()
    early = replace(update, created=first.created - timedelta(hours=1))
    await post.put(early, first)
    desk = FakeChannel(answers=[failure()], in_flight=8)
    await drain(post, desk)
    assert sent_ids(desk) == [first.notification_id, first.notification_id, update.notification_id]


async def test_another_rules_alert_of_the_story_waits_for_nothing(post: Post) -> None:
    first, _ = first_and_update("storm")
    other = notification(alert(story="storm", rule=rule_ref("storms")))
    await post.put(first, replace(other, created=first.created + timedelta(minutes=1)))
    desk = FakeChannel(answers=[failure()])
    await post.stage(desk).deliver_due()
    assert set(sent_ids(desk)) == {first.notification_id, other.notification_id}


async def test_other_channels_of_the_story_wait_for_nothing(post: Post) -> None:
    first, _ = first_and_update(channel="desk")
    _, update = first_and_update(channel="night")
    await post.put(first, update)
    desk, night = FakeChannel(answers=[failure()]), FakeChannel("night")
    await post.stage(desk, night).deliver_due()
    assert sent_ids(night) == [update.notification_id]


class Slow(FakeChannel):
    """Keeps its first message until it may go."""

    def __init__(self) -> None:
        super().__init__(in_flight=8)
        self.may = asyncio.Event()
        self.under_way = asyncio.Event()

    async def send(self, message: Message, sending: Sending) -> Receipt:
        self.under_way.set()
        await self.may.wait()
        return await super().send(message, sending)


async def test_another_process_sends_no_update_while_the_first_is_under_way(post: Post) -> None:
    first, update = first_and_update()
    await post.put(first)
    slow, desk = Slow(), FakeChannel()
    one, other = post.stage(slow, owner="one"), post.stage(desk, owner="other")
    async with asyncio.TaskGroup() as group:
        group.create_task(one.deliver_due())
        await slow.under_way.wait()
        await post.put(update)
        assert await other.deliver_due() == 1  # claimed, and put behind
        assert sent_ids(desk) == []
        slow.may.set()
    await other.deliver_due()
    assert sent_ids(slow) + sent_ids(desk) == [first.notification_id, update.notification_id]


async def test_given_up_by_age_the_first_lets_the_update_go(post: Post) -> None:
    first, update = first_and_update()
    await post.put(first, update)
    desk = FakeChannel(answers=[SendFailure(failure().reason, "HTTP 500", retriable=True)] * 2)
    stage = post.stage(desk, settings=DeliverSettings(retry=RetryPolicy(max_attempts=2)))
    for _ in range(40):
        await stage.deliver_due()
        post.clock.advance(1)
    assert (await post.row(first)).state is NotificationState.DEAD
    assert (await post.row(update)).state is NotificationState.DELIVERED


async def test_updates_answer_below_the_first_message_where_the_channel_threads(post: Post) -> None:
    first, update = first_and_update()
    other = notification(alert(story="storm", rule=rule_ref("storms")))
    await post.put(first, update)
    bot = FakeBot()
    await drain(post, bot, seconds=5)
    await post.put(other)
    await drain(post, bot, seconds=5)
    assert sent_ids(bot) == [first.notification_id, update.notification_id, other.notification_id]
    # A new alert is seen by itself, whatever was told of its story.
    assert bot.threads == [None, f"at-{first.notification_id}", None]


async def test_where_a_message_is_is_kept_with_its_delivery(post: Post) -> None:
    item = notification()
    await post.put(item)
    await post.stage(FakeBot()).deliver_due()
    async with post.db.connection() as conn:
        kept = await sent_messages.first_of_story(conn, "desk", item.alerts[0].story_id)
    assert kept is not None
    assert kept.reference == f"at-{item.notification_id}"
    assert (kept.notification_id, kept.sent) == (item.notification_id, NOW)


async def test_channels_that_do_neither_keep_no_places(post: Post) -> None:
    item = notification()
    await post.put(item)
    await post.stage(FakeChannel()).deliver_due()
    async with post.db.connection() as conn:
        kept: SentMessage | None = await sent_messages.first_of_story(conn, "desk", item.alerts[0].story_id)
    assert kept is None
