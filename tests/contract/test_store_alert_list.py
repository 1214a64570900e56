"""What the store promises of filters of alerts: each narrows by itself and with the others, and follows what becomes of an alert."""

from dataclasses import replace

import pytest
from sqlalchemy import delete

from core.db.connection import Connection
from core.db.engine import Database
from core.db.tables_inbox import alert_list as table
from core.model.alert import Alert
from core.model.alert_state import AlertEvent, Via
from core.model.outcome import AlertOutcome, AlertStatus, Priority
from core.store import alert_changes, alert_list, alert_states, alerts
from core.store.alert_list import NOBODY, Wanted
from tests.contract.databases import NOW, after
from tests.fakes.records import a_rule_ref, an_alert


def _told(name: str, seconds: float, *, title: str, source: str, priority: Priority = Priority.NORMAL) -> Alert:
    made = an_alert(name, rule=a_rule_ref(f"rule {name}", priority=priority), at=after(seconds))
    [article] = made.articles
    return replace(made, articles=(replace(article, brief=replace(article.brief, title=title, source_name=source)),))


ONE = _told("one", 1, title="Müller wins 100% of the vote", source="Globe")
TWO = _told("two", 2, title="A ship is seized", source="Example World", priority=Priority.FLASH)
THREE = _told("three", 3, title="Nothing of note", source="Globe")
OF_TEAM = replace(THREE, rule=replace(THREE.rule, team_id="water"))


async def _fill(conn: Connection) -> None:
    await alerts.insert_alert(conn, ONE, AlertOutcome.CREATED)
    await alerts.insert_alert(conn, TWO, AlertOutcome.CREATED)
    await alerts.insert_alert(conn, OF_TEAM, AlertOutcome.SILENCED)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["three", "two", "one"]),
        (Wanted(rules=[ONE.rule.rule_id, TWO.rule.rule_id]), ["two", "one"]),
        (Wanted(rules=[]), []),
        (Wanted(source="Globe"), ["three", "one"]),
        (Wanted(source="globe"), []),
        (Wanted(priority="flash"), ["two"]),
        (Wanted(outcome=AlertOutcome.SILENCED), ["three"]),
        (Wanted(hushed=False), ["two", "one"]),
        (Wanted(hushed=True), ["three"]),
        (Wanted(teams=["water"]), ["three"]),
        (Wanted(teams=["default", "water"], source="Globe"), ["three", "one"]),
        (Wanted(since=after(2), until=after(3)), ["two"]),
        (Wanted(text="MULLER vote"), ["one"]),
        (Wanted(text="muller ship"), []),
        (Wanted(text="100%"), ["one"]),
        (Wanted(text="0_"), []),
        (Wanted(text="globe rule"), ["three", "one"]),
        (Wanted(assignee=NOBODY), ["three", "two", "one"]),
        (Wanted(assignee="kim"), []),
    ],
)
async def test_each_filter_narrows(db: Database, wanted: Wanted, found: list[str]) -> None:
    async with db.transaction() as conn:
        await _fill(conn)
        rows = await alerts.recent(conn, wanted=wanted)
        assert [row.alert.story_id for row in rows] == found
        assert await alert_list.count(conn, wanted, 10) == len(found)
        assert await alert_list.count(conn, wanted, 1) == min(len(found), 1)


async def test_those_that_came_behind_a_place_of_the_changes_are_counted(db: Database) -> None:
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, ONE, AlertOutcome.CREATED)
    place = await alert_changes.place(db)
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, TWO, AlertOutcome.CREATED)
        await alerts.set_outcome(conn, ONE.alert_id, AlertOutcome.UPDATED, after(9))
        await alerts.insert_alert(conn, OF_TEAM, AlertOutcome.SILENCED)
    await alert_changes.place(db)
    async with db.connection() as conn:
        assert await alert_list.count_new(conn, Wanted(), place, 10) == 2
        assert await alert_list.count_new(conn, Wanted(hushed=False), place, 10) == 1
        assert await alert_list.count_new(conn, Wanted(source="Globe"), place, 10) == 1
        assert await alert_list.count_new(conn, Wanted(), 0, 2) == 2


