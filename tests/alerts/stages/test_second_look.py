"""What waits in the outbox is looked at again at each try: a flood can be stopped while it waits."""

from collections.abc import Sequence
from datetime import timedelta

from alerts.channels.channel import Capabilities, Limits, Receipt, SendFailure, Sending
from alerts.channels.message import Message
from alerts.deliver.stage import DeliverParts, DeliverStage
from core.model.match import Match
from core.model.outcome import AlertOutcome, FailureReason, NotificationState, StoryVerdict
from core.model.silence import Silence
from core.store import notifications, redrives, rules, silences, traces
from core.store.notifications import NotificationRow
from tests.alerts.making import NOW, brief, match
from tests.alerts.rules_in_store import put_rule
from tests.alerts.stages.newsroom import Newsroom

SILENCED, DELIVERED = NotificationState.SILENCED, NotificationState.DELIVERED


class Desk:
    """A channel that answers as told and keeps how many stories each message had."""

    kind = "webhook"
    limit_key = ""
    capabilities = Capabilities()
    limits = Limits(max_bytes=20_000)

    def __init__(self, name: str = "desk", answers: Sequence[SendFailure] = ()) -> None:
        self.name = name
        self.answers = list(answers)
        self.sent: list[int] = []

    async def send(self, message: Message, sending: Sending) -> Receipt:
        if self.answers:
            raise self.answers.pop(0)
        self.sent.append(len(message.stories))
        return Receipt("delivered", 200)  # type: ignore[arg-type]


def busy(seconds: float = 45) -> SendFailure:
    return SendFailure(FailureReason.RATE_LIMITED, "HTTP 429", retriable=True, retry_after_seconds=seconds, status=429)


def stage(newsroom: Newsroom, *channels: Desk) -> DeliverStage:
    return DeliverStage(
        DeliverParts(
            db=newsroom.db,
            clock=newsroom.clock,
            metrics=newsroom.metrics,
            chance=lambda: 0.5,
            owner="here",
            wake_up=newsroom.wake_up,
        ),
        channels,
    )


def stories(count: int) -> list[Match]:
    return [match(number, story=str(number)) for number in range(count)]


async def silence(newsroom: Newsroom, rule: str = "dprk-*", source: str | None = None, hours: float = 1) -> None:
    now = newsroom.clock.now()
    one = Silence(
        silence_id=f"s{now:%H%M%S}",
        rule=rule,
        source=source,
        starts=now,
        ends=now + timedelta(hours=hours),
        author="night desk",
        comment="flood",
    )
    async with newsroom.db.transaction() as conn:
        await silences.add(conn, one)


async def redriven(newsroom: Newsroom, state: NotificationState = NotificationState.DEAD) -> int:
    async with newsroom.db.transaction() as conn:
        return await redrives.redrive_all(conn, redrives.Wanted(states=[state]), newsroom.clock.now())


async def rows(newsroom: Newsroom) -> list[NotificationRow]:
    async with newsroom.db.connection() as conn:
        return await notifications.list_rows(conn, limit=1000)


def metric(newsroom: Newsroom, state: str) -> float | None:
    labels = {"channel": "webhook", "state": state}
    return newsroom.metrics.registry.get_sample_value("news_notifications_withheld_total", labels)


