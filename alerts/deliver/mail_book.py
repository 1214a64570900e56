"""The mail book in the database."""

from collections.abc import Mapping

from alerts.deliver import link_maker
from alerts.unsubscribe import Leaving, sign
from core.clock import Clock
from core.db.engine import Database
from core.store import mail


class StoredMailBook:
    """`public_url`: where people reach the pages; empty where nobody can, and then nobody can unsubscribe there."""

    def __init__(self, db: Database, clock: Clock, public_url: str) -> None:
        self._db = db
        self._clock = clock
        self._url = public_url.rstrip("/")

    async def handed_over(self, notification_id: str) -> Mapping[str, str]:
        async with self._db.connection() as conn:
            return await mail.handed_over(conn, notification_id)

    async def note(self, notification_id: str, recipient: str, said: str) -> None:
        async with self._db.transaction(urgent=True) as conn:
            await mail.note(conn, notification_id, recipient, said, self._clock.now())

    async def unsubscribed(self, channel: str) -> frozenset[str]:
        async with self._db.connection() as conn:
            return frozenset(await mail.unsubscribed(conn, channel))

    async def unsubscribe_address(self, channel: str, recipient: str) -> str:
        if not self._url:
            return ""
        (key, *_) = await link_maker.keys_in(self._db)
        return f"{self._url}/u/{sign(key, Leaving(channel=channel, address=recipient))}"


class TrialMailBook:
    """Of a trial: who unsubscribed gets none, and nothing is kept."""

    def __init__(self, book: StoredMailBook) -> None:
        self._book = book

    async def handed_over(self, notification_id: str) -> Mapping[str, str]:  # noqa: ARG002
        return {}

    async def note(self, notification_id: str, recipient: str, said: str) -> None:
        pass

    async def unsubscribed(self, channel: str) -> frozenset[str]:
        return await self._book.unsubscribed(channel)

    async def unsubscribe_address(self, channel: str, recipient: str) -> str:
        return await self._book.unsubscribe_address(channel, recipient)
