"""Articles: the way of one through the stages, and why a rule is true or false of it."""

from dataclasses import dataclass

from alerts.management.preview import missed_words
from alerts.rules.explain import Explained, explain
from core.model.channel import channel_name
from core.model.outcome import StoryVerdict
from core.model.rule import RuleRow
from core.model.story import StoryArticle
from core.net.url import BadUrl
from core.store.findings import Finding
from core.store.notifications import NotificationRow
from core.text.document import Document
from wirewatch import tracing
from wirewatch.tracing import Trace, find_article
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.named_rules import named
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound


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
    """All that is kept of an article, named by its id or address, known or not. Raises Invalid for what is neither."""
    async with acting.db.connection() as conn:
        try:
            return await tracing.trace(conn, article)
        except BadUrl as error:
            raise _neither(article, error) from None


@reads(Permission.READ_ARTICLES)
async def explain_rule(acting: Acting, rule: str, article: str) -> Explanation:
    """Why a rule (a stored one's name, or a text) is true or false of a stored article. Raises NotFound, Invalid."""
    async with acting.db.connection() as conn:
        asked = await named(conn, acting, rule)
        try:
            story = await find_article(conn, article)
        except BadUrl as error:
            raise _neither(article, error) from None
        if story is None:
            found = await tracing.trace(conn, article)
            raise NotFound(f"the article is not stored. {found.conclusion}")
        passed = await tracing.trace(conn, story.article.article_id)
    document = Document(story.article)
    verdict = explain(asked.tree, document)
    return Explanation(asked.query, asked.row, story, verdict, missed_words(verdict, document), passed)


def _neither(article: str, error: BadUrl) -> Invalid:
    return Invalid(f"{article!r} is neither an article's id nor an address: {error}", "article")


def _alert_ids(row: NotificationRow) -> set[str]:
    return {alert.alert_id for alert in row.notification.alerts}


__all__ = ["Explanation", "Trace", "explain_rule", "trace"]
