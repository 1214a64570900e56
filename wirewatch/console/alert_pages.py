"""The page of an alert: the article with its evidence, the story, what was sent and why, what was said, and what to do about it."""

from dataclasses import replace
from datetime import timedelta
from glob import escape

from aiohttp import web

from core.bounded import whole
from core.model.alert_state import Via
from core.model.outcome import AlertStatus
from wirewatch.console import alert_text, alert_view, view
from wirewatch.console.alert_actions import CHOICES, done_words, said_of
from wirewatch.console.forms import curl, form
from wirewatch.console.render import html, redirect
from wirewatch.routing import action, page
from wirewatch.serving import ACTING, READER
from wirewatch.usecases import alert_bulk, alert_story, alerts, deliveries, silences
from wirewatch.usecases.alert_people import assignees
from wirewatch.usecases.alerts import WholeAlert
from wirewatch.usecases.deliveries import REDRIVABLE
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound, Refused
from wirewatch.usecases.silences import NewSilence

_SILENCES = (1, 4, 12, 24, 72, 168)  # hours
_MOST_HOURS = 168


async def alert_page(request: web.Request) -> web.Response:
    """One alert; a page that says so where there is none, or none that one may see."""
    return await _page(request)


async def _page(request: web.Request, problem: str = "", *, status: int = 200) -> web.Response:
    me = request[ACTING]
    try:
        found = await alerts.show(me, request.match_info["alert_id"])
    except NotFound:
        return await html(request, "alert_gone.html", status=404)
    row = found.told.row
    story = await alert_story.of_alert(me, row)
    return await html(
        request,
        "alert.html",
        status=status,
        problem=problem,
        alert=view.alert_view(found.told, 0),
        row=alert_view.row_view(found.told),
        texts=alert_text.text_views(row.alert.articles, row.alert.rule.query, story),
        missing=story.missing,
        timeline=alert_view.timeline(story.told),
        story_id=row.alert.story_id,
        deliveries=[_delivery(one) for one in found.deliveries],
        reasons_sent=[view.reason_view(one.row) for one in found.deliveries],
        history=alert_view.history_views(found.history, found.people),
        people=await assignees(me) if Permission.CHANGE_ALERTS in me.permissions else (),
        choices=CHOICES,
        reasons=alert_view.REASONS,
        signed_in=me.user_id is not None,
        command=_command(request, found),
    )


def _delivery(one: deliveries.Delivery) -> tuple[view.DeliveryView, tuple[deliveries.Attempt, ...], bool, str]:
    note = one.row.notification
    return view.delivery_view(one.row), one.attempts, one.row.state in REDRIVABLE, note.notification_id


def _command(request: web.Request, found: WholeAlert) -> str:
    open_now = found.told.state.status is AlertStatus.OPEN
    verb = "acknowledge" if open_now else "release"
    alert_id = found.told.row.alert.alert_id
    return curl(request, "POST", f"/api/v1/alerts/{alert_id}/{verb}", {"comment": ""})


async def act(request: web.Request) -> web.Response:
    """What a button of the page says of the alert."""
    sent, me, alert_id = await form(request), request[ACTING], request.match_info["alert_id"]
    try:
        choice = said_of(sent.with_field("alert", alert_id), me.clock.now(), request[READER].zone)
        told = await alert_bulk.say_of_all(
            me, [alert_id], choice.verb, choice.words(Via.PAGE), until=choice.until, assignee=choice.assignee
        )
    except Refused as error:
        return await _page(request, str(error), status=422)
    if any(one.refused is not None for one in told):
        return await _page(request, done_words(choice, told), status=409)
    return redirect(f"/alerts/{alert_id}", "told")


async def redrive(request: web.Request) -> web.Response:
    """Send a message about the alert again."""
    sent, me, alert_id = await form(request), request[ACTING], request.match_info["alert_id"]
    try:
        found = await alerts.show(me, alert_id)
        mine = {one.row.notification.notification_id for one in found.deliveries}
        if sent.text("notification") not in mine:
            raise NotFound("this message is not about this alert")
        await deliveries.redrive(me, [sent.text("notification")])
    except Refused as error:
        return await _page(request, str(error), status=409)
    return redirect(f"/alerts/{alert_id}", "redriven")


async def silence_page(request: web.Request) -> web.Response:
    """What a silence of the alert's rule would have hidden, before it is made."""
    return await _silence(
        request, hours=whole(request.query.get("hours"), _MOST_HOURS) or 4, outlet=request.query.get("outlet", "")
    )


async def _silence(
    request: web.Request, *, hours: int, outlet: str, comment: str = "", problem: str = "", status: int = 200
) -> web.Response:
    me = request[ACTING]
    try:
        alert = (await alerts.told(me, request.match_info["alert_id"])).row.alert
    except NotFound:
        return await html(request, "alert_gone.html", status=404)
    outlets = list(dict.fromkeys(one.brief.source_name for one in alert.articles))
    new = _new(alert.rule.name, outlet if outlet in outlets else "", hours, comment or "a preview")
    preview = None
    try:
        preview = await silences.preview(replace(me, team=alert.rule.team_id), new)
    except Refused as error:
        problem, status = problem or str(error), status if problem else 409
    return await html(
        request,
        "alert_silence.html",
        status=status,
        alert=alert,
        outlets=outlets,
        outlet=outlet,
        hours=hours,
        choices=_SILENCES,
        comment=comment,
        preview=preview,
        titles=[]
        if preview is None
        else [(one.alert.alert_id, _title(one), one.alert.created) for one in preview.newest],
        problem=problem,
    )


def _title(row: alerts.AlertRow) -> str:
    if not row.alert.articles:
        return "" if row.alert.standing is None else row.alert.standing.because
    brief = row.alert.articles[0].brief
    return brief.title or brief.url


def _new(rule: str, outlet: str, hours: int, comment: str) -> NewSilence:
    return NewSilence(
        rule=escape(rule),
        source=escape(outlet) if outlet else None,
        lasting=timedelta(hours=min(max(hours, 1), _MOST_HOURS)),
        comment=comment,
    )


async def silence(request: web.Request) -> web.Response:
    """Silence the alert's rule for a while."""
    sent, me, alert_id = await form(request), request[ACTING], request.match_info["alert_id"]
    hours, outlet = whole(sent.text("hours"), _MOST_HOURS) or 0, sent.text("outlet")
    try:
        alert = (await alerts.told(me, alert_id)).row.alert
        new = _new(alert.rule.name, outlet, hours, sent.text("comment"))
        await silences.add(replace(me, team=alert.rule.team_id), new)
    except Refused as error:
        comment = sent.text("comment")
        return await _silence(request, hours=hours or 4, outlet=outlet, comment=comment, problem=str(error), status=422)
    return redirect(f"/alerts/{alert_id}", "silenced")


ROUTES = [
    page("/alerts/{alert_id}", Permission.READ_ALERTS, alert_page),
    page("/alerts/{alert_id}/silence", Permission.READ_SILENCES, silence_page),
    action("/alerts/{alert_id}/say", Permission.CHANGE_ALERTS, act),
    action("/alerts/{alert_id}/redrive", Permission.REDRIVE_DELIVERIES, redrive),
    action("/alerts/{alert_id}/silence", Permission.CHANGE_SILENCES, silence),
]
