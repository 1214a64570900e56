"""What the store promises of the outbox."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.db.engine import Database
from core.model.alert import Notification
from core.model.outcome import AlertOutcome, FailureReason, NotificationState, Priority, Reason
from core.store import alerts, leases, notifications, outbox, redrives, sends
from core.store.notifications import Attempt
from core.store.outbox import QueueStats
from tests.contract.databases import NOW, after
from tests.fakes.records import a_notification, an_alert, with_priority
from tests.fakes.stored import pending_channels

FAILED = Attempt(at=NOW, reason=FailureReason.TIMEOUT, status=504, latency_seconds=10.5, detail="no\0 answer")
SENT = Attempt(at=after(1), reason=None, status=204, latency_seconds=0.1)
PENDING, DELIVERED, DEAD = NotificationState.PENDING, NotificationState.DELIVERED, NotificationState.DEAD


def several(number: int, channel: str = "desk") -> list[Notification]:
    return [a_notification(an_alert(f"s{place}"), channel=channel) for place in range(number)]


async def test_a_notification_is_put_once_and_comes_back_as_it_was(db: Database) -> None:
    notification = a_notification()
    async with db.transaction() as conn:
        assert await notifications.add(conn, notification, NOW)
        assert not await notifications.add(conn, replace(notification, channel="other"), after(5))
        assert await notifications.add_many(conn, []) == set()
        row = await notifications.get(conn, notification.notification_id)
        assert row is not None
        assert (row.notification, row.state, row.due_at, row.attempts) == (notification, PENDING, NOW, 0)
        assert await notifications.get(conn, "none") is None
        assert await notifications.last_sequence(conn, notification.alerts[0].alert_id, "desk") == 0
        assert await notifications.last_sequence(conn, notification.alerts[0].alert_id, "ops") is None


async def test_a_digest_is_found_from_each_of_its_alerts(db: Database) -> None:
    one, two = an_alert("s1"), an_alert("s2")
    digest = replace(a_notification(one, sequence=4), alerts=(one, two))
    async with db.transaction() as conn:
        await notifications.add(conn, digest, NOW)
        for alert in (one, two):
            [row] = await notifications.list_rows(conn, alert_id=alert.alert_id)
            assert row.notification == digest
            assert await notifications.last_sequence(conn, alert.alert_id, "desk") == 4


async def test_the_most_urgent_is_sent_first_and_nothing_before_its_time(db: Database) -> None:
    normal, late, early = several(3)
    flash = a_notification(with_priority(an_alert("flash"), Priority.FLASH))
    async with db.transaction() as conn:
        await notifications.add_many(conn, [(normal, after(1)), (late, after(60)), (early, NOW), (flash, after(2))])
        assert await leases.next_due(conn, leases.NOTIFICATIONS, NOW) == NOW
        claimed = await notifications.claim_due(conn, after(5), "desk", 10, "me", 60)
        assert [row.notification for row in claimed] == [flash, early, normal]
        assert await leases.next_due(conn, leases.NOTIFICATIONS, after(5)) == after(60), "the others are leased"


async def test_channels_do_not_stand_in_each_others_way(db: Database) -> None:
    async with db.transaction() as conn:
        rows = [*several(3), *several(2, "ops")]
        await notifications.add_many(conn, [(row, NOW) for row in rows])
        assert await pending_channels(conn) == ["desk", "ops"]
        claimed = await notifications.claim_due(conn, NOW, "ops", 10, "me", 60)
        assert {row.notification.channel for row in claimed} == {"ops"}
        assert len(claimed) == 2


async def test_only_channels_with_something_due_that_nobody_sends_have_work(db: Database) -> None:
    async with db.transaction() as conn:
        assert await notifications.due_channels(conn, NOW) == []
        rows = [(row, NOW) for row in (*several(3), *several(1, "ops"), *several(1, "zebra"))]
        await notifications.add_many(conn, [*rows, (a_notification(channel="later"), after(60))])
        await notifications.record_attempt(conn, rows[-1][0].notification_id, SENT, state=DELIVERED)
        assert await notifications.due_channels(conn, NOW) == ["desk", "ops"]
        await notifications.claim_due(conn, NOW, "ops", 1, "me", 30)
        assert await notifications.due_channels(conn, after(29)) == ["desk"]
        assert await notifications.due_channels(conn, after(60)) == ["desk", "later", "ops"]
        assert await pending_channels(conn) == ["desk", "later", "ops"]


async def test_a_lease_that_runs_out_frees_what_a_dead_worker_held(db: Database) -> None:
    async with db.transaction() as conn:
        await notifications.add(conn, a_notification(), NOW)
        assert len(await notifications.claim_due(conn, NOW, "desk", 1, "one", 60)) == 1
        assert await notifications.claim_due(conn, after(59), "desk", 1, "two", 60) == []
        assert await leases.next_due(conn, leases.NOTIFICATIONS, after(59)) is None
        assert len(await notifications.claim_due(conn, after(60), "desk", 1, "two", 60)) == 1
        assert await leases.release(conn, leases.NOTIFICATIONS, "one") == 0
        assert await leases.release(conn, leases.NOTIFICATIONS, "two") == 1
        assert len(await notifications.claim_due(conn, after(61), "desk", 1, "one", 60)) == 1


async def test_a_lease_that_is_renewed_holds_but_one_that_another_took_is_the_others(db: Database) -> None:
    async with db.transaction() as conn:
        await notifications.add(conn, a_notification(), NOW)
        assert len(await notifications.claim_due(conn, NOW, "desk", 1, "one", 30)) == 1
        assert await leases.renew(conn, leases.NOTIFICATIONS, ["one"], after(60)) == 1
        assert await notifications.claim_due(conn, after(59), "desk", 1, "two", 30) == []
        assert len(await notifications.claim_due(conn, after(60), "desk", 1, "two", 30)) == 1
        assert await leases.renew(conn, leases.NOTIFICATIONS, ["one", "none"], after(600)) == 0
        assert await leases.free_all(conn) == 1
        assert len(await notifications.claim_due(conn, after(61), "desk", 1, "three", 30)) == 1


async def test_who_sits_on_a_dead_owners_seat_frees_its_leases_and_nobody_elses(db: Database) -> None:
    async with db.transaction() as conn:
        await notifications.add(conn, a_notification(), NOW)
        assert len(await notifications.claim_due(conn, NOW, "desk", 1, "host_1-abc-77-x", 30)) == 1
        for other in ("host_1-ab", "host_1-abcd", "hostx1-abc"):
            assert await leases.free_all(conn, other) == 0
        assert await leases.free_all(conn, "host_1-abc") == 1
        assert len(await notifications.claim_due(conn, after(1), "desk", 1, "two", 30)) == 1


async def test_what_a_dead_worker_held_is_overdue_once_its_lease_ran_out(db: Database) -> None:
    day = timedelta(days=1)
    async with db.transaction() as conn:
        await notifications.add(conn, a_notification(), NOW)
        assert len(await notifications.claim_due(conn, NOW + day, "desk", 1, "dead", 30)) == 1
        assert await sends.overdue(conn, "desk", NOW + day, day, 9) == []
        assert len(await sends.overdue(conn, "desk", NOW + day + timedelta(seconds=30), day, 9)) == 1
        assert await sends.overdue(conn, "desk", NOW + day + timedelta(seconds=30), 2 * day, 9) == []


async def test_attempts_are_kept_and_the_next_one_waits_for_its_time(db: Database) -> None:
    notification = a_notification()
    key = notification.notification_id
    async with db.transaction() as conn:
        await notifications.add(conn, notification, NOW)
        await notifications.claim_due(conn, NOW, "desk", 1, "me", 60)
        await notifications.record_attempt(conn, key, FAILED, state=PENDING, next_due=after(30))
        row = await notifications.get(conn, key)
        assert row is not None
        assert (row.state, row.due_at, row.attempts, row.last_reason, row.last_detail) == (
            PENDING, after(30), 1, FailureReason.TIMEOUT, "no\ufffd answer",
        )  # fmt: skip
        assert await notifications.claim_due(conn, after(29), "desk", 1, "me", 60) == []
        [claimed] = await notifications.claim_due(conn, after(30), "desk", 1, "me", 60)
        assert claimed.attempts == 1
        await notifications.record_attempt(conn, key, SENT, state=DELIVERED)
        assert await notifications.claim_due(conn, after(9999), "desk", 1, "me", 60) == []
        assert await notifications.attempts(conn, key) == [replace(FAILED, detail="no\ufffd answer"), SENT]
        row = await notifications.get(conn, key)
        assert row is not None
        assert (row.state, row.finished) == (DELIVERED, SENT.at)


async def test_a_pending_outcome_needs_its_next_time(db: Database) -> None:
    async with db.transaction() as conn:
        await notifications.add(conn, a_notification(), NOW)
        with pytest.raises(ValueError, match="time of its next attempt"):
            await notifications.record_attempt(conn, a_notification().notification_id, FAILED, state=PENDING)


async def test_what_was_delivered_stays_delivered_when_a_late_worker_reports_a_failure(db: Database) -> None:
    key = a_notification().notification_id
    async with db.transaction() as conn:
        await notifications.add(conn, a_notification(), NOW)
        await notifications.record_attempt(conn, key, SENT, state=DELIVERED)
        await notifications.record_attempt(conn, key, FAILED, state=PENDING, next_due=after(30))
        row = await notifications.get(conn, key)
        assert row is not None
        assert row.state is DELIVERED
        assert len(await notifications.attempts(conn, key)) == 2


async def test_the_dead_are_sent_again_under_their_old_id_with_the_reason(db: Database) -> None:
    dead, other, pending = several(3)
    async with db.transaction() as conn:
        await notifications.add_many(conn, [(row, NOW) for row in (dead, other, pending)])
        for row in (dead, other):
            await notifications.record_attempt(conn, row.notification_id, FAILED, state=DEAD)
        assert await redrives.redrive(conn, [dead.notification_id, pending.notification_id, "x"], after(60)) == 1
        claimed = await notifications.claim_due(conn, after(60), "desk", 10, "me", 60)
        again = replace(dead, reason=Reason.REDRIVE, meant_as=Reason.FIRST)
        assert [(row.notification, row.attempts) for row in claimed] == [(pending, 0), (again, 0)]
        assert await redrives.redrive_all(conn, redrives.Wanted(), after(60)) == 1
        assert await redrives.redrive_all(conn, redrives.Wanted(), after(60)) == 0


async def test_queues_are_told_by_channel(db: Database) -> None:
    rows = several(3)
    async with db.transaction() as conn:
        assert await outbox.queue_stats(conn) == []
        await notifications.add_many(conn, [(row, NOW) for row in rows])
        await notifications.add(conn, a_notification(channel="ops"), NOW)
        await notifications.record_attempt(conn, rows[0].notification_id, FAILED, state=DEAD)
        await notifications.record_attempt(conn, rows[1].notification_id, SENT, state=DELIVERED)
        created = rows[2].created
        assert await outbox.queue_stats(conn) == [
            QueueStats(channel="desk", pending=1, dead=1, oldest=created),
            QueueStats(channel="ops", pending=1, dead=0, oldest=created),
        ]
        assert [row.notification for row in await notifications.list_rows(conn, state=DEAD)] == [rows[0]]
        assert len(await notifications.list_rows(conn, channel="desk", limit=2)) == 2
        assert await notifications.prune(conn, after(60)) == 2
        assert await notifications.attempts(conn, rows[0].notification_id) == []
        assert len(await notifications.list_rows(conn)) == 2


async def test_several_workers_never_claim_the_same_notification(db: Database) -> None:
    rows = several(150)
    taken: list[str] = []

    async def worker(name: str) -> None:
        while True:
            async with db.transaction() as conn:
                claimed = await notifications.claim_due(conn, NOW, "desk", 7, name, 600)
            if not claimed:
                return
            for row in claimed:
                key = row.notification.notification_id
                taken.append(key)
                async with db.transaction() as conn:
                    await notifications.record_attempt(conn, key, SENT, state=DELIVERED)

    async with db.transaction() as conn:
        await notifications.add_many(conn, [(row, NOW) for row in rows])
    async with asyncio.TaskGroup() as tasks:
        for number in range(6):
            tasks.create_task(worker(f"worker-{number}"))
    assert sorted(taken) == sorted(row.notification_id for row in rows)
    async with db.connection() as conn:
        assert await outbox.queue_stats(conn) == []


async def test_an_alert_and_its_notification_are_there_together_or_not_at_all(db: Database) -> None:
    alert = an_alert()

    async def fail() -> None:
        async with db.transaction() as conn:
            await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
            await notifications.add(conn, a_notification(alert), NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with db.connection() as conn:
        assert await alerts.get(conn, alert.alert_id) is None
        assert await notifications.list_rows(conn) == []


async def test_no_attempt_is_none_to_keep(db: Database) -> None:
    async with db.transaction() as conn:
        await notifications.record_many(conn, [])
