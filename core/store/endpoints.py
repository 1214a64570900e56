"""Failing endpoints: until when each backs off, and why. For people, and for the next start of a process."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import endpoints
from core.model.outcome import FailureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRow:
    """A channel's endpoint that fails `since` then: `failures` in a row, of which the last says why; not tried before `until`.

    `asked_until`: what the receiver itself asked for, of all channels with `limit_key` where that is set.
    """

    channel: str
    failures: int
    since: datetime
    until: datetime
    asked_until: datetime | None = None
    reason: FailureReason
    detail: str
    limit_key: str | None = None

    @property
    def left_alone_until(self) -> datetime:
        """Nothing is sent to it before then."""
        return self.until if self.asked_until is None else max(self.until, self.asked_until)


def blocked(endpoint: EndpointRow | None, *, pending: int, refused: int) -> int:
    """How many of a channel's pending messages our own guard keeps back: those that it `refused`, or all that wait for an
    endpoint that it refuses, though one message alone was tried."""
    return pending if endpoint is not None and endpoint.reason is FailureReason.SSRF_BLOCKED else refused


async def put(conn: Connection, row: EndpointRow) -> None:
    """Store its present state."""
    values = {
        "failures": row.failures,
        "since": row.since,
        "until": row.until,
        "asked_until": row.asked_until,
        "reason": row.reason,
        "detail": row.detail,
        "limit_key": row.limit_key,
    }
    statement = insert(conn, endpoints).values(channel=row.channel, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=[endpoints.c.channel], set_=values))


async def forget(conn: Connection, channels: Collection[str], reason: FailureReason | None = None) -> None:
    """These are tried at once, by every process that delivers; `reason`: only those that fail for it."""
    statement = delete(endpoints).where(endpoints.c.channel.in_(sorted(channels)))
    if reason is not None:
        statement = statement.where(endpoints.c.reason == reason.value)
    await conn.execute(statement)


async def failing(conn: Connection) -> dict[str, EndpointRow]:
    """Failing endpoints by channel."""
    return {
        row.channel: EndpointRow(
            channel=row.channel,
            failures=row.failures,
            since=row.since,
            until=row.until,
            asked_until=row.asked_until,
            reason=FailureReason(row.reason),
            detail=row.detail,
            limit_key=row.limit_key,
        )
        for row in await conn.execute(select(endpoints).order_by(endpoints.c.channel))
    }


async def prune(conn: Connection, before: datetime) -> None:
    """Delete endpoints that were not tried since then: their channels are gone, or had no messages."""
    await conn.execute(delete(endpoints).where(endpoints.c.until < before))
