"""A send whose answer got lost, at a service that can be asked for the message."""

from datetime import timedelta

import pytest

from alerts.channels.channel import Confirmation, Receipt, SendFailure
from core.db.engine import Database
from core.model.outcome import FailureReason, NotificationState
from core.store import notifications, sends
from tests.alerts.making import NOW, notification
from tests.alerts.stages.outbox import FakeBot, FakeChannel, Post, timed_out

HAS_IT = Receipt(Confirmation.DELIVERED, 200, reference="at-7")


@pytest.fixture
def post(db: Database) -> Post:
    return Post(db)


async def died_in_the_send(post: Post) -> str:
    """A message whose sender died before it could write down how the send ended; its id."""
    item = notification()
    await post.put(item)
    async with post.db.transaction() as conn:
        (claimed,) = await notifications.claim_due(conn, NOW, "desk", 1, "dead", lease_seconds=5)
        assert await sends.begin(conn, claimed, "dead", NOW) is not None
    post.clock.advance(6)
    return item.notification_id


async def test_what_the_service_has_is_delivered_and_not_sent_again(post: Post) -> None:
    key = await died_in_the_send(post)
    bot = FakeBot()
    bot.kept[key] = HAS_IT
    await post.stage(bot).deliver_due()
    assert (bot.asked, bot.sent) == ([key], [])
    row = await post.row(notification())
    assert row.state is NotificationState.DELIVERED
    async with post.db.connection() as conn:
        tried = await notifications.attempts(conn, key)
    assert [(one.reason, one.detail) for one in tried[1:]] == [(None, "an earlier send had arrived, the service says")]
    assert post.metric("notification_lookups_total", channel="webhook", outcome="found") == 1
    assert post.metric("notification_repeats_total", channel="webhook") == 0


async def test_what_it_lacks_is_sent_and_is_no_possible_repeat(post: Post) -> None:
    key = await died_in_the_send(post)
    bot = FakeBot()
    await post.stage(bot).deliver_due()
    assert (bot.asked, bot.sent) == ([key], [(key, 2)])
    assert bot.messages[0].maybe_sent is None
    assert post.metric("notification_lookups_total", channel="webhook", outcome="not_found") == 1


@pytest.mark.parametrize("reason", [FailureReason.TIMEOUT, FailureReason.DISCONNECTED])
async def test_a_send_that_timed_out_or_broke_is_asked_for(post: Post, reason: FailureReason) -> None:
    item = notification()
    await post.put(item)
    bot = FakeBot(answers=[SendFailure(reason, "no answer", retriable=True)])
    stage = post.stage(bot)
    await stage.deliver_due()
    assert bot.asked == []
    bot.kept[item.notification_id] = HAS_IT
    post.clock.advance(10)
    await stage.deliver_due()
    assert (bot.asked, len(bot.sent)) == ([item.notification_id], 1)
    assert (await post.row(item)).state is NotificationState.DELIVERED


async def test_a_service_that_cannot_answer_is_asked_later(post: Post) -> None:
    key = await died_in_the_send(post)
    bot = FakeBot()
    bot.kept[key] = timed_out()
    stage = post.stage(bot)
    await stage.deliver_due()
    assert bot.sent == []
    assert post.metric("notification_lookups_total", channel="webhook", outcome="failed") == 1
    bot.kept[key] = HAS_IT
    post.clock.advance(60)
    await stage.deliver_due()
    assert (len(bot.asked), bot.sent) == (2, [])


async def test_a_service_that_will_not_answer_gets_the_message_again(post: Post) -> None:
    key = await died_in_the_send(post)
    bot = FakeBot()
    bot.kept[key] = SendFailure(FailureReason.AUTH_ERROR, "missing_scope", retriable=False)
    await post.stage(bot).deliver_due()
    assert bot.sent == [(key, 2)]
    assert bot.messages[0].maybe_sent == NOW  # which it says, since nobody knows
    assert post.metric("notification_repeats_total", channel="webhook") == 1


async def test_a_first_try_and_a_refusal_are_not_asked_for(post: Post) -> None:
    item = notification()
    await post.put(item)
    bot = FakeBot(answers=[SendFailure(FailureReason.SERVER_ERROR, "HTTP 500", retriable=True, status=500)])
    stage = post.stage(bot)
    await stage.deliver_due()
    post.clock.advance(timedelta(minutes=1).total_seconds())
    await stage.deliver_due()
    assert (bot.asked, len(bot.sent)) == ([], 2)


async def test_other_services_get_it_again_and_are_told_so(post: Post) -> None:
    key = await died_in_the_send(post)
    desk = FakeChannel()
    await post.stage(desk).deliver_due()
    assert desk.sent == [(key, 2)]
    assert desk.messages[0].maybe_sent == NOW
    assert post.metric("notification_repeats_total", channel="webhook") == 1
