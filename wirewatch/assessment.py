"""How things stand now, gathered for the page and the API: the facts that wirewatch/health/trouble.py judges."""

from core.store import deliveries
from wirewatch.health.parts import Readiness
from wirewatch.health.trouble import Facts, Trouble, troubles
from wirewatch.serving import Serving


async def standing_troubles(serving: Serving, readiness: Readiness) -> tuple[Trouble, ...]:
    """Everything that is not well, the worst first."""
    now = serving.clock.now()
    snapshot = serving.collector.snapshot
    async with serving.db.connection() as conn:
        seen = await deliveries.facts(conn, now)
    facts = Facts(
        now=now,
        parts={
            part.name: part.error for part in readiness.parts if part.error is not None and part.name != "deliveries"
        },
        warnings={part.name: part.detail for part in readiness.parts if part.warned},
        deliveries=seen,
        channels=frozenset(channel.settings.name for channel in serving.config.channels),
        feeds={} if snapshot is None else snapshot.feeds,
        lag={} if snapshot is None else {topic: lag.seconds for topic, lag in snapshot.lag.items() if lag.records},
    )
    return troubles(facts)
