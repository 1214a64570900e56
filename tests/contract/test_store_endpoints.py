"""What the store promises of endpoints that fail."""

from dataclasses import replace

from core.db.engine import Database
from core.model.outcome import FailureReason, NotificationState
from core.store import endpoints, notifications, redrives, sends
from core.store.endpoints import EndpointRow
from core.store.notifications import Attempt
from tests.contract.databases import NOW, after
from tests.fakes.records import a_notification, an_alert

DESK = EndpointRow(
    channel="desk", failures=2, since=NOW, until=after(60), reason=FailureReason.CONNECT, detail="refused\0"
)
KEPT = replace(DESK, detail="refused\ufffd")


async def test_the_last_word_on_an_endpoint_stands_until_it_is_forgotten(db: Database) -> None:
    async with db.transaction() as conn:
        await endpoints.put(conn, replace(DESK, failures=1, until=after(5)))
        await endpoints.put(conn, DESK)
        ops = replace(KEPT, channel="ops", reason=FailureReason.SSRF_BLOCKED, asked_until=after(90))
        await endpoints.put(conn, ops)
        assert await endpoints.failing(conn) == {"desk": KEPT, "ops": ops}
        assert (KEPT.left_alone_until, ops.left_alone_until) == (after(60), after(90))
        await endpoints.forget(conn, ["desk", "ops", "none"], FailureReason.SSRF_BLOCKED)
        assert await endpoints.failing(conn) == {"desk": KEPT}
        await endpoints.forget(conn, ["desk"])
        assert await endpoints.failing(conn) == {}


async def test_what_nobody_tries_any_more_is_forgotten_in_the_end(db: Database) -> None:
    async with db.transaction() as conn:
        await endpoints.put(conn, DESK)
        await endpoints.prune(conn, after(60))
        assert await endpoints.failing(conn) == {"desk": KEPT}
        await endpoints.prune(conn, after(61))
        assert await endpoints.failing(conn) == {}


async def test_who_mends_or_redrives_has_the_endpoint_tried_at_once(db: Database) -> None:
    item, dead = a_notification(an_alert("a")), a_notification(an_alert("b"), channel="ops")
    failed = Attempt(at=NOW, reason=FailureReason.CONNECT)
    async with db.transaction() as conn:
        await notifications.add_many(conn, [(item, NOW), (dead, NOW)])
        key, other = item.notification_id, dead.notification_id
        await notifications.record_attempt(conn, key, failed, state=NotificationState.PENDING, next_due=after(600))
        await notifications.record_attempt(conn, other, failed, state=NotificationState.DEAD)
        for name in ("desk", "ops", "chat"):
            await endpoints.put(conn, replace(DESK, channel=name))
        assert await sends.mended(conn, ["desk"], after(1), FailureReason.TIMEOUT) == 0
        assert await sends.mended(conn, ["desk"], after(1)) == 1
        assert set(await endpoints.failing(conn)) == {"ops", "chat"}
        assert await redrives.redrive_all(conn, redrives.Wanted(), after(1)) == 1
        assert set(await endpoints.failing(conn)) == {"chat"}
