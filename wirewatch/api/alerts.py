"""Operations on alerts."""

from collections.abc import Sequence
from typing import Any

from core.model.outcome import AlertOutcome, AlertStatus
from wirewatch.api.alert_models import AlertEvent, Alerts, ToldAlert
from wirewatch.api.delivery_models import Attempt, Delivery, SentNotification
from wirewatch.api.model import Model, Paged
from wirewatch.api.operation import Call, operation
from wirewatch.usecases import alerts
from wirewatch.usecases.alerts import AlertFilter
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import Permission


class WholeAlert(Model):
    alert: ToldAlert
    deliveries: Sequence[Delivery]
    history: Sequence[AlertEvent]


class AlertQuery(Paged):
    outcome: AlertOutcome | None = None
    state: AlertStatus | None = None


@operation("GET", "/alerts", summary="List alerts", access=Permission.READ_ALERTS, query=AlertQuery, answer=Alerts)
async def list_alerts(call: Call[AlertQuery, None]) -> Alerts:
    """The newest first."""
    wanted = AlertFilter(outcome=call.query.outcome, status=call.query.state)
    page = await alerts.list_page(call.acting, Paging(call.query.limit, call.query.cursor), wanted)
    return Alerts(alerts=[ToldAlert.of_row(one.row, one.state) for one in page.items], next=page.next)


@operation("GET", "/alerts/{alert_id}", summary="Show an alert", access=Permission.READ_ALERTS, answer=WholeAlert)
async def show_alert(call: Call[Any, None]) -> WholeAlert:
    """With its notifications and their attempts, and all that readers said of it."""
    found = await alerts.show(call.acting, call.path["alert_id"])
    sent = [
        Delivery(notification=SentNotification.of(one.row), attempts=Attempt.of_all(one.attempts))
        for one in found.deliveries
    ]
    alert = ToldAlert.of_row(found.told.row, found.told.state)
    return WholeAlert(alert=alert, deliveries=sent, history=AlertEvent.of_all(found.history))


OPERATIONS = [list_alerts, show_alert]
