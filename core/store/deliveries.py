"""The state of delivery by channel and by alert, for the page, /readyz and `wirewatch check`."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, literal_column, or_, select

from core.db.connection import Connection
from core.db.tables_alerts import notification_alerts, notifications
from core.model.outcome import FailureReason, NotificationState
from core.store import endpoints
from core.store.endpoints import EndpointRow
from core.store.payload import member

STUCK = timedelta(minutes=5)  # a message that waits for longer, although it was tried or is due, is stuck
_FAILED_ATTEMPTS = 2  # once may be an accident of the moment
RECENT = timedelta(hours=24)  # what was given up before then is history
FRESH = timedelta(hours=1)  # a delivery that long ago still says that a channel works

_PENDING, _DEAD = NotificationState.PENDING.value, NotificationState.DEAD.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """`oldest`: when the oldest that waits was created. `stuck`, `failed` (twice or more), `blocked` (by our own guard) and `dead` are counts; `dead`
    those of the last day, the newest at `dead_at`. `delivered`: the last time within the last hour. `problem`: the last
    one of what waits; `dead_problem`: of what was given up. `endpoint`: where it fails, until when it is left alone.
    """

    channel: str
    pending: int = 0
    stuck: int = 0
    failed: int = 0
    blocked: int = 0
    oldest: datetime | None = None
    dead: int = 0
    dead_at: datetime | None = None
    delivered: datetime | None = None
    problem: str = ""
    dead_problem: str = ""
    endpoint: EndpointRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One message about an alert. `due_at`: when it is tried next, if it waits: not before its endpoint is."""

    channel: str
    state: NotificationState
    attempts: int
    due_at: datetime
    finished: datetime | None
    problem: str


async def facts(conn: Connection, now: datetime) -> list[ChannelFacts]:
    """Every channel with waiting, recently dead or recently delivered messages, by name."""
    table = notifications.c
    pending = table.state == literal_column(f"'{_PENDING}'")  # as the index says it
    dead = and_(table.state == literal_column(f"'{_DEAD}'"), table.finished >= now - RECENT)
    stuck = and_(pending, table.created <= now - STUCK, or_(table.attempts > 0, table.due_at <= now - STUCK))
    refused = and_(pending, table.last_reason == FailureReason.SSRF_BLOCKED.value)
    statement = (
        select(
            table.channel,
            _count(pending).label("pending"),
            _count(stuck).label("stuck"),
            _count(and_(pending, table.attempts >= _FAILED_ATTEMPTS)).label("failed"),
            _count(refused).label("refused"),
            func.min(case((pending, table.created))).label("oldest"),
            _count(dead).label("dead"),
            func.max(case((dead, table.finished))).label("dead_at"),
        )
        .where(or_(pending, dead))
        .group_by(table.channel)
    )
    rows = {row.channel: row for row in await conn.execute(statement)}
    # By the time alone: SQLite would take an index of states or channels, and read all that was ever delivered.
    channel, state = func.coalesce(table.channel, ""), func.coalesce(table.state, "")
    delivered = select(channel.label("channel"), func.max(table.finished).label("at")).where(
        state == NotificationState.DELIVERED.value, table.finished >= now - FRESH
    )
    last = {row.channel: row.at for row in await conn.execute(delivered.group_by(channel))}
    problems = await _problems(conn)
    failing = await endpoints.failing(conn)
    return [
        ChannelFacts(
            channel=name,
            pending=rows[name].pending if name in rows else 0,
            stuck=rows[name].stuck if name in rows else 0,
            failed=rows[name].failed if name in rows else 0,
            blocked=endpoints.blocked(failing.get(name), pending=rows[name].pending, refused=rows[name].refused)
            if name in rows
            else 0,
            oldest=rows[name].oldest if name in rows else None,
            dead=rows[name].dead if name in rows else 0,
            dead_at=rows[name].dead_at if name in rows else None,
            delivered=last.get(name),
            problem=problems.get((name, _PENDING), ""),
            dead_problem=problems.get((name, _DEAD), ""),
            endpoint=failing.get(name),
        )
        for name in sorted(rows.keys() | last.keys())
    ]


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


async def _problems(conn: Connection) -> dict[tuple[str, str], str]:
    """The newest problem of what waits and of what was given up, by channel and state."""
    table, other = notifications.c, notifications.alias("other")
    queues = (
        select(table.state, table.channel).where(_open(table.state)).group_by(table.state, table.channel).subquery()
    )
    newest = (
        select(other.c.notification_id)
        .where(
            _open(other.c.state),
            other.c.state == queues.c.state,
            other.c.channel == queues.c.channel,
            other.c.last_reason.is_not(None),
        )
        .order_by(other.c.created.desc())
        .limit(1)
        .correlate(queues)
    )
    found = select(newest.scalar_subquery().label("newest")).select_from(queues).subquery()
    statement = select(table.channel, table.state, table.last_reason, table.last_detail)
    rows = await conn.execute(statement.join(found, found.c.newest == table.notification_id))
    return {(row.channel, row.state): _words(row.last_reason, row.last_detail) for row in rows}


def _open(state: ColumnElement[str]) -> ColumnElement[bool]:
    """As the index of what waits or is dead says it; from it alone the queues of thousands are read in a millisecond."""
    return state.in_([literal_column(f"'{_PENDING}'"), literal_column(f"'{_DEAD}'")])


async def of_alerts(conn: Connection, alert_ids: Sequence[str]) -> dict[str, list[Sending]]:
    """The messages about each of these (few) alerts, oldest first."""
    statement = (
        select(notification_alerts.c.alert_id, notifications)
        .join(notifications, notifications.c.notification_id == notification_alerts.c.notification_id)
        .where(notification_alerts.c.alert_id.in_(list(alert_ids)))
        .order_by(notifications.c.created, notifications.c.notification_id)
    )
    failing = await endpoints.failing(conn)
    found: dict[str, list[Sending]] = defaultdict(list)
    for row in await conn.execute(statement):
        endpoint = failing.get(row.channel) if row.state == _PENDING else None
        found[row.alert_id].append(
            Sending(
                channel=row.channel,
                state=member(NotificationState, row.state),
                attempts=row.attempts,
                due_at=row.due_at if endpoint is None else max(row.due_at, endpoint.left_alone_until),
                finished=row.finished,
                problem=_problem(row, endpoint),
            )
        )
    return found


def _problem(row: Row[Any], endpoint: EndpointRow | None) -> str:
    """Why it has not arrived: the reason for stopping it, its last failure, or that of its endpoint."""
    if row.state == NotificationState.DELIVERED:
        return ""
    if row.state not in (_PENDING, _DEAD):
        return row.last_detail or ""
    if row.last_reason is None and endpoint is not None:
        return _words(endpoint.reason, endpoint.detail)
    return _words(row.last_reason, row.last_detail)


def _words(reason: str | None, detail: str | None) -> str:
    return "" if reason is None else f"{reason}: {detail}" if detail else reason
