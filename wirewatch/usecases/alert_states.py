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
from core.store import alert_states, alerts, rules, sent_messages, timers, users
from core.text.visible import lines
from wirewatch.usecases.acting import Acting, changes
from wirewatch.usecases.alert_filters import assignee_of, may_see
from wirewatch.usecases.alert_people import assigned, may_work
from wirewatch.usecases.permission import Permission, Role
from wirewatch.usecases.refusals import Conflict, Invalid, NotFound
from wirewatch.usecases.tags import tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What goes with it. `by`: who says so; empty: who acts. `via`: how it reached us."""

    comment: str = ""
    by: str = ""
    via: Via = Via.COMMAND


@dataclass(frozen=True, slots=True)
class Spoken:
    """The alert and its state now. `changed` is false where nothing new was said. `assignee`: a user's name."""

    alert: Alert
    state: AlertState
    changed: bool
    assignee: str | None = None


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
    return await _say(acting, alert_id, Verb.SNOOZE, words, snoozed_until(acting, until))


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


@changes(Permission.CHANGE_ALERTS, "alert.assign")
async def assign(acting: Acting, alert_id: str, assignee: str, words: Words) -> Spoken:
    """Somebody is to look into it: a user's name or id, `me`, or `nobody`; the state stays as it is."""
    async with acting.db.connection() as conn:
        user_id = await assignee_of(conn, acting, assignee)
    return await _say(acting, alert_id, Verb.ASSIGN, words, assignee=user_id)


async def _say(
    acting: Acting,
    alert_id: str,
    verb: Verb,
    words: Words,
    until: datetime | None = None,
    assignee: str | None = None,
) -> Spoken:
    async with acting.db.transaction() as conn:
        return await say_in(conn, acting, alert_id, said_now(acting, verb, words, until, assignee), words.via)


def said_now(acting: Acting, verb: Verb, words: Words, until: datetime | None, assignee: str | None) -> Said:
    """What is said, of one alert or of many: by whom, and with a comment that is harmless wherever it is shown."""
    return Said(
        verb=verb,
        by=words.by.strip() or acting.actor,
        at=acting.clock.now(),
        comment=lines(words.comment).strip(),
        until=until,
        assignee=assignee,
    )


async def say_in(conn: Connection, acting: Acting, alert_id: str, said: Said, via: Via) -> Spoken:
    """Say it in this transaction. A refusal comes before anything is written, so that others can be said in the same one."""
    state = await alert_states.lock(conn, alert_id)
    row = None if state is None else await alerts.get(conn, alert_id)
    if state is None or row is None or not may_see(acting, row.alert.rule.team_id):
        raise no_alert(alert_id)
    await acting.unchanged(conn, alert_id, state_tag(alert_id, state))
    if said.assignee and said.assignee != acting.user_id:
        await _check_can_take(conn, said.assignee, row.alert.rule.team_id)
    event = say(alert_id, state, said, via)
    if isinstance(event, Refusal):
        raise Conflict(event.because) if event.field is None else Invalid(event.because, event.field)
    if isinstance(event, Unchanged) or await _is_repeated(conn, event):
        return await _spoken(conn, row.alert, state, changed=False)
    await alert_states.put(conn, event)
    await _follow(conn, event, row.alert)
    await sent_messages.stale(conn, [alert_id], event.at)
    after = (await alert_states.of_alerts(conn, [alert_id])).get(alert_id, OPEN)
    was, now = _audited(state), _audited(after)
    await acting.note(conn, alert_id, before=was, after=now, by=event.by, comment=event.comment, via=event.via)
    return await _spoken(conn, row.alert, after, changed=True)


async def _spoken(conn: Connection, alert: Alert, state: AlertState, *, changed: bool) -> Spoken:
    people = await assigned(conn, [state])
    return Spoken(alert, state, changed, people.get(state.assignee or ""))


async def _check_can_take(conn: Connection, user_id: str, team_id: str) -> None:
    """Raise Invalid for somebody who could not open the alert, or do nothing about it."""
    user = await users.by_id(conn, user_id)
    if user is None or not may_work(user):
        name = user_id if user is None else user.name
        raise Invalid(f"{name} may not work on alerts; assign it to an analyst, an editor or an admin", "assignee")
    if Role(user.role) is not Role.ADMIN and team_id not in (await users.teams_of(conn, [user_id])).get(user_id, ()):
        raise Invalid(f"{user.name} is not in the team of this alert, and could not open it", "assignee")


def snoozed_until(acting: Acting, until: datetime | timedelta) -> datetime:
    """The moment that is meant. Raises Invalid for one at which the alert is not kept any more."""
    now = acting.clock.now()
    moment = now + until if isinstance(until, timedelta) else until
    kept = acting.config.retention.alerts
    if moment - now > timedelta(days=kept):
        raise Invalid(f"alerts are kept for {kept:g} days (retention.alerts_days): it would be gone before", "until")
    return moment


def state_tag(alert_id: str, state: AlertState) -> str:
    """The tag of where an alert stands: another one as soon as anybody has changed that."""
    return tag(alert_id, state)


def no_alert(alert_id: str) -> NotFound:
    """There is none, or it is of a team that they are not in."""
    return NotFound(f"there is no alert {alert_id!r}; `wirewatch alerts list` shows them")


def _audited(state: AlertState) -> dict[str, object]:
    found: dict[str, object] = {"status": state.status.value}
    if state.until is not None:
        found["until"] = state.until.isoformat()
    if state.assignee is not None:
        found["assignee"] = state.assignee
    return found


async def _is_repeated(conn: Connection, event: AlertEvent) -> bool:
    """A comment that is the last thing that was said already, such as a form sent twice."""
    if event.status is not None or event.assignee is not None:
        return False
    last = (await alert_states.history(conn, event.alert_id))[-1:]
    return [(one.by, one.comment) for one in last if one.status is None and one.assignee is None] == [
        (event.by, event.comment)
    ]


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
    "AlertStatus", "Spoken", "Words", "acknowledge", "assign", "comment", "not_relevant", "release", "relevant", "resolve",
    "said_now", "say_in", "snooze", "state_tag",
]  # fmt: skip
