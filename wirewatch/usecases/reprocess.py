"""Read kept pages again with the reader of this release."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.store import raw_pages, sources
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import NotFound


@dataclass(frozen=True, slots=True)
class Reprocessed:
    """How many pages are kept, or are read again by the running processes."""

    pages: int


@reads(Permission.READ_SOURCES)
async def count(acting: Acting, since: datetime | timedelta, source: str | None) -> Reprocessed:
    """How many pages were fetched since then and are kept. Raises NotFound for an unknown source."""
    async with acting.db.connection() as conn:
        return Reprocessed(
            await raw_pages.count(conn, _time(acting.clock.now(), since), await _source_id(acting, source))
        )


@changes(Permission.CHANGE_SOURCES, "pages.reprocess")
async def reprocess(acting: Acting, since: datetime | timedelta, source: str | None) -> Reprocessed:
    """Have the running readers read them again: what rules see otherwise now is a revision, and raises no second alert.

    Raises NotFound for an unknown source.
    """
    source_id = await _source_id(acting, source)
    now = acting.clock.now()
    start = _time(now, since)
    async with acting.db.transaction() as conn:
        pages = await raw_pages.ask_again(conn, start, now, source_id)
        await acting.note(conn, source or "all sources", since=start.isoformat(), pages=pages)
    return Reprocessed(pages)


def _time(now: datetime, since: datetime | timedelta) -> datetime:
    return now - since if isinstance(since, timedelta) else since


async def _source_id(acting: Acting, name: str | None) -> str | None:
    if name is None:
        return None
    async with acting.db.connection() as conn:
        row = await sources.find(conn, name, acting.listed_team)
    if row is None:
        raise NotFound(f"there is no source {name!r}; `wirewatch sources list` shows them")
    return row.source.source_id
