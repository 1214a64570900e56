import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from alerts.channels.channel import Channel, Receipt, SendFailure, Sending
from alerts.channels.message import Message, message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.deliver.context import DeliverSettings
from alerts.deliver.retry_policy import RetryPolicy
from alerts.deliver.stage import DeliverStage
from core.clock import SystemClock
from core.db.engine import Database
from core.model.alert import Alert
from core.model.outcome import FailureReason, NotificationState, Stage
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from core.store import due_times, notifications, redrives, sends, traces
from core.store.notifications import Attempt
from tests.alerts.making import NOW, alert, notification
from tests.alerts.stages.outbox import FakeChannel, Post, failure, numbered
from tests.fakes.channel_tools import tools
from tests.fakes.receiver import Answer, Receiver, dead_url, never
from tests.fakes.running import running, until

LONG_LEASE = DeliverSettings(lease_seconds=30)
SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()


@pytest.fixture
def post(db: Database) -> Post:
    return Post(db)


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


def webhook(fetcher: Fetcher, url: str, name: str = "desk", **more: object) -> Channel:
    raw = {"name": name, "kind": "webhook", "url": url, "secret": SECRET, **more}
    return build_channel(channel_settings(raw), tools(fetcher))


async def test_what_is_due_is_sent_once_and_recorded(post: Post) -> None:
    item, desk = notification(), FakeChannel()
    await post.put(item)
    stage = post.stage(desk)
    assert await stage.deliver_due() == 1
    assert await stage.deliver_due() == 0
    assert desk.sent == [(item.notification_id, 1)]
    row = await post.row(item)
    assert (row.state, row.attempts) == (NotificationState.DELIVERED, 1)
    async with post.db.connection() as conn:
        (attempt,) = await notifications.attempts(conn, item.notification_id)
        (step,) = await traces.of(conn, item.alerts[0].articles[0].brief.article_id)
    assert (attempt.reason, attempt.status, attempt.detail) == (None, 200, "delivered")
    assert (step.stage, step.outcome, step.detail) == (Stage.DELIVER, "delivered", "to desk")
    assert post.metric("notifications_total", channel="webhook") == 1
    assert post.metric("latency_seconds_sum", stage="seen_to_delivered") == 20
    assert post.metric("latency_seconds_count", stage="matched_to_delivered") == 1
    assert post.metric("alert_group_size_sum") == len(item.alerts[0].articles)


async def test_a_receiver_that_fails_and_recovers_gets_the_same_id_and_the_next_attempt(
    post: Post, fetcher: Fetcher
) -> None:
    item = notification()
    await post.put(item)
    async with Receiver([Answer(status=500)]) as receiver:
        stage = post.stage(webhook(fetcher, receiver.url))
        await stage.deliver_due()
        post.clock.advance(4.9)
        assert await stage.deliver_due() == 0  # backing off
        post.clock.advance(0.1)
        assert await stage.deliver_due() == 1
    assert receiver.ids == [item.notification_id] * 2
    assert [request.json["attempt"] for request in receiver.received] == [1, 2]
    assert (await post.row(item)).state is NotificationState.DELIVERED
    assert post.metric("notifications_failed_total", channel="webhook", reason="server_error") == 1
    assert post.metric("notification_requests_total", channel="webhook") == 2


async def test_retry_after_is_honoured_by_the_whole_channel(post: Post) -> None:
    items = numbered(3)
    await post.put(*items)
    desk = FakeChannel(answers=[failure(retry_after=90)])
    stage = post.stage(desk)
    await stage.deliver_due()
    assert len(desk.sent) == 1  # the others were not tried: they would be refused too
    post.clock.advance(89)
    assert await stage.deliver_due() == 0
    post.clock.advance(1)
    assert await stage.deliver_due() == 3
    assert sorted(attempt for _, attempt in desk.sent) == [1, 1, 1, 2]


