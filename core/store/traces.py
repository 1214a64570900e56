"""The steps of each article through the stages, to explain why it did not alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import or_, select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import traces
from core.model.outcome import Stage
from core.store.payload import member
from core.store.pruning import prune_oldest


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """One step. `subject`: an entry_id or article_id; `article_id`: the article the subject turned out to be.

    `outcome` is the word of the stage's closed set; `detail` adds to it for people and holds nothing that differs when
    the same step is repeated (no times).
    """

    subject: str
    stage: Stage
    outcome: str
    at: datetime
    detail: str = ""
    article_id: str | None = None


async def add_many(conn: Connection, rows: Sequence[TraceRow]) -> None:
    """Store steps; a known step keeps its first time."""
    if rows:
        await conn.execute(insert(conn, traces).on_conflict_do_nothing(), [_values(row) for row in rows])


async def of(conn: Connection, subject: str) -> list[TraceRow]:
    """All steps of an entry or article, oldest first: under both of its ids where the page gave it another."""
    found = await _of(conn, {subject})
    others = {row.article_id for row in found if row.article_id} | {row.subject for row in found}
    if others - {subject}:
        found = await _of(conn, others | {subject})
    return found


async def _of(conn: Connection, subjects: set[str]) -> list[TraceRow]:
    wanted = sorted(subjects)
    statement = select(traces).where(or_(traces.c.subject.in_(wanted), traces.c.article_id.in_(wanted)))
    order = {stage: place for place, stage in enumerate(Stage)}
    rows = [
        TraceRow(
            subject=row.subject,
            stage=member(Stage, row.stage),
            outcome=row.outcome,
            at=row.at,
            detail=row.detail,
            article_id=row.article_id,
        )
        for row in await conn.execute(statement)
    ]
    return sorted(rows, key=lambda row: (row.at, order[row.stage], row.outcome, row.detail))


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of steps older than `before` (see `prune_oldest`)."""
    return await prune_oldest(conn, traces.c.at, before, limit)


def _values(row: TraceRow) -> dict[str, object]:
    key = blake2b(f"{row.article_id or ''}\0{row.detail}".encode("utf-8", "replace"), digest_size=8).digest()
    return {
        "subject": row.subject,
        "stage": row.stage,
        "outcome": row.outcome,
        "detail_key": int.from_bytes(key, signed=True),
        "at": row.at,
        "detail": row.detail,
        "article_id": row.article_id,
    }
