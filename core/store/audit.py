"""Who changed what, when."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, or_, select

from core.db.connection import Connection
from core.db.tables import audit
from core.db.types import JsonObject
from core.model.team import DEFAULT_TEAM
from core.store.pruning import prune_oldest

_LONGEST_SUBJECT = 500  # characters: PostgreSQL's index takes 2,700 bytes with what stands beside it


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


@dataclass(frozen=True, slots=True)
class NumberedAudit:
    """`number` never changes and is given once."""

    number: int
    row: AuditRow


async def add(conn: Connection, row: AuditRow) -> None:
    """Record an action, in its own transaction. Of a very long subject its beginning: an index takes no more."""
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    if len(row.subject) > _LONGEST_SUBJECT:
        values["subject"] = row.subject[: _LONGEST_SUBJECT - 1] + "…"
    await conn.execute(insert(audit).values(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAudit:
    """None: any. `actor`: with the tokens of that user. `action`: a verb (`rule.put`), or a noun for all of its verbs (`rule`).

    `subject`: with `*` for any text. `since`, `until`: the former included.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Each takes an index, or reads no further than the others leave."""
        if self.actor is not None:
            yield or_(audit.c.actor == self.actor, audit.c.actor.startswith(f"{self.actor} (", autoescape=True))
        if self.action is not None and "." in self.action:
            yield audit.c.action == self.action
        elif self.action is not None:
            yield audit.c.action.startswith(f"{self.action}.", autoescape=True)
        if self.subject is not None and "*" in self.subject:
            yield audit.c.subject.like(_pattern(self.subject), escape="/")
        elif self.subject is not None:
            yield audit.c.subject == self.subject
        if self.since is not None:
            yield audit.c.at >= self.since
        if self.until is not None:
            yield audit.c.at < self.until


EVERY_AUDIT = WantedAudit()


def _pattern(subject: str) -> str:
    for sign in "/%_":
        subject = subject.replace(sign, f"/{sign}")
    return subject.replace("*", "%")


async def page(
    conn: Connection,
    wanted: WantedAudit = EVERY_AUDIT,
    *,
    limit: int | None = None,
    after: tuple[datetime, int] | None = None,
) -> list[NumberedAudit]:
    """Actions, newest first, `after` the time and the number of one."""
    statement = select(audit).where(*wanted.conditions()).order_by(audit.c.at.desc(), audit.c.number.desc())
    if after is not None:
        moment, number = after
        same = and_(audit.c.at == moment, audit.c.number < number)
        statement = statement.where(audit.c.at <= moment, or_(audit.c.at < moment, same))
    rows = await conn.execute(statement.limit(limit))
    return [NumberedAudit(row.number, _row(row)) for row in rows]


async def list_rows(conn: Connection, *, subject: str | None = None, limit: int = 100) -> list[AuditRow]:
    """Actions, newest first."""
    return [one.row for one in await page(conn, WantedAudit(subject=subject), limit=limit)]


async def get(conn: Connection, number: int) -> NumberedAudit | None:
    """The action with this number."""
    row = (await conn.execute(select(audit).where(audit.c.number == number))).one_or_none()
    return None if row is None else NumberedAudit(row.number, _row(row))


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of actions before then (see `prune_oldest`)."""
    return await prune_oldest(conn, audit.c.at, before, limit)


def _row(row: Row[Any]) -> AuditRow:
    return AuditRow(**{field.name: getattr(row, field.name) for field in fields(AuditRow)})