async def test_what_cannot_be_sent_is_dead_at_once(post: Post) -> None:
    item = notification()
    await post.put(item)
    await post.stage(FakeChannel(answers=[failure(retriable=False)])).deliver_due()
    row = await post.row(item)
    assert (row.state, row.last_reason, row.last_detail) == (
        NotificationState.DEAD,
        FailureReason.SERVER_ERROR,
        "HTTP 500",
    )


async def test_tries_end_after_their_number(post: Post) -> None:
    item = notification()
    await post.put(item)
    desk = FakeChannel(answers=[failure() for _ in range(9)])
    stage = post.stage(desk, settings=DeliverSettings(retry=RetryPolicy(max_attempts=3)))
    for _ in range(9):
        await stage.deliver_due()
        post.clock.advance(60)
    assert [attempt for _, attempt in desk.sent] == [1, 2, 3]
    assert (await post.row(item)).state is NotificationState.DEAD


async def test_a_redrive_keeps_the_id_and_the_event_and_counts_on(post: Post, fetcher: Fetcher) -> None:
    item, delivered = notification(), notification(alert(story="b"))
    await post.put(item)
    async with Receiver([Answer(status=410)]) as receiver:
        stage = post.stage(webhook(fetcher, receiver.url))
        await stage.deliver_due()
        assert (await post.row(item)).last_reason is FailureReason.GONE
        await post.put(delivered)
        await stage.deliver_due()
        async with post.db.transaction() as conn:
            assert await redrives.redrive_all(conn, redrives.Wanted(), post.clock.now()) == 1
        await stage.deliver_due()
        async with post.db.transaction() as conn:
            assert await redrives.redrive_all(conn, redrives.Wanted(), post.clock.now()) == 0
    first, _, again = receiver.received
    assert first.id == again.id == item.notification_id
    assert (again.json["event"], again.json["reason"], again.json["attempt"]) == ("alert.created", "redrive", 2)
    assert (await post.row(item)).state is NotificationState.DELIVERED


async def test_a_crash_between_send_and_record_sends_the_same_id_attempt_and_body_again(
    post: Post, fetcher: Fetcher
) -> None:
    item = notification()
    await post.put(item)
    async with Receiver() as receiver:
        desk = webhook(fetcher, receiver.url)
        async with post.db.transaction() as conn:  # a process that sent and died before it could record
            (claimed,) = await notifications.claim_due(conn, NOW, "desk", 1, "dead", lease_seconds=30)
            pending = await sends.begin(conn, claimed, "dead", NOW)
        assert pending is not None
        await desk.send(
            message_of(pending.notification), Sending(notification_id=item.notification_id, attempt=1, now=NOW)
        )
        stage = post.stage(desk)
        assert await stage.deliver_due() == 0  # the lease holds
        post.clock.advance(31)
        assert await stage.deliver_due() == 1
        assert await stage.deliver_due() == 0
    one, two = receiver.received
    assert one.id == two.id
    assert [(got.json["attempt"], got.json.get("possible_repeat")) for got in (one, two)] == [(1, None), (2, True)]
    assert post.metric("notification_repeats_total", channel="webhook") == 1
    async with post.db.connection() as conn:
        first, second = await notifications.attempts(conn, item.notification_id)
    assert (first.reason, first.at) == (FailureReason.INTERRUPTED, NOW)
    assert second.reason is None
    assert (await post.row(item)).attempts == 2


async def test_a_send_that_was_claimed_and_not_begun_is_no_repeat(post: Post, fetcher: Fetcher) -> None:
    item = notification()
    await post.put(item)
    async with post.db.transaction() as conn:
        await notifications.claim_due(conn, NOW, "desk", 1, "dead", lease_seconds=30)
    post.clock.advance(31)
    async with Receiver() as receiver:
        await post.stage(webhook(fetcher, receiver.url)).deliver_due()
    (sent,) = receiver.received
    assert (sent.json["attempt"], "possible_repeat" in sent.json) == (1, False)


