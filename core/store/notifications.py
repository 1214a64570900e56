"""The outbox: notifications that wait, are being sent, were delivered or are dead, with every attempt.

An alert's rows are written in the transaction of the alert itself. A worker leases what it sends, and notes that a send
begins and how it ended; a worker that dies loses its lease, and what it had begun goes out again under the same id, as
something that may have arrived.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, TextClause, Update, and_, bindparam, case, func, or_, select, text, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_alerts import notification_alerts, notification_attempts, notifications
from core.model.alert import Notification
from core.model.outcome import FailureReason, NotificationState, Priority, Reason
from core.store import endpoints, keyset, leases
from core.store.endpoints import EndpointRow
from core.store.payload import member, pack, unpack
from core.store.pruning import prune_oldest

# Kept and shown but not sent: a person stopped it.
ASIDE = frozenset(
    {
        NotificationState.SILENCED,
        NotificationState.RULE_GONE,
        NotificationState.NO_CHANNEL,
        NotificationState.TAKEN,
    }
)

_URGENCY = {Priority.FLASH: 0, Priority.NORMAL: 1, Priority.LOW: 2}


@dataclass(frozen=True, slots=True)
class Pending:
    """A notification leased to be sent; `attempts` were made before this one (since the last redrive).

    `due`: since when it has been due. `begun`: when a send began whose end nobody wrote down. `maybe_sent`: when an earlier
    one began that may have arrived.
    """

    notification: Notification
    attempts: int
    due: datetime
    begun: datetime | None = None
    maybe_sent: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One send. `reason` None: it was delivered. `detail` for people, without secrets."""

    at: datetime
    reason: FailureReason | None
    status: int | None = None
    latency_seconds: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRow:
    """A notification as it stands."""

    notification: Notification
    state: NotificationState
    due_at: datetime
    attempts: int
    finished: datetime | None
    last_reason: FailureReason | None
    last_detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStats:
    """A channel's queue; `oldest`: when the oldest pending notification was created; `blocked`: how many of the pending wait
    since our own guard refuses the receiver. `endpoint`: where it fails, until when it is left alone.
    """

    channel: str
    pending: int
    dead: int
    blocked: int = 0
    oldest: datetime | None
    endpoint: EndpointRow | None = None


async def add(conn: Connection, notification: Notification, due_at: datetime) -> bool:
    """Add a notification to the outbox. Returns False and changes nothing if it exists."""
    return bool(await add_many(conn, [(notification, due_at)]))


async def add_many(conn: Connection, rows: Sequence[tuple[Notification, datetime]]) -> set[str]:
    """Put several into the outbox; the ids that are new. One that was put aside waits again, with what it says now."""
    if not rows:
        return set()
    by_id = {notification.notification_id: (notification, due_at) for notification, due_at in rows}
    statement = insert(conn, notifications)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[notifications.c.notification_id],
        set_={"state": new.state, "due_at": new.due_at, "record": new.record, "finished": None, "last_detail": None},
        where=or_(*(notifications.c.state == state.value for state in sorted(ASIDE))),
    )
    result = await conn.execute(
        statement.returning(notifications.c.notification_id), [_values(*row) for row in by_id.values()]
    )
    added = set(result.scalars())
    links = [{"notification_id": key, "alert_id": alert.alert_id} for key in added for alert in by_id[key][0].alerts]
    if links:
        await conn.execute(insert(conn, notification_alerts).on_conflict_do_nothing(), links)
    return added


async def claim_due(
    conn: Connection, now: datetime, channel: str, limit: int, owner: str, lease_seconds: float
) -> list[Pending]:
    """Lease up to `limit` of a channel's due notifications: the most urgent first, then those due longest."""
    only = notifications.c.channel == channel
    rows = await leases.claim(conn, leases.NOTIFICATIONS, now, limit, owner, lease_seconds, only)
    return [pending_of(row) for row in rows]


def pending_of(row: Row[Any]) -> Pending:
    """A row of the outbox for its sender."""
    return Pending(unpack(row.record, Notification), row.attempts, row.due_at, row.begun, row.maybe_sent)


async def due_channels(conn: Connection, now: datetime) -> list[str]:
    """The channels with due notifications that no worker is sending: one index step for each channel with waiting ones."""
    return list((await conn.execute(_due_channels(conn.dialect.name), {"now": now})).scalars())


