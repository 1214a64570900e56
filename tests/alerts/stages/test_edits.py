"""Messages that are brought up to date at their service, when their alerts change."""

import pytest

from alerts.channels.channel import SendFailure
from alerts.deliver.stage import DeliverStage
from core.db.engine import Database
from core.model.alert import Alert, AlertArticle, Notification
from core.model.alert_state import AlertEvent
from core.model.outcome import AlertOutcome, AlertStatus, FailureReason
from core.store import alert_states, alerts, leases, sent_messages
from core.store.sent_messages import APART
from tests.alerts.making import EVIDENCE, alert, brief, notification
from tests.alerts.stages.outbox import FakeBot, FakeChannel, Post, failure, first_and_update, numbered

GONE = SendFailure(FailureReason.GONE, "message_not_found", retriable=False)


@pytest.fixture
def post(db: Database) -> Post:
    return Post(db)


async def told(post: Post, bot: FakeChannel, *items: Notification) -> DeliverStage:
    """A stage that sent these, and looked whether they are up to date."""
    async with post.db.transaction() as conn:
        for item in items:
            for one in item.alerts:
                await alerts.insert_alert(conn, one, AlertOutcome.CREATED)
    await post.put(*items)
    stage = post.stage(bot)
    await stage.deliver_due()
    post.clock.advance(60)
    await stage.edits.edit_due()
    return stage


async def grows(post: Post, about: Alert, number: int = 2) -> None:
    """The story gets another outlet."""
    article = AlertArticle(brief=brief(number, source=f"Outlet {number}"), evidence=EVIDENCE)
    async with post.db.transaction() as conn:
        await alerts.add_article(conn, about.alert_id, article, story_size=number, now=post.clock.now())
        await sent_messages.stale(conn, [about.alert_id], post.clock.now())


async def taken(post: Post, about: Alert, by: str = "kim") -> None:
    """Somebody acknowledges it."""
    async with post.db.transaction() as conn:
        event = AlertEvent(
            alert_id=about.alert_id, status=AlertStatus.ACKNOWLEDGED, by=by, at=post.clock.now(), comment="", until=None
        )
        await alert_states.put(conn, event)
        await sent_messages.stale(conn, [about.alert_id], post.clock.now())


def counted(post: Post, outcome: str) -> float:
    return post.metric("message_edits_total", channel="webhook", outcome=outcome)


async def test_a_message_is_edited_when_its_story_grows_and_when_somebody_takes_it(post: Post) -> None:
    item, bot = notification(), FakeBot()
    stage = await told(post, bot, item)
    assert bot.edits == []
    await grows(post, item.alerts[0])
    await stage.edits.edit_due()
    ((reference, message),) = bot.edits
    assert reference == f"at-{item.notification_id}"
    assert message.stories[0].outlets == ("Example World", "Outlet 2")
    post.clock.advance(APART.total_seconds())
    await taken(post, item.alerts[0])
    await stage.edits.edit_due()
    assert (bot.edits[1][1].state.status, bot.edits[1][1].state.by) == (AlertStatus.ACKNOWLEDGED, "kim")
    assert counted(post, "edited") == 2


async def test_changes_in_a_row_are_one_edit_and_the_next_is_a_while_later(post: Post) -> None:
    item, bot = notification(), FakeBot()
    stage = await told(post, bot, item)
    for number in range(2, 7):
        await grows(post, item.alerts[0], number)
    await stage.edits.edit_due()
    await grows(post, item.alerts[0], 7)
    await stage.edits.edit_due()
    assert len(bot.edits) == 1
    post.clock.advance(APART.total_seconds())
    await stage.edits.edit_due()
    assert [len(message.stories[0].outlets) for _, message in bot.edits] == [6, 7]


async def test_what_shows_all_that_is_known_is_not_edited(post: Post) -> None:
    item, bot = notification(), FakeBot()
    stage = await told(post, bot, item)
    async with post.db.transaction() as conn:
        await sent_messages.stale(conn, [item.alerts[0].alert_id], post.clock.now())
    assert await stage.edits.edit_due() == 1
    assert await stage.edits.edit_due() == 0
    assert bot.edits == []
    assert counted(post, "unchanged") == 2  # once a moment after it was sent


async def test_what_changed_while_it_was_sent_is_shown_soon(post: Post) -> None:
    item = notification()

    class Meanwhile(FakeBot):
        async def send(self, message, sending):  # type: ignore[no-untyped-def]  # as FakeBot's
            await taken(post, item.alerts[0])
            return await super().send(message, sending)

    bot = Meanwhile()
    await told(post, bot, item)
    assert [message.state.status for _, message in bot.edits] == [AlertStatus.ACKNOWLEDGED]


