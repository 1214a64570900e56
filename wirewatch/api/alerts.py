"""Operations on alerts."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from alerts.pipeline.states import LONGEST_COMMENT, Verb
from core.model.alert_state import Via
from core.model.outcome import AlertOutcome, AlertStatus, Priority
from wirewatch.api.alert_models import (
    AlertEvent,
    Alerts,
    AlertState,
    BulkResult,
    BulkResults,
    SpokenAlert,
    ToldAlert,
)
from wirewatch.api.delivery_models import Attempt, Delivery, SentNotification
from wirewatch.api.model import Body, Float, Model, Moment, Paged
from wirewatch.api.operation import Answer, Call, Function, Operation, operation
from wirewatch.usecases import alert_bulk, alert_states, alerts
from wirewatch.usecases.alert_bulk import Told
from wirewatch.usecases.alert_filters import AlertFilter
from wirewatch.usecases.alert_states import Spoken, Words, state_tag
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid

_MOST_SECONDS = 90 * 86_400
Name = Annotated[str, Field(min_length=1, max_length=500)]
Comment = Annotated[str, Field(max_length=LONGEST_COMMENT, description="what there is to say of it")]
Assignee = Annotated[str, Field(min_length=1, max_length=200, description="a user's name or id, `me` or `nobody`")]


class WholeAlert(Model):
    alert: ToldAlert
    deliveries: Sequence[Delivery]
    history: Sequence[AlertEvent]


class AlertQuery(Paged):
    rule: Annotated[Name | None, Field(description="a rule's name or id")] = None
    source: Annotated[Name | None, Field(description="an outlet's name")] = None
    priority: Priority | None = None
    outcome: AlertOutcome | None = None
    state: AlertStatus | None = None
    assignee: Assignee | None = None
    team: Annotated[Name | None, Field(description="a team's name or id")] = None
    since: Annotated[Moment | None, Field(description="created from then on")] = None
    until: Annotated[Moment | None, Field(description="created before then")] = None
    q: Annotated[str, Field(max_length=500, description="words of rule, headlines and outlets, in any order")] = ""


class SaidBody(Body):
    comment: Comment = ""


class CommentBody(Body):
    comment: Annotated[str, Field(min_length=1, max_length=LONGEST_COMMENT)]


class SnoozeBody(SaidBody):
    """Either `until` or `for_seconds`."""

    until: Moment | None = None
    for_seconds: Annotated[Float | None, Field(gt=0, le=_MOST_SECONDS)] = None


class AssignBody(SaidBody):
    assignee: Assignee


class BulkBody(SnoozeBody):
    """`until` or `for_seconds` with `snooze`, `assignee` with `assign`."""

    alerts: Annotated[tuple[Name, ...], Field(min_length=1, max_length=alert_bulk.MOST)]
    verb: Verb
    assignee: Assignee | None = None


@operation("GET", "/alerts", summary="List alerts", access=Permission.READ_ALERTS, query=AlertQuery, answer=Alerts)
async def list_alerts(call: Call[AlertQuery, None]) -> Alerts:
    """The newest first. All filters narrow together."""
    asked = call.query
    wanted = AlertFilter(
        rule=asked.rule,
        source=asked.source,
        priority=asked.priority,
        outcome=asked.outcome,
        status=asked.state,
        assignee=asked.assignee,
        team=asked.team,
        since=asked.since,
        until=asked.until,
        text=asked.q,
    )
    page = await alerts.list_page(call.acting, Paging(asked.limit, asked.cursor), wanted)
    return Alerts(alerts=[ToldAlert.of_row(one.row, one.state, one.assignee) for one in page.items], next=page.next)


@operation("GET", "/alerts/{alert_id}", summary="Show an alert", access=Permission.READ_ALERTS, answer=WholeAlert)
async def show_alert(call: Call[Any, None]) -> Answer:
    """With its notifications and their attempts, and all that readers said of it."""
    found = await alerts.show(call.acting, call.path["alert_id"])
    sent = [
        Delivery(notification=SentNotification.of(one.row), attempts=Attempt.of_all(one.attempts))
        for one in found.deliveries
    ]
    told = found.told
    alert = ToldAlert.of_row(told.row, told.state, told.assignee)
    history = [AlertEvent.of_event(event, found.people) for event in found.history]
    whole = WholeAlert(alert=alert, deliveries=sent, history=history)
    return Answer(whole, etag=state_tag(told.row.alert.alert_id, told.state))


def _says(verb: str, summary: str, body: type[Body] = SaidBody) -> Callable[[Function], Operation]:
    """An operation that says something of an alert."""
    return operation(
        "POST",
        f"/alerts/{{alert_id}}/{verb}",
        summary=summary,
        access=Permission.CHANGE_ALERTS,
        body=body,
        answer=SpokenAlert,
        stale=True,
    )


@_says("acknowledge", "Acknowledge an alert")
async def acknowledge_alert(call: Call[Any, SaidBody]) -> Answer:
    """You look into it: nothing of it escalates any more."""
    return _spoken(await alert_states.acknowledge(call.acting, call.path["alert_id"], _words(call.body)))


@_says("release", "Release an alert")
async def release_alert(call: Call[Any, SaidBody]) -> Answer:
    """It is open again, whatever it was, and assigned to nobody; escalation begins anew."""
    return _spoken(await alert_states.release(call.acting, call.path["alert_id"], _words(call.body)))


@_says("resolve", "Resolve an alert")
async def resolve_alert(call: Call[Any, SaidBody]) -> Answer:
    """Nothing is left to do."""
    return _spoken(await alert_states.resolve(call.acting, call.path["alert_id"], _words(call.body)))


@_says("not-relevant", "Mark an alert as not relevant")
async def mark_alert_not_relevant(call: Call[Any, SaidBody]) -> Answer:
    """It is not what the rule is meant to find. The comment is the reason, kept for the rule's health."""
    return _spoken(await alert_states.not_relevant(call.acting, call.path["alert_id"], _words(call.body)))


