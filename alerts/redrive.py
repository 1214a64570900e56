"""Sending dead notifications again: the same id, so that a receiver that had one drops it; the attempts count on."""

from collections.abc import Sequence

from alerts.bell import Bell
from core.clock import Clock
from core.db.engine import Database
from core.store import notifications


async def redrive(
    db: Database, *, clock: Clock, notification_ids: Sequence[str] | None = None, bell: Bell | None = None
) -> int:
    """Make dead notifications due now, with reason "redrive"; None: all of them. How many.

    What was delivered or still waits is left alone. Without a `bell` the delivering process finds them by itself.
    """
    async with db.transaction() as conn:
        count = await notifications.redrive(conn, notification_ids, clock.now())
    if count and bell is not None:
        bell.ring()
    return count
