"""What the store says of deliveries, channel by channel and alert by alert."""

from datetime import timedelta

from core.db.engine import Database
from core.model.outcome import FailureReason, NotificationState
from core.store import deliveries, endpoints, notifications, outbox
from core.store.endpoints import EndpointRow
from core.store.notifications import Attempt
from tests.contract.databases import NOW, after
from tests.fakes.records import a_notification, an_alert

PENDING, DELIVERED, DEAD = NotificationState.PENDING, NotificationState.DELIVERED, NotificationState.DEAD


async def put(
    db: Database, story: str, state: NotificationState, reason: FailureReason | None = None, *, channel: str = "desk"
) -> str:
    """One that was tried at NOW, and ended so."""
    note = a_notification(an_alert(story), at=NOW, channel=channel)
    async with db.transaction() as conn:
        await notifications.add(conn, note, NOW)
        attempt = Attempt(at=NOW, reason=reason, detail="HTTP 500" if reason else "")
        due = after(3600) if state is PENDING else None
        await notifications.record_attempt(conn, note.notification_id, attempt, state=state, next_due=due)
    return note.alerts[0].alert_id


async def test_channels_are_counted_by_what_people_call_trouble(db: Database) -> None:
    await put(db, "a", PENDING, FailureReason.SERVER_ERROR)
    await put(db, "b", PENDING, FailureReason.SSRF_BLOCKED)
    await put(db, "c", DEAD, FailureReason.AUTH_ERROR, channel="ops")
    await put(db, "d", DELIVERED, channel="fine")
    async with db.connection() as conn:
        desk, fine, ops = await deliveries.facts(conn, after(60))
        assert (desk.channel, desk.pending, desk.stuck, desk.blocked, desk.oldest) == ("desk", 2, 0, 1, NOW)
        assert (fine.channel, fine.pending, fine.delivered, fine.problem) == ("fine", 0, NOW, "")
        assert (ops.channel, ops.dead, ops.dead_at, ops.dead_problem) == ("ops", 1, NOW, "auth_error: HTTP 500")
        later = {facts.channel: facts for facts in await deliveries.facts(conn, after(301))}
        assert later["desk"].stuck == 2
        tomorrow = await deliveries.facts(conn, NOW + timedelta(hours=25))
        assert [facts.channel for facts in tomorrow] == ["desk"]  # what was given up before is history


async def test_why_messages_wait_and_why_others_were_given_up_are_two_things(db: Database) -> None:
    await put(db, "a", DEAD, FailureReason.REDIRECT)
    await put(db, "b", PENDING, FailureReason.RATE_LIMITED)
    async with db.connection() as conn:
        (desk,) = await deliveries.facts(conn, after(60))
    assert (desk.problem, desk.dead_problem) == ("rate_limited: HTTP 500", "redirect: HTTP 500")


async def test_all_that_waits_for_an_endpoint_that_our_guard_refuses_is_blocked(db: Database) -> None:
    await put(db, "a", PENDING, FailureReason.SSRF_BLOCKED)
    await put(db, "b", PENDING, channel="ops")
    row = EndpointRow(
        channel="desk", failures=1, since=NOW, until=after(60), reason=FailureReason.SSRF_BLOCKED, detail="10.0.0.1"
    )
    async with db.transaction() as conn:
        await notifications.add(conn, a_notification(an_alert("c"), at=NOW), NOW)
        await endpoints.put(conn, row)
        desk, ops = await deliveries.facts(conn, after(60))
        assert [(one.pending, one.blocked, one.endpoint) for one in (desk, ops)] == [(2, 2, row), (1, 0, None)]
        queues = await outbox.queue_stats(conn)
        assert [(one.pending, one.blocked, one.endpoint) for one in queues] == [(2, 2, row), (1, 0, None)]


async def test_a_message_that_waits_for_an_endpoint_says_why_and_until_when(db: Database) -> None:
    tried = await put(db, "a", PENDING, FailureReason.SERVER_ERROR)
    note = a_notification(an_alert("b"), at=NOW)
    row = EndpointRow(
        channel="desk", failures=3, since=NOW, until=after(7200), reason=FailureReason.CONNECT, detail="refused"
    )
    async with db.transaction() as conn:
        await notifications.add(conn, note, NOW)
        await endpoints.put(conn, row)
        found = await deliveries.of_alerts(conn, [tried, note.alerts[0].alert_id])
    waits = [one for ones in found.values() for one in ones]
    assert {one.problem: one.due_at for one in waits} == {
        "server_error: HTTP 500": after(7200),
        "connect: refused": after(7200),
    }


async def test_each_alert_knows_what_became_of_its_messages(db: Database) -> None:
    waits = await put(db, "a", PENDING, FailureReason.SERVER_ERROR)
    told = await put(db, "b", DELIVERED)
    async with db.connection() as conn:
        found = await deliveries.of_alerts(conn, [waits, told, "none"])
    (waiting,) = found[waits]
    assert (waiting.state, waiting.attempts, waiting.due_at) == (PENDING, 1, after(3600))
    assert waiting.problem == "server_error: HTTP 500"
    assert [(one.state, one.finished, one.problem) for one in found[told]] == [(DELIVERED, NOW, "")]
    assert "none" not in found
