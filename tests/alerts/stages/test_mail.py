"""Mails through the deliver stage: who has one gets no second, whatever happens to the others."""

from alerts.deliver.mail_book import StoredMailBook
from core.clock import SystemClock
from core.db.engine import Database
from core.model.outcome import NotificationState
from core.store import mail
from tests.alerts.channels.mail_tools import ANN, BEN, channel, plain
from tests.alerts.making import alert, notification
from tests.alerts.stages.outbox import Post
from tests.fakes.mail_server import MailServer

URL = "https://wire.example"


async def test_a_failure_with_one_recipient_repeats_nothing_even_after_a_restart(db: Database) -> None:
    post, item = Post(db), notification()
    await post.put(item)
    async with MailServer(recipients={BEN: "452 4.2.2 mailbox full"}) as server:
        made = channel(plain(server), name="desk", book=StoredMailBook(db, SystemClock(), URL))
        assert await post.stage(made).deliver_due() == 1
        row = await post.row(item)
        assert row.state is NotificationState.PENDING
        assert "452 4.2.2 mailbox full" in (row.last_detail or "")
        server.recipients.clear()
        post.clock.advance(5)
        assert await post.stage(made).deliver_due() == 1  # of another process
    assert (await post.row(item)).state is NotificationState.DELIVERED
    assert [one.recipients for one in server.taken] == [("ann@desk.example",), (BEN,)]


async def test_a_full_mailbox_does_not_stop_the_mails_of_others(db: Database) -> None:
    post, items = Post(db), [notification(alert(story=str(number))) for number in range(4)]
    for item in items:
        await post.put(item)
    async with MailServer(recipients={BEN: "452 4.2.2 mailbox full"}) as server:
        made = channel(plain(server), name="desk", book=StoredMailBook(db, SystemClock(), URL))
        stage = post.stage(made)
        while await stage.deliver_due():
            pass
    assert [one.recipients for one in server.taken] == [("ann@desk.example",)] * len(items)


async def test_when_everybody_has_left_the_message_says_so(db: Database) -> None:
    post, item = Post(db), notification()
    await post.put(item)
    async with db.transaction() as conn:
        for address in ("ann@desk.example", BEN):
            await mail.unsubscribe(conn, "desk", address, SystemClock().now())
    async with MailServer() as server:
        made = channel(plain(server), name="desk", to=[ANN, BEN], book=StoredMailBook(db, SystemClock(), URL))
        await post.stage(made).deliver_due()
    row = await post.row(item)
    assert (row.state, server.taken) == (NotificationState.DEAD, [])
    assert "everybody has unsubscribed" in (row.last_detail or "")
