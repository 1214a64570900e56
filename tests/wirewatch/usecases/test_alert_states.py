"""What people do with an alert, and what follows in the database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.pipeline.states import Verb
from core.model.alert_state import Via
from core.model.outcome import AlertOutcome, AlertStatus
from core.model.timer import SNOOZE
from core.store import alert_states as states
from core.store import alerts as store
from core.store import notifications, sent_messages, timers
from core.store.sent_messages import SentMessage
from tests.fakes.records import a_notification, an_alert
from wirewatch.usecases import alert_bulk, alert_states, alerts
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.alert_states import Words
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound

ALERT = an_alert()


@pytest.fixture
async def told(acting: Acting) -> Acting:
    """With an alert whose message is at its service."""
    sent = a_notification(ALERT)
    async with acting.db.transaction() as conn:
        await store.insert_alert(conn, ALERT, AlertOutcome.CREATED)
        await notifications.add(conn, sent, acting.clock.now())
        place = SentMessage(
            notification_id=sent.notification_id,
            channel=sent.channel,
            story_id=ALERT.story_id,
            reference="C1/17",
            sent=acting.clock.now(),
        )
        await sent_messages.put(conn, place)
    return acting


async def _to_edit(acting: Acting) -> int:
    async with acting.db.transaction() as conn:
        return len(await sent_messages.claim_due(conn, acting.clock.now(), 10, "me", 0.0))


async def test_who_took_an_alert_is_shown_and_its_message_is_brought_up_to_date(told: Acting) -> None:
    assert await _to_edit(told) == 0
    spoken = await alert_states.acknowledge(told, ALERT.alert_id, Words(comment=" I call them "))
    assert (spoken.state.status, spoken.state.by, spoken.changed) == (AlertStatus.ACKNOWLEDGED, "kim", True)
    assert await _to_edit(told) == 1
    whole = await alerts.show(told, ALERT.alert_id)
    assert whole.told.state == spoken.state
    assert [event.comment for event in whole.history] == ["I call them"]


async def test_saying_it_again_changes_nothing(told: Acting) -> None:
    words = Words(comment="look", by="lee", via=Via.LINK)
    for use in (alert_states.comment, alert_states.acknowledge):
        assert (await use(told, ALERT.alert_id, words)).changed
        assert not (await use(told, ALERT.alert_id, words)).changed
    async with told.db.connection() as conn:
        said = await states.history(conn, ALERT.alert_id)
    assert [(event.by, event.via) for event in said] == [("lee", "link")] * 2


async def test_a_comment_is_harmless_however_it_is_said(told: Acting) -> None:
    words = Words(comment=" a \x1b[2Jline\r\nand\u202e one ")
    await alert_states.comment(told, ALERT.alert_id, words)
    await alert_bulk.say_of_all(told, [ALERT.alert_id], Verb.RESOLVE, words)
    async with told.db.connection() as conn:
        said = await states.history(conn, ALERT.alert_id)
    assert [event.comment for event in said] == ["a  [2Jline\nand one"] * 2


async def test_a_snoozed_alert_has_a_timer_until_somebody_says_otherwise(told: Acting) -> None:
    until = told.clock.now() + timedelta(hours=2)
    spoken = await alert_states.snooze(told, ALERT.alert_id, timedelta(hours=2), Words())
    assert spoken.state.until == until
    async with told.db.connection() as conn:
        timer = await timers.get(conn, SNOOZE, ALERT.alert_id)
    assert timer is not None
    assert timer.due_at == until
    await alert_states.resolve(told, ALERT.alert_id, Words())
    async with told.db.connection() as conn:
        assert await timers.get(conn, SNOOZE, ALERT.alert_id) is None


async def test_what_is_refused_says_why_and_changes_nothing(told: Acting) -> None:
    await alert_states.resolve(told, ALERT.alert_id, Words(by="lee"))
    with pytest.raises(Conflict, match="resolved, by lee"):
        await alert_states.acknowledge(told, ALERT.alert_id, Words())
    with pytest.raises(Invalid, match="at most 90 days"):
        await alert_states.snooze(told, ALERT.alert_id, timedelta(days=91), Words())
    with pytest.raises(NotFound, match="wirewatch alerts list"):
        await alert_states.comment(told, "none", Words(comment="hm"))
    async with told.db.connection() as conn:
        assert len(await states.history(conn, ALERT.alert_id)) == 1


async def test_an_alert_is_not_put_off_for_longer_than_it_is_kept(told: Acting) -> None:
    short = replace(told, config=replace(told.config, retention=replace(told.config.retention, alerts=10)))
    with pytest.raises(Invalid, match="alerts are kept for 10 days"):
        await alert_states.snooze(short, ALERT.alert_id, timedelta(days=11), Words())
    await alert_states.snooze(short, ALERT.alert_id, timedelta(days=9), Words())
