"""Who has a mail, and who wants none."""

from datetime import timedelta

from core.db.engine import Database
from core.store import mail, notifications
from tests.contract.databases import NOW
from tests.fakes.records import a_notification

A, B = "mail", "0123456789abcdef01234567/mail"


async def test_who_has_a_message_is_noted_once(db: Database) -> None:
    note = a_notification()
    async with db.transaction() as conn:
        await notifications.add(conn, note, NOW)
        assert await mail.handed_over(conn, note.notification_id) == {}
        await mail.note(conn, note.notification_id, "ann@desk.example", "250 one\x00", NOW)
        await mail.note(conn, note.notification_id, "ann@desk.example", "250 two", NOW)
        (said,) = (await mail.handed_over(conn, note.notification_id)).items()
    assert said[0] == "ann@desk.example"
    assert said[1].startswith("250 one")


async def test_who_unsubscribed_left_one_channel_and_can_come_back(db: Database) -> None:
    async with db.transaction() as conn:
        assert await mail.unsubscribe(conn, A, "Ann@desk.example", NOW)
        assert not await mail.unsubscribe(conn, A, "ann@desk.example", NOW + timedelta(days=1))
        assert await mail.unsubscribed(conn, A) == {"ann@desk.example": NOW}
        assert await mail.unsubscribed(conn, B) == {}
        assert await mail.subscribe_again(conn, A, "ANN@desk.example")
        assert not await mail.subscribe_again(conn, A, "ann@desk.example")
        assert await mail.unsubscribed(conn, A) == {}
