"""Articles: the way of one through the stages, and why a rule is true or false of it."""

import asyncio
from dataclasses import dataclass

from alerts.management import search as archive_search
from alerts.management.near_words import missed_words
from alerts.rules.aliases import AliasSet
from alerts.rules.explain import Explained, explain
from core.db.connection import Connection
from core.model.channel import channel_name
from core.model.match import Evidence
from core.model.outcome import StoryVerdict
from core.model.rule import RuleRow
from core.model.story import StoryArticle
from core.net.url import BadUrl
from core.store import article_revisions, stories
from core.store.findings import Finding
from core.store.notifications import NotificationRow
from core.text.document import Document
from wirewatch import tracing
from wirewatch.tracing import Trace
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.alias_sets import known_aliases
from wirewatch.usecases.named_rules import named
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound

_OTHERS = 50  # of its story


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the rule is true or false of the article. `row` None: the rule is a text that is not stored.

    `missed`: words of the rule -> words of the article that look like them, with how often they stand there.
    """

    query: str
    row: RuleRow | None
    story: StoryArticle
    verdict: Explained
    missed: dict[str, dict[str, int]]
    trace: Trace

    def part_of_the_pipeline(self) -> str:
        """What became of the article where this rule is concerned."""
        if self.row is None:
            return "The rule is not stored; nothing was matched with it."
        finding = self.trace.finding_of(self.row.rule_id)
        if finding is not None:
            because = self.trace.because(self.row.name, finding)
            return f"Version {finding.match.rule.version} matched it: {finding.outcome.value}{because}.{self._sent(finding)}"
        if not self.row.enabled:
            return "It matched nothing: the rule is removed."
        if self.row.created > self.story.article.accepted:
            return f"It was not matched: version {self.row.version} came into force after the article was read."
        if self.verdict.true:
            return f"No match is kept. {self.trace.conclusion}"
        return f"It was not matched.{self._copy()}"

    def _sent(self, finding: Finding) -> str:
        """Where the alert that this match raised or joined was sent."""
        sent = [row for row in self.trace.notifications if finding.alert_id in _alert_ids(row)]
        said = dict.fromkeys(f"{row.state.value} to {channel_name(row.notification.channel)}" for row in sent)
        return f" The alert: {', '.join(said)}." if said else ""

    def _copy(self) -> str:
        story = self.story
        if story.copy_of is None:
            return ""
        update = "a correction" if story.correction else "an update"
        what = "a copy" if story.verdict is StoryVerdict.COPY else update
        return f" It is {what} of {story.copy_of} ({story.story_size} articles in the story)."


@reads(Permission.READ_ARTICLES)
async def trace(acting: Acting, article: str) -> Trace:
    """All that is kept of an article, named by its id or address, known or not. Raises Invalid for what is neither.

    Of an article that only other teams read, a user learns nothing.
    """
    async with acting.db.connection() as conn:
        return await _traced(conn, acting, article)


@dataclass(frozen=True, slots=True)
class WholeArticle:
    """All that is kept of an article. `trace.article` None: it is not stored, and the trace says why. `revisions`: what it was before
    it was edited, the newest first. `others`: articles of its story, oldest first. `evidence`: of the query that was asked with, else
    of all its matches."""

    trace: Trace
    revisions: tuple[StoryArticle, ...]
    others: tuple[StoryArticle, ...]
    evidence: tuple[Evidence, ...] = ()


@reads(Permission.READ_ARTICLES)
async def show(acting: Acting, article: str, query: str = "") -> WholeArticle:
    """An article, named by its id or address. Raises NotFound for one that nothing is known of, and Invalid for neither.

    `query`: what it was found with; a text that is none marks nothing.
    """
    async with acting.db.connection() as conn:
        found = await _traced(conn, acting, article)
        if not found.known:
            raise NotFound(f"there is no such article. {found.conclusion}")
        story = found.article
        revisions = await article_revisions.of(conn, found.article_id)
        others = [] if story is None else await stories.members(conn, story.story_id, limit=_OTHERS + 1)
        known = await known_aliases(conn, acting) if query else AliasSet()
    rest = (one for _, one in others if one.article.article_id != found.article_id)
    evidence = tuple(one for finding in found.findings for one in finding.match.evidence)
    if query and story is not None:
        evidence = await asyncio.to_thread(_evidence, query, known, story)
    return WholeArticle(found, tuple(revisions), tuple(rest), evidence)


def _evidence(query: str, known: AliasSet, story: StoryArticle) -> tuple[Evidence, ...]:
    parsed = archive_search.readable(query, known)
    return () if parsed.tree is None else archive_search.query_of(parsed, known).judge(story.article) or ()


@reads(Permission.READ_ARTICLES)
async def explain_rule(acting: Acting, rule: str, article: str) -> Explanation:
    """Why a rule (a stored one's name, or a text) is true or false of a stored article. Raises NotFound, Invalid.

    To a user, an article that only other teams read is not stored.
    """
    async with acting.db.connection() as conn:
        asked = await named(conn, acting, rule)
        found = await _traced(conn, acting, article)
    story = found.article
    if story is None:
        raise NotFound(f"the article is not stored. {found.conclusion}")
    document = Document(story.article)
    verdict = explain(asked.tree, document)
    return Explanation(asked.query, asked.row, story, verdict, missed_words(verdict, document), found)


async def _traced(conn: Connection, acting: Acting, article: str) -> Trace:
    team = acting.seen_team
    try:
        found = await tracing.trace(conn, article, team)
    except BadUrl as error:
        raise Invalid(f"{article!r} is neither an article's id nor an address: {error}", "article") from None
    story = found.article
    return found if story is None or team is None or story.article.read_by(team) else tracing.unknown(found.subject)


def _alert_ids(row: NotificationRow) -> set[str]:
    return {alert.alert_id for alert in row.notification.alerts}


__all__ = ["Explanation", "Trace", "WholeArticle", "explain_rule", "show", "trace"]
