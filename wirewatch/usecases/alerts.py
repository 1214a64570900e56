"""Alerts: those that went out, and those held back with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.db.connection import Connection
from core.model.alert_state import OPEN, AlertEvent, AlertState
from core.model.outcome import HOLDING, AlertOutcome, AlertStatus
from core.store import alert_changes, alert_list, alert_states, alerts, deliveries, notifications, timers, users
from core.store.alert_list import Wanted
from core.store.alerts import AlertRow
from core.store.deliveries import Sending
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.alert_filters import AlertFilter, listed_teams, may_see, wanted_of
from wirewatch.usecases.alert_people import assigned
from wirewatch.usecases.alert_states import no_alert
from wirewatch.usecases.deliveries import Delivery
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission

_LIST = "alerts"
MOST_COUNTED = 1000  # a badge says "999+" rather than to count for long


@dataclass(frozen=True, slots=True)
class ListedAlert:
    """An alert, and where it stands with its readers. `assignee`: the name of the user who is to look into it."""

    row: AlertRow
    state: AlertState
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """An alert with its messages in short. `held_until`: when the one that is held back goes out. `assignee`: a user's name."""

    row: AlertRow
    sent: tuple[Sending, ...]
    held_until: datetime | None
    state: AlertState = OPEN
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class WholeAlert:
    """All that is kept of an alert. `history`: what readers said of it, in that order. `people`: names of users by id."""

    told: ToldAlert
    deliveries: tuple[Delivery, ...]
    history: tuple[AlertEvent, ...] = ()
    people: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page of the inbox. `place`: the last change of alerts that it shows (alert_stream.py)."""

    page: Page[ToldAlert]
    place: int


@reads(Permission.READ_ALERTS)
async def list_page(acting: Acting, paging: Paging, wanted: AlertFilter) -> Page[ListedAlert]:
    """Alerts, newest first. Raises NotFound for an unknown rule, team or person."""
    async with acting.db.connection() as conn:
        asked = await wanted_of(conn, acting, wanted)
        rows = await alerts.recent(conn, paging.asked, wanted=asked, after=paging.after_moment(_LIST))
        states = await _states(conn, rows)
        people = await assigned(conn, states.values())
    listed = [_listed(row, states.get(row.alert.alert_id, OPEN), people) for row in rows]
    return paging.page(_LIST, listed, lambda one: (one.row.alert.created, one.row.alert.alert_id))


def _listed(row: AlertRow, state: AlertState, people: dict[str, str]) -> ListedAlert:
    return ListedAlert(row, state, people.get(state.assignee or ""))


@reads(Permission.READ_ALERTS)
async def inbox(acting: Acting, paging: Paging, wanted: AlertFilter) -> Inbox:
    """A page of alerts, newest first, each with what was sent. Raises NotFound as `list_page` does."""
    place = await alert_changes.place(acting.db)
    async with acting.db.connection() as conn:
        asked = await wanted_of(conn, acting, wanted)
        rows = await alerts.recent(conn, paging.asked, wanted=asked, after=paging.after_moment(_LIST))
        told = await _told(conn, rows)
    return Inbox(paging.page(_LIST, told, lambda one: (one.row.alert.created, one.row.alert.alert_id)), place)


@reads(Permission.READ_ALERTS)
async def recent(acting: Acting, limit: int, rule_id: str | None = None) -> tuple[ToldAlert, ...]:
    """The newest alerts, of one rule or of all, each with what was sent."""
    wanted = Wanted(rules=None if rule_id is None else [rule_id], teams=listed_teams(acting))
    async with acting.db.connection() as conn:
        return tuple(await _told(conn, await alerts.recent(conn, limit, wanted=wanted)))


@reads(Permission.READ_ALERTS)
async def told(acting: Acting, alert_id: str) -> ToldAlert:
    """One alert with its messages in short. Raises NotFound."""
    async with acting.db.connection() as conn:
        return (await _told(conn, [await _seen(conn, acting, alert_id)]))[0]


@reads(Permission.READ_ALERTS)
async def told_of(acting: Acting, alert_ids: Sequence[str]) -> tuple[ToldAlert, ...]:
    """Those of these that there are and that they may see, in this order."""
    async with acting.db.connection() as conn:
        rows = await alerts.get_many(conn, alert_ids)
        return tuple(await _told(conn, [row for row in rows if may_see(acting, row.alert.rule.team_id)]))


@reads(Permission.READ_ALERTS)
async def count(acting: Acting, wanted: AlertFilter) -> int:
    """How many are wanted; MOST_COUNTED where there are as many or more. Raises NotFound as `list_page` does."""
    async with acting.db.connection() as conn:
        return await alert_list.count(conn, await wanted_of(conn, acting, wanted), MOST_COUNTED)


@reads(Permission.READ_ALERTS)
async def count_new(acting: Acting, wanted: AlertFilter, place: int) -> int:
    """How many of those wanted came behind that place of the changes."""
    await alert_changes.place(acting.db)
    async with acting.db.connection() as conn:
        return await alert_list.count_new(conn, await wanted_of(conn, acting, wanted), place, MOST_COUNTED)


@reads(Permission.READ_ALERTS)
async def unacknowledged(acting: Acting) -> int:
    """How many wait for somebody to take them; MOST_COUNTED where there are as many or more."""
    return await count(acting, AlertFilter(status=AlertStatus.OPEN, hushed=False))


@reads(Permission.READ_ALERTS)
async def show(acting: Acting, alert_id: str) -> WholeAlert:
    """One alert with its notifications and their attempts. Raises NotFound."""
    async with acting.db.connection() as conn:
        [told] = await _told(conn, [await _seen(conn, acting, alert_id)])
        history = await alert_states.history(conn, alert_id)
        sent = [
            Delivery(item, tuple(await notifications.attempts(conn, item.notification.notification_id)))
            for item in await notifications.list_rows(conn, alert_id=alert_id)
        ]
        people = await users.named(conn, {event.assignee for event in history if event.assignee})
    return WholeAlert(told, tuple(sent), tuple(history), people)


async def _seen(conn: Connection, acting: Acting, alert_id: str) -> AlertRow:
    row = await alerts.get(conn, alert_id)
    if row is None or not may_see(acting, row.alert.rule.team_id):
        raise no_alert(alert_id)
    return row


async def _told(conn: Connection, rows: Sequence[AlertRow]) -> list[ToldAlert]:
    ids = [row.alert.alert_id for row in rows]
    sent = await deliveries.of_alerts(conn, ids)
    held = await timers.due_of(conn, HOLDING, ids)
    states = await _states(conn, rows)
    people = await assigned(conn, states.values())
    found = [
        ToldAlert(row, tuple(sent.get(key, ())), held.get(key), states.get(key, OPEN))
        for key, row in zip(ids, rows, strict=True)
    ]
    return [replace(one, assignee=people.get(one.state.assignee or "")) for one in found]


async def _states(conn: Connection, rows: Sequence[AlertRow]) -> dict[str, AlertState]:
    return await alert_states.of_alerts(conn, [row.alert.alert_id for row in rows])


__all__ = [
    "MOST_COUNTED",
    "AlertFilter",
    "AlertOutcome",
    "AlertRow",
    "Inbox",
    "ListedAlert",
    "Sending",
    "ToldAlert",
    "WholeAlert",
    "count",
    "count_new",
    "inbox",
    "list_page",
    "recent",
    "show",
    "told",
    "told_of",
    "unacknowledged",
]  # fmt: skip
