"""What nobody acknowledges goes on to the next, once; what somebody took does not, whatever happens in between."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channels.channel import SendFailure
from alerts.pipeline.states import Said, Verb, say
from core.clock import SystemClock
from core.db.engine import Database
from core.model.alert import Notification
from core.model.alert_state import AlertEvent, AlertState, Via
from core.model.escalation import EscalationStep
from core.model.outcome import AlertOutcome, AlertStatus, FailureReason, NotificationState, Priority, Reason
from core.model.timer import ESCALATION, SNOOZE, Timer
from core.store import alert_states, notifications, timers
from tests.alerts.making import match
from tests.alerts.rules_in_store import put_rule
from tests.alerts.stages.newsroom import Newsroom
from tests.alerts.stages.test_second_look import Desk, redriven, silence, stage

STEPS = (
    EscalationStep(after_seconds=600, channels=("oncall",)),
    EscalationStep(after_seconds=1800, channels=("oncall", "chief")),
)


async def put(newsroom: Newsroom, **changed: object) -> None:
    await put_rule(newsroom.db, **{"escalate": STEPS, **changed})  # type: ignore[arg-type]  # several types


async def told(newsroom: Newsroom) -> str:
    item = match()
    await newsroom.give(item)
    return (await newsroom.alert(item)).alert.alert_id


async def say_of(newsroom: Newsroom, alert_id: str, verb: Verb, minutes: float = 0) -> None:
    """As the use case does, at the time of the newsroom."""
    now = newsroom.clock.now()
    async with newsroom.db.transaction() as conn:
        state = await alert_states.lock(conn, alert_id)
        assert state is not None
        until = now + timedelta(minutes=minutes) if minutes else None
        event = say(alert_id, state, Said(verb=verb, by="kim", at=now, until=until), Via.COMMAND)
        if isinstance(event, AlertEvent):
            await alert_states.put(conn, event)
            if event.until is not None:
                await timers.put(conn, Timer(kind=SNOOZE, key=alert_id, due_at=event.until), move=True)


async def pass_time(newsroom: Newsroom, minutes: float) -> None:
    newsroom.clock.advance(minutes * 60)
    while await newsroom.stage.escalator.escalate_due():
        pass


async def sent_on(newsroom: Newsroom) -> list[tuple[str, str]]:
    notes = sorted(await newsroom.outbox(), key=lambda note: (note.created, note.channel))
    return [(note.channel, note.because) for note in notes if note.reason is Reason.ESCALATION]


def outcome(newsroom: Newsroom, name: str) -> float:
    return newsroom.metrics.registry.get_sample_value("news_escalations_total", {"outcome": name}) or 0.0


async def test_what_nobody_acknowledges_goes_on_step_by_step(newsroom: Newsroom) -> None:
    await put(newsroom)
    alert_id = await told(newsroom)
    await pass_time(newsroom, 9.9)
    assert await sent_on(newsroom) == []
    await pass_time(newsroom, 0.2)
    assert await sent_on(newsroom) == [("oncall", "nobody acknowledged it for 10 min")]
    await pass_time(newsroom, 60)
    assert [channel for channel, _ in await sent_on(newsroom)] == ["oncall", "chief", "oncall"]
    await pass_time(newsroom, 6000)
    assert len(await sent_on(newsroom)) == 3
    async with newsroom.db.connection() as conn:
        said = [event.comment for event in await alert_states.history(conn, alert_id)]
    assert said[0] == "escalated to oncall: nobody acknowledged it for 10 min"
    assert len(said) == 2


@pytest.mark.parametrize("verb", [Verb.ACKNOWLEDGE, Verb.RESOLVE, Verb.NOT_RELEVANT])
async def test_what_somebody_took_goes_nowhere_and_the_outcome_is_counted(newsroom: Newsroom, verb: Verb) -> None:
    await put(newsroom)
    alert_id = await told(newsroom)
    await say_of(newsroom, alert_id, verb)
    await pass_time(newsroom, 600)
    assert await sent_on(newsroom) == []
    state = (await _state(newsroom, alert_id)).status
    assert outcome(newsroom, state.value) == 1


async def _state(newsroom: Newsroom, alert_id: str) -> AlertState:
    async with newsroom.db.connection() as conn:
        return (await alert_states.of_alerts(conn, [alert_id]))[alert_id]


async def test_an_acknowledgement_between_decision_and_send_stops_it(newsroom: Newsroom) -> None:
    await put(newsroom)
    alert_id = await told(newsroom)
    desk, oncall = Desk("desk"), Desk("oncall")
    await stage(newsroom, desk, oncall).deliver_due()
    await pass_time(newsroom, 11)
    await say_of(newsroom, alert_id, Verb.ACKNOWLEDGE)
    await stage(newsroom, desk, oncall).deliver_due()
    assert (desk.sent, oncall.sent) == ([1], [])
    async with newsroom.db.connection() as conn:
        [aside] = await notifications.list_rows(conn, channel="oncall")
    assert aside.state is NotificationState.TAKEN
    assert aside.last_detail == "acknowledged by kim at 2026-03-02 09:11 UTC before this was sent"
    assert (await newsroom.alert(match())).outcome is AlertOutcome.CREATED


async def test_an_acknowledged_escalation_is_not_sent_again_by_a_redrive_either(newsroom: Newsroom) -> None:
    await put(newsroom)
    alert_id = await told(newsroom)
    await pass_time(newsroom, 11)
    gone = SendFailure(FailureReason.CLIENT_ERROR, "HTTP 400", retriable=False, status=400)
    desk, oncall = Desk("desk"), Desk("oncall", [gone])
    await stage(newsroom, desk, oncall).deliver_due()
    await say_of(newsroom, alert_id, Verb.ACKNOWLEDGE)
    assert await redriven(newsroom) == 1
    await stage(newsroom, desk, oncall).deliver_due()
    assert oncall.sent == []


async def test_the_channel_of_a_step_need_not_be_one_that_the_rule_names(newsroom: Newsroom) -> None:
    await put(newsroom)
    await told(newsroom)
    await pass_time(newsroom, 11)
    oncall = Desk("oncall")
    await stage(newsroom, Desk("desk"), oncall).deliver_due()
    assert oncall.sent == [1]
    await put(newsroom, escalate=STEPS[:1])  # the chief is asked no more
    await pass_time(newsroom, 30)
    assert [channel for channel, _ in await sent_on(newsroom)] == ["oncall"]
    assert outcome(newsroom, "no_step") == 1


async def test_a_step_that_the_rule_drops_before_the_send_is_put_aside(newsroom: Newsroom) -> None:
    await put(newsroom)
    await told(newsroom)
    await pass_time(newsroom, 11)
    await put(newsroom, escalate=(replace(STEPS[1]),))
    await put(newsroom, escalate=(replace(STEPS[0], channels=("chief",)),))
    oncall = Desk("oncall")
    await stage(newsroom, oncall).deliver_due()
    assert oncall.sent == []
    async with newsroom.db.connection() as conn:
        [aside] = await notifications.list_rows(conn, channel="oncall")
    assert aside.state is NotificationState.NO_CHANNEL


async def test_what_was_held_escalates_from_when_it_was_told(newsroom: Newsroom) -> None:
    await put(newsroom, group_wait_seconds=900.0)
    await told(newsroom)
    await pass_time(newsroom, 14)
    assert await sent_on(newsroom) == []
    assert await newsroom.release_after(120)
    await pass_time(newsroom, 9)
    assert await sent_on(newsroom) == []
    await pass_time(newsroom, 1)
    assert await sent_on(newsroom) == [("oncall", "nobody acknowledged it for 10 min")]


async def test_every_alert_of_a_digest_waits_for_somebody(newsroom: Newsroom) -> None:
    at = f"{newsroom.clock.now() + timedelta(minutes=30):%H:%M}"
    await put(newsroom, digest={"at": [at], "time_zone": "UTC"})
    await newsroom.give(*(match(number, story=str(number)) for number in range(3)))
    assert await newsroom.release_after(1801) == 3
    await pass_time(newsroom, 11)
    assert len(await sent_on(newsroom)) == 3


async def test_what_was_sent_to_nobody_escalates_to_nobody(newsroom: Newsroom) -> None:
    await put(newsroom)
    await silence(newsroom)
    await told(newsroom)
    await pass_time(newsroom, 60)
    assert await newsroom.outbox() == []


async def test_a_step_for_flash_is_for_flash_alone(newsroom: Newsroom) -> None:
    await put(newsroom, escalate=(replace(STEPS[0], priorities=(Priority.FLASH,)),))
    await told(newsroom)
    await pass_time(newsroom, 60)
    assert await sent_on(newsroom) == []


async def test_a_silence_holds_a_step_back_and_not_the_one_after_it(newsroom: Newsroom) -> None:
    await put(newsroom)
    await told(newsroom)
    await silence(newsroom, hours=0.25)
    await pass_time(newsroom, 11)
    await pass_time(newsroom, 20)
    assert [channel for channel, _ in await sent_on(newsroom)] == ["chief", "oncall"]
    assert outcome(newsroom, "silenced") == 1


async def test_the_end_of_a_snooze_opens_it_tells_it_once_and_escalates_anew(newsroom: Newsroom) -> None:
    await put(newsroom)
    alert_id = await told(newsroom)
    await say_of(newsroom, alert_id, Verb.SNOOZE, minutes=60)
    await pass_time(newsroom, 59)
    assert (await sent_on(newsroom), outcome(newsroom, "snoozed")) == ([], 1)
    await pass_time(newsroom, 1)
    again = [note for note in await newsroom.outbox() if note.reason is Reason.SNOOZE_OVER]
    assert [(note.channel, note.because) for note in again] == [("desk", "snoozed by kim until now")]
    assert (await _state(newsroom, alert_id)).status is AlertStatus.OPEN
    await pass_time(newsroom, 10)
    assert [channel for channel, _ in await sent_on(newsroom)] == ["oncall"]
    assert len([note for note in await newsroom.outbox() if note.reason is Reason.SNOOZE_OVER]) == 1


async def test_a_clock_that_was_ahead_keeps_nothing_from_people(newsroom: Newsroom) -> None:
    await put(newsroom)
    newsroom.clock.ahead = 86_400 * 400.0
    alert_id = await told(newsroom)
    await newsroom.stage.escalator.escalate_due()
    newsroom.clock.ahead = 0.0
    await pass_time(newsroom, 1)
    await pass_time(newsroom, 10)
    assert [channel for channel, _ in await sent_on(newsroom)] == ["oncall"]
    async with newsroom.db.connection() as conn:
        assert await timers.get(conn, ESCALATION, alert_id) is not None


async def test_a_process_that_starts_after_the_clock_was_mended_mends_the_times(newsroom: Newsroom) -> None:
    await put(newsroom)
    newsroom.clock.ahead = 86_400.0
    await told(newsroom)
    newsroom.clock.ahead = 0.0
    newsroom.stage = newsroom.new_stage()
    await pass_time(newsroom, 0)
    await pass_time(newsroom, 11)
    assert [channel for channel, _ in await sent_on(newsroom)] == ["oncall"]


async def test_two_processes_and_people_at_once_get_in_nobodys_way(newsroom: Newsroom) -> None:
    await put(newsroom)
    many = [match(number, story=str(number)) for number in range(12)]
    await newsroom.give(*many)
    ids = [(await newsroom.alert(item)).alert.alert_id for item in many]
    newsroom.clock.advance(660)
    other = newsroom.new_stage()
    async with asyncio.TaskGroup() as group:
        group.create_task(newsroom.stage.escalator.escalate_due())
        group.create_task(other.escalator.escalate_due())
        for alert_id in ids[::2]:
            group.create_task(say_of(newsroom, alert_id, Verb.ACKNOWLEDGE))
    notes = [note for note in await newsroom.outbox() if note.reason is Reason.ESCALATION]
    assert len(notes) == len({note.alerts[0].alert_id for note in notes})
    assert {note.alerts[0].alert_id for note in notes} >= set(ids[1::2])
    assert outcome(newsroom, "escalated") == len(notes)


# What may happen: time passes, the clock jumps, the process starts anew, somebody says something.
STORY = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.floats(0, 40)),
        st.tuples(st.just("jump"), st.sampled_from([-7200.0, -30.0, 0.0, 45.0, 5400.0])),
        st.tuples(st.just("restart"), st.just(0.0)),
        st.tuples(st.sampled_from([Verb.ACKNOWLEDGE, Verb.RESOLVE, Verb.NOT_RELEVANT]), st.just(0.0)),
        st.tuples(st.just(Verb.SNOOZE), st.floats(1, 60)),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(story=STORY)
def test_whatever_happens_nothing_that_was_taken_escalates_and_no_step_comes_twice(
    story: Sequence[tuple[object, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    asyncio.run(_lives(story, tmp_path_factory.mktemp("story")))


async def _lives(story: Sequence[tuple[object, float]], folder: Path) -> None:
    async with Database.open("sqlite:", folder) as db:
        newsroom = Newsroom(db)
        await put(newsroom)
        alert_id = await told(newsroom)
        taken, before = False, 0
        for what, amount in story:
            if isinstance(what, Verb):
                await say_of(newsroom, alert_id, what, amount if what is Verb.SNOOZE else 0)
            elif what == "jump":
                newsroom.clock.ahead = amount
            elif what == "restart":
                newsroom.stage = newsroom.new_stage()
            await pass_time(newsroom, amount if what == "pass" else 0)
            notes = [note for note in await newsroom.outbox() if note.reason is Reason.ESCALATION]
            status = await _status(newsroom, alert_id)
            assert not taken or status is AlertStatus.OPEN or len(notes) == before
            taken, before = status is not AlertStatus.OPEN, len(notes)
            assert _each_once(notes)
        newsroom.clock.ahead = 0.0
        await pass_time(newsroom, 0)
        for _ in range(4):
            await pass_time(newsroom, 45)
        if await _status(newsroom, alert_id) is AlertStatus.OPEN:  # nothing is lost: both steps came since it was open
            notes = [note for note in await newsroom.outbox() if note.reason is Reason.ESCALATION]
            assert {note.channel for note in notes} == {"oncall", "chief"}


async def _status(newsroom: Newsroom, alert_id: str) -> AlertStatus:
    async with newsroom.db.connection() as conn:
        found = (await alert_states.of_alerts(conn, [alert_id])).get(alert_id)
    return AlertStatus.OPEN if found is None else found.status


def _each_once(notes: Sequence[Notification]) -> bool:
    """Two steps to three channels; again only after a snooze, which begins at a time of its own."""
    told_at = [(note.channel, note.created) for note in notes]
    return len(told_at) == len(set(told_at)) or len({note.notification_id for note in notes}) == len(notes)


async def test_the_stage_escalates_by_itself_when_the_time_has_come(newsroom: Newsroom) -> None:
    await put(newsroom)
    await told(newsroom)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(newsroom.stage.escalator.run())
        await newsroom.clock.until_sleeping()
        heard = newsroom.wake_up.count
        newsroom.clock.advance(601)
        async with asyncio.timeout(30):
            await newsroom.wake_up.wait(heard, SystemClock(), 30)
        running.cancel()
    assert await sent_on(newsroom) == [("oncall", "nobody acknowledged it for 10 min")]
