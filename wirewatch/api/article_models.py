"""Found articles and stories, field by field: a stable promise, independent of the store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from alerts.management.search import Found
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from wirewatch.api import trace_models
from wirewatch.api.alert_models import Evidence
from wirewatch.api.model import Model
from wirewatch.usecases.stories import RunningStory


class ListedArticle(Model):
    """An article in a list. `snippet` and `evidence`: why it was found, where a query was given; positions are characters."""

    article_id: str
    url: str
    title: str
    source_id: str
    source_name: str
    lang: str | None
    country: str | None
    published: datetime | None
    accepted: datetime
    story_id: str
    verdict: StoryVerdict
    story_size: int
    snippet: str
    evidence: tuple[Evidence, ...]

    @classmethod
    def of_found(cls, found: Found) -> Self:
        """The model of what a search found."""
        return cls.of_story(found.shown.story, found.shown.snippet, Evidence.of_all(found.shown.evidence))

    @classmethod
    def of_story(cls, story: StoryArticle, snippet: str = "", evidence: tuple[Evidence, ...] = ()) -> Self:
        """The model of a stored article."""
        article = story.article
        names = ("article_id", "url", "title", "source_id", "source_name", "lang", "country", "published", "accepted")
        return cls(
            **{name: getattr(article, name) for name in names},
            story_id=story.story_id,
            verdict=story.verdict,
            story_size=story.story_size,
            snippet=snippet,
            evidence=evidence,
        )


class Articles(Model):
    """`back_to`: the search took too long and ended early; it has looked at everything read since then, and `next` goes on from there.
    `oldest`: when the oldest article that is kept was read. `looked`: articles that were judged for this page."""

    articles: Sequence[ListedArticle]
    next: str | None
    back_to: datetime | None
    oldest: datetime | None
    looked: int


class Revision(Model):
    """What an article was before an edit."""

    revision: str
    title: str
    text: str
    accepted: datetime


class WholeArticle(Model):
    """`article` null: it is not stored, and the trace says why. `revisions`: before it was edited, the newest first. `others`: of its
    story, oldest first."""

    article: trace_models.StoryArticle | None
    revisions: Sequence[Revision]
    others: Sequence[ListedArticle]
    trace: trace_models.Trace


class Story(Model):
    """A story of two articles or more. `articles_an_hour`: where one of an hour ago counts half. `title`: of its first article."""

    story_id: str
    title: str
    source_name: str
    lang: str | None
    country: str | None
    first: datetime
    last: datetime
    articles: int
    outlets: int
    articles_an_hour: float

    @classmethod
    def of_running(cls, one: RunningStory) -> Self:
        """The model of a story that runs."""
        row, article = one.row, one.first.article
        return cls(
            story_id=row.story_id,
            title=article.title,
            source_name=article.source_name,
            lang=row.lang,
            country=row.country,
            first=row.first,
            last=row.last,
            articles=row.articles,
            outlets=row.outlets,
            articles_an_hour=round(one.an_hour, 2),
        )


class Stories(Model):
    stories: Sequence[Story]
    next: str | None


class WholeStory(Model):
    """`story` null: a story of one article. `articles`: a page of its articles, oldest first."""

    story_id: str
    story: Story | None
    articles: Sequence[ListedArticle]
    next: str | None