@pytest.mark.parametrize("first", [Answer(status=408), Answer(hang_up=True)])
async def test_after_a_time_out_the_next_try_says_that_it_may_be_a_repeat(
    post: Post, fetcher: Fetcher, first: Answer
) -> None:
    await post.put(notification())
    async with Receiver([first, Answer(status=503)]) as receiver:
        stage = post.stage(webhook(fetcher, receiver.url))
        for _ in range(3):
            await stage.deliver_due()
            post.clock.advance(60)
    assert [sent.json.get("possible_repeat") for sent in receiver.received] == [None, True, True]


async def test_a_worker_that_lost_its_lease_does_not_send(post: Post) -> None:
    item, mine = notification(), FakeChannel()
    await post.put(item)
    worker = post.stage(mine).workers["desk"]
    async with post.db.transaction() as conn:
        (claimed,) = await notifications.claim_due(conn, NOW, "desk", 1, "other/desk", lease_seconds=30)
    await worker.send.deliver(claimed, lambda: None)
    assert mine.sent == []


async def test_a_stop_lets_the_send_under_way_be_written_down(post: Post, fetcher: Fetcher) -> None:
    item, answered = notification(), asyncio.Event()
    await post.put(item)
    async with Receiver([Answer(wait_for=answered)]) as receiver:
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            task = group.create_task(post.stage(webhook(fetcher, receiver.url)).run())
            await receiver.until(1)
            task.cancel()
            await asyncio.sleep(0)  # the stop has begun; the answer comes after it
            answered.set()
        assert (await post.row(item)).state is NotificationState.DELIVERED
        assert await post.stage(webhook(fetcher, receiver.url)).deliver_due() == 0
    assert len(receiver.received) == 1


