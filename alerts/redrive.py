"""Sending dead notifications again: the same id, so that a receiver that had one drops it; the attempts count on."""

from collections.abc import Collection, Sequence

from core.bell import Bell
from core.clock import Clock
from core.db.engine import Database
from core.model.outcome import NotificationState
from core.store import notifications


async def redrive(
    db: Database,
    *,
    clock: Clock,
    notification_ids: Sequence[str] | None = None,
    states: Collection[NotificationState] = (NotificationState.DEAD,),
    bell: Bell | None = None,
) -> int:
    """Make notifications in these states due now; ids None: all of them. How many. Dead ones get the reason "redrive".

    What was delivered or still waits is left alone. What rules and silences still withhold is put aside again. Without a `bell` the delivering process finds them by itself.
    """
    async with db.transaction() as conn:
        count = await notifications.redrive(conn, notification_ids, clock.now(), states)
    if count and bell is not None:
        bell.ring()
    return count
