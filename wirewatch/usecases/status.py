"""Status: how things stand now, the facts that wirewatch/health/trouble.py judges."""

from datetime import datetime

from core.store import articles, channels, dead_letters, deliveries
from core.store.dead_letters import WAITING
from wirewatch.health.collector import Snapshot
from wirewatch.health.parts import Health
from wirewatch.health.trouble import Facts, Trouble, troubles
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.permission import Permission


@reads(Permission.READ_STATUS)
async def standing_troubles(acting: Acting, health: Health, snapshot: Snapshot | None) -> tuple[Trouble, ...]:
    """Everything that is not well, the worst first. `health` and `snapshot`: what this process sees of itself."""
    now = acting.clock.now()
    readiness = await health.readiness(deliveries=False)  # they are told by channel
    async with acting.db.connection() as conn:
        seen = await deliveries.facts(conn, now)
        known = await channels.list_all(conn)
        set_aside = await dead_letters.count(conn, WAITING)
    facts = Facts(
        now=now,
        parts={part.name: part.error for part in readiness.parts if part.error is not None},
        warnings={part.name: part.detail for part in readiness.parts if part.warned},
        deliveries=seen,
        channels=frozenset(row.key for row in known),
        paused={row.key: row.pause for row in known if row.pause is not None},
        feeds={} if snapshot is None else snapshot.feeds,
        lag={} if snapshot is None else {topic: lag.seconds for topic, lag in snapshot.lag.items() if lag.records},
        set_aside=set_aside,
    )
    return troubles(facts)


@reads(Permission.READ_STATUS)
async def articles_since(acting: Acting, since: datetime) -> int:
    """How many articles were read since then."""
    async with acting.db.connection() as conn:
        return await articles.count(conn, since, acting.clock.now())
