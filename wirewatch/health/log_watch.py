"""Whether the log answers, in a process that has no collector to notice: clients wait for a silent broker without a word."""

import asyncio

from core.clock import Clock
from core.errors import Unavailable
from core.log.log import EventLog
from core.tasks import describe
from wirewatch.health.collector import GROUPS, SECONDS
from wirewatch.health.parts import Health


async def watch_log(log: EventLog, health: Health, clock: Clock, patience_seconds: float = 2 * SECONDS) -> None:
    """Ask the log every few seconds until cancelled; report to health while it is away."""
    topic, group = next(iter(GROUPS.items()))
    while True:
        try:
            async with asyncio.timeout(patience_seconds):
                await log.lag(group, topic)
        except TimeoutError:
            health.fail("log", f"no answer within {patience_seconds:g} s")
        except Unavailable as error:
            health.fail("log", describe(error))
        else:
            health.fail("log", None)
        await clock.sleep(SECONDS)
