"""The content of the archive's pages, as plain data: found articles with their marks, an article's facts, stories in rows. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from markupsafe import Markup

from alerts.management.search import Found
from core.model.match import Evidence
from core.model.outcome import StoryVerdict
from core.model.story import StoryArticle
from wirewatch.console.view import marked, safe_url
from wirewatch.usecases.articles import WholeArticle
from wirewatch.usecases.refusals import Unreadable
from wirewatch.usecases.stories import RunningStory, WholeStory

_BODY = frozenset({"body", "lead", "feed_text"})
_TITLE = frozenset({"title", "feed_title"})
_OPENING = 240  # characters of an article that was found without a query
_MOST_PARAGRAPHS = 400
_MOST_CHANGED = 40
_HOURS = 72  # that the bars of a story show at most
_VERDICTS = {StoryVerdict.NEW: "first report", StoryVerdict.COPY: "copy", StoryVerdict.UPDATE: "update"}


@dataclass(frozen=True, slots=True)
class FixView:
    label: str
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class ProblemView:
    """`before`, `part` and `after` are the line with the place that is wrong."""

    message: str
    before: str
    part: str
    after: str
    fixes: tuple[FixView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedView:
    """An article in a list; `address`: of its page here."""

    address: str
    url: str | None
    title: Markup
    source: str
    lang: str
    country: str
    when: datetime
    published: datetime | None
    verdict: str
    story_id: str
    story_size: int
    snippet: Markup


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What an edit took away and brought."""

    revised: datetime
    title_before: str
    gone: tuple[str, ...]
    came: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """`listed` None: it is not stored."""

    title: str
    listed: ListedView | None
    paragraphs: tuple[Markup, ...]
    fed: tuple[Markup, ...]  # what only the feed says
    cut: bool
    facts: tuple[tuple[str, str], ...]
    changes: tuple[ChangeView, ...]
    others: tuple[ListedView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    story_id: str
    title: str
    lang: str
    source: str
    articles: int
    outlets: int
    an_hour: str
    first: datetime
    last: datetime
    members: tuple[ListedView, ...] = ()
    bars: tuple[int, ...] = ()
    hours: tuple[tuple[datetime, int], ...] = ()


def problem_views(error: Unreadable, address: Callable[[str], str]) -> list[ProblemView]:
    """Each problem with its place; `address`: where the corrected text is tried."""
    text = error.text
    return [
        ProblemView(
            message=one.message,
            before=text[max(one.start - 60, 0) : one.start],
            part=text[one.start : min(one.end, one.start + 60)],
            after=text[one.end : one.end + 60],
            fixes=tuple(FixView(fix.label, fix.text, address(fix.text)) for fix in one.fixes),
        )
        for one in error.problems
    ]


def found_view(found: Found, query: str) -> ListedView:
    """What a search found, with its marks; its page marks the same words."""
    shown = found.shown
    return listed_view(shown.story, shown.evidence, shown.snippet, query)


def listed_view(
    story: StoryArticle, evidence: Sequence[Evidence] = (), snippet: str | None = None, query: str = ""
) -> ListedView:
    """An article of a list."""
    article = story.article
    opening = article.text or article.feed_text
    asked = f"?{urlencode({'query': query})}" if query else ""
    return ListedView(
        address=f"/articles/{article.article_id}{asked}",
        url=safe_url(article.url),
        title=marked(article.title or article.url, _texts(evidence, _TITLE)),
        source=article.source_name,
        lang=article.lang or "",
        country=article.country or "",
        when=article.accepted,
        published=article.published,
        verdict=_VERDICTS.get(story.verdict, story.verdict.value),
        story_id=story.story_id,
        story_size=story.story_size,
        snippet=marked(snippet or opening[:_OPENING], _texts(evidence, _BODY)),
    )


def article_view(found: WholeArticle) -> ArticleView:
    """All of an article's page but its trace."""
    story = found.trace.article
    if story is None:
        return ArticleView(
            title=found.trace.subject, listed=None, paragraphs=(), fed=(), cut=False, facts=(), changes=(), others=()
        )
    article, evidence = story.article, found.evidence
    texts, fed = _paragraphs(article.text), _paragraphs(article.feed_text)
    return ArticleView(
        title=article.title or article.url,
        listed=listed_view(story, evidence),
        paragraphs=_marked(texts, evidence),
        fed=_marked(fed, evidence),
        cut=len(texts) > _MOST_PARAGRAPHS,
        facts=tuple(_facts(story)),
        changes=tuple(_changes(story, found.revisions)),
        others=tuple(map(listed_view, found.others)),
    )


def _paragraphs(text: str) -> list[str]:
    return [part for part in text.split("\n\n") if part.strip()]


def _marked(paragraphs: Sequence[str], evidence: Sequence[Evidence]) -> tuple[Markup, ...]:
    texts = _texts(evidence, _BODY)
    return tuple(marked(part, texts) for part in paragraphs[:_MOST_PARAGRAPHS])


def _texts(evidence: Iterable[Evidence], fields: frozenset[str]) -> list[str]:
    return list(dict.fromkeys(one.text for one in evidence if one.field in fields))


def _facts(story: StoryArticle) -> Iterable[tuple[str, str]]:
    article = story.article
    said = (
        ("Source", article.source_name),
        ("Language", article.lang or ""),
        ("Country", article.country or ""),
        ("Authors", ", ".join(article.authors)),
        ("Section", article.section or ""),
        ("Tags", ", ".join(article.tags)),
        ("Agencies", ", ".join(article.agencies)),
        ("Headline in the feed", article.feed_title),
        ("Text from", article.text_origin.value),
        ("Remarkable", ", ".join(flag.value.replace("_", " ") for flag in article.flags)),
        ("Confidence of the time", article.published_confidence.value.replace("_", " ")),
        ("Canonical address", article.canonical_url),
        ("Id", article.article_id),
    )
    return ((label, value) for label, value in said if value)


def _changes(story: StoryArticle, revisions: Sequence[StoryArticle]) -> Iterable[ChangeView]:
    """What each edit changed, the newest first, paragraph by paragraph."""
    newer = story.article
    for older in revisions:
        before, after = _paragraphs(older.article.text), _paragraphs(newer.text)
        gone = [part for part in before if part not in set(after)]
        came = [part for part in after if part not in set(before)]
        yield ChangeView(
            revised=newer.accepted,
            title_before=older.article.title if older.article.title != newer.title else "",
            gone=tuple(gone[:_MOST_CHANGED]),
            came=tuple(came[:_MOST_CHANGED]),
            more=max(len(gone) - _MOST_CHANGED, 0) + max(len(came) - _MOST_CHANGED, 0),
        )
        newer = older.article


def story_row(one: RunningStory) -> StoryView:
    """A story in the list."""
    row, article = one.row, one.first.article
    return StoryView(
        story_id=row.story_id,
        title=article.title or article.url,
        lang=article.lang or "",
        source=article.source_name,
        articles=row.articles,
        outlets=row.outlets,
        an_hour=_speed(one.an_hour),
        first=row.first,
        last=row.last,
    )


def whole_story(found: WholeStory, now: datetime) -> StoryView:
    """A story with a page of its articles, and how many came in each hour."""
    row, article = found.row, found.first.article
    hours = _hours(found.times, now)
    return StoryView(
        story_id=found.story_id,
        title=article.title or article.url,
        lang=article.lang or "",
        source=article.source_name,
        articles=1 if row is None else row.articles,
        outlets=1 if row is None else row.outlets,
        an_hour=_speed(found.an_hour),
        first=found.first.story_first_seen if row is None else row.first,
        last=article.accepted if row is None else row.last,
        members=tuple(map(listed_view, found.members.items)),
        bars=tuple(count for _, count in hours),
        hours=tuple((hour, count) for hour, count in hours if count),
    )


def _hours(times: Sequence[datetime], now: datetime) -> list[tuple[datetime, int]]:
    """Articles by the hour, from the first one on, and of the last three days at most."""
    counts = Counter(at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) for at in times)
    if not counts:
        return []
    last = max(*counts, now.astimezone(UTC).replace(minute=0, second=0, microsecond=0))
    begin = max(min(counts), last - timedelta(hours=_HOURS - 1))
    many = round((last - begin) / timedelta(hours=1)) + 1
    hours = (begin + timedelta(hours=n) for n in range(many))
    return [(hour, counts.get(hour, 0)) for hour in hours]


def _speed(an_hour: float) -> str:
    if an_hour >= 10:
        return f"{an_hour:,.0f}"
    return f"{an_hour:.1f}" if an_hour >= 0.05 else "0"
