"""Where alerts stand with their readers: the last word of each, and all that was said.

A word is written under a lock on its alert: of two people at once the last one's stands, and both are in the history.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, and_, func, select, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_alerts import alert_events, alert_states, alerts
from core.model.alert_state import OPEN, AlertChange, AlertEvent, AlertState, Via
from core.model.outcome import AlertStatus
from core.store import alert_changes, alert_list
from core.store.payload import member


async def lock(conn: Connection, alert_id: str) -> AlertState | None:
    """The alert's state, which stays so until the transaction ends; None: there is no such alert."""
    mine = select(alerts.c.alert_id).where(alerts.c.alert_id == alert_id).with_for_update()
    if (await conn.execute(mine)).first() is None:
        return None
    return (await of_alerts(conn, [alert_id])).get(alert_id, OPEN)


async def of_alerts(conn: Connection, alert_ids: Collection[str]) -> dict[str, AlertState]:
    """The states of those that anybody has touched; the others are open."""
    found: dict[str, AlertState] = {}
    for part in slices(sorted(set(alert_ids))):
        for row in await conn.execute(select(alert_states).where(alert_states.c.alert_id.in_(part))):
            found[row.alert_id] = _state(row)
    return found


async def put(conn: Connection, event: AlertEvent) -> None:
    """Keep what was said, and where the alert stands by it: a comment alone leaves that as it is. For who holds the lock.

    The alert has changed by it, for its retention.
    """
    older = and_(alerts.c.alert_id == event.alert_id, alerts.c.updated < event.at)
    await conn.execute(update(alerts).where(older).values(updated=event.at))
    said = {name: getattr(event, name) for name in AlertEvent.__slots__}
    await conn.execute(insert(conn, alert_events), said)
    await alert_changes.note(conn, event.alert_id, AlertChange.STATE, event.at)
    before = (await of_alerts(conn, [event.alert_id])).get(event.alert_id, OPEN)
    now = after(before, event)
    if now == before:
        return
    values = {name: getattr(now, name) for name in AlertState.__slots__}
    statement = insert(conn, alert_states).values(alert_id=event.alert_id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=[alert_states.c.alert_id], set_=values))
    await alert_list.set_state(conn, event.alert_id, now.status, now.assignee)


def after(before: AlertState, event: AlertEvent) -> AlertState:
    """Where an alert stands once this is said of it. Who lets an alert go takes its assignee along."""
    if event.status is None and event.assignee is None:
        return before
    assignee = before.assignee if event.assignee is None else event.assignee or None
    if event.status is None:
        return replace(before, by=before.by or event.by, at=before.at or event.at, assignee=assignee)
    if event.status is AlertStatus.OPEN and event.via != Via.TIME:
        assignee = None
    return AlertState(
        status=event.status, by=event.by, at=event.at, comment=event.comment, until=event.until, assignee=assignee
    )


async def history(conn: Connection, alert_id: str) -> list[AlertEvent]:
    """All that was said of an alert, in that order."""
    statement = select(alert_events).where(alert_events.c.alert_id == alert_id).order_by(alert_events.c.number)
    return [_event(row) for row in await conn.execute(statement)]


async def counts(conn: Connection) -> dict[AlertStatus, int]:
    """How many alerts have each status that somebody gave them; those that nobody touched are not among them."""
    statement = select(alert_states.c.status, func.count()).group_by(alert_states.c.status)
    found = {row[0]: row[1] for row in await conn.execute(statement)}
    return {status: found.get(status, 0) for status in AlertStatus}


def _state(row: Row[Any]) -> AlertState:
    return AlertState(
        status=member(AlertStatus, row.status),
        by=row.by,
        at=row.at,
        comment=row.comment,
        until=row.until,
        assignee=row.assignee,
    )


def _event(row: Row[Any]) -> AlertEvent:
    status = None if row.status is None else member(AlertStatus, row.status)
    return AlertEvent(
        alert_id=row.alert_id,
        at=row.at,
        by=row.by,
        status=status,
        comment=row.comment,
        until=row.until,
        via=row.via,
        assignee=row.assignee,
    )
