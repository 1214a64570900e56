"""Alerts: those that went out, and those held back with the reason."""

from dataclasses import dataclass
from datetime import datetime

from core.model.outcome import HOLDING, AlertOutcome
from core.store import alerts, deliveries, notifications, timers
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
    """Which alerts: of the rule of that name, with that outcome, created since then."""

    rule: str | None = None
    outcome: AlertOutcome | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """An alert with its messages in short. `held_until`: when the one that is held back goes out."""

    row: AlertRow
    sent: tuple[Sending, ...]
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class WholeAlert:
    """All that is kept of an alert."""

    told: ToldAlert
    deliveries: tuple[Delivery, ...]


@reads(Permission.READ_ALERTS)
async def list_page(acting: Acting, paging: Paging, wanted: AlertFilter) -> Page[AlertRow]:
    """Alerts, newest first. Raises NotFound for an unknown rule."""
    async with acting.db.connection() as conn:
        rule_id = None if wanted.rule is None else (await stored_rule(conn, acting, wanted.rule)).rule_id
        rows = await alerts.recent(
            conn,
            paging.asked,
            rule_id=rule_id,
            outcome=wanted.outcome,
            since=wanted.since,
            after=paging.after_moment(_LIST),
        )
    return paging.page(_LIST, rows, lambda row: (row.alert.created, row.alert.alert_id))


@reads(Permission.READ_ALERTS)
async def recent(acting: Acting, limit: int, rule_id: str | None = None) -> tuple[ToldAlert, ...]:
    """The newest alerts, of one rule or of all, each with what was sent."""
    async with acting.db.connection() as conn:
        rows = await alerts.recent(conn, limit, rule_id=rule_id)
        ids = [row.alert.alert_id for row in rows]
        sent = await deliveries.of_alerts(conn, ids)
        held = await timers.due_of(conn, HOLDING, ids)
    return tuple(
        ToldAlert(row, tuple(sent.get(alert_id, ())), held.get(alert_id))
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
        sent = [
            Delivery(item, tuple(await notifications.attempts(conn, item.notification.notification_id)))
            for item in await notifications.list_rows(conn, alert_id=alert_id)
        ]
    return WholeAlert(ToldAlert(row, tuple(about.get(alert_id, ())), held.get(alert_id)), tuple(sent))


__all__ = ["AlertFilter", "AlertRow", "Sending", "ToldAlert", "WholeAlert", "list_page", "recent", "show"]
