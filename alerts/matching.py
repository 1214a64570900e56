"""What the rules find in one article, as records. Pure: the stage, the preview and the replay all use it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from alerts.rule_cache import Rules
from alerts.snippet import snippet
from core.model import ids
from core.model.match import ArticleBrief, Evidence, Match, RuleRef
from core.model.rule import RuleRow
from core.model.story import StoryArticle


def matches_of(
    compiled: Rules, rows: Mapping[str, RuleRow], story: StoryArticle, now: Callable[[], datetime]
) -> list[Match]:
    """The matches of one article, by rule name. `rows`: the versions that are compiled, by id."""
    hits = sorted(compiled.match(story.article), key=lambda hit: rows[hit.key].name)
    matched = now()
    return [_match(rows[hit.key], story, hit.evidence, matched) for hit in hits]


def _match(rule: RuleRow, story: StoryArticle, evidence: tuple[Evidence, ...], matched: datetime) -> Match:
    article = story.article
    return Match(
        match_id=ids.match_id(rule.rule_id, rule.version, article.article_id, article.revision),
        rule=RuleRef(
            rule_id=rule.rule_id,
            version=rule.version,
            name=rule.name,
            query=rule.query,
            channels=rule.channels,
            priority=rule.priority,
            group_wait_seconds=rule.settings.group_wait_seconds,
        ),
        story_id=story.story_id,
        verdict=story.verdict,
        story_size=story.story_size,
        story_first_seen=story.story_first_seen,
        article=ArticleBrief(
            article_id=article.article_id,
            url=article.url,
            title=article.title,
            source_name=article.source_name,
            lang=article.lang,
            published=article.published,
            seen=article.seen,
            snippet=snippet(article.text, evidence),
            revision=article.revision,
        ),
        evidence=evidence,
        accepted=article.accepted,
        matched=matched,
    )