@cache
def _due_channels(dialect: str) -> TextClause:
    """From each channel to the next in the index of what waits, however much waits for one."""
    # SQLite would take the index of the states instead, and read all that waits.
    waiting = "notifications" + (" INDEXED BY ix_notifications_pending" if dialect == "sqlite" else "")
    first = f"SELECT channel FROM {waiting} WHERE state = 'pending'"  # noqa: S608 - no text from outside
    statement = f"""
        WITH RECURSIVE found(channel) AS (
            SELECT ({first} ORDER BY channel LIMIT 1)
            UNION ALL
            SELECT ({first} AND channel > found.channel ORDER BY channel LIMIT 1) FROM found WHERE channel IS NOT NULL
        )
        SELECT channel FROM found WHERE EXISTS (
            {first} AND channel = found.channel AND due_at <= :now AND (lease_until IS NULL OR lease_until <= :now)
        )
    """  # noqa: S608 - no text from outside
    return text(statement).bindparams(bindparam("now", type_=notifications.c.due_at.type))


async def record_attempt(
    conn: Connection,
    notification_id: str,
    attempt: Attempt,
    *,
    state: NotificationState,
    next_due: datetime | None = None,
) -> None:
    """Keep an attempt and what follows: DELIVERED, DEAD, or PENDING until `next_due`. The lease is given back.

    A delivered notification stays delivered, whatever a worker that lost its lease reports later.
    """
    if state is NotificationState.PENDING and next_due is None:
        raise ValueError("a pending notification needs the time of its next attempt")
    kept = {
        "notification_id": notification_id,
        "at": attempt.at,
        "outcome": attempt.reason or NotificationState.DELIVERED,
        "status": attempt.status,
        "latency_seconds": attempt.latency_seconds,
        "detail": attempt.detail,
    }
    await conn.execute(insert(conn, notification_attempts), kept)
    values: dict[str, object] = {
        "state": state,
        "finished": None if state is NotificationState.PENDING else attempt.at,
        "begun": None,
    }
    if attempt.reason in (FailureReason.TIMEOUT, FailureReason.DISCONNECTED):
        values["maybe_sent"] = attempt.at
    if next_due is not None:
        values["due_at"] = next_due
    if attempt.reason is not None:
        values |= {"last_reason": attempt.reason, "last_detail": attempt.detail}
    new = {f"new_{name}": value for name, value in values.items()}
    await conn.execute(_after_attempt(tuple(values)), {"of": notification_id, **new})


@cache
def _after_attempt(columns: tuple[str, ...]) -> Update:
    """What follows for a notification that is not delivered yet. Kept: to build it takes longer than to run it."""
    return (
        update(notifications)
        .where(
            notifications.c.notification_id == bindparam("of"),
            notifications.c.state != NotificationState.DELIVERED.value,
        )
        .values({name: bindparam(f"new_{name}", type_=notifications.c[name].type) for name in columns})
        .values(attempts=notifications.c.attempts + 1, lease_owner=None, lease_until=None)
    )


async def hasten(
    conn: Connection, channels: Collection[str], now: datetime, reasons: Collection[FailureReason] | None = None
) -> int:
    """Have what failed on these channels (for one of these reasons) tried again at once: the cause is mended. How many."""
    failed = notifications.c.attempts > 0 if reasons is None else notifications.c.last_reason.in_(sorted(reasons))
    waiting = and_(
        leases.NOTIFICATIONS.which, notifications.c.channel.in_(sorted(channels)), failed, notifications.c.due_at > now
    )
    return (await conn.execute(update(notifications).where(waiting).values(due_at=now))).rowcount


async def get(conn: Connection, notification_id: str) -> NotificationRow | None:
    statement = select(notifications).where(notifications.c.notification_id == notification_id)
    row = (await conn.execute(statement)).one_or_none()
    return None if row is None else _row(row)


async def list_rows(
    conn: Connection,
    *,
    state: NotificationState | None = None,
    channel: str | None = None,
    alert_id: str | None = None,
    limit: int | None = 100,
    after: tuple[datetime, str] | None = None,
) -> list[NotificationRow]:
    """Notifications, newest first; `after`: creation time and id of the row to continue behind."""
    statement = select(notifications).order_by(notifications.c.created.desc(), notifications.c.notification_id)
    if state is not None:
        statement = statement.where(notifications.c.state == state.value)
    if channel is not None:
        statement = statement.where(notifications.c.channel == channel)
    if alert_id is not None:
        linked = select(notification_alerts.c.notification_id).where(notification_alerts.c.alert_id == alert_id)
        statement = statement.where(notifications.c.notification_id.in_(linked))
    if after is not None:
        statement = statement.where(keyset.older(notifications.c.created, notifications.c.notification_id, after))
    return [_row(row) for row in await conn.execute(statement.limit(limit))]


