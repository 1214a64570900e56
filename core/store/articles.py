"""Stored articles, found by id, by URL, by time, and by the words in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, or_, select

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables import articles
from core.model import ids
from core.model.story import StoryArticle
from core.store import archive, article_revisions, stories
from core.store import words as word_index
from core.store.facts import VERSION, facts_of, within
from core.store.payload import pack, unpack
from core.text.fold import VERSION as FOLDING

_MOST_AT_ONCE = 500  # records of one statement


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article to be stored; `words`: its folded words, of all fields, in any order.

    Packed when it is made, so that a thread can do it.
    """

    story_article: StoryArticle
    words: Sequence[str]
    packed: bytes = field(init=False, repr=False)
    facts: Sequence[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "packed", pack(self.story_article))
        object.__setattr__(self, "facts", facts_of(self.story_article.article))


@dataclass(frozen=True, slots=True)
class Found:
    """An article of a page. `cursor` falls along the page: pass the last one to get the next page."""

    cursor: int
    story_article: StoryArticle


async def put_many(conn: Connection, rows: Sequence[StoredArticle]) -> set[str]:
    """Store articles with their words; returns the ids that are new or edited.

    A repeat changes nothing. An edit (another revision, accepted later) replaces the earlier revision, as the newest.
    """
    latest: dict[str, StoredArticle] = {}
    for row in rows:
        article = row.story_article.article
        before = latest.get(article.article_id)
        if before is None or before.story_article.article.accepted <= article.accepted:
            latest[article.article_id] = row
    fresh, new = await _without_repeats(conn, latest)
    if not fresh:
        return set()
    statement = insert(conn, articles).on_conflict_do_nothing(index_elements=[articles.c.article_id])
    result = await conn.execute(
        statement.returning(articles.c.number, articles.c.article_id),
        [_values(row) for row in fresh.values()],
    )
    numbers = {row.article_id: row.number for row in result}
    await word_index.add(
        conn,
        [
            word_index.Indexed(number, fresh[key].story_article.article.accepted, fresh[key].words, fresh[key].facts)
            for key, number in numbers.items()
        ],
    )
    await stories.count_in(conn, [one for one in new if one.article.article_id in numbers])
    return set(numbers)


async def _without_repeats(
    conn: Connection, rows: Mapping[str, StoredArticle]
) -> tuple[dict[str, StoredArticle], list[StoryArticle]]:
    """The rows to store, and those of them that are no edits; puts the revisions that edits replace out of the way."""
    fresh = dict(rows)
    edited: dict[int, str] = {}
    for part in slices(list(rows)):
        statement = select(articles.c.article_id, articles.c.revision, articles.c.accepted, articles.c.number)
        for old in await conn.execute(statement.where(articles.c.article_id.in_(part))):
            article = rows[old.article_id].story_article.article
            if article.revision == old.revision or article.accepted <= old.accepted:
                del fresh[old.article_id]
            else:
                edited[old.number] = old.article_id
    await _keep(conn, list(edited))
    await _delete(conn, list(edited))
    new = [row.story_article for key, row in fresh.items() if key not in edited.values()]
    return fresh, new


async def _keep(conn: Connection, numbers: Sequence[int]) -> None:
    """Keep what is about to be replaced."""
    for part in slices(numbers):
        columns = (articles.c.number, articles.c.article_id, articles.c.accepted, articles.c.record)
        rows = await conn.execute(select(*columns).where(articles.c.number.in_(part)))
        replaced = [article_revisions.Replaced(row.number, row.article_id, row.accepted, row.record) for row in rows]
        await article_revisions.add_many(conn, replaced)


async def get(conn: Connection, article_id: str) -> StoryArticle | None:
    statement = select(articles.c.record).where(articles.c.article_id == article_id)
    record = (await conn.execute(statement)).scalar_one_or_none()
    return None if record is None else unpack(record, StoryArticle)


async def by_url(conn: Connection, url: str) -> StoryArticle | None:
    """The article read at this URL or with this canonical URL; `url` cleaned as core.net.url does."""
    return (await by_urls(conn, [url])).get(url)


async def by_urls(conn: Connection, urls: Sequence[str]) -> dict[str, StoryArticle]:
    """The same for many. A canonical URL wins over a redirected one, then the newest wins."""
    canonical = {ids.article_id(url): url for url in urls}
    read_at = {_url_id(url): url for url in urls}
    found: dict[str, bytes] = {}
    asked_for = or_(articles.c.article_id.in_(canonical), articles.c.url_id.in_(read_at))
    statement = select(articles.c.article_id, articles.c.url_id, articles.c.record).where(asked_for)
    rows = (await conn.execute(statement.order_by(articles.c.number))).all()
    found |= {read_at[row.url_id]: row.record for row in rows if row.url_id in read_at}
    found |= {canonical[row.article_id]: row.record for row in rows if row.article_id in canonical}
    return {url: unpack(record, StoryArticle) for url, record in found.items()}


