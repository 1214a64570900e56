"""What waits for a channel that has failed for long goes to its fall-back; nothing is doubled, nothing is lost."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from alerts.channels.channel import Capabilities, Limits, Receipt, SendFailure, Sending
from alerts.channels.message import Message
from alerts.deliver.fallback import Failing, instead_of
from alerts.deliver.recheck import SecondLook
from alerts.deliver.send_policy import SendPolicy
from alerts.deliver.stage import DeliverParts, DeliverStage
from core.model.alert_state import AlertEvent, Via
from core.model.channel import ChannelDraft
from core.model.outcome import AlertOutcome, AlertStatus, FailureReason, NotificationState, Reason
from core.store import alert_states, alerts, channels, notifications
from core.store.notifications import NotificationRow, Pending
from tests.alerts.making import NOW, match, notification
from tests.alerts.making import alert as alert_of
from tests.alerts.rules_in_store import put_rule
from tests.alerts.stages.newsroom import Newsroom

PENDING, DELIVERED, FALLBACK = NotificationState.PENDING, NotificationState.DELIVERED, NotificationState.FALLBACK
AFTER = 60.0


def down() -> SendFailure:
    return SendFailure(FailureReason.CONNECT, "no route to host", retriable=True)


def refused() -> SendFailure:
    return SendFailure(FailureReason.AUTH_ERROR, "HTTP 401", retriable=False, status=401)


def gone() -> SendFailure:
    return SendFailure(FailureReason.GONE, "HTTP 410", retriable=False, status=410)


class Place:
    """A channel that fails as long as it is told to, and keeps what it was sent."""

    kind = "webhook"
    limit_key = ""
    capabilities = Capabilities()
    limits = Limits(max_bytes=20_000)

    def __init__(self, name: str, failure: Callable[[], SendFailure] | None = None) -> None:
        self.name = name
        self.failure = failure
        self.sent: list[Message] = []

    async def send(self, message: Message, sending: Sending) -> Receipt:
        if self.failure is not None:
            raise self.failure()
        self.sent.append(message)
        return Receipt("delivered", 200)  # type: ignore[arg-type]


def deliverer(newsroom: Newsroom, *places: Place, owner_channel: str = "", **fallback: str) -> DeliverStage:
    stage = DeliverStage(
        DeliverParts(
            db=newsroom.db,
            clock=newsroom.clock,
            metrics=newsroom.metrics,
            chance=lambda: 0.5,
            owner="here",
            wake_up=newsroom.wake_up,
            owner_channel=lambda: owner_channel,
        ),
        (),
    )
    policies = {name: SendPolicy(fallback=to, fallback_after_seconds=AFTER) for name, to in fallback.items()}
    stage.set_channels(list(places), policies=policies)
    return stage


async def alert(newsroom: Newsroom, *numbers: int) -> None:
    await put_rule(newsroom.db)
    await newsroom.give(*(match(number, story=str(number)) for number in numbers))


async def rows(newsroom: Newsroom, channel: str) -> list[NotificationRow]:
    async with newsroom.db.connection() as conn:
        return await notifications.list_rows(conn, channel=channel)


async def states(newsroom: Newsroom, channel: str) -> list[NotificationState]:
    return sorted(row.state for row in await rows(newsroom, channel))


async def pass_time(newsroom: Newsroom, stage: DeliverStage, seconds: float, *, step: float = 10.0) -> None:
    for _ in range(int(seconds / step)):
        newsroom.clock.advance(step)
        await stage.deliver_due()


async def test_what_waits_goes_to_the_fall_back_and_says_for_whom_it_was_meant(newsroom: Newsroom) -> None:
    desk, ops = Place("desk", down), Place("ops")
    stage = deliverer(newsroom, desk, ops, desk="ops")
    await alert(newsroom, 1, 2)
    await stage.deliver_due()
    await pass_time(newsroom, stage, 50)
    assert ops.sent == [], "it has not failed for long enough"
    await pass_time(newsroom, stage, 30)
    assert [message.reason for message in ops.sent] == [Reason.FALLBACK] * 2
    assert ops.sent[0].because.startswith("meant for desk, which has failed since 09:00 UTC; the first match")
    assert await states(newsroom, "desk") == [FALLBACK] * 2
    desk.failure = None
    await pass_time(newsroom, stage, 1300)
    assert desk.sent == [], "nothing is doubled when it comes back"
    await alert(newsroom, 3)
    await pass_time(newsroom, stage, 20)
    assert (len(desk.sent), len(ops.sent)) == (1, 2), "what is new goes to the channel again"


async def test_where_the_fall_back_fails_too_the_messages_wait_for_their_own_channel(newsroom: Newsroom) -> None:
    desk, ops = Place("desk", down), Place("ops", down)
    stage = deliverer(newsroom, desk, ops, desk="ops")
    await alert(newsroom, 1, 2)
    await stage.deliver_due()
    await pass_time(newsroom, stage, 600)
    desk.failure = None
    await pass_time(newsroom, stage, 2400)
    ops.failure = None
    await pass_time(newsroom, stage, 2400)
    told = [story.alert_id for place in (desk, ops) for message in place.sent for story in message.stories]
    assert len(told) == len(set(told)) == 2


async def test_a_chain_is_followed_to_the_first_that_is_well(newsroom: Newsroom) -> None:
    desk, ops, last = Place("desk", down), Place("ops", down), Place("last")
    stage = deliverer(newsroom, desk, ops, last, desk="ops", ops="last")
    await alert(newsroom, 1)
    await stage.deliver_due()
    await pass_time(newsroom, stage, 300)
    assert len(last.sent) == 1
    assert last.sent[0].because.startswith("meant for desk")


async def test_a_circle_of_fall_backs_ends(newsroom: Newsroom) -> None:
    desk, ops = Place("desk", down), Place("ops", down)
    stage = deliverer(newsroom, desk, ops, desk="ops", ops="desk")
    await alert(newsroom, 1)
    await stage.deliver_due()
    await pass_time(newsroom, stage, 300)
    assert PENDING in await states(newsroom, "desk") + await states(newsroom, "ops")


async def test_a_channel_that_refuses_us_for_long_falls_back_with_what_it_gave_up(newsroom: Newsroom) -> None:
    desk, ops = Place("desk", refused), Place("ops")
    stage = deliverer(newsroom, desk, ops, desk="ops")
    await alert(newsroom, 1)
    await stage.deliver_due()
    assert await states(newsroom, "desk") == [NotificationState.DEAD]
    await pass_time(newsroom, stage, 80)
    assert len(ops.sent) == 1
    assert "which has refused us since" in ops.sent[0].because


async def test_a_channel_that_is_paused_by_somebody_keeps_its_messages(newsroom: Newsroom) -> None:
    desk, ops = Place("desk", down), Place("ops")
    stage = deliverer(newsroom, desk, ops, desk="ops")
    await alert(newsroom, 1)
    await stage.deliver_due()
    stage.set_channels(
        [desk, ops], paused={"desk"}, policies={"desk": SendPolicy(fallback="ops", fallback_after_seconds=AFTER)}
    )
    await pass_time(newsroom, stage, 300)
    assert ops.sent == []


async def test_what_somebody_has_taken_meanwhile_does_not_escalate_through_a_fall_back(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    told = alert_of()
    meant = replace(notification(told, reason=Reason.ESCALATION), created=NOW)
    failing = Failing(NOW, "has failed")
    note = instead_of(Pending(meant, 1, NOW), "ops", failing, NOW)
    assert (note.reason, note.meant_as) == (Reason.FALLBACK, Reason.ESCALATION)
    event = AlertEvent(
        alert_id=told.alert_id, at=NOW, by="kim", status=AlertStatus.ACKNOWLEDGED, comment="", via=Via.COMMAND
    )
    async with newsroom.db.transaction() as conn:
        await alerts.insert_alert(conn, told, AlertOutcome.CREATED)
        await alert_states.put(conn, event)
        [looked] = await SecondLook().look_many(conn, [note], ())
    assert looked.wanted is None
    assert looked.state is NotificationState.TAKEN


async def _stored(newsroom: Newsroom, *names: str) -> None:
    async with newsroom.db.transaction() as conn:
        for name in names:
            draft = ChannelDraft(name=name, kind="webhook", settings={"url": "https://c.example/h"}, author="kim")
            await channels.put(conn, draft, newsroom.clock.now())


async def _paused(newsroom: Newsroom) -> Sequence[str]:
    async with newsroom.db.connection() as conn:
        return [f"{name}: {pause.by}: {pause.because}" for name, pause in (await channels.paused(conn)).items()]


async def test_a_receiver_that_is_gone_is_paused_and_its_owner_is_told_once_elsewhere(newsroom: Newsroom) -> None:
    desk, ops = Place("desk", gone), Place("ops")
    stage = deliverer(newsroom, desk, ops, owner_channel="ops")
    await _stored(newsroom, "desk", "ops")
    await alert(newsroom, 1, 2, 3)
    await stage.deliver_due()
    await pass_time(newsroom, stage, 30)
    [paused] = await _paused(newsroom)
    assert paused.startswith("desk: wirewatch: its receiver answered that it is gone for good (HTTP 410)")
    [told] = ops.sent
    assert told.standing is not None
    assert "the channel desk is paused: its receiver answered" in told.standing.because
    assert await states(newsroom, "desk") == [NotificationState.DEAD, PENDING, PENDING], "the others wait"


async def test_the_word_of_a_channel_that_is_gone_leads_to_no_page_that_is_not_there(newsroom: Newsroom) -> None:
    ops = Place("ops")
    stage = deliverer(newsroom, Place("desk", gone), ops, owner_channel="ops")
    async with newsroom.db.transaction() as conn:
        await channels.put(conn, ChannelDraft(name="desk", kind="webhook", settings={}, author="kim"), NOW)
    await alert(newsroom, 1)
    await stage.deliver_due()
    await pass_time(newsroom, stage, 30)
    (told,) = ops.sent
    assert told.links is None
    assert "/rules/" not in told.rule.url


async def test_what_waits_for_a_channel_that_is_gone_goes_to_its_fall_back_at_once(newsroom: Newsroom) -> None:
    desk, ops = Place("desk", gone), Place("ops")
    stage = deliverer(newsroom, desk, ops, desk="ops")
    await _stored(newsroom, "desk", "ops")
    await alert(newsroom, 1, 2)
    await stage.deliver_due()
    since = newsroom.clock.now()
    policy = SendPolicy(fallback="ops", fallback_after_seconds=AFTER, gone_since=since)
    stage.set_channels(
        [desk, ops], paused={"desk"}, policies={"desk": policy}
    )  # as the watch does when it sees the row
    await pass_time(newsroom, stage, 20)
    assert len(ops.sent) == 3, "both alerts, and the word that the channel is gone"
    assert await states(newsroom, "desk") == [FALLBACK] * 2


@pytest.mark.parametrize("reason", [FailureReason.SERVER_ERROR, FailureReason.TIMEOUT, FailureReason.REFUSED])
async def test_one_message_alone_is_not_left_to_a_channel_that_fails(newsroom: Newsroom, reason: FailureReason) -> None:
    """What an answer says of one message says little of the endpoint; but it waits, and nothing else goes out."""
    desk = Place("desk", lambda: SendFailure(reason, "HTTP 200, but a log-in page", retriable=True, status=200))
    ops = Place("ops")
    stage = deliverer(newsroom, desk, ops, desk="ops")
    await alert(newsroom, 1)
    await stage.deliver_due()
    await pass_time(newsroom, stage, 40)
    assert ops.sent == []
    await pass_time(newsroom, stage, 40)
    assert [message.reason for message in ops.sent] == [Reason.FALLBACK]
    assert ops.sent[0].because.startswith("meant for desk, which has failed since 09:00 UTC")


async def test_one_message_that_a_channel_refuses_while_it_takes_others_stays_with_it(newsroom: Newsroom) -> None:
    class Picky(Place):
        async def send(self, message: Message, sending: Sending) -> Receipt:
            if message.articles[0].url.endswith("/1"):
                raise SendFailure(FailureReason.SERVER_ERROR, "HTTP 500", retriable=True, status=500)
            return await super().send(message, sending)

    desk, ops = Picky("desk"), Place("ops")
    stage = deliverer(newsroom, desk, ops, desk="ops")
    for number in range(1, 8):
        await alert(newsroom, number)
        await stage.deliver_due()
        await pass_time(newsroom, stage, 30)
    assert len(desk.sent) == 6
    assert ops.sent == []
