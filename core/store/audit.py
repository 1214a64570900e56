"""Who changed what, when."""

from dataclasses import dataclass, field, fields
from datetime import datetime

from sqlalchemy import insert, select

from core.db.connection import Connection
from core.db.tables import audit
from core.db.types import JsonObject
from core.model.team import DEFAULT_TEAM
from core.store.pruning import prune_oldest


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """`action` is a verb of ours (`rule.put`), `subject` what it was done to; no secrets in `detail`, `before` and `after`.

    `address`: where the request came from; None for a command.
    """

    at: datetime
    actor: str
    action: str
    subject: str
    detail: JsonObject = field(default_factory=dict)
    team_id: str = DEFAULT_TEAM
    address: str | None = None
    before: JsonObject | None = None
    after: JsonObject | None = None


async def add(conn: Connection, row: AuditRow) -> None:
    """Record an action, in its own transaction."""
    await conn.execute(insert(audit).values({field.name: getattr(row, field.name) for field in fields(row)}))


async def list_rows(conn: Connection, *, subject: str | None = None, limit: int = 100) -> list[AuditRow]:
    """Actions, newest first."""
    statement = select(audit).order_by(audit.c.number.desc()).limit(limit)
    if subject is not None:
        statement = statement.where(audit.c.subject == subject)
    return [
        AuditRow(**{field.name: getattr(row, field.name) for field in fields(AuditRow)})
        for row in await conn.execute(statement)
    ]


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of actions before then (see `prune_oldest`)."""
    return await prune_oldest(conn, audit.c.at, before, limit)
