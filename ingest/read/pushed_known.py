"""What is known already of pushed articles: their sources, and which of them bring nothing new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.db.connection import Connection
from core.model.article import Article
from core.model.pushed import PushedArticle
from core.model.source import Source
from core.model.team import DEFAULT_TEAM
from core.store import articles, source_names, teams
from ingest.read.pushed_article import article_of, source_of
from ingest.read.recent_urls import teams_of


@dataclass(frozen=True, slots=True)
class Sources:
    """The known sources by what they were called, and the ids of teams by name and id."""

    named: Mapping[tuple[str, str], Source]
    teams: Mapping[str, str]

    def article(self, pushed: PushedArticle, now: datetime) -> Article:
        """The article, under the source that the push names. Raises KeyError for an unknown team."""
        team_id = self.teams[pushed.team]
        known = self.named.get((team_id, pushed.source.strip()))
        return article_of(pushed, source_of(pushed, known, team_id), now)


async def sources_of(conn: Connection, pushed: Sequence[PushedArticle]) -> Sources:
    """Of articles without problems."""
    by_name = {key: team.team_id for team in await teams.list_all(conn) for key in (team.name, team.team_id)}
    by_name[DEFAULT_TEAM] = DEFAULT_TEAM
    named: dict[tuple[str, str], Source] = {}
    for team_id in {by_name[one.team] for one in pushed if one.team in by_name}:
        asked = {one.source.strip() for one in pushed if by_name.get(one.team) == team_id} - {""}
        for name, row in (await source_names.called(conn, sorted(asked), team_id)).items():
            named[team_id, name] = row.source
    return Sources(named, by_name)


async def duplicates(conn: Connection, made: Sequence[Article]) -> dict[str, str]:
    """Which of them are stored already, with the reason: the same text, or read for another source and not updated since."""
    stored = await articles.by_urls(conn, [one.canonical_url for one in made])
    found: dict[str, str] = {}
    for one in made:
        before = stored.get(one.canonical_url)
        if before is None:
            continue
        if before.article.revision == one.revision:
            found[one.article_id] = "the same headline and text are stored"
        elif (
            before.article.source_id != one.source_id
            and teams_of(one.teams) <= teams_of(before.article.teams)
            and (one.updated is None or one.updated <= before.article.accepted)
        ):
            found[one.article_id] = f"read already for {before.article.source_name}"
    return found
