"""Watches the wall clock: reports jumps, and corrects due times at once, at each start and each minute."""

from datetime import timedelta

import structlog

from core.clock import Clock, JumpWatch
from core.db.engine import Database
from core.metrics import Metrics
from core.store import due_times

LOOK_SECONDS = 1.0
DRAW_IN = timedelta(minutes=1).total_seconds()

_logger = structlog.get_logger(__name__)


async def watch_clock(db: Database, clock: Clock, metrics: Metrics, longest_poll_seconds: float) -> None:
    """Until cancelled. Raises Unavailable when the database does not answer."""
    watch, drawn_in, started = JumpWatch(clock), -DRAW_IN, False
    while True:
        jump = watch.jumped()
        if jump:
            metrics.clock_jumps.labels("ahead" if jump > 0 else "back").inc()
            _logger.warning("clock_jumped", seconds=round(jump, 1), now=clock.now().isoformat())
        if jump or clock.monotonic() - drawn_in >= DRAW_IN:
            drawn_in = clock.monotonic()
            async with db.transaction() as conn:
                now = clock.now()
                behind = await due_times.is_behind(conn, now)  # of a moment ago, unless this is the start
                rows = await due_times.draw_in(conn, now, longest_poll_seconds)
                if jump < 0 or (behind and not started):
                    rows += await due_times.went_back(conn, now)
            started = True
            if rows:
                _logger.warning("due_times_drawn_in", rows=rows)
        await clock.sleep(LOOK_SECONDS)