@_says("relevant", "Mark an alert as relevant")
async def mark_alert_relevant(call: Call[Any, SaidBody]) -> Answer:
    """It is what the rule is meant to find, after all: open again."""
    return _spoken(await alert_states.relevant(call.acting, call.path["alert_id"], _words(call.body)))


@_says("snooze", "Snooze an alert", SnoozeBody)
async def snooze_alert(call: Call[Any, SnoozeBody]) -> Answer:
    """Put it off; then it is open again and told once more."""
    until = _until(call.body)
    if until is None:
        raise Invalid("expected `until` or `for_seconds`", "until")
    return _spoken(await alert_states.snooze(call.acting, call.path["alert_id"], until, _words(call.body)))


@_says("assign", "Assign an alert", AssignBody)
async def assign_alert(call: Call[Any, AssignBody]) -> Answer:
    """Somebody is to look into it; its state stays as it is."""
    found = await alert_states.assign(call.acting, call.path["alert_id"], call.body.assignee, _words(call.body))
    return _spoken(found)


@_says("comment", "Comment on an alert", CommentBody)
async def comment_on_alert(call: Call[Any, CommentBody]) -> Answer:
    """Its state stays as it is."""
    words = Words(comment=call.body.comment, via=Via.API)
    return _spoken(await alert_states.comment(call.acting, call.path["alert_id"], words))


@operation(
    "POST",
    "/alerts/bulk",
    summary="Say something of many alerts",
    access=Permission.CHANGE_ALERTS,
    body=BulkBody,
    answer=BulkResults,
)
async def bulk_alerts(call: Call[Any, BulkBody]) -> BulkResults:
    """Each has its own result, whatever becomes of the others."""
    body = call.body
    told = await alert_bulk.say_of_all(
        call.acting, body.alerts, body.verb, _words(body), until=_until(body), assignee=body.assignee
    )
    return BulkResults(results=[_result(one) for one in told], changed=alert_bulk.changed(told))


def _result(told: Told) -> BulkResult:
    spoken, refused = told.spoken, told.refused
    return BulkResult(
        alert_id=told.alert_id,
        state=None if spoken is None else AlertState.of_state(spoken.state, spoken.assignee),
        changed=spoken is not None and spoken.changed,
        code=None if refused is None else refused.code,
        refused=None if refused is None else str(refused),
    )


def _words(body: SaidBody) -> Words:
    return Words(comment=body.comment, via=Via.API)


def _until(body: SnoozeBody) -> datetime | timedelta | None:
    if body.until is not None and body.for_seconds is not None:
        raise Invalid("expected either `until` or `for_seconds`", "until")
    return body.until if body.for_seconds is None else timedelta(seconds=body.for_seconds)


def _spoken(spoken: Spoken) -> Answer:
    alert_id = spoken.alert.alert_id
    model = SpokenAlert(
        alert_id=alert_id, state=AlertState.of_state(spoken.state, spoken.assignee), changed=spoken.changed
    )
    return Answer(model, etag=state_tag(alert_id, spoken.state))


OPERATIONS = [
    list_alerts,
    bulk_alerts,
    show_alert,
    acknowledge_alert,
    release_alert,
    resolve_alert,
    snooze_alert,
    assign_alert,
    comment_on_alert,
    mark_alert_not_relevant,
    mark_alert_relevant,
]