async def test_what_is_meant_for_a_channel_that_is_missing_waits_for_it_and_says_so(
    post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    item = notification(channel="elsewhere")
    await post.put(item)
    stage = post.stage(FakeChannel())
    await stage.deliver_due()
    assert (await post.row(item)).state is NotificationState.PENDING
    assert post.metric("notifications_without_channel") == 1
    assert "channel_missing" in capsys.readouterr().out
    await stage.deliver_due()
    assert "channel_missing" not in capsys.readouterr().out  # not at every look
    post.clock.advance(71 * 3600)
    mended = FakeChannel("elsewhere")
    await post.stage(FakeChannel(), mended).deliver_due()
    assert mended.sent == [(item.notification_id, 1)]


async def test_a_channel_that_is_missing_for_days_ends_the_wait(post: Post) -> None:
    item = notification(channel="elsewhere")
    await post.put(item)
    stage = post.stage(FakeChannel())
    post.clock.advance(72 * 3600)
    await stage.deliver_due()
    row = await post.row(item)
    assert (row.state, row.last_reason) == (NotificationState.DEAD, FailureReason.CHANNEL_MISSING)
    assert row.last_detail == "no channel 'elsewhere' was configured for 72 hours"
    await stage.deliver_due()
    assert post.metric("notifications_without_channel") == 0


async def test_what_our_own_guard_refuses_waits_and_goes_out_after_the_mend(post: Post) -> None:
    items = numbered(3)
    await post.put(*items)
    async with Receiver() as receiver, Fetcher(AddressGuard(), "wirewatch/test", SystemClock()) as guarded:
        stage = post.stage(webhook(guarded, receiver.url))
        for _ in range(5):
            await stage.deliver_due()
            post.clock.advance(3600)
        rows = [await post.row(item) for item in items]
        assert {row.state for row in rows} == {NotificationState.PENDING}
        assert FailureReason.SSRF_BLOCKED in {row.last_reason for row in rows}
        assert receiver.received == []
        await stage.upkeep.look_at_queues()
        assert post.metric("notifications_blocked", channel="webhook") >= 1
        async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as mended:
            stage = post.stage(webhook(mended, receiver.url))
            await stage.hasten_blocked()
            assert await stage.deliver_due() == 3
    assert set(receiver.ids) == {item.notification_id for item in items}


async def test_a_clock_that_was_ahead_for_a_while_stops_no_delivery(post: Post) -> None:
    tried, claimed, later = numbered(3)
    await post.put(tried, claimed)
    await post.stage(FakeChannel(answers=[failure(), failure()])).deliver_due()
    async with post.db.transaction() as conn:
        ahead = NOW + timedelta(days=4)
        await notifications.hasten(conn, ["desk"], NOW, [FailureReason.SERVER_ERROR])
        await notifications.claim_due(conn, ahead, "desk", 1, "dead", lease_seconds=30)
        await notifications.add(conn, later, NOW + timedelta(hours=20))  # that can be meant
    async with post.db.transaction() as conn:
        for row in await sends.waiting(conn, "", 10):
            if row.notification.notification_id == tried.notification_id:
                attempt = Attempt(at=ahead, reason=FailureReason.SERVER_ERROR)
                await notifications.record_attempt(
                    conn, tried.notification_id, attempt, state=NotificationState.PENDING, next_due=ahead
                )
    desk = FakeChannel()
    stage = post.stage(desk)
    async with post.db.transaction() as conn:
        await due_times.draw_in(conn, NOW, 86400)
    assert await stage.deliver_due() == 2
    assert {key for key, _ in desk.sent} == {tried.notification_id, claimed.notification_id}
    async with post.db.transaction() as conn:
        assert await due_times.draw_in(conn, NOW, 86400) == 0


async def test_a_clock_that_is_set_back_does_not_lengthen_a_pause(post: Post) -> None:
    await post.put(*numbered(2))
    desk = FakeChannel(answers=[failure(retry_after=45)])
    stage = post.stage(desk)
    await stage.deliver_due()
    post.clock._start -= timedelta(hours=1)
    post.clock.advance(46)
    fresh = notification(alert(story="fresh"))
    await post.put(fresh)
    await stage.deliver_due()
    assert fresh.notification_id in [key for key, _ in desk.sent]


def refusal() -> SendFailure:
    return SendFailure(FailureReason.SSRF_BLOCKED, "10.0.0.1 is not a public address", retriable=True)


async def test_a_refused_address_holds_the_channel(post: Post) -> None:
    await post.put(*numbered(5))
    desk = FakeChannel(answers=[refusal()] * 9)
    stage = post.stage(desk)
    await stage.deliver_due()
    await stage.deliver_due()
    assert len(desk.sent) == 1  # the others would fare no better


async def test_a_defect_in_one_channel_is_its_own_failure(post: Post) -> None:
    broken, fine = notification(channel="broken"), notification(channel="fine")
    await post.put(broken, fine)
    stage = post.stage(FakeChannel("broken", [KeyError("x")]), FakeChannel("fine"))
    assert await stage.deliver_due() == 2
    row = await post.row(broken)
    assert (row.state, row.last_reason) == (NotificationState.PENDING, FailureReason.OTHER)
    assert row.last_detail == "defect in the channel: KeyError"
    assert (await post.row(fine)).state is NotificationState.DELIVERED


async def test_a_dead_channel_delays_no_other(post: Post, fetcher: Fetcher) -> None:
    await post.put(*numbered(40, "silent"), *numbered(40, "closed"), *numbered(5, "live"))
    async with Receiver(last=never()) as silent, Receiver() as live:
        stage = post.stage(
            webhook(fetcher, silent.url, "silent"),
            webhook(fetcher, dead_url(), "closed"),
            webhook(fetcher, live.url, "live"),
        )
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            task = group.create_task(stage.run())
            await live.until(5)
            post.wake_up.notify()
            await post.put(*numbered(7, "live"))
            post.wake_up.notify()  # heard at once: the fake clock stands still
            await live.until(7)
            task.cancel()
    assert len(set(live.ids)) == 7


async def test_a_stop_gives_back_what_was_not_sent(post: Post, fetcher: Fetcher) -> None:
    items = numbered(12)
    await post.put(*items)
    async with Receiver(last=never()) as silent, Receiver() as live:
        settings = DeliverSettings(stop_seconds=0.0)
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            task = group.create_task(post.stage(webhook(fetcher, silent.url), settings=settings).run())
            await silent.until(8)
            task.cancel()
        assert await post.stage(webhook(fetcher, live.url)).deliver_due() == 12
    assert set(live.ids) == {item.notification_id for item in items}


async def test_two_processes_share_a_channel_and_send_each_message_once(post: Post) -> None:
    await post.put(*numbered(60))
    one, two = FakeChannel(in_flight=4), FakeChannel(in_flight=4)
    stages = [post.stage(one, owner="one"), post.stage(two, owner="two")]

    async def work(stage: DeliverStage) -> None:
        while await stage.deliver_due():
            pass

    async with asyncio.TaskGroup() as group:
        for stage in stages:
            group.create_task(work(stage))
    sent = one.sent + two.sent
    assert len(sent) == len(set(sent)) == 60


async def test_no_send_begins_after_its_lease_ran_out(post: Post) -> None:
    class Slow(FakeChannel):
        async def send(self, message: Message, sending: Sending) -> Receipt:
            post.clock.advance(20)
            return await super().send(message, sending)

    await post.put(*numbered(5))
    slow, other = Slow(), FakeChannel()
    await post.stage(slow, settings=LONG_LEASE).workers["desk"].deliver_due()
    assert len(slow.sent) == 2  # the lease is 30 s, and nobody renewed it
    assert await post.stage(other, owner="other").deliver_due() == 3  # the rest was given back


async def test_a_lease_that_is_renewed_lets_a_slow_receiver_have_its_time(post: Post) -> None:
    class Slow(FakeChannel):
        async def send(self, message: Message, sending: Sending) -> Receipt:
            for _ in range(2):
                post.clock.advance(20)
                await stage.renew()
                assert await post.stage(other, owner="other").deliver_due() == 0
            return await super().send(message, sending)

    await post.put(*numbered(3))
    slow, other = Slow(), FakeChannel()
    stage = post.stage(slow, settings=LONG_LEASE)
    assert await stage.deliver_due() == 3
    assert (len(slow.sent), len(other.sent)) == (3, 0)


async def test_the_queue_is_shown_by_kind_of_channel(post: Post) -> None:
    dead, waiting = notification(), notification(alert(story="b"))
    await post.put(dead)
    stage = post.stage(FakeChannel(answers=[failure(retriable=False), failure()]))
    await stage.deliver_due()
    await post.put(waiting)
    await stage.deliver_due()
    post.clock.advance(3)
    await stage.upkeep.look_at_queues()
    assert post.metric("notification_queue_length", channel="webhook") == 1
    assert post.metric("notification_deadletter", channel="webhook") == 1
    assert post.metric("notification_oldest_pending_seconds", channel="webhook") == 3


class SlowChannel(FakeChannel):
    """Holds each send until it is let go."""

    def __init__(self, name: str = "desk") -> None:
        super().__init__(name)
        self.held = asyncio.Event()

    async def send(self, message: Message, sending: Sending) -> Receipt:
        receipt = await super().send(message, sending)
        await self.held.wait()
        return receipt


async def states(post: Post) -> list[NotificationState]:
    async with post.db.connection() as conn:
        return [row.state for row in await notifications.list_rows(conn)]


async def test_channels_that_change_finish_what_is_under_way_and_send_the_rest_anew(post: Post) -> None:
    old, new, more = SlowChannel(), FakeChannel(), FakeChannel("more")
    items = [notification(alert(story=str(n))) for n in range(3)]
    await post.put(*items)
    stage = post.stage(old)
    async with running(stage.run()):
        await until(lambda: len(old.sent) == 1)
        stage.set_channels([new, more])
        await post.put(notification(alert(story="x"), channel="more"))
        post.wake_up.notify()
        await until(lambda: len(more.sent) == 1)
        assert new.sent == []  # one after the other, as the channel wants
        old.held.set()
        await until(lambda: len(new.sent) == 2)
        stage.set_channels([new])
        await until(lambda: set(stage.workers) == {"desk"})
    assert len(old.sent) == 1
    assert {sent[0] for sent in (*old.sent, *new.sent)} == {item.notification_id for item in items}
    assert set(await states(post)) == {NotificationState.DELIVERED}


@pytest.mark.parametrize("answer", [failure(retry_after=86_400), refusal()])
async def test_a_pause_ends_with_the_receiver_that_asked_for_it(post: Post, answer: SendFailure) -> None:
    items = numbered(3)
    await post.put(*items)
    old, new = FakeChannel(answers=[answer] * 9), FakeChannel()
    stage = post.stage(old)
    await stage.deliver_due()
    stage.set_channels([new])
    assert await stage.deliver_due() == 0  # the same receiver: its word holds
    async with post.db.transaction() as conn:
        await notifications.hasten(conn, ["desk"], post.clock.now())
    stage.set_channels([new], ["desk"])
    assert await stage.deliver_due() == 3
    assert {key for key, _ in new.sent} == {item.notification_id for item in items}


class FailsLate(SlowChannel):
    """Answers a send that was held with the request to come back in a day."""

    async def send(self, message: Message, sending: Sending) -> Receipt:
        await super().send(message, sending)
        raise failure(retry_after=86_400)


async def test_what_the_old_receiver_answers_late_holds_up_nothing(post: Post) -> None:
    old, new = FailsLate(), FakeChannel()
    items = numbered(3)
    await post.put(*items)
    stage = post.stage(old)
    async with running(stage.run()):
        await until(lambda: len(old.sent) == 1)
        stage.set_channels([new], ["desk"])
        old.held.set()
        await until(lambda: len(new.sent) == 3)
    assert {key for key, _ in new.sent} == {item.notification_id for item in items}


async def test_a_channel_that_goes_and_comes_back_doubles_nothing(post: Post) -> None:
    old, new = SlowChannel(), FakeChannel()
    items = [notification(alert(story=str(n))) for n in range(5)]
    await post.put(*items)
    stage = post.stage(old)
    async with running(stage.run()):
        await until(lambda: len(old.sent) == 1)
        stage.set_channels([])
        stage.set_channels([new])
        stage.set_channels([])
        old.held.set()
        stage.set_channels([new])
        await until(lambda: len(new.sent) == 4)
    sent = [one for one, _ in (*old.sent, *new.sent)]
    assert sorted(sent) == sorted(item.notification_id for item in items)


async def test_a_paused_channel_sends_nothing_until_it_is_let_go_on_and_nothing_of_it_is_given_up(post: Post) -> None:
    desk, other = FakeChannel(), FakeChannel("other")
    stage = post.stage(desk, other)
    stage.set_channels([desk, other], paused=["desk"])
    await post.put(*numbered(3), *numbered(1, "other"))
    async with running(stage.run()):
        await until(lambda: len(other.sent) == 1 and not stage.workers["other"].working)
        assert desk.sent == []
        post.clock.advance(100 * 3600)
        await stage.upkeep.look_at_queues()
        assert post.metric("notifications_without_channel") == 0
        assert post.metric("notification_oldest_pending_seconds", channel="webhook") == 0
        stage.set_channels([desk, other])
        await until(lambda: len(desk.sent) == 3)


async def test_a_message_that_cannot_be_built_fails_alone(post: Post) -> None:
    broken, well = numbered(2)
    await post.put(broken, well)
    desk = FakeChannel()

    def links(about: Alert) -> None:
        if about.alert_id == broken.alerts[0].alert_id:
            raise ValueError("a defect")

    await post.stage(desk, links=links).deliver_due()
    assert [key for key, _ in desk.sent] == [well.notification_id]
    assert (await post.row(broken)).last_detail == "defect in the channel: ValueError"
