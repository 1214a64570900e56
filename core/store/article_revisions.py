"""What articles were before they were edited, for as long as articles are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import article_revisions
from core.model.story import StoryArticle
from core.store.payload import unpack
from core.store.pruning import prune_oldest


@dataclass(frozen=True, slots=True)
class Replaced:
    """A stored article that an edit takes the place of."""

    number: int
    article_id: str
    accepted: datetime
    record: bytes


async def add_many(conn: Connection, rows: Sequence[Replaced]) -> None:
    """Keep them."""
    if not rows:
        return
    statement = insert(conn, article_revisions).on_conflict_do_nothing()
    values = [
        {"number": row.number, "article_id": row.article_id, "accepted": row.accepted, "record": row.record}
        for row in rows
    ]
    await conn.execute(statement, values)


async def of(conn: Connection, article_id: str, limit: int = 50) -> list[StoryArticle]:
    """The earlier revisions of an article, the newest first."""
    table = article_revisions
    statement = select(table.c.record).where(table.c.article_id == article_id)
    rows = await conn.execute(statement.order_by(table.c.number.desc()).limit(limit))
    return [unpack(record, StoryArticle) for record in rows.scalars()]


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of those accepted before then (see `prune_oldest`)."""
    return await prune_oldest(conn, article_revisions.c.accepted, before, limit)