async def of_story(conn: Connection, story_id: str, limit: int = 100) -> list[StoryArticle]:
    """The articles of a story, oldest first."""
    statement = select(articles.c.record).where(articles.c.story_id == story_id).order_by(articles.c.number)
    return [unpack(record, StoryArticle) for record in (await conn.execute(statement.limit(limit))).scalars()]


async def page(
    conn: Connection, *, since: datetime, until: datetime, before_cursor: int | None = None, limit: int = 100
) -> list[Found]:
    """Articles accepted from `since` until before `until`, newest stored first."""
    statement = _between(since, until, before_cursor).order_by(articles.c.number.desc()).limit(limit)
    return _found(await conn.execute(statement))


async def candidates(  # noqa: PLR0913 - one question, its parts named
    conn: Connection,
    anyof: Sequence[Sequence[str]],
    *,
    since: datetime,
    until: datetime,
    before_cursor: int | None = None,
    limit: int = 100,
    also: Sequence[Sequence[Sequence[str]]] = (),
    facts: Sequence[Sequence[Sequence[str]]] = (),
) -> list[Found]:
    """Articles that hold all words of at least one member of `anyof`, newest stored first; and of each of `also` and, as
    core.store.facts says them, of `facts`.

    Words are folded; one that ends in `*` is a prefix. A superset of what was asked: very long words are cut. An empty
    member holds for every article, an empty `anyof` for none.
    """
    if not anyof:
        return []
    groups = [group for group in (anyof, *also) if all(group)]
    days = within(since, until)
    question = archive.Question(words=groups, facts=[*facts, *([] if days is None else [[[day] for day in days]])])
    walk = await archive.Walk.begin(conn, question, before_cursor)
    found: list[Found] = []
    while walk.goes_on and len(found) < limit:
        for part in slices((await walk.step(conn)).numbers, min(max(limit, 1), _MOST_AT_ONCE)):
            columns = (articles.c.number, articles.c.record)
            asked = select(*columns).where(articles.c.number.in_(part), *_within(since, until))
            found += _found(sorted(await conn.execute(asked), key=lambda row: -row.number))
            if len(found) >= limit:
                break
    return found[:limit]


async def count(conn: Connection, since: datetime, until: datetime) -> int:
    """How many articles were accepted in that time."""
    found: int = (
        await conn.execute(select(func.count()).where(articles.c.accepted >= since, articles.c.accepted < until))
    ).scalar_one()
    return found


async def oldest(conn: Connection) -> datetime | None:
    """When the oldest article kept was accepted: how far back history reaches."""
    found: datetime | None = (await conn.execute(select(func.min(articles.c.accepted)))).scalar_one()
    return found


async def newest_of(conn: Connection, source_ids: Sequence[str]) -> datetime | None:
    """When the newest stored article of any of these sources was accepted."""
    statement = select(func.max(articles.c.accepted)).where(articles.c.source_id.in_(source_ids))
    found: datetime | None = (await conn.execute(statement)).scalar_one()
    return found


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete up to `limit` articles accepted before then, with their words; call again while it returns `limit`."""
    oldest = select(articles.c.number).where(articles.c.accepted < before).order_by(articles.c.accepted).limit(limit)
    numbers = list((await conn.execute(oldest)).scalars())
    await _delete(conn, numbers)
    return len(numbers)


async def _delete(conn: Connection, numbers: Sequence[int]) -> None:
    await word_index.remove(conn, numbers)
    for part in slices(numbers):
        await conn.execute(delete(articles).where(articles.c.number.in_(part)))


def _url_id(url: str) -> str:
    return ids.derived_id("url", url)


def _values(row: StoredArticle) -> dict[str, object]:
    article = row.story_article.article
    return {
        "article_id": article.article_id,
        "revision": article.revision,
        "url_id": _url_id(article.url),
        "story_id": row.story_article.story_id,
        "source_id": article.source_id,
        "accepted": article.accepted,
        "record": row.packed,
        "facts": VERSION,
        "folding": FOLDING,
    }


def _between(since: datetime, until: datetime, before_cursor: int | None) -> Select[tuple[int, bytes]]:
    # With a bound of its number, also where there is none yet: SQLite then walks the articles by number from the newest on,
    # and does not sort all those of the time to find the first.
    below = word_index.NEWEST if before_cursor is None else before_cursor
    return select(articles.c.number, articles.c.record).where(*_within(since, until), articles.c.number < below)


def _within(since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return articles.c.accepted >= since, articles.c.accepted < until


def _found(rows: Iterable[Row[Any]]) -> list[Found]:
    return [Found(row.number, unpack(row.record, StoryArticle)) for row in rows]