async def test_filters_follow_what_becomes_of_an_alert(db: Database) -> None:
    async with db.transaction() as conn:
        await _fill(conn)
        [article] = TWO.articles
        copy = replace(
            article, brief=replace(article.brief, article_id="a copy", title="Seized off Malta", source_name="Post")
        )
        await alerts.add_article(conn, TWO.alert_id, copy, story_size=2, now=after(5))
        await alerts.set_outcome(conn, OF_TEAM.alert_id, AlertOutcome.CREATED, after(6))
        said = AlertEvent(alert_id=ONE.alert_id, at=after(7), by="kim", status=AlertStatus.ACKNOWLEDGED)
        await alert_states.put(conn, said)
        await alert_states.put(conn, AlertEvent(alert_id=TWO.alert_id, at=after(7), by="kim", assignee="lee"))

        async def found(wanted: Wanted) -> list[str]:
            return [row.alert.story_id for row in await alerts.recent(conn, wanted=wanted)]

        assert await found(Wanted(text="malta post ship")) == ["two"]
        assert await found(Wanted(source="Post")) == ["two"]
        assert await found(Wanted(hushed=False)) == ["three", "two", "one"]
        assert await found(Wanted(status=AlertStatus.ACKNOWLEDGED)) == ["one"]
        assert await found(Wanted(status=AlertStatus.OPEN)) == ["three", "two"]
        assert await found(Wanted(assignee="lee")) == ["two"]
        counts = {
            status: await alert_list.count(conn, Wanted(hushed=False, status=status), 9) for status in AlertStatus
        }
        assert counts == {**dict.fromkeys(AlertStatus, 0), AlertStatus.OPEN: 2, AlertStatus.ACKNOWLEDGED: 1}


async def test_who_lets_an_alert_go_lets_its_assignment_go_too_and_the_end_of_a_snooze_does_not(db: Database) -> None:
    def said(**what: object) -> AlertEvent:
        return AlertEvent(alert_id=ONE.alert_id, at=NOW, by="kim", **what)  # type: ignore[arg-type]  # several types

    async with db.transaction() as conn:
        await _fill(conn)

        async def assignee_after(event: AlertEvent) -> str | None:
            await alert_states.put(conn, event)
            state = await alert_states.lock(conn, ONE.alert_id)
            assert state is not None
            listed = [row.alert.story_id for row in await alerts.recent(conn, wanted=Wanted(assignee="lee"))]
            assert listed == (["one"] if state.assignee == "lee" else [])
            return state.assignee

        assert await assignee_after(said(assignee="lee")) == "lee"
        assert await assignee_after(said(status=AlertStatus.SNOOZED, until=after(9))) == "lee"
        assert await assignee_after(said(status=AlertStatus.OPEN, via=Via.TIME)) == "lee"
        assert await assignee_after(said(comment="a comment")) == "lee"
        assert await assignee_after(said(status=AlertStatus.ACKNOWLEDGED)) == "lee"
        assert await assignee_after(said(status=AlertStatus.OPEN)) is None
        assert await assignee_after(said(assignee="lee")) == "lee"
        assert await assignee_after(said(assignee=NOBODY)) is None
        assert [event.assignee for event in await alert_states.history(conn, ONE.alert_id)][-1] == NOBODY


async def test_alerts_of_an_earlier_release_are_listed_once_somebody_mends_that(db: Database) -> None:
    async with db.transaction() as conn:
        await _fill(conn)
        await alert_states.put(
            conn, AlertEvent(alert_id=ONE.alert_id, at=after(9), by="kim", status=AlertStatus.RESOLVED)
        )
        await conn.execute(delete(table).where(table.c.alert_id == ONE.alert_id))
        await conn.execute(table.update().where(table.c.alert_id == TWO.alert_id).values(status="resolved"))
        await alert_states.put(
            conn, AlertEvent(alert_id=TWO.alert_id, at=after(9), by="kim", status=AlertStatus.SNOOZED)
        )
        await conn.execute(table.update().where(table.c.alert_id == TWO.alert_id).values(status="open"))
        assert await alert_list.mend(conn, after(10)) == 0
        assert await alert_list.mend(conn, NOW) == 2
        assert await alert_list.mend(conn, NOW) == 0
        rows = await alerts.recent(conn, wanted=Wanted(status=AlertStatus.RESOLVED, text="muller"))
        assert [row.alert.story_id for row in rows] == ["one"]
        rows = await alerts.recent(conn, wanted=Wanted(status=AlertStatus.SNOOZED))
        assert [row.alert.story_id for row in rows] == ["two"]
