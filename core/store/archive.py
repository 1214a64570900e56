"""Search in stored articles: a few numbers at a time, from the newest article back, so that a search can stop whenever it likes.

What is found here are candidates, never too few of them: who searches decides by the article itself.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, func, select, update

from core.db.connection import Connection
from core.db.engine import Database
from core.db.statements import slices
from core.db.tables import articles
from core.model.story import StoryArticle
from core.store import facts
from core.store import words as word_index
from core.store.payload import unpack
from core.store.words import Groups
from core.text.fold import VERSION as FOLDING

_FIRST_PIECE, _LARGEST_PIECE = 1 << 15, 1 << 20  # numbers that one statement looks at
_ALIGNED = 1 << 12
_MOST = 1000  # candidates of one statement

_WITHOUT_FACTS = articles.c.facts.is_(None)
_FOLDED_BEFORE = articles.c.folding.is_(None)  # so is every one without facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a candidate has: of each group one member with all its words. `facts`: as core.store.facts says them."""

    words: Groups = field(default_factory=tuple)
    facts: Groups = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Piece:
    """Candidates, newest first. All that lie at or above `down_to` have been given by now; 0: all there are."""

    numbers: Sequence[int]
    down_to: int


async def pieces(db: Database, question: Question, below: int | None = None) -> AsyncIterator[Piece]:
    """All candidates below that number, in pieces of which each takes one short statement; a piece may be empty."""
    async with db.connection() as conn:
        walk = await Walk.begin(conn, question, below)
    while walk.goes_on:
        async with db.connection() as conn:
            piece = await walk.step(conn)
        yield piece


@dataclass(slots=True)
class Walk:
    """A search from the newest article back. `low`: where it ends; `high`: below which it goes on; `older`: below it not every
    article is indexed with its words as they are folded now, `bare`: nor with its facts. What is not indexed is a candidate."""

    question: Question
    low: int
    high: int
    older: int
    bare: int
    span: int

    @classmethod
    async def begin(cls, conn: Connection, question: Question, below: int | None = None) -> Self:
        """At the newest article, or below that number."""
        low, high = await _bounds(conn)
        older, bare = [await _beyond(conn, those) for those in (_FOLDED_BEFORE, _WITHOUT_FACTS)]
        return cls(question, low, high if below is None else min(high, below), older, bare, _FIRST_PIECE)

    @property
    def goes_on(self) -> bool:
        return self.high > self.low

    async def step(self, conn: Connection) -> Piece:
        """The next piece."""
        folded, indexed = self.high > self.older, self.high > self.bare
        least = self.older if folded else self.bare if indexed else self.low
        end = max((self.high - self.span) & -_ALIGNED, self.low, least)
        groups = [*(self.question.words if folded else ()), *(self.question.facts if indexed else ())]
        found = await _numbers(conn, groups, (end, self.high), indexed=indexed)
        if len(found) == _MOST:
            self.high = found[-1]
        else:
            self.high, self.span = end, min(self.span * 8, _LARGEST_PIECE)
        return Piece(found, self.high if self.goes_on else 0)


async def _numbers(conn: Connection, groups: Groups, place: tuple[int, int], *, indexed: bool) -> list[int]:
    if groups:
        return await word_index.between(conn, groups, *place, _MOST, blocks=indexed)
    statement = select(articles.c.number).where(articles.c.number >= place[0], articles.c.number < place[1])
    return list((await conn.execute(statement.order_by(articles.c.number.desc()).limit(_MOST))).scalars())


async def records(conn: Connection, numbers: Sequence[int]) -> list[tuple[int, bytes]]:
    """The stored bytes of articles by number, newest first; `opened` reads them, in a thread where there are many."""
    found: list[tuple[int, bytes]] = []
    for part in slices(numbers):
        rows = await conn.execute(select(articles.c.number, articles.c.record).where(articles.c.number.in_(part)))
        found.extend((row.number, row.record) for row in rows)
    return sorted(found, reverse=True)


async def newest(conn: Connection, most: int) -> list[bytes]:
    """The stored bytes of the newest articles."""
    statement = select(articles.c.record).order_by(articles.c.number.desc()).limit(most)
    return list((await conn.execute(statement)).scalars())


async def first_since(conn: Connection, moment: datetime) -> int | None:
    """The number of the first article accepted since then."""
    statement = select(articles.c.number).where(articles.c.accepted >= moment)
    found: int | None = (
        await conn.execute(statement.order_by(articles.c.accepted, articles.c.number).limit(1))
    ).scalar_one_or_none()
    return found


async def accepted_at(conn: Connection, number: int) -> datetime | None:
    """When the article of that number, or the next one after it, was accepted."""
    statement = select(articles.c.accepted).where(articles.c.number >= number).order_by(articles.c.number).limit(1)
    found: datetime | None = (await conn.execute(statement)).scalar_one_or_none()
    return found


def opened(record: bytes) -> StoryArticle:
    return unpack(record, StoryArticle)


@dataclass(frozen=True, slots=True)
class Older:
    """An article that an earlier release has indexed."""

    number: int
    accepted: datetime
    record: bytes


async def count_older(conn: Connection) -> int:
    """How many articles are not indexed as they would be now."""
    waiting: int = (await conn.execute(select(func.count()).where(_FOLDED_BEFORE))).scalar_one()
    return waiting


async def older(conn: Connection, most: int) -> list[Older]:
    """The newest of them."""
    statement = select(articles.c.number, articles.c.accepted, articles.c.record).where(_FOLDED_BEFORE)
    rows = await conn.execute(statement.order_by(articles.c.number.desc()).limit(most))
    return [Older(row.number, row.accepted, row.record) for row in rows]


async def index_anew(conn: Connection, rows: Sequence[word_index.Indexed]) -> None:
    """Index them as they would be now, but those that another process has in hand or that are gone."""
    for part in slices([row.number for row in rows]):
        waiting = select(articles.c.number).where(articles.c.number.in_(part), _FOLDED_BEFORE)
        mine = set((await conn.execute(waiting.with_for_update(skip_locked=True))).scalars())
        await word_index.replace(conn, [row for row in rows if row.number in mine])
        now = update(articles).where(articles.c.number.in_(list(mine)))
        await conn.execute(now.values(facts=facts.VERSION, folding=FOLDING))


async def _bounds(conn: Connection) -> tuple[int, int]:
    """The first number, and one beyond the last; each by itself is one look into the index."""
    low: int | None = (await conn.execute(select(func.min(articles.c.number)))).scalar_one()
    high: int | None = (await conn.execute(select(func.max(articles.c.number)))).scalar_one()
    return (0, 0) if low is None or high is None else (low, high + 1)


async def _beyond(conn: Connection, those: ColumnElement[bool]) -> int:
    """One beyond the newest of those articles."""
    newest: int | None = (await conn.execute(select(func.max(articles.c.number)).where(those))).scalar_one()
    return 0 if newest is None else newest + 1
