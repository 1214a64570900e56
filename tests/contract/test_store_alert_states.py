"""What the store promises of the states of alerts, and of the messages that show them."""

import asyncio
from dataclasses import replace

from alerts.pipeline.states import Said, Verb, say
from core.db.engine import Database
from core.model.alert_state import OPEN, AlertEvent, AlertState, Via
from core.model.outcome import AlertOutcome, AlertStatus
from core.store import alert_states, alerts
from core.store.alert_list import Wanted
from tests.contract.databases import NOW, after
from tests.fakes.records import an_alert

ALERT = an_alert()
TAKEN = AlertEvent(
    alert_id=ALERT.alert_id, at=NOW, by="kim", status=AlertStatus.ACKNOWLEDGED, comment="mine", via=Via.LINK
)


async def _insert(db: Database) -> None:
    async with db.transaction() as conn:
        await alerts.insert_alert(conn, ALERT, AlertOutcome.CREATED)


async def test_an_alert_that_nobody_touched_is_open(db: Database) -> None:
    await _insert(db)
    async with db.transaction() as conn:
        assert await alert_states.lock(conn, ALERT.alert_id) == OPEN
        assert await alert_states.lock(conn, "none") is None
        assert await alert_states.of_alerts(conn, [ALERT.alert_id, "none"]) == {}
        assert await alert_states.history(conn, ALERT.alert_id) == []


async def test_the_last_word_is_the_state_and_every_word_is_in_the_history(db: Database) -> None:
    await _insert(db)
    asleep = AlertEvent(
        alert_id=ALERT.alert_id, at=after(5), by="lee", status=AlertStatus.SNOOZED, until=after(60), via=Via.COMMAND
    )
    remark = AlertEvent(alert_id=ALERT.alert_id, at=after(9), by="kim", comment="later", via="a later release's")
    async with db.transaction() as conn:
        for event in (TAKEN, asleep, remark):
            await alert_states.put(conn, event)
        state = await alert_states.lock(conn, ALERT.alert_id)
        assert state == AlertState(status=AlertStatus.SNOOZED, by="lee", at=after(5), until=after(60))
        assert await alert_states.history(conn, ALERT.alert_id) == [TAKEN, asleep, remark]
        assert (await alert_states.counts(conn))[AlertStatus.SNOOZED] == 1


async def test_alerts_are_listed_by_state_and_those_that_nobody_touched_are_open(db: Database) -> None:
    others = [an_alert(f"s{number}") for number in range(2)]
    async with db.transaction() as conn:
        for alert in (ALERT, *others):
            await alerts.insert_alert(conn, alert, AlertOutcome.CREATED)
        await alert_states.put(conn, TAKEN)
        taken = await alerts.recent(conn, wanted=Wanted(status=AlertStatus.ACKNOWLEDGED))
        opened = await alerts.recent(conn, wanted=Wanted(status=AlertStatus.OPEN))
    assert [row.alert.alert_id for row in taken] == [ALERT.alert_id]
    assert {row.alert.alert_id for row in opened} == {alert.alert_id for alert in others}


async def test_of_two_people_at_once_the_last_one_counts_and_both_are_in_the_history(db: Database) -> None:
    await _insert(db)

    async def take(by: str) -> None:
        async with db.transaction() as conn:
            state = await alert_states.lock(conn, ALERT.alert_id)
            assert state is not None
            event = say(ALERT.alert_id, state, Said(verb=Verb.ACKNOWLEDGE, by=by, at=NOW), Via.LINK)
            assert isinstance(event, AlertEvent)
            await alert_states.put(conn, event)

    people = [f"reader {number}" for number in range(8)]
    async with asyncio.TaskGroup() as group:
        for by in people:
            group.create_task(take(by))
    async with db.connection() as conn:
        said = await alert_states.history(conn, ALERT.alert_id)
        state = (await alert_states.of_alerts(conn, [ALERT.alert_id]))[ALERT.alert_id]
    assert sorted(event.by for event in said) == people
    assert state.by == said[-1].by


async def test_what_somebody_says_is_a_change_of_the_alert_for_its_retention(db: Database) -> None:
    await _insert(db)
    async with db.transaction() as conn:
        await alert_states.put(conn, replace(TAKEN, at=after(50)))
        await alert_states.put(conn, replace(TAKEN, at=after(20)))
        row = await alerts.get(conn, ALERT.alert_id)
        assert row is not None
        assert row.updated == after(50)
        assert await alerts.prune(conn, after(40)) == 0


async def test_what_was_said_goes_with_its_alert(db: Database) -> None:
    await _insert(db)
    async with db.transaction() as conn:
        await alert_states.put(conn, TAKEN)
        await alerts.prune(conn, after(99))
        assert await alert_states.of_alerts(conn, [ALERT.alert_id]) == {}
        assert await alert_states.history(conn, ALERT.alert_id) == []
