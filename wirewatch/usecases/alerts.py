"""Alerts: those that went out, and those held back with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.db.connection import Connection
from core.model.alert_state import OPEN, AlertEvent, AlertState
from core.model.outcome import HOLDING, AlertOutcome, AlertStatus
from core.store import alert_states, alerts, deliveries, notifications, timers
from core.store.alert_list import Wanted
from core.store.alerts import AlertRow
from core.store.deliveries import Sending
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.deliveries import Delivery
from wirewatch.usecases.named_rules import stored_rule
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound

_LIST = "alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """Which alerts: of the rule of that name, with that outcome and state, created since then."""

    rule: str | None = None
    outcome: AlertOutcome | None = None
    status: AlertStatus | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListedAlert:
    """An alert, and where it stands with its readers."""

    row: AlertRow
    state: AlertState


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """An alert with its messages in short. `held_until`: when the one that is held back goes out."""

    row: AlertRow
    sent: tuple[Sending, ...]
    held_until: datetime | None
    state: AlertState = OPEN


@dataclass(frozen=True, slots=True)
class WholeAlert:
    """All that is kept of an alert. `history`: what readers said of it, in that order."""

    told: ToldAlert
    deliveries: tuple[Delivery, ...]
    history: tuple[AlertEvent, ...] = ()


@reads(Permission.READ_ALERTS)
async def list_page(acting: Acting, paging: Paging, wanted: AlertFilter) -> Page[ListedAlert]:
    """Alerts, newest first. Raises NotFound for an unknown rule."""
    async with acting.db.connection() as conn:
        rule_id = None if wanted.rule is None else (await stored_rule(conn, acting, wanted.rule)).rule_id
        rows = await alerts.recent(
            conn,
            paging.asked,
            wanted=Wanted(
                rules=None if rule_id is None else [rule_id],
                outcome=wanted.outcome,
                status=wanted.status,
                since=wanted.since,
            ),
            after=paging.after_moment(_LIST),
        )
        states = await _states(conn, rows)
    listed = [ListedAlert(row, states.get(row.alert.alert_id, OPEN)) for row in rows]
    return paging.page(_LIST, listed, lambda one: (one.row.alert.created, one.row.alert.alert_id))


@reads(Permission.READ_ALERTS)
async def recent(acting: Acting, limit: int, rule_id: str | None = None) -> tuple[ToldAlert, ...]:
    """The newest alerts, of one rule or of all, each with what was sent."""
    async with acting.db.connection() as conn:
        rows = await alerts.recent(conn, limit, wanted=Wanted(rules=None if rule_id is None else [rule_id]))
        ids = [row.alert.alert_id for row in rows]
        sent = await deliveries.of_alerts(conn, ids)
        held = await timers.due_of(conn, HOLDING, ids)
        states = await _states(conn, rows)
    return tuple(
        ToldAlert(row, tuple(sent.get(alert_id, ())), held.get(alert_id), states.get(alert_id, OPEN))
        for alert_id, row in zip(ids, rows, strict=True)
    )


@reads(Permission.READ_ALERTS)
async def show(acting: Acting, alert_id: str) -> WholeAlert:
    """One alert with its notifications and their attempts. Raises NotFound."""
    async with acting.db.connection() as conn:
        row = await alerts.get(conn, alert_id)
        if row is None:
            raise NotFound(f"there is no alert {alert_id!r}; `wirewatch alerts list` shows them")
        about = await deliveries.of_alerts(conn, [alert_id])
        held = await timers.due_of(conn, HOLDING, [alert_id])
        state = (await _states(conn, [row])).get(alert_id, OPEN)
        history = await alert_states.history(conn, alert_id)
        sent = [
            Delivery(item, tuple(await notifications.attempts(conn, item.notification.notification_id)))
            for item in await notifications.list_rows(conn, alert_id=alert_id)
        ]
    told = ToldAlert(row, tuple(about.get(alert_id, ())), held.get(alert_id), state)
    return WholeAlert(told, tuple(sent), tuple(history))


async def _states(conn: Connection, rows: Sequence[AlertRow]) -> dict[str, AlertState]:
    return await alert_states.of_alerts(conn, [row.alert.alert_id for row in rows])


__all__ = [
    "AlertFilter", "AlertRow", "ListedAlert", "Sending", "ToldAlert", "WholeAlert", "list_page", "recent", "show",
]  # fmt: skip
