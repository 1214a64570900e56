"""Edits that take away what an alert rests on. Pure.

the alert's evidence of the earlier revision + the matches of the new one -> words that are gone, and whether the rule holds
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.match.results import Refs, article_brief
from alerts.match.snippet import SnippetsOf
from core.model import ids
from core.model.alert import AlertArticle
from core.model.match import Correction, Match
from core.model.rule import RuleRow
from core.model.story import StoryArticle
from core.text.highlight import one_line, spans


def is_edit(story: StoryArticle) -> bool:
    """Whether a publisher may have edited what was told. Reading it again ourselves takes nothing back."""
    return not story.article.reread and story.copy_of == story.article.article_id


def corrected(
    story: StoryArticle,
    matches: Sequence[Match],
    told: Mapping[str, AlertArticle],
    rows: Mapping[str, RuleRow],
    now: Callable[[], datetime],
) -> list[Match]:
    """The matches of an edited article, each with what the edit took from it; and those of rules that match it no more.

    `told`: the article as the alerts of rules have it, by rule. `rows`: the rules in force, by id.
    """
    matching = {match.rule.rule_id: match for match in matches}
    found = [_compared(story, match, told.get(match.rule.rule_id)) for match in matches]
    for rule_id, article in told.items():
        row = rows.get(rule_id)
        if row is not None and rule_id not in matching and article.brief.revision != story.article.revision:
            found.append(_no_match(story, row, article, now()))
    return found


def _compared(story: StoryArticle, match: Match, told: AlertArticle | None) -> Match:
    if told is None or told.brief.revision == story.article.revision:
        return match
    gone = _gone(story, (evidence.text for evidence in told.evidence))
    return replace(match, correction=Correction(holds=True, gone=gone)) if gone else match


def _no_match(story: StoryArticle, row: RuleRow, told: AlertArticle, now: datetime) -> Match:
    gone = _gone(story, (evidence.text for evidence in told.evidence))
    article = story.article
    return Match(
        match_id=ids.match_id(row.rule_id, row.version, article.article_id, article.revision),
        rule=Refs().of(row),
        story_id=story.story_id,
        verdict=story.verdict,
        story_size=story.story_size,
        story_first_seen=story.story_first_seen,
        article=replace(article_brief(story, SnippetsOf(article).of(())), correction=True),
        evidence=(),
        accepted=article.accepted,
        matched=now,
        correction=Correction(holds=False, gone=gone),
    )


def _gone(story: StoryArticle, words: Iterable[str]) -> tuple[str, ...]:
    article = story.article
    text = one_line(
        "\n".join((article.title, article.text, article.feed_title or "", article.feed_text or ""))
    ).casefold()
    by_folding = {word.casefold(): word for word in words if word.strip()}
    return tuple(word for folded, word in by_folding.items() if not spans(text, [folded]))
