"""Sending dead notifications again: the same id, so that a receiver that had one drops it; the attempts count on."""

from collections.abc import Collection, Sequence

from core.clock import Clock
from core.db.engine import Database
from core.model.outcome import NotificationState
from core.store import notifications
from core.wake_up import WakeUp


async def redrive(
    db: Database,
    *,
    clock: Clock,
    notification_ids: Sequence[str] | None = None,
    states: Collection[NotificationState] = (NotificationState.DEAD,),
    wake_up: WakeUp | None = None,
) -> int:
    """Make notifications in these states due now; ids None: all of them. How many. Dead ones get the reason "redrive".

    What was delivered or still waits is left alone. What rules and silences still withhold is put aside again. Without a `wake_up` the delivering process finds them by itself.
    """
    async with db.transaction() as conn:
        count = await notifications.redrive(conn, notification_ids, clock.now(), states)
    if count and wake_up is not None:
        wake_up.notify()
    return count
