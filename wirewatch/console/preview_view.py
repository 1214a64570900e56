"""What a page shows of a preview, as plain data: numbers in words, articles with their evidence marked. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from alerts.management.preview import Preview, Shown
from wirewatch.console.view import marked
from wirewatch.usecases.preview import Live

STORIES = 10
_WORDS = 8


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One story that matches: its newest article, with what was found marked; `copies`: other articles of it that match."""

    article_id: str
    title: Markup
    snippet: Markup
    source: str
    accepted: datetime
    lang: str | None
    copies: int


@dataclass(frozen=True, slots=True)
class MissedWord:
    word: str
    near: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """`covered`: what was judged, in a sentence. `by_day`: every day of the window, the oldest first."""

    alerts: int
    a_day: str
    articles: int
    covered: str
    since: datetime
    by_day: Sequence[tuple[date, int]]
    outlets: Sequence[tuple[str, int]]
    stories: Sequence[StoryLine]
    more: int
    missed: Sequence[MissedWord]
    compared: bool
    gained: Sequence[StoryLine] = ()
    lost: Sequence[StoryLine] = ()
    gained_more: int = 0
    lost_more: int = 0
    same: int = 0


def preview_view(live: Live) -> PreviewView | None:
    """None where the text could not be read."""
    found, against = live.found, live.against
    if found is None:
        return None
    stories = list(found.stories.values())
    gained, lost = (against.gained, against.lost) if against is not None else ((), ())
    return PreviewView(
        alerts=len(stories),
        a_day=_rate(found.alerts_a_day),
        articles=len(found.matches),
        covered=_covered(found),
        since=found.since,
        by_day=_days(found),
        outlets=found.top_sources(),
        stories=[story_line(story[0], len(story) - 1) for story in stories[:STORIES]],
        more=max(len(stories) - STORIES, 0),
        missed=_missed(found.missed),
        compared=against is not None,
        gained=[story_line(one) for one in gained[:STORIES]],
        lost=[story_line(one) for one in lost[:STORIES]],
        gained_more=max(len(gained) - STORIES, 0),
        lost_more=max(len(lost) - STORIES, 0),
        same=0 if against is None else against.same,
    )


def story_line(shown: Shown, copies: int = 0) -> StoryLine:
    """An article that matches, with its evidence marked."""
    article = shown.story.article
    return StoryLine(
        article_id=article.article_id,
        title=marked(article.title, (one.text for one in shown.evidence if one.field == "title")),
        snippet=marked(shown.snippet, (one.text for one in shown.evidence)),
        source=article.source_name,
        accepted=article.accepted,
        lang=article.lang,
        copies=copies,
    )


def _rate(a_day: float) -> str:
    return f"{a_day:.0f}" if a_day >= 10 else f"{a_day:.1f}"


def _covered(found: Preview) -> str:
    read = f"{found.read:,} candidate{'' if found.read == 1 else 's'} judged"
    if not found.complete:
        return f"{read} in the time that there is, the newest; older ones were left out. Figures are of the time since"
    return f"{read}, all there are. Figures are of the time since"


def _days(found: Preview) -> list[tuple[date, int]]:
    known: Mapping[date, int] = found.alerts_by_day
    first, last = found.since.date(), found.until.date()
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    return [(day, known.get(day, 0)) for day in days]


def _missed(missed: Mapping[str, Counter[str]]) -> list[MissedWord]:
    rows = [MissedWord(word, near.most_common(3)) for word, near in missed.items()]
    return sorted(rows, key=lambda row: -sum(count for _, count in row.near))[:_WORDS]
