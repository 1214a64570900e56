"""What the store promises of retention."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select, text

from core.db.engine import Database
from core.db.tables import articles as articles_table
from core.db.tables import traces as traces_table
from core.model.outcome import AlertOutcome, NotificationState, Stage
from core.model.retention import Retention
from core.store import alerts, articles, entries, notifications, sessions, sources, traces, users
from core.store.articles import StoredArticle
from core.store.notifications import Attempt
from core.store.retention import sweep
from core.store.traces import TraceRow
from tests.contract.databases import NOW, after
from tests.contract.test_store_people import DESK, KIM
from tests.fakes.records import a_match, a_notification, a_source, a_story_article, an_alert
from tests.fakes.stored import put_matches

DAY = 86400.0


async def fill(db: Database, at_day: int) -> None:
    at = after(at_day * DAY)
    url = f"https://news.example/{at_day}"
    alert, dead, waiting = an_alert(f"s{at_day}", at=at), *(f"{kind}{at_day}" for kind in ("dead", "waiting"))
    sent = a_notification(alert, channel=dead, at=at)
    async with db.transaction() as conn:
        await sources.add(conn, a_source(), at)
        await entries.remember(conn, a_source().source_id, [url], at)
        await articles.put_many(conn, [StoredArticle(a_story_article(url, at=at), ["word"])])
        await traces.add_many(conn, [TraceRow(subject=url, stage=Stage.POLL, outcome="new", at=at)])
        await put_matches(conn, [a_match(url, at=at)], AlertOutcome.CREATED)
        await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
        await notifications.add(conn, sent, at)
        await notifications.add(conn, a_notification(alert, channel=waiting, at=at), at)
        await notifications.record_attempt(
            conn, sent.notification_id, Attempt(at=at, reason=None), state=NotificationState.DELIVERED
        )


async def test_each_kind_is_kept_for_its_time_and_what_is_pending_for_ever(db: Database) -> None:
    for day in (0, 10, 20):
        await fill(db, day)
    keep = Retention(articles=15, entries=5, traces=15, findings=15, alerts=15, notifications=15)
    deleted = await sweep(db, keep, after(20 * DAY))
    expected = {"articles": 1, "entries": 2, "traces": 1, "findings": 1, "alerts": 1, "notifications": 1}
    assert {kind: number for kind, number in deleted.items() if number} == expected
    async with db.connection() as conn:
        assert {row.notification.channel for row in await notifications.list_rows(conn)} == {
            "waiting0", "dead10", "waiting10", "dead20", "waiting20",
        }  # fmt: skip
        found = await articles.candidates(conn, [["word"]], since=NOW, until=after(90 * DAY))
        assert len(found) == 2
    assert set((await sweep(db, keep, after(20 * DAY))).values()) == {0}


async def test_sessions_that_are_over_go(db: Database) -> None:
    async with db.transaction() as conn:
        await users.add(conn, KIM)
        await sessions.add(conn, replace(DESK, last_seen=after(9 * DAY), expires=after(9 * DAY + 60)), "over")
        await sessions.add(
            conn, replace(DESK, session_id="s2", last_seen=after(10 * DAY), expires=after(20 * DAY)), "open"
        )
    await sweep(db, Retention(), after(10 * DAY + 60))
    async with db.connection() as conn:
        assert [one.session_id for one in await sessions.of_user(conn, "u1")] == ["s2"]


async def test_a_large_sweep_goes_in_pieces_and_gives_the_space_back(db: Database) -> None:
    async with db.transaction() as conn:
        for part in range(5):
            rows = [
                TraceRow(
                    subject=f"{part}-{number}", stage=Stage.POLL, outcome="new", at=after(number), detail="x" * 300
                )
                for number in range(700)
            ]
            await traces.add_many(conn, rows)
        await articles.put_many(
            conn,
            [
                StoredArticle(a_story_article(f"https://news.example/{number}", at=after(number)), [str(number)])
                for number in range(1500)
            ],
        )
    deleted = await sweep(db, Retention(), NOW + timedelta(days=400))
    assert (deleted["traces"], deleted["articles"]) == (3500, 1500)
    async with db.transaction() as conn:
        for table in (traces_table, articles_table):
            assert (await conn.execute(select(func.count()).select_from(table))).scalar_one() == 0
        if db.dialect == "sqlite":
            assert (await conn.execute(text("PRAGMA freelist_count"))).scalar_one() == 0
