"""The inbox: alerts, newest first, narrowed by the address; what came meanwhile is told and never moves what is being read."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from core.bounded import whole
from core.model.alert_state import Via
from wirewatch.console import alert_queries, alert_view, view
from wirewatch.console.alert_actions import CHOICES, Choice, done_words, said_of
from wirewatch.console.alert_queries import Asked
from wirewatch.console.forms import Form, curl, form
from wirewatch.console.render import html, part, redirect
from wirewatch.routing import action, page
from wirewatch.serving import ACTING, READER, SERVING
from wirewatch.usecases import alert_bulk, alerts, first_steps, status, views
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.alert_filters import AlertFilter
from wirewatch.usecases.alert_people import assignees
from wirewatch.usecases.alerts import MOST_COUNTED
from wirewatch.usecases.first_steps import FirstSteps
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound, Refused
from wirewatch.usecases.views import ViewedPage

_ROWS = 25
_FAR = 2**62


@dataclass(frozen=True, slots=True)
class _Shown:
    """The rows of a page, and the place of the last change that they show."""

    rows: list[alert_view.RowView]
    next: str | None
    place: int


async def inbox(request: web.Request) -> web.Response:
    """The alerts that the address asks for; without a state in it those that are open."""
    return await _inbox(request, _asked(request))


async def _inbox(request: web.Request, asked: Asked, problem: str = "", *, status_code: int = 200) -> web.Response:
    me = request[ACTING]
    try:
        found = await alerts.inbox(me, Paging(_ROWS, request.query.get("cursor")), asked.wanted)
        shown = _Shown([alert_view.row_view(told) for told in found.page.items], found.page.next, found.place)
    except NotFound as error:
        problem, status_code = str(error), 404
        shown = _Shown([], None, 0)
    own = Permission.OWN_ACCOUNT in me.permissions
    return await html(
        request,
        "inbox.html",
        status=status_code,
        asked=asked,
        problems=asked.problems,
        problem=problem,
        states=alert_queries.STATES,
        rows=shown.rows,
        place=shown.place,
        next=None if shown.next is None else asked.address(cursor=shown.next),
        empty=None if shown.rows or problem else await _why_empty(request, asked),
        steps=None if shown.rows or asked.narrowed else await _steps(request),
        views=await views.list_all(me, ViewedPage.ALERTS) if own else (),
        people=await assignees(me) if Permission.CHANGE_ALERTS in me.permissions else (),
        choices=CHOICES,
        reasons=alert_view.REASONS,
        signed_in=me.user_id is not None,
        stream=_stream(asked, shown.place),
        command=curl(request, "GET", f"/api/v1/alerts{_api_query(asked)}"),
    )


def _asked(request: web.Request) -> Asked:
    return alert_queries.asked(request.query, request[READER].zone)


def _stream(asked: Asked, place: int) -> str:
    """The address of the stream that tells of what this page shows."""
    fields = {name: asked.typed.get(name) for name in ("rule", "source", "priority", "team")}
    return Asked(AlertFilter(), {}).address("/api/v1/stream", after=str(place), **fields)


def _api_query(asked: Asked) -> str:
    """The same filters for the API, which has a state or none."""
    state = None if asked.wanted.status is None else asked.wanted.status.value
    times = {
        name: None if moment is None else moment.isoformat()
        for name, moment in (("since", asked.wanted.since), ("until", asked.wanted.until))
    }
    return asked.address("", hushed=None, state=state, **times)


async def _steps(request: web.Request) -> FirstSteps | None:
    """How far a new installation is; None where it is through, or the reader may not see it."""
    if Permission.READ_STATUS not in request[ACTING].permissions:
        return None
    steps = await first_steps.show(request[ACTING])
    return None if steps.done else steps


async def _why_empty(request: web.Request, asked: Asked) -> tuple[str, str, str]:
    """Why there is nothing to show: a sentence, what to do next, and the address where that is."""
    me, serving = request[ACTING], request[SERVING]
    if asked.narrowed:
        return "No alert fits these filters.", "Show all that are open", "/"
    if await alerts.count(me, AlertFilter()):
        if asked.state == "open":
            return "Nothing waits: every alert has been taken, put off or settled.", "Show all alerts", "/?state=any"
        return f"No alert is {alert_queries.STATES[asked.state].lower()}.", "Show all alerts", "/?state=any"
    snapshot = serving.collector.snapshot
    return view.why_no_alerts(
        feeds={} if snapshot is None else snapshot.feeds,
        rules=0 if snapshot is None else snapshot.rules[True],
        articles=await status.articles_since(me, view.day(me.clock.now())),
        waiting=0 if snapshot is None else sum(lag.records for lag in snapshot.lag.values()),
    )


async def new_ones(request: web.Request) -> web.Response:
    """How many came behind the place that the page shows: a line with a link, or nothing."""
    asked, me = _asked(request), request[ACTING]
    try:
        count = await alerts.count_new(me, asked.wanted, whole(request.query.get("place"), _FAR) or 0)
    except NotFound:
        count = 0
    return part(request, "inbox_new.html", count=count, most=MOST_COUNTED, address=asked.address())


async def badge(request: web.Request) -> web.Response:
    """How many wait for somebody to take them."""
    return part(request, "inbox_badge.html", count=await alerts.unacknowledged(request[ACTING]), most=MOST_COUNTED)


async def row(request: web.Request) -> web.Response:
    """What of a row changes while it is read: its state and its deliveries."""
    found = await alerts.told(request[ACTING], request.match_info["alert_id"])
    return part(request, "inbox_status.html", row=alert_view.row_view(found))


async def act(request: web.Request) -> web.Response:
    """What the buttons of the inbox say of one alert, or of all that are selected."""
    sent = await form(request)
    me = request[ACTING]
    try:
        choice = said_of(sent, me.clock.now(), request[READER].zone)
        told = await alert_bulk.say_of_all(
            me, choice.alerts, choice.verb, choice.words(Via.PAGE), until=choice.until, assignee=choice.assignee
        )
    except Refused as error:
        return await _refused(request, sent, str(error))
    said = done_words(choice, told)
    refused = [one.refused for one in told if one.refused is not None]
    if request.headers.get("HX-Request") == "true":
        return await _parts(request, me, choice, said)
    if refused and not alert_bulk.changed(told):
        return await _refused(request, sent, str(refused[0]))
    return redirect(_back(sent), "told")


async def _parts(request: web.Request, me: Acting, choice: Choice, said: str) -> web.Response:
    rows = [alert_view.row_view(told) for told in await alerts.told_of(me, choice.alerts[:_ROWS])]
    count = await alerts.unacknowledged(me)
    return part(request, "inbox_done.html", rows=rows, said=said, count=count, most=MOST_COUNTED)


async def _refused(request: web.Request, sent: Form, problem: str) -> web.Response:
    if request.headers.get("HX-Request") == "true":
        return part(request, "inbox_done.html", rows=[], said=problem, count=None, most=MOST_COUNTED)
    query = dict(parse_qsl(sent.text("query")))
    return await _inbox(request, alert_queries.asked(query, request[READER].zone), problem, status_code=422)


def _back(sent: Form) -> str:
    query = sent.text("query")
    return f"/?{query}" if query else "/"


async def keep_view(request: web.Request) -> web.Response:
    """Keep the filters of the page under a name."""
    sent = await form(request)
    try:
        await views.save(request[ACTING], ViewedPage.ALERTS, sent.text("name"), sent.text("query"))
    except Refused as error:
        return await _refused(request, sent, str(error))
    return redirect(_back(sent), "saved")


async def drop_view(request: web.Request) -> web.Response:
    """Forget a view of one's own."""
    sent = await form(request)
    try:
        await views.remove(request[ACTING], sent.text("view"))
    except Refused as error:
        return await _refused(request, sent, str(error))
    return redirect("/", "removed")


ROUTES = [
    page("/", Permission.READ_ALERTS, inbox),
    page("/alerts/new", Permission.READ_ALERTS, new_ones),
    page("/alerts/badge", Permission.READ_ALERTS, badge),
    page("/alerts/{alert_id}/row", Permission.READ_ALERTS, row),
    action("/alerts/bulk", Permission.CHANGE_ALERTS, act),
    action("/alerts/views", Permission.OWN_ACCOUNT, keep_view),
    action("/alerts/views/remove", Permission.OWN_ACCOUNT, drop_view),
]
