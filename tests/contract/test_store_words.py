"""Words that a later release wrote into columns: shown as far as that goes, and never guessed at where they decide."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from core.db import tables, tables_alerts
from core.db.engine import Database
from core.errors import UpgradeFirst
from core.model.outcome import AlertOutcome, FailureReason, NotificationState
from core.store import alerts, findings, notifications, source_pages, sources
from core.store.findings import Finding
from core.store.notifications import Attempt
from tests.contract.databases import NOW
from tests.fakes.records import a_match, a_notification, a_source, an_alert


async def test_the_outcome_of_a_poll_is_only_shown(db: Database) -> None:
    async with db.transaction() as conn:
        await sources.add(conn, a_source(), NOW)
        await conn.execute(update(tables.sources).values(outcome="moved_house", failures=2, error="HTTP 399"))
        [row] = await source_pages.page(conn, limit=None)
        assert (row.state.outcome, row.state.failures, row.state.error) == (None, 2, "HTTP 399")


async def test_the_reason_of_a_failed_send_is_only_shown(db: Database) -> None:
    note = a_notification()
    async with db.transaction() as conn:
        await notifications.add(conn, note, NOW)
        failed = Attempt(at=NOW, reason=FailureReason.TIMEOUT)
        await notifications.record_attempt(conn, note.notification_id, failed, state=NotificationState.DEAD)
        await conn.execute(update(tables_alerts.notification_attempts).values(outcome="bored"))
        await conn.execute(update(tables_alerts.notifications).values(last_reason="bored"))
        [row] = await notifications.list_rows(conn)
        [attempt] = await notifications.attempts(conn, note.notification_id)
        assert row.last_reason is attempt.reason is FailureReason.OTHER


async def test_an_outcome_or_a_state_that_is_not_known_asks_for_an_upgrade(db: Database) -> None:
    alert, match = an_alert(), a_match()
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
        await findings.put_many(conn, [Finding(match=match, outcome=AlertOutcome.CREATED, alert_id=alert.alert_id)])
        await notifications.add(conn, a_notification(alert), NOW)
        await conn.execute(update(tables_alerts.alerts).values(outcome="escalated"))
        await conn.execute(update(tables_alerts.findings).values(outcome="escalated"))
        await conn.execute(update(tables_alerts.notifications).values(state="escalated"))
    async with db.connection() as conn:
        with pytest.raises(UpgradeFirst, match=r"AlertOutcome 'escalated'.*upgrade this process first"):
            await alerts.get(conn, alert.alert_id)
        with pytest.raises(UpgradeFirst):
            await findings.of_rule(
                conn, match.rule.rule_id, since=NOW - timedelta(days=9), until=NOW + timedelta(days=9)
            )
        with pytest.raises(UpgradeFirst, match="NotificationState"):
            await notifications.list_rows(conn)
