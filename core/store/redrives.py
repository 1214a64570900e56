"""What could not be delivered, by its cause, and sending it again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal_column, select, update

from core.db.connection import Connection
from core.db.statements import slices
from core.db.tables_alerts import notifications
from core.model.alert import Notification
from core.model.channel import channel_name
from core.model.outcome import FailureReason, NotificationState, Reason
from core.store import alert_changes, endpoints
from core.store.payload import member, pack, unpack
from core.store.team_channels import TeamChannels


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Dead notifications of one channel that failed for one reason; `detail`: what the newest of them met."""

    channel: str
    reason: FailureReason
    number: int
    oldest: datetime
    newest: datetime
    detail: str


async def causes(conn: Connection) -> list[Cause]:
    """All that is dead, the most first."""
    row, other = notifications.c, notifications.alias("other")
    grouped = (
        select(
            row.channel,
            row.last_reason,
            func.count().label("number"),
            func.min(row.created).label("oldest"),
            func.max(row.created).label("newest"),
        )
        .where(_dead(row.state), row.last_reason.is_not(None))
        .group_by(row.channel, row.last_reason)
        .subquery()
    )
    detail = (
        select(other.c.last_detail)
        .where(
            _dead(other.c.state),
            other.c.channel == grouped.c.channel,
            other.c.created == grouped.c.newest,
            other.c.last_reason == grouped.c.last_reason,
        )
        .limit(1)
        .correlate(grouped)
    )
    statement = select(grouped, detail.scalar_subquery().label("detail"))
    order = (grouped.c.number.desc(), grouped.c.channel, grouped.c.last_reason)
    return [
        Cause(
            channel=one.channel,
            reason=member(FailureReason, one.last_reason),
            number=one.number,
            oldest=one.oldest,
            newest=one.newest,
            detail=one.detail or "",
        )
        for one in await conn.execute(statement.order_by(*order))
    ]


def _dead(state: ColumnElement[str]) -> ColumnElement[bool]:
    """With the condition of the index of what waits or is dead, or SQLite would not take it."""
    return and_(state.in_([literal_column("'pending'"), literal_column("'dead'")]), state == literal_column("'dead'"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be sent again: all in one of these states; of one channel (its key), of one reason of the last failure."""

    states: Collection[NotificationState] = (NotificationState.DEAD,)
    channel: str | None = None
    reason: FailureReason | None = None

    def __str__(self) -> str:
        words = ["all", " or ".join(sorted(self.states))]
        words += [] if self.reason is None else [f"for {self.reason.value}"]
        words += [] if self.channel is None else [f"on {channel_name(self.channel)}"]
        return " ".join(words)


async def redrive(
    conn: Connection,
    notification_ids: Sequence[str],
    now: datetime,
    states: Collection[NotificationState] = (NotificationState.DEAD,),
) -> int:
    """Send these again, each under its old id, where it is in one of these states; how many.

    What was given up says that it comes again (reason REDRIVE); what was put aside was not sent before and says why it was.
    """
    rows: list[Row[Any]] = []
    statement = select(notifications).where(notifications.c.state.in_(sorted(states))).with_for_update()
    for part in slices(sorted(notification_ids)):
        rows.extend(await conn.execute(statement.where(notifications.c.notification_id.in_(part))))
    await _send_again(conn, rows, now)
    return len(rows)


async def redrive_all(
    conn: Connection, wanted: Wanted, now: datetime, limit: int | None = None, only: TeamChannels | None = None
) -> int:
    """Send all that is wanted again, but no more than `limit` now; how many. `only`: on these channels."""
    statement = select(notifications).where(notifications.c.state.in_(sorted(wanted.states))).with_for_update()
    if wanted.channel is not None:
        statement = statement.where(notifications.c.channel == wanted.channel)
    if wanted.reason is not None:
        statement = statement.where(notifications.c.last_reason == wanted.reason.value)
    if only is not None:
        statement = statement.where(only.condition())
    rows = list(await conn.execute(statement.limit(limit)))
    await _send_again(conn, rows, now)
    return len(rows)


async def _send_again(conn: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
    await endpoints.forget(conn, {row.channel for row in rows})  # a redrive tries it now
    for row in rows:
        values: dict[str, object] = {"state": NotificationState.PENDING, "due_at": now, "finished": None}
        if row.state == NotificationState.DEAD:
            before = unpack(row.record, Notification)
            meant_as = before.meant_as or (None if before.reason is Reason.REDRIVE else before.reason)
            again = replace(before, reason=Reason.REDRIVE, meant_as=meant_as)
            values |= {"attempts": 0, "record": pack(again)}
        mine = update(notifications).where(notifications.c.notification_id == row.notification_id)
        await conn.execute(mine.values(values))
    await alert_changes.note_deliveries(conn, [row.notification_id for row in rows], now)
