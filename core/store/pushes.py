"""Which articles were pushed lately, so that a push that is repeated before its article is stored is known as one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables import pushes
from core.store.pruning import prune_oldest


async def revisions(conn: Connection, article_ids: Sequence[str]) -> dict[str, str]:
    """The revision in which each of them was pushed last."""
    found: dict[str, str] = {}
    for part in slices(article_ids):
        rows = await conn.execute(select(pushes.c.article_id, pushes.c.revision).where(pushes.c.article_id.in_(part)))
        found.update((row.article_id, row.revision) for row in rows)
    return found


async def remember(conn: Connection, pushed: Mapping[str, str], now: datetime) -> None:
    """Article id -> revision: the log has them."""
    if not pushed:
        return
    statement = insert(conn, pushes)
    fresh = {"revision": statement.excluded.revision, "at": statement.excluded.at}
    values = [{"article_id": key, "revision": revision, "at": now} for key, revision in pushed.items()]
    await conn.execute(statement.on_conflict_do_update(index_elements=["article_id"], set_=fresh), values)


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Forget a batch of those pushed before then (see `prune_oldest`)."""
    return await prune_oldest(conn, pushes.c.at, before, limit)
