"""The story of an alert as its page tells it: the article's own text, every copy and update, and what each edit changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from core.db.connection import Connection
from core.model.alert import AlertArticle
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from core.store import article_revisions, articles
from core.text.changes import Changed, changed
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.alerts import AlertRow
from wirewatch.usecases.permission import Permission

_MOST_TOLD = 100  # articles of a story
_MOST_EDITS = 20  # of an article
_MOST_TEXTS = 5  # articles of an alert whose whole text is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A revision of an article that another has replaced. `title`: the headline that it had, where that changed."""

    at: datetime
    title: str | None
    changed: Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article of the story. `edits`: what its publisher changed since, in that order.

    `news`: what an update says beyond the article that it updates. `alerted`: it is in the alert.
    """

    story: StoryArticle
    alerted: bool
    edits: tuple[Edit, ...] = ()
    news: Changed | None = None


@dataclass(frozen=True, slots=True)
class AlertStory:
    """`texts`: article -> what is kept of it, of the first articles of the alert. `told`: the timeline, oldest first.

    `missing`: articles of the alert that are kept no more (retention.articles_days), or not yet.
    """

    texts: Mapping[str, StoryArticle]
    told: tuple[Told, ...]
    missing: int


@reads(Permission.READ_ALERTS)
async def of_alert(acting: Acting, row: AlertRow) -> AlertStory:
    """The story of an alert that they may see, as far as its articles are kept."""
    alert = row.alert
    async with acting.db.connection() as conn:
        story = await articles.of_story(conn, alert.story_id, _MOST_TOLD)
        known = {one.article.article_id for one in story}
        for one in alert.articles[:_MOST_TEXTS]:
            if (
                one.brief.article_id not in known
                and (found := await articles.get(conn, one.brief.article_id)) is not None
            ):
                story.append(found)
        replaced = {one.article.article_id: await _earlier(conn, one) for one in story}
    story.sort(key=lambda one: one.article.accepted)
    by_id = {one.article.article_id: one for one in story}
    alerted = {one.brief.article_id for one in alert.articles}
    told = tuple(_told(one, by_id, replaced.get(one.article.article_id, ()), alerted) for one in story)
    texts = {
        name: by_id[name] for name in (one.brief.article_id for one in alert.articles[:_MOST_TEXTS]) if name in by_id
    }
    return AlertStory(texts, told, len([one for one in alert.articles if one.brief.article_id not in by_id]))


async def _earlier(conn: Connection, one: StoryArticle) -> list[StoryArticle]:
    """The revisions before the one that is stored, oldest first."""
    return list(reversed(await article_revisions.of(conn, one.article.article_id, _MOST_EDITS)))


def _told(
    one: StoryArticle, by_id: Mapping[str, StoryArticle], earlier: Sequence[StoryArticle], alerted: set[str]
) -> Told:
    updated = by_id.get(one.copy_of or "") if one.verdict is StoryVerdict.UPDATE else None
    return Told(
        story=one,
        alerted=one.article.article_id in alerted,
        edits=edits([*earlier, one]),
        news=None if updated is None else changed(updated.article.text, one.article.text),
    )


def edits(revisions: Sequence[StoryArticle]) -> tuple[Edit, ...]:
    """What changed from each revision to the next, oldest first. What we read anew ourselves changed nothing."""
    found = []
    for before, after in pairwise(revisions):
        if after.article.reread:
            continue
        found.append(
            Edit(
                at=after.article.accepted,
                title=before.article.title if before.article.title != after.article.title else None,
                changed=changed(before.article.text, after.article.text),
            )
        )
    return tuple(found)


def fits(article: AlertArticle, stored: StoryArticle) -> bool:
    """Whether the evidence's places are those of the stored text: no edit has replaced what matched."""
    return article.brief.revision == stored.article.revision


__all__ = ["AlertStory", "Changed", "Edit", "StoryArticle", "Told", "edits", "fits", "of_alert"]
