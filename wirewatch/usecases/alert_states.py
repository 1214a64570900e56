"""What readers do with an alert: take it, let it go, put it off, settle it, comment on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.decide import awaiting
from alerts.pipeline.situation import RulePolicy
from alerts.pipeline.states import Refusal, Said, Unchanged, Verb, say
from core.db.connection import Connection
from core.model.alert import Alert
from core.model.alert_state import OPEN, AlertEvent, AlertState, Via
from core.model.outcome import AlertStatus
from core.model.timer import SNOOZE, Timer
from core.store import alert_states, alerts, rules, sent_messages, timers
from wirewatch.usecases.acting import Acting, changes
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What goes with it. `by`: who says so; empty: who acts. `via`: how it reached us."""

    comment: str = ""
    by: str = ""
    via: Via = Via.COMMAND


@dataclass(frozen=True, slots=True)
class Spoken:
    """The alert and its state now. `changed` is false where nothing new was said."""

    alert: Alert
    state: AlertState
    changed: bool


@changes(Permission.CHANGE_ALERTS, "alert.acknowledge")
async def acknowledge(acting: Acting, alert_id: str, words: Words) -> Spoken:
    """Somebody looks into it: nothing of it escalates any more. Raises NotFound, Conflict, Invalid, as all of these do."""
    return await _say(acting, alert_id, Verb.ACKNOWLEDGE, words)


@changes(Permission.CHANGE_ALERTS, "alert.release")
async def release(acting: Acting, alert_id: str, words: Words) -> Spoken:
    """Open again, whatever it was; escalation begins anew."""
    return await _say(acting, alert_id, Verb.RELEASE, words)


@changes(Permission.CHANGE_ALERTS, "alert.resolve")
async def resolve(acting: Acting, alert_id: str, words: Words) -> Spoken:
    """Nothing is left to do."""
    return await _say(acting, alert_id, Verb.RESOLVE, words)


@changes(Permission.CHANGE_ALERTS, "alert.snooze")
async def snooze(acting: Acting, alert_id: str, until: datetime | timedelta, words: Words) -> Spoken:
    """Put it off until then, or for so long; then it is open again and told once more."""
    now = acting.clock.now()
    moment = now + until if isinstance(until, timedelta) else until
    kept = acting.config.retention.alerts
    if moment - now > timedelta(days=kept):
        raise Invalid(f"alerts are kept for {kept:g} days (retention.alerts_days): it would be gone before", "until")
    return await _say(acting, alert_id, Verb.SNOOZE, words, moment)


@changes(Permission.CHANGE_ALERTS, "alert.not_relevant")
async def not_relevant(acting: Acting, alert_id: str, words: Words) -> Spoken:
    """It is not what the rule is meant to find."""
    return await _say(acting, alert_id, Verb.NOT_RELEVANT, words)


@changes(Permission.CHANGE_ALERTS, "alert.relevant")
async def relevant(acting: Acting, alert_id: str, words: Words) -> Spoken:
    """It is what the rule is meant to find, after all: open again."""
    return await _say(acting, alert_id, Verb.RELEVANT, words)


@changes(Permission.CHANGE_ALERTS, "alert.comment")
async def comment(acting: Acting, alert_id: str, words: Words) -> Spoken:
    """Leave a comment; the state stays as it is."""
    return await _say(acting, alert_id, Verb.COMMENT, words)


async def _say(acting: Acting, alert_id: str, verb: Verb, words: Words, until: datetime | None = None) -> Spoken:
    async with acting.db.transaction() as conn:
        state = await alert_states.lock(conn, alert_id)
        row = None if state is None else await alerts.get(conn, alert_id)
        if state is None or row is None:
            raise NotFound(f"there is no alert {alert_id!r}; `wirewatch alerts list` shows them")
        said = Said(
            verb=verb,
            by=words.by.strip() or acting.actor,
            at=acting.clock.now(),
            comment=words.comment.strip(),
            until=until,
        )
        event = say(alert_id, state, said, words.via)
        if isinstance(event, Refusal):
            raise Conflict(event.because) if event.field is None else Invalid(event.because, event.field)
        if isinstance(event, Unchanged) or await _is_repeated(conn, event):
            return Spoken(row.alert, state, changed=False)
        await alert_states.put(conn, event)
        await _follow(conn, event, row.alert)
        await sent_messages.stale(conn, [alert_id], event.at)
        was = {"status": state.status.value}
        now = {"status": (event.status or state.status).value}
        if event.until is not None:
            now["until"] = event.until.isoformat()
        await acting.note(conn, alert_id, before=was, after=now, by=event.by, comment=event.comment, via=event.via)
        return Spoken(row.alert, (await alert_states.of_alerts(conn, [alert_id])).get(alert_id, OPEN), changed=True)


async def _is_repeated(conn: Connection, event: AlertEvent) -> bool:
    """A comment that is the last thing that was said already, such as a form sent twice."""
    if event.status is not None:
        return False
    last = (await alert_states.history(conn, event.alert_id))[-1:]
    return [(one.by, one.comment) for one in last if one.status is None] == [(event.by, event.comment)]


async def _follow(conn: Connection, event: AlertEvent, alert: Alert) -> None:
    """Set or end the timer that opens it again; of what is open again all steps of the escalation are to come."""
    if event.status is AlertStatus.OPEN:
        row = await rules.by_id(conn, alert.rule.rule_id)
        policy = None if row is None or not row.enabled else RulePolicy(send=row.keyed_settings)
        await awaiting.begin_anew(conn, policy, alert, event.at)
    if event.until is not None:
        await timers.put(conn, Timer(kind=SNOOZE, key=event.alert_id, due_at=event.until), move=True)
    elif event.status is not None:
        await timers.cancel(conn, SNOOZE, event.alert_id)


__all__ = [
    "AlertStatus", "Spoken", "Words", "acknowledge", "comment", "not_relevant", "release", "relevant", "resolve", "snooze",
]  # fmt: skip
