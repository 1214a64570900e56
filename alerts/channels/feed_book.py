"""Where a feed channel keeps its entries between sends, for processes that serve them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class FeedBook(Protocol):
    """`channel`: its key. `token` None: one is made."""

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
        """Add an entry or bring it up to date, and see that the feed's token opens it. Raises Unavailable."""
        ...


class NoFeedBook:
    """Nothing is kept."""

    async def put(self, channel: str, token: str | None, **_: object) -> None:
        pass
