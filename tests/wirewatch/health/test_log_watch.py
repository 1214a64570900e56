"""A log that does not answer is told by processes that have no collector, too."""

import asyncio

from core.errors import Unavailable
from core.log.log import Lag
from core.log.memory import MemoryLog
from core.tasks import describe
from tests.fakes.clock import FakeClock
from tests.fakes.running import running, until
from wirewatch.health.log_watch import watch_log
from wirewatch.health.parts import Health


class MoodyLog(MemoryLog):
    mood = "well"

    async def lag(self, group: str, topic: str) -> Lag:
        if self.mood == "away":
            raise Unavailable("the broker is away")
        if self.mood == "silent":
            await asyncio.Event().wait()
        return Lag(0, 0.0)


async def test_a_log_that_is_away_or_silent_is_told_until_it_answers() -> None:
    clock, health = FakeClock(), Health(dict)

    def says(text: str | None) -> bool:
        clock.advance(5)
        return health.failing.get("log") == text

    async with MoodyLog(clock) as log, running(watch_log(log, health, clock, patience_seconds=0.05)):
        for mood, text in (
            ("away", describe(Unavailable("the broker is away"))),
            ("silent", "no answer within 0.05 s"),
            ("well", None),
        ):
            log.mood = mood
            await until(lambda text=text: says(text))  # type: ignore[misc] # its own text
