"""Lists the alerts of processes of an earlier release, which run beside this one while a cluster is brought up to date."""

from datetime import timedelta
from typing import NoReturn

from core.clock import Clock
from core.db.engine import Database
from core.store import alert_list

EVERY_SECONDS = 60.0
_FIRST = timedelta(days=7)  # how far back the first look goes, of a process that starts
_THEN = timedelta(minutes=10)
_PIECE = 500


async def keep_lists(db: Database, clock: Clock) -> NoReturn:
    """Look now and then, until cancelled."""
    back = _FIRST
    while True:
        since = clock.now() - back
        found = _PIECE
        while found >= _PIECE:
            async with db.transaction() as conn:
                found = await alert_list.mend(conn, since, _PIECE)
        back = _THEN
        await clock.sleep(EVERY_SECONDS)
