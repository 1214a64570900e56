"""How many polls all sources together want, for a poller that keeps to a budget."""

from datetime import datetime

from sqlalchemy import case, func, select

from core.db.connection import Connection
from core.db.tables import sources
from core.store.sources import OWN_INTERVAL, DueSource, due_source


async def wanted_per_minute(conn: Connection, first_seconds: float) -> float:
    """How many polls a minute the adaptive sources want; one that was never polled wants one each `first_seconds`."""
    on = sources.c.enabled.is_(True)
    # Errors back off; how far depends on their kind, and this is the least.
    wanted = func.sum(60.0 / (sources.c.interval_seconds * (1.0 + sources.c.failures)))
    polled = select(wanted).where(on, sources.c.interval_seconds.is_not(None)).scalar_subquery()
    unknown = func.coalesce(func.sum(case((sources.c.interval_seconds.is_(None), 1), else_=0)), 0)
    never = select(unknown).where(on, sources.c.last_attempt.is_(None)).scalar_subquery()
    found = (await conn.execute(select(polled.label("polled"), never.label("never")))).one()
    return float(found.polled or 0.0) + float(found.never) * 60.0 / first_seconds


async def own_intervals(conn: Connection, after: datetime) -> list[DueSource]:
    """The sources with an interval of their own whose next poll is due later than `after`."""
    rows = await conn.execute(select(sources).where(OWN_INTERVAL, sources.c.next_poll > after))
    return [due_source(row) for row in rows]