async def test_what_changes_while_it_is_edited_is_edited_again(post: Post) -> None:
    item, bot = notification(), FakeBot()
    stage = await told(post, bot, item)
    changes = iter([taken(post, item.alerts[0])])

    async def meanwhile() -> None:
        for change in changes:
            await change

    bot.meanwhile = meanwhile  # type: ignore[method-assign]
    await grows(post, item.alerts[0])
    await stage.edits.edit_due()
    post.clock.advance(APART.total_seconds())
    await stage.edits.edit_due()
    assert [message.state.status for _, message in bot.edits] == [AlertStatus.OPEN, AlertStatus.ACKNOWLEDGED]


async def test_an_update_shows_the_state_and_goes_on_telling_what_was_new_then(post: Post) -> None:
    first, update = first_and_update()
    bot = FakeBot()
    stage = await told(post, bot, first, update)
    await grows(post, first.alerts[0])
    await stage.edits.edit_due()
    assert [reference for reference, _ in bot.edits] == [f"at-{first.notification_id}"]
    post.clock.advance(APART.total_seconds())
    await taken(post, first.alerts[0])
    await stage.edits.edit_due()
    assert sorted(len(message.articles) for _, message in bot.edits[1:]) == [1, 2]
    assert {message.state.by for _, message in bot.edits[1:]} == {"kim"}


async def test_a_message_that_is_gone_is_forgotten(post: Post) -> None:
    item, bot = notification(), FakeBot()
    stage = await told(post, bot, item)
    bot.edit_answers = [GONE]
    await grows(post, item.alerts[0])
    await stage.edits.edit_due()
    assert counted(post, "gone") == 1
    await grows(post, item.alerts[0], 3)
    assert await stage.edits.edit_due() == 0


async def test_a_failed_edit_is_tried_again_a_few_times_and_anew_with_the_next_change(post: Post) -> None:
    item, bot = notification(), FakeBot()
    stage = await told(post, bot, item)
    bot.edit_answers = [failure() for _ in range(8)]
    await grows(post, item.alerts[0])
    for _ in range(200):
        await stage.edits.edit_due()
        post.clock.advance(600)
    assert len(bot.edits) == 8
    assert (counted(post, "failed"), counted(post, "given_up")) == (7, 1)
    await grows(post, item.alerts[0], 3)
    await stage.edits.edit_due()
    assert counted(post, "edited") == 1


async def test_edits_wait_for_a_paused_or_failing_channel_and_for_a_pause_that_it_asks_for(post: Post) -> None:
    item, bot = notification(), FakeBot()
    stage = await told(post, bot, item)
    await grows(post, item.alerts[0])
    stage.set_channels([bot], paused=["desk"])
    await stage.edits.edit_due()
    stage.set_channels([bot])
    stage.workers["desk"].outlet.paced.pause(20.0, post.clock.monotonic())
    await stage.edits.edit_due()
    assert bot.edits == []
    post.clock.advance(20)
    await stage.edits.edit_due()
    assert len(bot.edits) == 1


async def test_new_messages_go_first(post: Post) -> None:
    item, bot = notification(), FakeBot()
    stage = await told(post, bot, item)
    await grows(post, item.alerts[0])
    stage.workers["desk"].working = True  # it has new messages to send, one at a time
    await stage.edits.edit_due()
    assert bot.edits == []
    stage.workers["desk"].working = False
    await stage.edits.edit_due()
    assert len(bot.edits) == 1


async def test_a_channel_that_cannot_edit_is_asked_for_none(post: Post) -> None:
    item, desk = numbered(1)[0], FakeBot()
    stage = await told(post, desk, item)
    stage.set_channels([FakeChannel()])  # of another kind by now
    await grows(post, item.alerts[0])
    assert await stage.edits.edit_due() == 0
    async with post.db.connection() as conn:
        assert await sent_messages.due_channels(conn, post.clock.now()) == []


async def test_what_a_killed_process_was_editing_is_edited_by_the_next(post: Post) -> None:
    item, bot = notification(alert()), FakeBot()
    stage = await told(post, bot, item)
    await grows(post, item.alerts[0])
    async with post.db.transaction() as conn:
        assert await sent_messages.claim_due(conn, post.clock.now(), 1, "dead-1/desk/edits", 100.0)
    assert await stage.edits.edit_due() == 0
    async with post.db.transaction() as conn:
        await leases.free_all(conn, "dead")
    await stage.edits.edit_due()
    assert len(bot.edits) == 1


async def test_who_lost_the_lease_edits_nothing_back(post: Post) -> None:
    """A process that stood still while another edited what it had leased."""
    item, bot = notification(), FakeBot()
    stage = await told(post, bot, item)
    await grows(post, item.alerts[0])
    async with post.db.transaction() as conn:
        (sent,) = await sent_messages.claim_due(conn, post.clock.now(), 1, "late", 0.0)
    await stage.edits.edit_due()
    await taken(post, item.alerts[0])
    async with post.db.transaction() as conn:
        assert not await sent_messages.holds(conn, sent, "late")
        await sent_messages.brought_up(conn, sent, "old", post.clock.now(), "late", edited=True)
    post.clock.advance(APART.total_seconds())
    await stage.edits.edit_due()
    assert bot.edits[-1][1].state.by == "kim"  # the last word is what is known
