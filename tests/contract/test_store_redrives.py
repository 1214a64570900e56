"""What is dead by its cause, and alerts by rule and source: the same answers from both databases."""

from datetime import timedelta

from core.db.engine import Database
from core.model.outcome import AlertOutcome, FailureReason, NotificationState
from core.store import alerts, articles, hidden, notifications, redrives, sources
from core.store.articles import StoredArticle
from core.store.hidden import Group, Span
from core.store.notifications import Attempt
from core.store.redrives import Wanted
from tests.contract.databases import NOW, after
from tests.fakes.records import a_notification, a_source, a_story_article, an_alert


async def _dead(db: Database, story: str, reason: FailureReason, seconds: float, channel: str = "desk") -> None:
    note = a_notification(an_alert(story, at=after(seconds)), channel=channel, at=after(seconds))
    failed = Attempt(at=after(seconds), reason=reason, detail=f"of {story}")
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, an_alert(story, at=after(seconds)), AlertOutcome.CREATED)
        await notifications.add(conn, note, NOW)
        await notifications.record_attempt(conn, note.notification_id, failed, state=NotificationState.DEAD)


async def test_causes_are_counted_with_what_the_newest_met_and_sent_again_by_one(db: Database) -> None:
    await _dead(db, "a", FailureReason.TIMEOUT, 1)
    await _dead(db, "b", FailureReason.TIMEOUT, 2)
    await _dead(db, "c", FailureReason.GONE, 3)
    await _dead(db, "d", FailureReason.GONE, 4, "ops")
    async with db.transaction() as conn:
        found = await redrives.causes(conn)
        assert [(one.channel, one.reason, one.number, one.detail) for one in found] == [
            ("desk", "timeout", 2, "of b"),
            ("desk", "gone", 1, "of c"),
            ("ops", "gone", 1, "of d"),
        ]
        assert (found[0].oldest, found[0].newest) == (after(1), after(2))
        wanted = Wanted(channel="desk", reason=FailureReason.GONE)
        assert await redrives.redrive_all(conn, wanted, NOW, limit=10) == 1
        assert await redrives.redrive_all(conn, Wanted(), NOW, limit=2) == 2
        assert [(one.channel, one.number) for one in await redrives.causes(conn)] in (
            [("desk", 1)],
            [("ops", 1)],
        )


async def test_alerts_are_counted_by_rule_and_source_and_the_newest_come_first(db: Database) -> None:
    alert = an_alert("a", at=NOW)
    async with db.transaction() as conn:
        await sources.add(conn, a_source(), NOW)
        await alerts.insert_alert(conn, alert, AlertOutcome.SILENCED)
        await alerts.insert_alert(conn, an_alert("b", at=after(5)), AlertOutcome.CREATED)
        found = a_story_article(alert.articles[0].brief.url, at=NOW)
        await articles.put_many(conn, [StoredArticle(found, ())])
    rule_id = alert.rule.rule_id
    span = Span(since=NOW, until=NOW + timedelta(hours=1), rule_ids=[rule_id])
    async with db.connection() as conn:
        assert await hidden.groups(conn, span, by_source=False) == [Group(rule_id, "", 2)]
        known = {(one.source, one.number) for one in await hidden.groups(conn, span, by_source=True)}
        assert known == {("Example World", 1), ("", 1)}
        newest = await hidden.newest(conn, span, 10)
        assert newest == [an_alert("b").alert_id, alert.alert_id]
        assert await hidden.newest(conn, span, 10, silenced=True) == [alert.alert_id]
