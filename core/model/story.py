"""An article and the story it belongs to."""

from dataclasses import dataclass

from core.model.article import Article
from core.model.instant import Instant
from core.model.outcome import StoryVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryArticle:
    """Topic `stories`, key: `story_id`. `copy_of` names the article whose copy or update this one is.

    `correction`: the text says of itself that it corrects an earlier one.
    """

    article: Article
    story_id: str
    verdict: StoryVerdict
    story_size: int  # articles of the story up to and with this one
    story_first_seen: Instant
    copy_of: str | None = None
    judged: Instant
    correction: bool = False
