"""A channel that is added, changed, paused or removed by somebody is taken over while the deliver stage runs."""

import asyncio
from collections.abc import Sequence

import pytest

from alerts.channels.channel import Receipt, SendFailure, Sending
from alerts.channels.message import Message
from alerts.deliver.channel_watch import Built, ChannelWatch, InUse, OfTeam
from alerts.deliver.stage import DeliverParts, DeliverStage
from core.db.engine import Database
from core.errors import ConfigError
from core.metrics import Metrics
from core.model.alert import Notification
from core.model.channel import ChannelDraft, ChannelRow
from core.model.outcome import FailureReason, NotificationState
from core.model.team import DEFAULT_TEAM
from core.store import channels, notifications
from core.wake_up import WakeUp
from tests.alerts.making import NOW, alert, notification
from tests.alerts.stages.outbox import FakeChannel
from tests.alerts.stages.test_deliver import SlowChannel
from tests.fakes.clock import FakeClock
from tests.fakes.running import running, until

DOWN = SendFailure(FailureReason.SERVER_ERROR, "HTTP 500", retriable=True, status=500)


class RefusingChannel(SlowChannel):
    """Refuses a send once it is let go."""

    def __init__(self, refusal: SendFailure) -> None:
        super().__init__()
        self.refusal = refusal

    async def send(self, message: Message, sending: Sending) -> Receipt:
        await super().send(message, sending)
        raise self.refusal


