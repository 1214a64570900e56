"""Stories: what runs now, by outlets or by speed, and one story with its articles in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.model.story import StoryArticle
from core.store import stories
from core.store.stories import Order, StoryRow, Wanted
from core.text.language_code import language_code
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Invalid, NotFound
from wirewatch.usecases.search import folded

MOST = 200  # stories a page
_LIST, _MEMBERS = "stories", "story"
_OTHERS = 3  # times as many are read as are asked for, where a team may not see all


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedStories:
    """`hours`: that got an article within them; None: all that are kept. `outlets`: at least so many. The order `newest` alone has
    pages: the others change while they are read."""

    order: Order = Order.OUTLETS
    hours: float | None = 24
    outlets: int = 1
    lang: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class RunningStory:
    """A story with its oldest stored article, and how many articles an hour it gets now."""

    row: StoryRow
    first: StoryArticle
    an_hour: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeStory:
    """`row` None: a story of one article. `members`: a page of its articles, oldest first. `times`: when its articles were read."""

    story_id: str
    row: StoryRow | None
    an_hour: float
    first: StoryArticle
    members: Page[StoryArticle]
    times: Sequence[datetime]


@reads(Permission.READ_ARTICLES)
async def running(acting: Acting, asked: AskedStories, paging: Paging) -> Page[RunningStory]:
    """Stories of two articles or more. Raises BadCursor, and Invalid for a cursor with another order than `newest`."""
    after = paging.after_moment(_LIST)
    if after is not None and asked.order is not Order.NEWEST:
        raise Invalid("cursor: only the order `newest` has further pages; ask for more rows at once", "cursor")
    now = acting.clock.now()
    limit = min(paging.limit or MOST, MOST)
    wanted = Wanted(
        since=None if asked.hours is None else now - timedelta(hours=asked.hours),
        outlets=asked.outlets,
        lang=language_code(asked.lang) or None,
        country=folded(asked.country),
    )
    team = acting.listed_team
    most = (limit if team is None else _OTHERS * limit) + 1
    async with acting.db.connection() as conn:
        rows = await stories.list_rows(conn, wanted, asked.order, limit=most, after=after)
        firsts = await stories.first_articles(conn, [row.story_id for row in rows])
    found = [
        RunningStory(row, firsts[row.story_id], row.an_hour(now))
        for row in rows
        if row.story_id in firsts and (team is None or firsts[row.story_id].article.read_by(team))
    ]
    page = Paging(limit).page(_LIST, found, lambda one: (one.row.first, one.row.story_id))
    return page if asked.order is Order.NEWEST else Page(page.items, None)


@reads(Permission.READ_ARTICLES)
async def show(acting: Acting, story_id: str, paging: Paging) -> WholeStory:
    """A story whose articles are stored. Raises NotFound, BadCursor."""
    after = paging.after_number(_MEMBERS)
    limit = min(paging.limit or MOST, MOST)
    async with acting.db.connection() as conn:
        row = await stories.get(conn, story_id)
        rows = await stories.members(conn, story_id, limit=limit + 1, after=after)
        firsts = await stories.first_articles(conn, [story_id])
        times = await stories.times(conn, story_id)
    team = acting.listed_team
    first = firsts.get(story_id)
    if first is None or (team is not None and not first.article.read_by(team)):
        raise NotFound("there is no such story, or none of its articles is kept any more")
    more = paging.at_number(_MEMBERS, rows[limit - 1][0]) if len(rows) > limit else None
    return WholeStory(
        story_id=story_id,
        row=row,
        an_hour=0.0 if row is None else row.an_hour(acting.clock.now()),
        first=first,
        members=Page(tuple(one for _, one in rows[:limit]), more),
        times=times,
    )


__all__ = ["AskedStories", "Order", "RunningStory", "WholeStory", "running", "show"]
