"""Read kept pages again with the reader of this release."""

from datetime import datetime

from core.db.connection import Connection
from core.store import raw_pages
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.sources import stored_source


@reads(Permission.READ_SOURCES)
async def count(acting: Acting, since: datetime, source: str | None) -> int:
    """How many pages were fetched since then and are kept. Raises NotFound for an unknown source."""
    async with acting.db.connection() as conn:
        return await raw_pages.count(conn, since, await _source_id(acting, conn, source))


@changes(Permission.CHANGE_SOURCES, "pages.reprocess")
async def reprocess(acting: Acting, since: datetime, source: str | None) -> int:
    """Have the running readers read them again; how many. What rules see otherwise now is a revision, and raises no second
    alert. Raises NotFound for an unknown source."""
    async with acting.db.transaction() as conn:
        source_id = await _source_id(acting, conn, source)
        pages = await raw_pages.ask_again(conn, since, acting.clock.now(), source_id)
        await acting.note(conn, source or "all sources", after={"since": since.isoformat(), "pages": pages})
    return pages


async def _source_id(acting: Acting, conn: Connection, name: str | None) -> str | None:
    return None if name is None else (await stored_source(conn, acting, name)).source.source_id
