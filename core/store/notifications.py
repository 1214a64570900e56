"""The outbox: notifications that wait, are being sent, were delivered or are dead, with every attempt.

An alert's rows are written in the transaction of the alert itself. A worker leases what it sends, and notes that a send
begins and how it ended; a worker that dies loses its lease, and what it had begun goes out again under the same id, as
something that may have arrived.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, TextClause, Update, and_, bindparam, func, or_, select, text, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables_alerts import notification_alerts, notification_attempts, notifications
from core.model.alert import Notification
from core.model.outcome import Event, FailureReason, NotificationState, Priority
from core.store import alert_changes, keyset, leases
from core.store.payload import member, pack, unpack
from core.store.pruning import prune_oldest
from core.store.team_channels import TeamChannels

# Kept and shown but not sent: a person stopped it.
ASIDE = frozenset(
    {
        NotificationState.SILENCED,
        NotificationState.RULE_GONE,
        NotificationState.NO_CHANNEL,
        NotificationState.TAKEN,
        NotificationState.RETURNED,
    }
)

# The receiver may have the message although it failed.
MAY_HAVE_ARRIVED = frozenset({FailureReason.TIMEOUT, FailureReason.DISCONNECTED})

_URGENCY = {Priority.FLASH: 0, Priority.NORMAL: 1, Priority.LOW: 2}


@dataclass(frozen=True, slots=True)
class Pending:
    """A notification leased to be sent; `attempts` were made before this one (since the last redrive).

    `due`: since when it has been due. `begun`: when a send began whose end nobody wrote down. `maybe_sent`: when an earlier
    one began that may have arrived. `gave_up`: it waits no more.
    """

    notification: Notification
    attempts: int
    due: datetime
    begun: datetime | None = None
    maybe_sent: datetime | None = None
    gave_up: bool = False


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
    gave_up = row.state == NotificationState.DEAD.value
    return Pending(unpack(row.record, Notification), row.attempts, row.due_at, row.begun, row.maybe_sent, gave_up)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A send that ended, and what follows: DELIVERED, DEAD, or PENDING until `next_due`."""

    notification_id: str
    attempt: Attempt
    state: NotificationState
    next_due: datetime | None = None

    def __post_init__(self) -> None:
        if self.state is NotificationState.PENDING and self.next_due is None:
            raise ValueError("a pending notification needs the time of its next attempt")


async def record_attempt(
    conn: Connection,
    notification_id: str,
    attempt: Attempt,
    *,
    state: NotificationState,
    next_due: datetime | None = None,
) -> None:
    """Keep an attempt and what follows: DELIVERED, DEAD, or PENDING until `next_due`. The lease is given back."""
    ended = Ended(notification_id=notification_id, attempt=attempt, state=state, next_due=next_due)
    await record_many(conn, [ended])


async def record_many(conn: Connection, ended: Sequence[Ended]) -> None:
    """Keep attempts, and what follows each. The leases are given back, and what waits behind one that is sent or dead is due.

    A delivered notification stays delivered, whatever a worker that lost its lease reports later.
    """
    if not ended:
        return
    await conn.execute(insert(conn, notification_attempts), [_attempt_values(one) for one in ended])
    alike: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
    for one in sorted(ended, key=lambda one: one.notification_id):
        values = _values_after(one)
        alike[tuple(values)].append(
            {"of": one.notification_id, **{f"new_{name}": value for name, value in values.items()}}
        )
    for columns, parameters in alike.items():
        await conn.execute(_after_attempt(columns), parameters)
    over = [one for one in ended if one.state is not NotificationState.PENDING]
    if over:
        names, at = [one.notification_id for one in over], max(one.attempt.at for one in over)
        await release_behind(conn, names, at)
        await alert_changes.note_deliveries(conn, names, at)


async def release_behind(conn: Connection, notification_ids: Collection[str], now: datetime) -> None:
    """What waits behind these is due."""
    for part in slices(sorted(notification_ids)):
        await conn.execute(_release_behind(), {"of": part, "now": now})


@cache
def _release_behind() -> Update:
    waiting = update(notifications).where(notifications.c.behind.in_(bindparam("of", expanding=True)))
    return waiting.values(behind=None, due_at=bindparam("now", type_=notifications.c.due_at.type))


def _attempt_values(ended: Ended) -> dict[str, object]:
    attempt = ended.attempt
    return {
        "notification_id": ended.notification_id,
        "at": attempt.at,
        "outcome": attempt.reason or NotificationState.DELIVERED,
        "status": attempt.status,
        "latency_seconds": attempt.latency_seconds,
        "detail": attempt.detail,
    }


def _values_after(ended: Ended) -> dict[str, object]:
    attempt, pending = ended.attempt, ended.state is NotificationState.PENDING
    values: dict[str, object] = {
        "state": ended.state,
        "finished": None if pending else attempt.at,
        "begun": None,
        "behind": None,
    }
    if attempt.reason in MAY_HAVE_ARRIVED:
        values["maybe_sent"] = attempt.at
    if ended.next_due is not None:
        values["due_at"] = ended.next_due
    if attempt.reason is not None:
        values |= {"last_reason": attempt.reason, "last_detail": attempt.detail}
    return values


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


async def list_rows(  # noqa: PLR0913 - one list, every filter by its name
    conn: Connection,
    *,
    state: NotificationState | None = None,
    channel: str | None = None,
    alert_id: str | None = None,
    reason: FailureReason | None = None,
    only: TeamChannels | None = None,
    limit: int | None = 100,
    after: tuple[datetime, str] | None = None,
) -> list[NotificationRow]:
    """Notifications, newest first; `reason`: of the last failure. `after`: creation time and id of the row to continue behind."""
    statement = select(notifications).order_by(notifications.c.created.desc(), notifications.c.notification_id)
    if state is not None:
        statement = statement.where(notifications.c.state == state.value)
    if channel is not None:
        statement = statement.where(notifications.c.channel == channel)
    if alert_id is not None:
        linked = select(notification_alerts.c.notification_id).where(notification_alerts.c.alert_id == alert_id)
        statement = statement.where(notifications.c.notification_id.in_(linked))
    if reason is not None:
        statement = statement.where(notifications.c.last_reason == reason.value)
    if only is not None:
        statement = statement.where(only.condition())
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


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete what was delivered or given up before then, with its attempts; what is pending stays; a piece, as `prune_oldest` says."""
    return await prune_oldest(conn, notifications.c.finished, before, limit)


def story_of(notification: Notification) -> str | None:
    """The story that a message is about, where it is one; what tells of several keeps no order with them."""
    alone = len(notification.alerts) == 1 and notification.event in (Event.ALERT_CREATED, Event.ALERT_UPDATED)
    return notification.alerts[0].story_id if alone else None


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
        "stands_for": notification.stands_for or None,
        "record": pack(notification),
        "story_id": story_of(notification),
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
