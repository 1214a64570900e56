"""The mail book in the database."""

from collections.abc import Callable, Mapping

from core.clock import Clock
from core.db.engine import Database
from core.store import mail


class StoredMailBook:
    """`address`: where one recipient unsubscribes from one channel; empty where nobody could reach it."""

    def __init__(self, db: Database, clock: Clock, address: Callable[[str, str], str]) -> None:
        self._db = db
        self._clock = clock
        self._address = address

    async def handed_over(self, notification_id: str) -> Mapping[str, str]:
        async with self._db.connection() as conn:
            return await mail.handed_over(conn, notification_id)

    async def note(self, notification_id: str, recipient: str, said: str) -> None:
        async with self._db.transaction(urgent=True) as conn:
            await mail.note(conn, notification_id, recipient, said, self._clock.now())

    async def unsubscribed(self, channel: str) -> frozenset[str]:
        async with self._db.connection() as conn:
            return frozenset(await mail.unsubscribed(conn, channel))

    def unsubscribe_address(self, channel: str, recipient: str) -> str:
        return self._address(channel, recipient)