async def attempts(conn: Connection, notification_id: str) -> list[Attempt]:
    """All attempts, redriven ones too, oldest first."""
    statement = select(notification_attempts).where(notification_attempts.c.notification_id == notification_id)
    return [
        Attempt(
            at=row.at,
            reason=None if row.outcome == NotificationState.DELIVERED else FailureReason(row.outcome),
            status=row.status,
            latency_seconds=row.latency_seconds,
            detail=row.detail,
        )
        for row in await conn.execute(statement.order_by(notification_attempts.c.number))
    ]


async def last_sequence(conn: Connection, alert_id: str, channel: str) -> int | None:
    """The highest sequence among an alert's notifications to a channel; None before the first."""
    statement = (
        select(func.max(notifications.c.sequence))
        .join(notification_alerts, notification_alerts.c.notification_id == notifications.c.notification_id)
        .where(notification_alerts.c.alert_id == alert_id, notifications.c.channel == channel)
    )
    found: int | None = (await conn.execute(statement)).scalar_one()
    return found


async def redrive(
    conn: Connection,
    notification_ids: Sequence[str] | None,
    now: datetime,
    states: Collection[NotificationState] = (NotificationState.DEAD,),
) -> int:
    """Send what is in one of these states again, under its old id; None: all of it. How many.

    What was given up says that it comes again (reason REDRIVE); what was put aside was not sent before and says why it was.
    """
    statement = select(notifications).where(notifications.c.state.in_(sorted(states))).with_for_update()
    rows: list[Row[Any]] = []
    if notification_ids is None:
        rows.extend(await conn.execute(statement))
    else:
        for part in slices(sorted(notification_ids)):
            rows.extend(await conn.execute(statement.where(notifications.c.notification_id.in_(part))))
    await endpoints.forget(conn, {row.channel for row in rows})  # a redrive tries it now
    for row in rows:
        values: dict[str, object] = {"state": NotificationState.PENDING, "due_at": now, "finished": None}
        if row.state == NotificationState.DEAD:
            again = replace(unpack(row.record, Notification), reason=Reason.REDRIVE)
            values |= {"attempts": 0, "record": pack(again)}
        mine = update(notifications).where(notifications.c.notification_id == row.notification_id)
        await conn.execute(mine.values(values))
    return len(rows)


async def queue_stats(conn: Connection) -> list[QueueStats]:
    """Pending and dead notifications of each channel that has any."""
    pending = notifications.c.state == NotificationState.PENDING.value
    refused = notifications.c.last_reason == FailureReason.SSRF_BLOCKED.value
    statement = (
        select(
            notifications.c.channel,
            func.sum(case((pending, 1), else_=0)).label("pending"),
            func.sum(case((pending, 0), else_=1)).label("dead"),
            func.sum(case((and_(pending, refused), 1), else_=0)).label("refused"),
            func.min(case((pending, notifications.c.created))).label("oldest"),
        )
        .where(notifications.c.state.in_([NotificationState.PENDING.value, NotificationState.DEAD.value]))
        .group_by(notifications.c.channel)
        .order_by(notifications.c.channel)
    )
    failing = await endpoints.failing(conn)
    return [
        QueueStats(
            channel=row.channel,
            pending=row.pending,
            dead=row.dead,
            blocked=endpoints.blocked(failing.get(row.channel), pending=row.pending, refused=row.refused),
            oldest=row.oldest,
            endpoint=failing.get(row.channel),
        )
        for row in await conn.execute(statement)
    ]


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete what was delivered or given up before then, with its attempts; what is pending stays; a piece, as `prune_oldest` says."""
    return await prune_oldest(conn, notifications.c.finished, before, limit)


def _values(notification: Notification, due_at: datetime) -> dict[str, object]:
    urgency = min((_URGENCY[alert.rule.priority] for alert in notification.alerts), default=1)
    return {
        "notification_id": notification.notification_id,
        "channel": notification.channel,
        "sequence": notification.sequence,
        "state": NotificationState.PENDING,
        "urgency": urgency,
        "due_at": due_at,
        "attempts": 0,
        "created": notification.created,
        "record": pack(notification),
    }


def _row(row: Row[Any]) -> NotificationRow:
    return NotificationRow(
        notification=unpack(row.record, Notification),
        state=member(NotificationState, row.state),
        due_at=row.due_at,
        attempts=row.attempts,
        finished=row.finished,
        last_reason=None if row.last_reason is None else FailureReason(row.last_reason),
        last_detail=row.last_detail,
    )
