"""The channels' queues in numbers: what waits, since when, and what was given up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select

from core.db.connection import Connection
from core.db.tables_alerts import notifications
from core.model.outcome import FailureReason, NotificationState
from core.store import endpoints
from core.store.endpoints import EndpointRow


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