class Room:
    """A deliver stage and its watch. A row's channel is what `made` has under the row's url."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.clock = FakeClock(NOW)
        self.wake_up = WakeUp()
        self.made: dict[str, FakeChannel] = {}
        self.told: list[InUse] = []
        self.stage = DeliverStage(
            DeliverParts(
                db=db, clock=self.clock, metrics=Metrics(), chance=lambda: 0.5, owner="here", wake_up=WakeUp()
            ),
            (),
        )
        self.watch = ChannelWatch(
            db, self.stage, build=self.build, tell=self.told.append, clock=self.clock, wake_up=self.wake_up
        )

    def build(self, row: ChannelRow) -> Built:
        url = row.settings["url"]
        if url not in self.made:
            raise ConfigError([f"url: nothing is at {url}"])
        return Built(self.made[url], frozenset({url}))

    def channel(self, url: str, answers: Sequence[Exception | None] = (), *, name: str = "desk") -> FakeChannel:
        made = self.made[url] = FakeChannel(name, answers)
        return made

    async def put(self, url: str, name: str = "desk", author: str = "ann") -> None:
        draft = ChannelDraft(name=name, kind="webhook", settings={"url": url}, author=author)
        async with self.db.transaction() as conn:
            await channels.put(conn, draft, self.clock.now())

    async def pause(self, name: str = "desk", *, enabled: bool = False) -> None:
        async with self.db.transaction() as conn:
            await channels.set_enabled(conn, name, self.clock.now(), enabled=enabled, by="ann")

    async def remove(self, name: str = "desk") -> None:
        async with self.db.transaction() as conn:
            await channels.remove(conn, name, self.clock.now())

    async def alert(self, story: str = "a", channel: str = "desk") -> Notification:
        item = notification(alert(story=story), channel=channel)
        async with self.db.transaction() as conn:
            await notifications.add(conn, item, self.clock.now())
        return item

    async def state(self, item: Notification) -> NotificationState:
        async with self.db.connection() as conn:
            row = await notifications.get(conn, item.notification_id)
        assert row is not None
        return row.state


def in_files(channel: FakeChannel) -> OfTeam:
    """A channel of the files that names no team."""
    return OfTeam(DEFAULT_TEAM, channel)


@pytest.fixture
def room(db: Database) -> Room:
    return Room(db)


async def test_a_channel_that_is_added_gets_what_waits_for_it(room: Room) -> None:
    await room.watch.configure([])
    item = await room.alert()
    await room.stage.deliver_due()
    assert await room.state(item) is NotificationState.PENDING
    desk = room.channel("one")
    await room.put("one")
    assert await room.watch.look()
    assert not await room.watch.look()
    await room.stage.deliver_due()
    assert desk.sent == [(item.notification_id, 1)]
    assert room.told[-1] == InUse(frozenset({"desk"}), {}, frozenset({"one"}))
    assert "one" not in repr(room.told[-1])


async def test_a_channel_that_is_changed_tries_at_once_what_failed_on_the_old_one(room: Room) -> None:
    old, new = room.channel("old", [DOWN, DOWN]), room.channel("new")
    await room.put("old")
    await room.watch.configure([])
    item = await room.alert()
    await room.stage.deliver_due()
    await room.stage.deliver_due()
    assert (len(old.sent), new.sent) == (1, [])
    await room.put("new", author="bob")
    await room.watch.look()
    await room.stage.deliver_due()
    assert new.sent == [(item.notification_id, 2)]


async def test_what_is_meant_for_a_paused_channel_waits_and_is_sent_once_it_goes_on(room: Room) -> None:
    desk = room.channel("one")
    await room.put("one")
    await room.pause()
    await room.watch.configure([])
    item = await room.alert()
    room.clock.advance(5 * 24 * 3600)  # longer than a missing channel is waited for
    await room.stage.deliver_due()
    assert desk.sent == []
    assert await room.state(item) is NotificationState.PENDING
    value = room.stage._context.metrics.registry.get_sample_value
    assert value("news_notifications_without_channel") == 0
    assert value("news_notification_queue_length", {"channel": "webhook"}) == 1
    assert value("news_notification_oldest_pending_seconds", {"channel": "webhook"}) == 0, "it is meant so: no alarm"
    await room.pause(enabled=True)
    await room.watch.look()
    await room.stage.deliver_due()
    await room.stage.deliver_due()
    assert desk.sent == [(item.notification_id, 1)]


async def test_a_channel_of_the_files_is_built_from_them_and_paused_by_its_row(room: Room) -> None:
    desk = FakeChannel("desk")
    draft = ChannelDraft(name="desk", kind="webhook", settings={"url": "[secret]"}, author="file")
    async with room.db.transaction() as conn:
        await channels.sync_from_config(conn, [draft], NOW)
    await room.watch.configure([in_files(desk)])
    item = await room.alert()
    await room.pause()
    await room.watch.look()
    await room.stage.deliver_due()
    assert desk.sent == []
    await room.watch.configure([in_files(desk)])  # a reload lets no channel go on that somebody has paused
    await room.stage.deliver_due()
    assert desk.sent == []
    await room.pause(enabled=True)
    await room.watch.look()
    await room.stage.deliver_due()
    assert desk.sent == [(item.notification_id, 1)]
    assert room.told[-1].secrets == frozenset()


async def test_the_files_win_a_name(room: Room) -> None:
    stored, of_file = room.channel("one"), FakeChannel("desk")
    await room.put("one")
    await room.watch.configure([in_files(of_file)])
    await room.alert("a")
    await room.stage.deliver_due()
    await room.watch.configure([])
    await room.alert("b")
    await room.stage.deliver_due()
    assert (len(of_file.sent), len(stored.sent)) == (1, 1)


async def test_what_cannot_be_built_here_is_told_and_harms_no_other(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    ops = room.channel("two", name="ops")
    await room.put("nowhere")
    await room.put("two", "ops")
    await room.watch.configure([])
    assert room.told[-1].broken == {"desk": "url: nothing is at nowhere"}
    assert "channel_unusable" in capsys.readouterr().out
    waiting, sent = await room.alert("a"), await room.alert("b", "ops")
    await room.stage.deliver_due()
    assert ops.sent == [(sent.notification_id, 1)]
    assert await room.state(waiting) is NotificationState.PENDING
    room.channel("nowhere")  # its file is there now, and somebody reloads
    await room.watch.configure([])
    await room.stage.deliver_due()
    assert await room.state(waiting) is NotificationState.DELIVERED
    assert room.told[-1].broken == {}


async def test_a_channel_that_is_removed_sends_no_more(room: Room) -> None:
    desk = room.channel("one")
    await room.put("one")
    await room.watch.configure([])
    await room.remove()
    await room.watch.look()
    item = await room.alert()
    await room.stage.deliver_due()
    assert desk.sent == []
    assert await room.state(item) is NotificationState.PENDING
    assert room.told[-1] == InUse(frozenset(), {}, frozenset())


async def test_a_change_is_heard_while_it_runs_and_a_send_under_way_ends_as_it_began(room: Room) -> None:
    slow = room.made["slow"] = SlowChannel()
    new = room.channel("new")
    await room.put("slow")
    await room.watch.configure([])
    first = await room.alert("a")
    async with running(room.stage.run()), running(room.watch.run()):
        await until(lambda: len(slow.sent) == 1)
        await room.put("new")
        room.wake_up.notify()
        await until(lambda: room.told[-1].secrets == {"new"})
        second = await room.alert("b")
        slow.held.set()
        room.stage._context.wake_up.notify()
        await until(lambda: len(new.sent) == 1)
    assert slow.sent == [(first.notification_id, 1)]
    assert new.sent == [(second.notification_id, 1)]
    await asyncio.sleep(0)
    assert await room.state(first) is NotificationState.DELIVERED


async def test_a_send_that_an_earlier_setting_had_refused_for_good_is_tried_with_the_new_one(room: Room) -> None:
    refusal = SendFailure(FailureReason.AUTH_ERROR, "HTTP 401", retriable=False, status=401)
    slow = room.made["slow"] = RefusingChannel(refusal)
    new = room.channel("new")
    await room.put("slow")
    await room.watch.configure([])
    item = await room.alert()
    async with running(room.stage.run()):
        await until(lambda: len(slow.sent) == 1)
        await room.put("new")
        await room.watch.look()
        slow.held.set()
        await until(lambda: len(new.sent) == 1)
    assert new.sent == [(item.notification_id, 2)]


async def test_what_is_changed_while_no_process_runs_is_tried_at_the_next_start(room: Room) -> None:
    asked = SendFailure(FailureReason.RATE_LIMITED, "HTTP 429", retriable=True, retry_after_seconds=80_000, status=429)
    room.channel("old", [asked])
    await room.put("old")
    await room.watch.configure([])
    item = await room.alert()
    await room.stage.deliver_due()
    later = Room(room.db)
    new = later.channel("new")
    await later.put("new")
    await later.watch.configure([])
    await later.stage.deliver_due()
    assert new.sent == [(item.notification_id, 2)]


async def test_other_networks_change_all_channels(room: Room) -> None:
    desk, ops = room.channel("one", [DOWN]), FakeChannel("ops", [DOWN])
    await room.put("one")
    await room.watch.configure([in_files(ops)])
    await room.alert("a")
    await room.alert("b", "ops")
    await room.stage.deliver_due()
    await room.watch.configure([in_files(ops)], anew=True)
    await room.stage.deliver_due()
    assert (len(desk.sent), len(ops.sent)) == (2, 2)
