"""Which URLs have a stored article: the questions of many tasks in few queries."""

import asyncio

from core.db.engine import Database
from core.model.story import StoryArticle
from core.store import articles


class ArticleLoader:
    """Who finds no query under way asks for all who came meanwhile."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: dict[str, asyncio.Future[StoryArticle | None]] = {}
        self._turn = asyncio.Lock()

    async def by_url(self, url: str) -> StoryArticle | None:
        """The article stored for a cleaned URL. Raises Unavailable."""
        answer = self._waiting.get(url)
        if answer is None:
            answer = self._waiting[url] = asyncio.get_running_loop().create_future()
        async with self._turn:
            if not answer.done():
                await self._load()
        return answer.result()

    async def _load(self) -> None:
        wanted = dict(self._waiting)
        async with self._db.connection() as conn:
            found = await articles.by_urls(conn, list(wanted))
        for url, answer in wanted.items():
            answer.set_result(found.get(url))
            del self._waiting[url]
