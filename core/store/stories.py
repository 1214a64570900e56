"""Stories of two articles or more: how many articles and outlets they have, and how fast they run.

Counted in the transaction that stores the article, so they need no scan of the archive. The pace of a story is its number of
articles where one of an hour ago counts half as much as one of now, and one of two hours ago a quarter. It is kept as a logarithm
(of base 2, plus hours since 1970): so it never has to be brought up to date, and the order of stories by it is the same at all times.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables import articles, stories, story_outlets
from core.model.story import StoryArticle
from core.store import archive
from core.store.payload import unpack
from core.store.pruning import prune_oldest
from core.text.language_code import language_code

_HOUR = 3600.0


class Order(StrEnum):
    """Of a list of stories."""

    OUTLETS = "outlets"  # that have most first
    SPEED = "speed"  # that run fastest first
    NEWEST = "newest"  # that began last first


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRow:
    """A story. `first`: when its first article was seen; `last`: when its newest was read. `lang`, `country`: of its first."""

    story_id: str
    first: datetime
    last: datetime
    articles: int
    outlets: int
    pace: float
    lang: str | None = None
    country: str | None = None

    def an_hour(self, now: datetime) -> float:
        """How many articles an hour it gets, about."""
        return math.log(2) * math.exp2(min(self.pace - _hours(now), 64.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which stories. `since`: that got an article since then; `outlets`: that have so many at least."""

    since: datetime | None = None
    lang: str | None = None
    country: str | None = None
    outlets: int = 1


async def count_in(conn: Connection, told: Sequence[StoryArticle]) -> None:
    """Count articles that have just been stored, none of which was counted before."""
    new: dict[str, list[StoryArticle]] = defaultdict(list)
    for one in told:
        new[one.story_id].append(one)
    running = [story for story, members in new.items() if max(one.story_size for one in members) > 1]
    for part in slices(running):
        known = {row.story_id: row for row in await _rows(conn, select(stories).where(stories.c.story_id.in_(part)))}
        await _begin(conn, [story for story in part if story not in known])
        for row in known.values():
            await _go_on(conn, row, new[row.story_id])


async def _begin(conn: Connection, story_ids: Sequence[str]) -> None:
    """Stories that have a second article now, or were there before stories were counted: out of all their articles."""
    if not story_ids:
        return
    of_story: dict[str, list[tuple[str, datetime, int]]] = defaultdict(list)
    columns = (articles.c.story_id, articles.c.source_id, articles.c.accepted, articles.c.number)
    for row in await conn.execute(select(*columns).where(articles.c.story_id.in_(story_ids))):
        of_story[row.story_id].append((row.source_id, row.accepted, row.number))
    many = {story: members for story, members in of_story.items() if len(members) > 1}
    firsts = await _records(conn, [min(number for _, _, number in members) for members in many.values()])
    rows: list[Mapping[str, object]] = []
    for story, members in many.items():
        first = firsts[min(number for _, _, number in members)]
        began = StoryRow(
            story_id=story,
            first=first.story_first_seen,
            last=max(accepted for _, accepted, _ in members),
            articles=len(members),
            outlets=len({source for source, _, _ in members}),
            pace=_pace([accepted for _, accepted, _ in members]),
            lang=language_code(first.article.lang) or None,
            country=(first.article.country or "").casefold() or None,
        )
        rows.append(_values(began))
    if rows:
        await conn.execute(insert(conn, stories).on_conflict_do_nothing(), rows)
        outlets = {(story, source) for story, members in many.items() for source, _, _ in members}
        values = [{"story_id": story, "source_id": source} for story, source in sorted(outlets)]
        await conn.execute(insert(conn, story_outlets).on_conflict_do_nothing(), values)


async def _go_on(conn: Connection, row: StoryRow, members: Sequence[StoryArticle]) -> None:
    new = await _add_outlets(conn, row.story_id, {one.article.source_id for one in members})
    accepted = [one.article.accepted for one in members]
    changed = replace(
        row,
        last=max(row.last, *accepted),
        articles=row.articles + len(members),
        outlets=row.outlets + new,
        pace=_pace(accepted, row.pace),
    )
    await conn.execute(update(stories).where(stories.c.story_id == row.story_id).values(**_values(changed)))


