"""The feed book in the database."""

from core.db.engine import Database
from core.model.feed import FeedEntry
from core.store import feeds


class StoredFeedBook:
    """Its entries are served by every process with the role `serve`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def put(self, entry: FeedEntry, *, token: str | None, keep: int) -> None:
        async with self._db.transaction() as conn:
            own = token or await feeds.made_token(conn, entry.channel)
            await feeds.register(conn, entry.channel, own, keep)
            await feeds.put(conn, entry, keep)
