"""What readers learn of hosts: in memory, read from the database when a host is first met, and written back from time to time.

A crash loses what was learned in the last seconds, and nothing else.
"""

from collections import OrderedDict

from core.clock import Clock
from core.db.engine import Database
from core.model.article import Article, TextOrigin
from core.model.outcome import ArticleOutcome
from core.model.source import Entry
from core.net.url import host_of
from core.store import host_patterns
from core.store.host_patterns import HostRow
from ingest.hosts.patterns import PageMemory, as_json, of_json, union
from ingest.parse.repeated import blocks_of, key_of
from ingest.parse.shapes import HostPatterns

_MOST_HOSTS = 500  # in memory
WRITE_SECONDS = 20.0
WALLS = frozenset(
    (
        ArticleOutcome.WALL_CONSENT,
        ArticleOutcome.WALL_LOGIN,
        ArticleOutcome.WALL_CHALLENGE,
        ArticleOutcome.SOFT_404,
        ArticleOutcome.SECTION_FRONT,
        ArticleOutcome.ERROR_PAGE,
    )
)


class HostMemory:
    """Methods may be called at the same time. Raises Unavailable where the database does not answer."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._known: OrderedDict[str, dict[str, PageMemory]] = OrderedDict()  # host -> source -> memory
        self._patterns: dict[str, HostPatterns] = {}
        self._changed: set[tuple[str, str]] = set()

    async def patterns(self, url: str) -> HostPatterns:
        """What the pages of a URL's host share."""
        host = host_of(url)
        if host not in self._known:
            async with self._db.connection() as conn:
                rows = await host_patterns.of_host(conn, host)
            if host not in self._known:
                self._known[host] = {row.source_id: of_json(row.memory) for row in rows}
                await self._make_room()
        self._known.move_to_end(host)
        found = self._patterns.get(host)
        if found is None:
            found = self._patterns[host] = union(memory.patterns() for memory in self._known[host].values())
        return found

    def learn(self, article: Article, left_out: tuple[int, ...]) -> None:
        """Take in an article that was read from its page."""
        if article.text_origin is not TextOrigin.PAGE:
            return
        memory = self._of(article.url, article.source_id)
        memory.learn(key_of(article.title), blocks_of(article.text), left_out)
        memory.saw_title(key_of(article.title), key_of(article.url))

    def saw_wall(self, entry: Entry, url: str, outcome: ArticleOutcome) -> None:
        """Count a page that was none."""
        if outcome in WALLS:
            self._of(url, entry.source.source_id).saw_wall(outcome.value)

    def _of(self, url: str, source_id: str) -> PageMemory:
        host = host_of(url)
        self._changed.add((host, source_id))
        self._patterns.pop(host, None)
        return self._known.setdefault(host, {}).setdefault(source_id, PageMemory())

    async def write(self) -> None:
        """Keep what was learned since the last time."""
        changed, self._changed = self._changed, set()
        rows = [
            HostRow(host, source_id, as_json(self._known[host][source_id]), self._clock.now())
            for host, source_id in changed
            if host in self._known
        ]
        if rows:
            async with self._db.transaction() as conn:
                await host_patterns.put_many(conn, rows)

    async def _make_room(self) -> None:
        if len(self._known) > _MOST_HOSTS:
            await self.write()
        while len(self._known) > _MOST_HOSTS:
            host, _ = self._known.popitem(last=False)
            self._patterns.pop(host, None)
