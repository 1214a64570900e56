"""The feed book in the database."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.db.engine import Database
from core.model.feed import FeedEntry
from core.store import feeds


class StoredFeedBook:
    """Its entries are served by every process with the role `serve`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def put(  # noqa: PLR0913 - one entry, everything named
        self,
        channel: str,
        token: str | None,
        *,
        entry_id: str,
        rule_id: str,
        published: datetime,
        updated: datetime,
        content: Mapping[str, Any],
        keep: int,
    ) -> None:
        entry = FeedEntry(
            channel=channel,
            entry_id=entry_id,
            rule_id=rule_id,
            published=published,
            updated=updated,
            content=dict(content),
        )
        async with self._db.transaction() as conn:
            await feeds.register(conn, channel, token or await feeds.made_token(conn, channel), keep)
            await feeds.put(conn, entry, keep)
