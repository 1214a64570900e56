"""History run through one rule version, beside what was found at the time. Nothing is stored, nothing is sent.

The articles are judged by the code that matches in production, given as `compiled`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.matching import matches_of
from alerts.rule_cache import Rules
from core.model.match import Match
from core.model.rule import RuleRow
from core.model.story import StoryArticle
from core.store import articles, findings
from core.store.findings import Finding

_PAGE = 200
_MOST_FINDINGS = 1_000_000


@dataclass(slots=True, kw_only=True)
class Replayed:
    """By article. `gained`: found only now; `lost`: found only then; `gone`: found then, the article is kept no more."""

    read: int = 0
    gained: list[Match] = field(default_factory=list)
    same: list[Match] = field(default_factory=list)
    lost: list[Finding] = field(default_factory=list)
    gone: list[Finding] = field(default_factory=list)

    @property
    def stories_now(self) -> int:
        """Stories with a match: alerts, as far as silences, throttles and quiet hours let them through."""
        return len({match.story_id for match in (*self.gained, *self.same)})

    @property
    def stories_then(self) -> int:
        """The same of what was found at the time."""
        kept = {finding.match.story_id for finding in (*self.lost, *self.gone)}
        return len(kept | {match.story_id for match in self.same})


async def replay(conn: AsyncConnection, compiled: Rules, row: RuleRow, *, since: datetime, until: datetime) -> Replayed:
    """Articles accepted from `since` until before `until`; `compiled` holds `row` alone."""
    result = Replayed()
    then = {finding.match.article.article_id: finding for finding in await _findings(conn, row, since, until)}
    seen: set[str] = set()
    async for story in _stories(conn, since, until):
        result.read += 1
        article_id = story.article.article_id
        seen.add(article_id)
        now_found = matches_of(compiled, {row.rule_id: row}, story, lambda: until)
        if now_found:
            (result.same if article_id in then else result.gained).extend(now_found)
        elif article_id in then:
            result.lost.append(then[article_id])
    result.gone = [finding for key, finding in then.items() if key not in seen]
    return result


async def _findings(conn: AsyncConnection, row: RuleRow, since: datetime, until: datetime) -> list[Finding]:
    found = await findings.of_rule(conn, row.rule_id, since=since, until=until, limit=_MOST_FINDINGS)
    return [finding for finding in found if finding.match.accepted >= since]


async def _stories(conn: AsyncConnection, since: datetime, until: datetime) -> AsyncIterator[StoryArticle]:
    cursor: int | None = None
    while True:
        page = await articles.page(conn, since=since, until=until, before_cursor=cursor, limit=_PAGE)
        for found in page:
            yield found.story_article
        if len(page) < _PAGE:
            return
        cursor = page[-1].cursor
