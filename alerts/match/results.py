"""The rules' matches in one article, as records. Pure: the stage, the preview and the replay use it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from alerts.match.rule_cache import Rules
from alerts.match.snippet import SnippetsOf
from core.model import ids
from core.model.match import ArticleBrief, Evidence, Match, RuleRef
from core.model.rule import RuleRow
from core.model.story import StoryArticle

_MOST_KNOWN = 100_000


@dataclass(frozen=True, slots=True)
class Refs:
    """What matches say of their rules, made once for each version that matches."""

    _known: dict[str, tuple[RuleRow, RuleRef]] = field(default_factory=dict)

    def of(self, rule: RuleRow) -> RuleRef:
        known = self._known.get(rule.rule_id)
        if known is not None and known[0] is rule:
            return known[1]
        if len(self._known) == _MOST_KNOWN:
            self._known.clear()
        made = rule.ref()
        self._known[rule.rule_id] = rule, made
        return made


def matches_of(
    compiled: Rules,
    rows: Mapping[str, RuleRow],
    story: StoryArticle,
    now: Callable[[], datetime],
    refs: Refs | None = None,
) -> list[Match]:
    """The matches of one article, by rule name, of the rules whose team reads its source.

    `rows`: the versions that are compiled, by id; `refs`: kept by who matches many articles.
    """
    article = story.article
    hits = ((rows[hit.key], hit.evidence) for hit in compiled.match(article))
    found = [(row, evidence) for row, evidence in hits if article.read_by(row.team_id)]
    if not found:
        return []
    found.sort(key=lambda pair: pair[0].name)
    refs = refs or Refs()
    snippets, matched = SnippetsOf(article), now()
    briefs: dict[str, ArticleBrief] = {}
    matches = []
    for rule, evidence in found:
        shown = snippets.of(evidence)
        brief = briefs.get(shown)
        if brief is None:
            brief = briefs[shown] = article_brief(story, shown)
        matches.append(match_of(rule, refs.of(rule), story, brief, evidence, matched))
    return matches


def match_of(
    rule: RuleRow,
    ref: RuleRef,
    story: StoryArticle,
    brief: ArticleBrief,
    evidence: tuple[Evidence, ...],
    matched: datetime,
) -> Match:
    """The match of a rule in an article."""
    article = story.article
    return Match(
        match_id=ids.match_id(rule.rule_id, rule.version, article.article_id, article.revision),
        rule=ref,
        story_id=story.story_id,
        verdict=story.verdict,
        story_size=story.story_size,
        story_first_seen=story.story_first_seen,
        article=brief,
        evidence=evidence,
        accepted=article.accepted,
        matched=matched,
    )


def article_brief(story: StoryArticle, snippet: str) -> ArticleBrief:
    """What an alert shows of the article, with this snippet."""
    article = story.article
    return ArticleBrief(
        article_id=article.article_id,
        url=article.url,
        title=article.title,
        source_name=article.source_name,
        lang=article.lang,
        published=article.published,
        seen=article.seen,
        snippet=snippet,
        correction=story.correction,
        revision=article.revision,
        country=article.country,
        source_added=article.source_added,
    )
