"""Back-off belongs to the endpoint: while it fails, one message shows whether it is back, and the others only wait."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.channels.channel import Receipt, SendFailure, Sending
from alerts.channels.message import Message
from alerts.deliver.context import DeliverSettings
from alerts.deliver.retry_policy import RetryPolicy
from alerts.deliver.stage import DeliverStage
from core.db.engine import Database
from core.errors import EndedUnasked
from core.model.alert import Notification
from core.model.match import RuleRef
from core.model.outcome import FailureReason, NotificationState, Priority
from core.store import due_times, endpoints, sends
from core.store.endpoints import EndpointRow
from tests.alerts.making import NOW, alert, notification, rule_ref
from tests.alerts.stages.outbox import FakeChannel, Post, failure, numbered, redrive, refused
from tests.fakes.clock import JumpyClock
from tests.fakes.running import running, until
from tests.fakes.stored import pending_channels


@pytest.fixture
def post(db: Database) -> Post:
    return Post(db)


class Endpoint(FakeChannel):
    """Refuses every connection while it is `down`."""

    down: SendFailure | None = refused()

    async def send(self, message: Message, sending: Sending) -> Receipt:
        self.answers = [] if self.down is None else [self.down]
        return await super().send(message, sending)


async def failing(post: Post) -> dict[str, EndpointRow]:
    async with post.db.connection() as conn:
        return await endpoints.failing(conn)


async def at_rests_end(post: Post, stage: DeliverStage, name: str = "desk") -> int:
    """Deliver at the moment when the endpoint may be tried again; of how many messages."""
    post.clock.advance(stage.workers[name].outlet.seconds_left() + 0.001)
    return await stage.deliver_due()


def flash(story: str) -> Notification:
    rule: RuleRef = rule_ref(priority=Priority.FLASH)
    return notification(alert(story=story, rule=rule))


async def test_while_it_fails_one_message_is_tried_at_a_time_and_the_first_success_lets_all_go(post: Post) -> None:
    items, desk = numbered(40), Endpoint(in_flight=8)
    for item in items:
        await post.put(item)
        post.clock.advance(0.001)
    stage = post.stage(desk)
    await stage.deliver_due()
    first = len(desk.sent)
    assert first <= 8, "what was under way when it failed"
    for tries in range(1, 9):
        assert await stage.deliver_due() == 0, "it is left alone"
        await at_rests_end(post, stage)
        assert len(desk.sent) == first + tries
    waited = [await post.row(item) for item in items]
    assert sum(row.attempts for row in waited) == first + 8
    assert sum(row.attempts == 0 for row in waited) >= 39 - first, "the others only waited"
    desk.down = None
    assert await at_rests_end(post, stage) == 40
    assert await failing(post) == {}


async def test_what_waited_goes_in_order_of_urgency_then_of_coming(post: Post) -> None:
    early, late, urgent = notification(alert(story="1")), notification(alert(story="2")), flash("3")
    desk = Endpoint()
    stage = post.stage(desk)
    for item in (early, late, urgent):
        await post.put(item)
        await stage.deliver_due()
        post.clock.advance(0.5)
    assert [key for key, _ in desk.sent] == [early.notification_id]
    desk.down = None
    await at_rests_end(post, stage)
    order = [key for key, _ in desk.sent[1:]]
    assert order == [urgent.notification_id, early.notification_id, late.notification_id]


async def test_a_message_that_fails_by_itself_costs_the_others_nothing(post: Post) -> None:
    class Picky(FakeChannel):
        async def send(self, message: Message, sending: Sending) -> Receipt:
            self.answers = [failure()] if sending.notification_id == poison.notification_id else []
            return await super().send(message, sending)

    poison, *others = numbered(20)
    await post.put(poison, *others)
    desk = Picky()
    stage = post.stage(desk)
    assert await stage.deliver_due() == 20
    assert len(desk.sent) == 20, "the others went at once"
    for number in range(3):
        post.clock.advance(60 * 3**number)
        fresh = [notification(alert(story=f"{number} {place}")) for place in range(3)]
        await post.put(*fresh)
        assert await stage.deliver_due() == 4
        assert (await post.row(fresh[-1])).state is NotificationState.DELIVERED
    assert await failing(post) == {}


async def test_an_endpoint_that_answers_errors_is_left_alone_after_the_second_message(post: Post) -> None:
    await post.put(*numbered(9))
    desk = Endpoint()
    desk.down = failure()
    stage = post.stage(desk)
    await stage.deliver_due()
    assert len({key for key, _ in desk.sent}) == len(desk.sent) == 2
    await at_rests_end(post, stage)
    assert len({key for key, _ in desk.sent}) == 3, "another message is the next to be tried"
    desk.down = None
    assert await at_rests_end(post, stage) == 9, "those that failed wait for no time of their own any more"


async def test_what_the_receiver_asked_for_outlasts_a_success_of_a_send_beside_it(post: Post) -> None:
    held = asyncio.Event()

    class Busy(FakeChannel):
        async def send(self, message: Message, sending: Sending) -> Receipt:
            if not self.sent:
                self.sent.append((sending.notification_id, sending.attempt))
                raise failure(retry_after=90)
            receipt = await super().send(message, sending)
            await held.wait()
            return receipt

    await post.put(*numbered(6))
    desk = Busy(in_flight=3)
    stage = post.stage(desk)
    async with running(stage.run()):
        await until(lambda: len(desk.sent) == 3 and stage.workers["desk"].outlet.seconds_left() > 0)
        held.set()
        await until(lambda: not stage.workers["desk"].working)
        assert len(desk.sent) == 3
        assert stage.workers["desk"].outlet.seconds_left() == 90
    (row,) = (await failing(post)).values()
    assert row.left_alone_until == NOW + timedelta(seconds=90)


async def test_its_failures_survive_a_restart_and_one_message_shows_at_once_whether_it_is_back(post: Post) -> None:
    await post.put(*numbered(5))
    stage = post.stage(Endpoint())
    await stage.deliver_due()
    for _ in range(9):
        await at_rests_end(post, stage)
    desk = Endpoint()
    again = post.stage(desk)
    await again.deliver_due()
    assert len(desk.sent) == 1
    assert again.workers["desk"].outlet.seconds_left() > 7, "and it is left alone for as long as it had become"
    (row,) = (await failing(post)).values()
    assert (row.failures, row.since, row.reason) == (11, NOW, FailureReason.CONNECT)


async def test_what_the_receiver_asked_for_survives_a_restart(post: Post) -> None:
    await post.put(*numbered(2))
    await post.stage(FakeChannel(answers=[failure(retry_after=3600)])).deliver_due()
    desk = FakeChannel()
    again = post.stage(desk)
    post.clock.advance(3599)
    assert await again.deliver_due() == 0
    post.clock.advance(1.001)
    assert await again.deliver_due() == 2


async def test_it_is_tried_the_moment_its_time_has_come(post: Post) -> None:
    await post.put(*numbered(3))
    desk = Endpoint()
    async with running(post.stage(desk, settings=DeliverSettings(poll_seconds=60, tend_seconds=61)).run()):
        await until(lambda: 5.0 in post.clock.slept)
        assert len(desk.sent) == 1
        desk.down = None
        post.clock.advance(5.0)
        await until(lambda: len(desk.sent) == 4)


@pytest.mark.parametrize("who", ["redrive", "reload"])
async def test_who_redrives_or_mends_has_it_tried_at_once(post: Post, who: str) -> None:
    dead, *items = numbered(4)
    await post.put(dead)
    desk = Endpoint()
    await post.stage(FakeChannel(answers=[failure(retriable=False)])).deliver_due()
    await post.put(*items)
    stage = post.stage(desk)
    async with running(stage.run()):
        await until(lambda: len(desk.sent) == 1 and stage.workers["desk"].outlet.saved is not None)
        desk.down = None
        if who == "redrive":  # another process, which only has the database
            await redrive(post.db, post.clock.now())
        else:
            async with post.db.transaction() as conn:
                await sends.mended(conn, ["desk"], post.clock.now())
        post.wake_up.notify()
        await until(lambda: len(desk.sent) == (5 if who == "redrive" else 4))


async def test_tries_of_a_message_that_cannot_have_arrived_do_not_use_it_up(post: Post) -> None:
    item, desk = notification(), Endpoint()
    await post.put(item)
    stage = post.stage(desk, settings=DeliverSettings(retry=RetryPolicy(max_attempts=3)))
    await stage.deliver_due()
    for _ in range(30):
        await at_rests_end(post, stage)
    assert (await post.row(item)).state is NotificationState.PENDING
    desk.down = failure()
    for _ in range(9):
        post.clock.advance(700)
        await stage.deliver_due()
    row = await post.row(item)
    assert (row.state, row.attempts) == (NotificationState.DEAD, 34), "after three that may have arrived"


async def test_what_waits_for_a_failing_endpoint_is_given_up_by_its_age_alone(post: Post) -> None:
    first, second = numbered(2)
    young = replace(notification(alert(story="young")), created=NOW + timedelta(hours=71))
    await post.put(first, second)
    stage = post.stage(Endpoint())
    await stage.deliver_due()
    post.clock.advance(71 * 3600)
    await post.put(young)
    await stage.deliver_due()
    assert (await post.row(second)).state is NotificationState.PENDING
    post.clock.advance(3600)
    await stage.deliver_due()
    rows = [await post.row(item) for item in (first, second, young)]
    assert [row.state for row in rows] == [NotificationState.DEAD, NotificationState.DEAD, NotificationState.PENDING]
    assert rows[1].last_detail == "its endpoint failed for 72 hours while it waited; the last: connection refused"


async def test_after_a_long_stop_of_ours_old_messages_get_their_chance(post: Post) -> None:
    items, desk = numbered(3), Endpoint()
    await post.put(*items)
    post.clock.advance(100 * 3600)
    stage = post.stage(desk)
    for _ in range(4):
        await at_rests_end(post, stage)
    assert {(await post.row(item)).state for item in items} == {NotificationState.PENDING}
    desk.down = None
    assert await at_rests_end(post, stage) == 3


async def test_a_long_stop_of_ours_is_no_failure_of_the_endpoint(post: Post) -> None:
    items, desk = numbered(3), Endpoint()
    await post.put(*items)
    before = post.stage(Endpoint())
    await before.deliver_due()
    post.clock.advance(100 * 3600)
    stage = post.stage(desk)
    for _ in range(4):
        await at_rests_end(post, stage)
    assert {(await post.row(item)).state for item in items} == {NotificationState.PENDING}
    post.clock.advance(600)
    await stage.deliver_due()
    assert {(await post.row(item)).state for item in items} == {NotificationState.DEAD}, "it failed for long enough now"


async def test_an_endpoint_has_not_failed_since_a_time_that_is_still_to_come(post: Post) -> None:
    post.clock = clock = JumpyClock(NOW)
    await post.put(*numbered(2))
    stage = post.stage(Endpoint())
    await stage.deliver_due()
    async with post.db.transaction() as conn:
        clock.ahead = -3600
        await due_times.went_back(conn, clock.now())
    await at_rests_end(post, stage)
    assert (await failing(post))["desk"].since <= post.clock.now()


async def test_a_failing_endpoint_delays_no_other(post: Post) -> None:
    await post.put(*numbered(20, "dead"), *numbered(20, "live"))
    dead, live = Endpoint("dead"), FakeChannel("live")
    async with running(post.stage(dead, live).run()):
        await until(lambda: len(live.sent) == 20)
    assert len(dead.sent) == 1


async def test_channels_without_work_have_no_task(post: Post) -> None:
    stage = post.stage(*(FakeChannel(f"c{number}") for number in range(200)))
    before = len(asyncio.all_tasks())
    async with running(stage.run()):
        await post.clock.until_sleeping(3)
        assert len(asyncio.all_tasks()) - before < 10
        await post.put(*numbered(3, "c7"))
        post.wake_up.notify()
        c7 = stage.workers["c7"].outlet.channel
        assert isinstance(c7, FakeChannel)
        await until(lambda: len(c7.sent) == 3 and not stage.workers["c7"].working)
        assert len(asyncio.all_tasks()) - before < 10


async def test_what_comes_while_a_worker_ends_is_not_forgotten(post: Post) -> None:
    desk = FakeChannel()
    stage = post.stage(desk, settings=DeliverSettings(poll_seconds=3600))
    async with running(stage.run()):
        for number in range(30):
            await post.put(notification(alert(story=f"{number}")))
            post.wake_up.notify()
            await until(lambda number=number: len(desk.sent) == number + 1)  # type: ignore[misc] # bound at once


async def test_a_part_of_the_stage_that_ends_is_the_stages_failure(post: Post) -> None:
    stage = post.stage(FakeChannel())

    async def ends() -> None:
        return

    stage._tend = ends  # type: ignore[method-assign]
    with pytest.raises(ExceptionGroup) as caught:
        async with asyncio.timeout(20):
            await stage.run()
    assert [type(error) for error in caught.value.exceptions] == [EndedUnasked]


async def test_the_gauge_counts_endpoints_that_are_left_alone(post: Post) -> None:
    await post.put(*numbered(1, "dead"))
    stage = post.stage(Endpoint("dead"), FakeChannel("live"))
    await stage.deliver_due()
    assert post.metric("endpoints_backing_off", channel="webhook") == 1
    post.clock.advance(5.001)
    await stage.upkeep.look_at_queues()
    assert post.metric("endpoints_backing_off", channel="webhook") == 0
    async with post.db.connection() as conn:
        assert await pending_channels(conn) == ["dead"]