async def test_a_silence_stops_what_waits_in_a_channel(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    matches = stories(30)
    await newsroom.give(*matches)
    desk = Desk(answers=[busy()])
    sending = stage(newsroom, desk)
    await sending.deliver_due()
    assert desk.answers == []  # one was tried, and all wait
    await silence(newsroom)
    newsroom.clock.advance(46)
    for _ in range(4):
        await sending.deliver_due()
    assert desk.sent == []
    kept = await rows(newsroom)
    assert {row.state for row in kept} == {SILENCED}
    assert kept[0].last_detail == f"silenced until {NOW + timedelta(hours=1):%Y-%m-%d %H:%M} UTC (flood)"
    assert (await newsroom.alert(matches[0])).outcome is AlertOutcome.SILENCED
    assert metric(newsroom, "silenced") == 30
    async with newsroom.db.connection() as conn:
        (hidden,) = await silences.page(conn)
        steps = await traces.of(conn, matches[3].article.article_id)
    assert hidden.hidden_count == 30
    assert steps[-1].outcome == "silenced"
    assert "to desk: silenced until" in steps[-1].detail


async def test_a_silence_in_the_midst_of_a_claimed_batch_stops_the_rest_of_it(newsroom: Newsroom) -> None:
    class Stopping(Desk):
        async def send(self, message: Message, sending: Sending) -> Receipt:
            receipt = await super().send(message, sending)
            if len(self.sent) == 3:
                await silence(newsroom)
            return receipt

    await put_rule(newsroom.db)
    await newsroom.give(*stories(12))
    desk = Stopping()
    await stage(newsroom, desk).deliver_due()
    assert len(desk.sent) == 3


async def test_what_waits_for_its_next_try_is_shown_as_silenced_before_the_try(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await newsroom.give(*stories(1))
    desk = Desk(answers=[busy(6 * 3600)])
    sending = stage(newsroom, desk)
    await sending.deliver_due()
    await silence(newsroom)
    await sending.upkeep.put_aside()
    assert [row.state for row in await rows(newsroom)] == [SILENCED]


async def test_a_rule_that_is_disabled_stops_what_waits(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    matches = stories(3)
    await newsroom.give(*matches)
    async with newsroom.db.transaction() as conn:
        await rules.set_enabled(conn, "dprk-arms", enabled=False)
    desk = Desk()
    await stage(newsroom, desk).deliver_due()
    assert desk.sent == []
    assert {row.state for row in await rows(newsroom)} == {NotificationState.RULE_GONE}
    assert (await newsroom.alert(matches[0])).outcome is AlertOutcome.RULE_GONE


async def test_a_channel_that_the_rule_no_longer_names_gets_nothing(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, channels=("desk", "gone"))
    first = match()
    await newsroom.give(first)
    await put_rule(newsroom.db, channels=("desk",))
    desk = Desk()
    await stage(newsroom, desk).deliver_due()  # it has no channel "gone": the rest is put aside all the same
    assert desk.sent == [1]
    states = {row.notification.channel: row.state for row in await rows(newsroom)}
    assert states == {"desk": DELIVERED, "gone": NotificationState.NO_CHANNEL}
    assert (await newsroom.alert(first)).outcome is AlertOutcome.CREATED  # somebody was told


async def test_what_waits_for_a_channel_that_gets_another_name_goes_there(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, channels=("desk", "ops"))
    matches = stories(3)
    await newsroom.give(*matches)
    desk, ops, tower = Desk(answers=[busy(6 * 3600)]), Desk("ops"), Desk("tower")
    await stage(newsroom, desk, ops).deliver_due()
    await put_rule(newsroom.db, channels=("tower", "ops"))
    sending = stage(newsroom, desk, ops, tower)
    for _ in range(2):
        await sending.deliver_due()
    assert (desk.sent, ops.sent, tower.sent) == ([], [1] * 3, [1] * 3)
    assert (await newsroom.alert(matches[0])).outcome is AlertOutcome.CREATED
    await put_rule(newsroom.db, channels=("desk", "ops"))
    await sending.deliver_due()
    assert desk.sent == []  # the tower was told


async def test_a_digest_goes_to_the_channel_that_its_rule_names_now(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, group_wait_seconds=30)
    await newsroom.give(*stories(2))
    await newsroom.release_after(31)
    desk, tower = Desk(answers=[busy()]), Desk("tower")
    await stage(newsroom, desk).deliver_due()
    await put_rule(newsroom.db, group_wait_seconds=30, channels=("tower",))
    sending = stage(newsroom, desk, tower)
    for _ in range(2):
        await sending.deliver_due()
    assert (desk.sent, tower.sent) == ([], [2])


async def test_a_part_of_a_digest_is_left_out(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db, group_wait_seconds=30)
    loud, fine = match(1, story="1", article=brief(1, source="Loud Wire")), match(2, story="2")
    await newsroom.give(loud, fine)
    await newsroom.release_after(31)
    desk = Desk(answers=[busy()])
    sending = stage(newsroom, desk)
    await sending.deliver_due()
    await silence(newsroom, source="Loud*")
    newsroom.clock.advance(46)
    await sending.deliver_due()
    assert desk.sent == [1]
    assert (await newsroom.alert(loud)).outcome is AlertOutcome.SILENCED
    assert (await newsroom.alert(fine)).outcome is AlertOutcome.GROUPED
    async with newsroom.db.connection() as conn:
        quiet = (await newsroom.alert(loud)).alert.alert_id
        assert await notifications.list_rows(conn, alert_id=quiet) == []


async def test_an_update_after_the_silence_tells_what_was_put_aside(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await newsroom.give(match(1))
    await silence(newsroom)
    desk = Desk()
    sending = stage(newsroom, desk)
    await sending.deliver_due()
    assert desk.sent == []
    newsroom.clock.advance(3601)
    await sending.deliver_due()
    assert desk.sent == []  # the end of a silence sends nothing by itself
    await newsroom.give(match(2, verdict=StoryVerdict.UPDATE, size=2))
    await sending.deliver_due()
    assert desk.sent == [1]
    assert [row.state for row in await rows(newsroom)] == [DELIVERED]


async def test_what_was_put_aside_by_mistake_can_be_sent(newsroom: Newsroom) -> None:
    await put_rule(newsroom.db)
    await newsroom.give(*stories(2))
    await silence(newsroom)
    desk = Desk()
    sending = stage(newsroom, desk)
    await sending.deliver_due()
    assert await redriven(newsroom) == 0  # nothing is dead
    assert await redriven(newsroom, SILENCED) == 2
    await sending.deliver_due()
    assert desk.sent == []  # the silence is still in force
    async with newsroom.db.transaction() as conn:
        (one,) = await silences.active(conn, newsroom.clock.now())
        await silences.remove(conn, one.silence_id, newsroom.clock.now())
    assert await redriven(newsroom, SILENCED) == 2
    await sending.deliver_due()
    assert desk.sent == [1, 1]
    assert {row.notification.reason.value for row in await rows(newsroom)} == {"first"}
