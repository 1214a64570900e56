"""What is more than a channel takes in an hour is kept, and told in one message when the hour is over."""

import asyncio
from datetime import timedelta

import pytest

from alerts.deliver.cap import within_cap
from alerts.deliver.send_policy import SendPolicy, policy_of
from alerts.deliver.stage import DeliverStage
from core.model.alert import Notification
from core.model.outcome import NotificationState, Priority, Reason
from core.store import due_times, notifications, redrives, traces
from core.store.notifications import NotificationRow
from tests.alerts.making import match, rule_ref
from tests.alerts.rules_in_store import put_rule
from tests.alerts.stages.newsroom import Newsroom
from tests.alerts.stages.test_second_look import Desk, busy, stage

CAPPED, DELIVERED = NotificationState.CAPPED, NotificationState.DELIVERED


def capped_stage(newsroom: Newsroom, desk: Desk, most: int = 2, *, cap_flash: bool = False) -> DeliverStage:
    made = stage(newsroom, desk)
    made.set_channels([desk], policies={"desk": SendPolicy(max_per_hour=most, cap_flash=cap_flash)})
    return made


async def tell(newsroom: Newsroom, *numbers: int, priority: Priority = Priority.NORMAL) -> None:
    name = "dprk-arms" if priority is Priority.NORMAL else "urgent"
    await put_rule(newsroom.db, name, priority=priority)
    await newsroom.give(*(match(n, story=str(n), rule=rule_ref(name, priority=priority)) for n in numbers))


async def rows(newsroom: Newsroom) -> list[NotificationRow]:
    async with newsroom.db.connection() as conn:
        return await notifications.list_rows(conn)


async def states(newsroom: Newsroom) -> list[NotificationState]:
    return sorted(row.state for row in await rows(newsroom) if row.notification.reason is not Reason.SUMMARY)


async def summaries(newsroom: Newsroom) -> list[Notification]:
    return [row.notification for row in await rows(newsroom) if row.notification.reason is Reason.SUMMARY]


async def test_the_rest_of_an_hour_is_one_message_when_the_hour_is_over(newsroom: Newsroom) -> None:
    desk = Desk()
    deliver = capped_stage(newsroom, desk)
    await tell(newsroom, *range(5))
    await deliver.deliver_due()
    assert desk.sent == [1, 1]
    assert await states(newsroom) == [CAPPED] * 3 + [DELIVERED] * 2
    newsroom.clock.advance(3599)
    await tell(newsroom, 5)
    await deliver.deliver_due()
    assert desk.sent == [1, 1]
    newsroom.clock.advance(2)
    deliver = capped_stage(newsroom, desk)  # a restart
    await deliver.deliver_due()
    await deliver.deliver_due()
    assert desk.sent == [1, 1, 4]
    [told] = await summaries(newsroom)
    assert told.because.startswith("4 more, see ")
    newsroom.clock.advance(7200)
    await deliver.deliver_due()
    assert len(desk.sent) == 3, "told once"


async def test_a_new_hour_counts_anew(newsroom: Newsroom) -> None:
    desk = Desk()
    deliver = capped_stage(newsroom, desk)
    await tell(newsroom, 0, 1)
    await deliver.deliver_due()
    newsroom.clock.advance(3601)
    await tell(newsroom, 2, 3)
    await deliver.deliver_due()
    assert desk.sent == [1, 1, 1, 1]
    assert await summaries(newsroom) == [], "nothing was kept back"


async def test_flash_passes_a_cap_unless_asked_for(newsroom: Newsroom) -> None:
    desk = Desk()
    await tell(newsroom, 0, 1, 2, priority=Priority.FLASH)
    await capped_stage(newsroom, desk, 1).deliver_due()
    assert desk.sent == [1, 1, 1]
    await tell(newsroom, 3, 4, priority=Priority.FLASH)
    await capped_stage(newsroom, desk, 1, cap_flash=True).deliver_due()
    assert desk.sent == [1, 1, 1, 1]


async def test_a_message_that_is_tried_again_counts_once(newsroom: Newsroom) -> None:
    desk = Desk(answers=[busy(), busy()])
    deliver = capped_stage(newsroom, desk, 1)
    await tell(newsroom, 0)
    for _ in range(4):
        await deliver.deliver_due()
        newsroom.clock.advance(60)
    assert desk.sent == [1]
    assert await states(newsroom) == [DELIVERED]


