"""Where a feed channel keeps its entries between sends, for processes that serve them."""

from typing import Protocol

from core.model.feed import FeedEntry


class FeedBook(Protocol):
    """The entries of feeds."""

    async def put(self, entry: FeedEntry, *, token: str | None, keep: int) -> None:
        """Add an entry or bring it up to date, and see that the feed's token opens it. Raises Unavailable.

        `token` None: one is made. `keep`: how many entries of its channel stay.
        """
        ...


class NoFeedBook:
    """Nothing is kept."""

    async def put(self, entry: FeedEntry, *, token: str | None, keep: int) -> None:
        pass
