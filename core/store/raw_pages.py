"""Pages as they were fetched, kept for a while so that they can be read again with a better reader."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables import raw_pages
from core.model.source import Entry
from core.store import leases
from core.store.payload import pack, unpack
from core.store.pruning import prune_oldest

_LEVEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """The page of an article. `revision`: as it was read last; `body`: as it came, its Content-Encoding undone."""

    article_id: str
    revision: str
    entry: Entry
    url: str
    content_type: str
    body: bytes
    fetched: datetime


async def put_many(conn: Connection, pages: Sequence[RawPage]) -> None:
    """Keep pages; a later one of an article takes the place of the one before."""
    latest = {page.article_id: page for page in pages}
    if not latest:
        return
    statement = insert(conn, raw_pages)
    # With the lease: who reads the page before again must not write its revision over this one's.
    changed = {column.name: statement.excluded[column.name] for column in raw_pages.c if not column.primary_key}
    statement = statement.on_conflict_do_update(index_elements=[raw_pages.c.article_id], set_=changed)
    rows = [
        {
            "article_id": page.article_id,
            "source_id": page.entry.source.source_id,
            "revision": page.revision,
            "url": page.url,
            "content_type": page.content_type[:200],
            "body": zlib.compress(page.body, _LEVEL),
            "record": pack(page.entry),
            "fetched": page.fetched,
            "again_at": None,
            "lease_owner": None,
            "lease_until": None,
        }
        for _, page in sorted(latest.items())
    ]
    await conn.execute(statement, rows)


async def ask_again(conn: Connection, since: datetime, now: datetime, source_id: str | None = None) -> int:
    """Have the readers read again what was fetched since then; how many pages."""
    statement = update(raw_pages).where(_wanted(since, source_id)).values(again_at=now)
    return (await conn.execute(statement)).rowcount


async def count(conn: Connection, since: datetime, source_id: str | None = None) -> int:
    """How many pages were fetched since then and are kept."""
    statement = select(func.count()).select_from(raw_pages).where(_wanted(since, source_id))
    return int((await conn.execute(statement)).scalar_one())


def _wanted(since: datetime, source_id: str | None) -> ColumnElement[bool]:
    recent = raw_pages.c.fetched >= since
    return recent if source_id is None else and_(recent, raw_pages.c.source_id == source_id)


async def claim(conn: Connection, now: datetime, limit: int, owner: str, lease_seconds: float) -> list[RawPage]:
    """Lease pages that are to be read again."""
    rows = await leases.claim(conn, leases.RAW_PAGES, now, limit, owner, lease_seconds)
    return [
        RawPage(
            article_id=row.article_id,
            revision=row.revision,
            entry=unpack(row.record, Entry),
            url=row.url,
            content_type=row.content_type,
            body=zlib.decompress(row.body),
            fetched=row.fetched,
        )
        for row in rows
    ]


async def done(conn: Connection, article_id: str, revision: str, owner: str) -> None:
    """A page has been read again; `revision`: as it was read now."""
    mine = (raw_pages.c.article_id == article_id) & (raw_pages.c.lease_owner == owner)
    values = {"again_at": None, "revision": revision, "lease_owner": None, "lease_until": None}
    await conn.execute(update(raw_pages).where(mine).values(values))


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of pages fetched before then (see `prune_oldest`)."""
    return await prune_oldest(conn, raw_pages.c.fetched, before, limit)
