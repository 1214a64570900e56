"""What the store promises of the changes of alerts: one order for every reader, without gaps, however writers commit."""

import asyncio
from datetime import timedelta

import pytest

from core.db.engine import Database
from core.model.alert_state import AlertChange, AlertEvent
from core.model.outcome import AlertOutcome, AlertStatus, FailureReason, NotificationState
from core.store import alert_changes, alert_states, alerts, notifications, revisions
from core.store.notifications import Attempt
from tests.contract.databases import NOW, after
from tests.fakes.records import a_notification, an_alert

ALERT = an_alert()


async def _seen(db: Database, behind: int = 0) -> list[tuple[int, str, AlertChange | None]]:
    async with db.connection() as conn:
        return [(one.place, one.alert_id, one.kind) for one in await alert_changes.after(conn, behind, 1000)]


async def test_what_becomes_of_an_alert_is_a_change_of_it(db: Database) -> None:
    note = a_notification(ALERT)
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, ALERT, AlertOutcome.QUIET_HOURS)
        await alerts.insert_alert(conn, ALERT, AlertOutcome.QUIET_HOURS)
        await alerts.set_outcome(conn, ALERT.alert_id, AlertOutcome.CREATED, after(1))
        await notifications.add(conn, note, NOW)
        failed = Attempt(at=after(2), reason=FailureReason.TIMEOUT)
        await notifications.record_attempt(
            conn, note.notification_id, failed, state=NotificationState.PENDING, next_due=after(9)
        )
        await notifications.record_attempt(
            conn, note.notification_id, Attempt(at=after(3), reason=None), state=NotificationState.DELIVERED
        )
        said = AlertEvent(alert_id=ALERT.alert_id, at=after(4), by="kim", status=AlertStatus.ACKNOWLEDGED)
        await alert_states.put(conn, said)
    assert await _seen(db) == []
    assert await alert_changes.place(db) == 4
    assert await alert_changes.place(db) == 4
    kinds = [AlertChange.CREATED, AlertChange.UPDATED, AlertChange.DELIVERY, AlertChange.STATE]
    assert await _seen(db) == [(number, ALERT.alert_id, kind) for number, kind in enumerate(kinds, 1)]
    async with db.transaction() as conn:
        assert await alert_changes.prune(conn, after(2)) == 2
        assert await alert_changes.first_place(conn) == 3
        assert await revisions.read(conn, "alert_changes") == 4


async def test_who_commits_later_comes_later_although_it_wrote_first(db: Database) -> None:
    """Two writers at once, which PostgreSQL lets commit in any order: a reader sees one before it sees the other, and both."""
    if db.dialect == "sqlite":
        pytest.skip("has one writer at a time")
    async with db.transaction() as slow:
        await alert_changes.note(slow, "slow", AlertChange.CREATED, NOW)
        async with db.transaction() as quick:
            await alert_changes.note(quick, "quick", AlertChange.CREATED, NOW)
        last = await alert_changes.place(db)
        assert [alert_id for _, alert_id, _ in await _seen(db)] == ["quick"]
    assert await alert_changes.place(db) == last + 1
    assert [alert_id for _, alert_id, _ in await _seen(db, last)] == ["slow"]


async def test_readers_that_give_places_at_once_give_each_change_one(db: Database) -> None:
    count = 40

    async def write(number: int) -> None:
        async with db.transaction() as conn:
            await alert_changes.note(conn, str(number), AlertChange.STATE, NOW + timedelta(seconds=number))

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(write(number))
            group.create_task(alert_changes.place(db))
    assert await alert_changes.place(db) == count
    seen = await _seen(db)
    assert [place for place, _, _ in seen] == list(range(1, count + 1))
    assert {alert_id for _, alert_id, _ in seen} == {str(number) for number in range(count)}