async def test_what_was_capped_is_sent_on_request_and_then_not_summed_up(newsroom: Newsroom) -> None:
    desk = Desk()
    deliver = capped_stage(newsroom, desk, 1)
    await tell(newsroom, 0, 1)
    await deliver.deliver_due()
    async with newsroom.db.transaction() as conn:
        assert await redrives.redrive_all(conn, redrives.Wanted(states=[CAPPED]), newsroom.clock.now()) == 1
    await deliver.deliver_due()
    assert desk.sent == [1, 1]
    newsroom.clock.advance(3700)
    await deliver.deliver_due()
    assert await summaries(newsroom) == []


async def test_two_deliverers_count_as_one(newsroom: Newsroom) -> None:
    first, second = Desk(), Desk()
    await tell(newsroom, 0, 1)
    await capped_stage(newsroom, first).deliver_due()
    await tell(newsroom, 2, 3)
    await capped_stage(newsroom, second).deliver_due()
    assert (first.sent, second.sent) == ([1, 1], [])


async def test_deliverers_at_the_same_time_count_as_one(newsroom: Newsroom) -> None:
    desks = [Desk(), Desk(), Desk()]
    await tell(newsroom, *range(9))
    stages = [capped_stage(newsroom, desk, 4) for desk in desks]
    async with asyncio.TaskGroup() as group:
        for one in stages:
            group.create_task(one.deliver_due())
    assert sum(len(desk.sent) for desk in desks) == 4
    assert await states(newsroom) == [CAPPED] * 5 + [DELIVERED] * 4


async def test_what_a_dead_process_had_counted_is_sent_and_counts_once(newsroom: Newsroom) -> None:
    await tell(newsroom, 0, 1)
    async with newsroom.db.transaction() as conn:
        claimed = await notifications.claim_due(conn, newsroom.clock.now(), "desk", 1, "dead", 6.0)
        policy = SendPolicy(max_per_hour=1)
        assert await within_cap(conn, policy, "desk", claimed, newsroom.clock.now(), "dead") == claimed
    newsroom.clock.advance(10)
    desk = Desk()
    await capped_stage(newsroom, desk, 1).deliver_due()
    assert desk.sent == [1]
    assert await states(newsroom) == [CAPPED, DELIVERED]


@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(days=3), timedelta(minutes=-30)])
async def test_a_clock_that_jumps_loses_and_doubles_nothing(newsroom: Newsroom, jump: timedelta) -> None:
    desk = Desk()
    deliver = capped_stage(newsroom, desk, 1)
    await tell(newsroom, 0, 1)
    await deliver.deliver_due()
    newsroom.clock.advance(jump.total_seconds())
    if jump < timedelta():
        async with newsroom.db.transaction() as conn:
            await due_times.went_back(conn, newsroom.clock.now())
    await tell(newsroom, 2, 3)
    for _ in range(3):
        await deliver.deliver_due()
        newsroom.clock.advance(3601)
    await deliver.deliver_due()
    kept = [row for row in await rows(newsroom) if row.state is CAPPED]
    told = [alert.alert_id for note in await summaries(newsroom) for alert in note.alerts]
    assert sorted(told) == sorted(row.notification.alerts[0].alert_id for row in kept)


async def test_a_trace_says_that_a_cap_kept_it(newsroom: Newsroom) -> None:
    deliver = capped_stage(newsroom, Desk(), 1)
    await tell(newsroom, 0, 1)
    await deliver.deliver_due()
    [row] = [row for row in await rows(newsroom) if row.state is CAPPED]
    async with newsroom.db.connection() as conn:
        steps = await traces.of(conn, row.notification.alerts[0].articles[0].brief.article_id)
    assert any(step.outcome == CAPPED and "takes 1 an hour" in step.detail for step in steps)
    sample = newsroom.metrics.registry.get_sample_value
    assert sample("news_notifications_withheld_total", {"channel": "webhook", "state": "capped"}) == 1


def test_settings_of_a_stored_channel() -> None:
    assert policy_of({}, "default") == SendPolicy()
    assert policy_of({"max_per_hour": 5, "cap_flash": True}, "default") == SendPolicy(max_per_hour=5, cap_flash=True)
    assert policy_of({"max_per_hour": "${MOST}"}, "default").max_per_hour is None