async def _add_outlets(conn: Connection, story_id: str, source_ids: set[str]) -> int:
    """How many of them are new to the story."""
    known = select(story_outlets.c.source_id).where(story_outlets.c.story_id == story_id)
    new: set[str] = set()
    for part in slices(sorted(source_ids)):
        there = set((await conn.execute(known.where(story_outlets.c.source_id.in_(part)))).scalars())
        new.update(source for source in part if source not in there)
    if new:
        statement = insert(conn, story_outlets).on_conflict_do_nothing()
        await conn.execute(statement, [{"story_id": story_id, "source_id": source} for source in sorted(new)])
    return len(new)


async def get(conn: Connection, story_id: str) -> StoryRow | None:
    """A story that has two articles or more."""
    rows = await _rows(conn, select(stories).where(stories.c.story_id == story_id))
    return rows[0] if rows else None


async def list_rows(
    conn: Connection, wanted: Wanted, order: Order, *, limit: int, after: tuple[datetime, str] | None = None
) -> list[StoryRow]:
    """The first so many in that order. `after`: for the order `newest`, behind the story that began then, of that id."""
    statement = select(stories).limit(limit)
    if wanted.since is not None:
        statement = statement.where(stories.c.last >= wanted.since)
    if wanted.outlets > 1:
        statement = statement.where(stories.c.outlets >= wanted.outlets)
    for column, value in ((stories.c.lang, wanted.lang), (stories.c.country, wanted.country)):
        if value is not None:
            statement = statement.where(column == value)
    if after is not None:
        first, story_id = after
        older = (stories.c.first < first) | ((stories.c.first == first) & (stories.c.story_id < story_id))
        statement = statement.where(stories.c.first <= first, older)
    return await _rows(conn, statement.order_by(*_ORDERS[order]))


_ORDERS = {
    Order.OUTLETS: (stories.c.outlets.desc(), stories.c.last.desc()),
    Order.SPEED: (stories.c.pace.desc(),),
    Order.NEWEST: (stories.c.first.desc(), stories.c.story_id.desc()),
}


async def first_articles(conn: Connection, story_ids: Sequence[str]) -> dict[str, StoryArticle]:
    """The oldest stored article of each story."""
    numbers: list[int] = []
    for part in slices(story_ids):
        found = await conn.execute(select(articles.c.story_id, articles.c.number).where(articles.c.story_id.in_(part)))
        oldest: dict[str, int] = {}
        for row in found:
            oldest[row.story_id] = min(row.number, oldest.get(row.story_id, row.number))
        numbers += oldest.values()
    return {one.story_id: one for one in (await _records(conn, numbers)).values()}


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of those whose newest article was accepted before then (see `prune_oldest`)."""
    return await prune_oldest(conn, stories.c.last, before, limit)


def _pace(accepted: Sequence[datetime], before: float | None = None) -> float:
    """The logarithm of the sum: of what was there, and of an article at each of these times."""
    parts = [_hours(at) for at in accepted] + ([] if before is None else [before])
    most = max(parts)
    return most + math.log2(sum(math.exp2(part - most) for part in parts))


def _hours(at: datetime) -> float:
    return at.timestamp() / _HOUR


async def _records(conn: Connection, numbers: Sequence[int]) -> dict[int, StoryArticle]:
    return {number: archive.opened(record) for number, record in await archive.records(conn, numbers)}


async def _rows(conn: Connection, statement: Select[tuple[object, ...]]) -> list[StoryRow]:
    names = [column.name for column in stories.columns]
    return [StoryRow(**{name: getattr(row, name) for name in names}) for row in await conn.execute(statement)]


def _values(row: StoryRow) -> Mapping[str, object]:
    return {column.name: getattr(row, column.name) for column in stories.columns}


async def members(
    conn: Connection, story_id: str, *, limit: int, after: int | None = None
) -> list[tuple[int, StoryArticle]]:
    """The articles of a story with their numbers, oldest first; behind the number `after`."""
    statement = select(articles.c.number, articles.c.record).where(articles.c.story_id == story_id)
    if after is not None:
        statement = statement.where(articles.c.number > after)
    rows = await conn.execute(statement.order_by(articles.c.number).limit(limit))
    return [(row.number, unpack(row.record, StoryArticle)) for row in rows]


async def times(conn: Connection, story_id: str, limit: int = 5000) -> list[datetime]:
    """When the newest articles of a story were accepted, in no order."""
    statement = select(articles.c.accepted).where(articles.c.story_id == story_id)
    return list((await conn.execute(statement.order_by(articles.c.number.desc()).limit(limit))).scalars())
