"""Search in stored articles: a few numbers at a time, from the newest article back, so that a search can stop whenever it likes.

What is found here are candidates, never too few of them: who searches decides by the article itself.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from sqlalchemy import func, select, update

from core.db.connection import Connection
from core.db.engine import Database
from core.db.statements import slices
from core.db.tables import articles
from core.model.story import StoryArticle
from core.store import facts
from core.store import words as word_index
from core.store.payload import unpack
from core.store.words import Groups

_FIRST_PIECE, _LARGEST_PIECE = 1 << 15, 1 << 20  # numbers that one statement looks at
_ALIGNED = 1 << 12
_MOST = 1000  # candidates of one statement

_WITHOUT_FACTS = articles.c.facts.is_(None)


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
    """A search from the newest article back. `low`: where it ends; `high`: below which it goes on; `bare`: below it not every
    article has its facts in the index."""

    question: Question
    low: int
    high: int
    bare: int
    span: int

    @classmethod
    async def begin(cls, conn: Connection, question: Question, below: int | None = None) -> Self:
        """At the newest article, or below that number."""
        low, high = await _bounds(conn)
        bare = await _newest_without_facts(conn) + 1
        return cls(question, low, high if below is None else min(high, below), bare, _FIRST_PIECE)

    @property
    def goes_on(self) -> bool:
        return self.high > self.low

    async def step(self, conn: Connection) -> Piece:
        """The next piece."""
        indexed = self.high > self.bare
        end = max((self.high - self.span) & -_ALIGNED, self.low, self.bare if indexed else self.low)
        groups = [*self.question.words, *self.question.facts] if indexed else self.question.words
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


async def accepted_at(conn: Connection, number: int) -> datetime | None:
    """When the article of that number, or the next one after it, was accepted."""
    statement = select(articles.c.accepted).where(articles.c.number >= number).order_by(articles.c.number).limit(1)
    found: datetime | None = (await conn.execute(statement)).scalar_one_or_none()
    return found


def opened(record: bytes) -> StoryArticle:
    return unpack(record, StoryArticle)


async def without_facts(conn: Connection) -> int:
    """How many articles have not their facts in the index yet."""
    waiting: int = (await conn.execute(select(func.count()).where(_WITHOUT_FACTS))).scalar_one()
    return waiting


async def add_facts(conn: Connection, most: int) -> int:
    """Index the newest of those articles with their facts; how many. In small transactions, beside the stages."""
    statement = select(articles.c.number, articles.c.accepted, articles.c.record).where(_WITHOUT_FACTS)
    newest = statement.order_by(articles.c.number.desc()).limit(most).with_for_update(skip_locked=True)
    rows = (await conn.execute(newest)).all()
    indexed = [
        word_index.Indexed(row.number, row.accepted, (), facts.facts_of(opened(row.record).article)) for row in rows
    ]
    await word_index.widen(conn, indexed)
    numbers = [row.number for row in rows]
    for part in slices(numbers):
        await conn.execute(update(articles).where(articles.c.number.in_(part)).values(facts=facts.VERSION))
    return len(numbers)


async def _bounds(conn: Connection) -> tuple[int, int]:
    """The first number, and one beyond the last; each by itself is one look into the index."""
    low: int | None = (await conn.execute(select(func.min(articles.c.number)))).scalar_one()
    high: int | None = (await conn.execute(select(func.max(articles.c.number)))).scalar_one()
    return (0, 0) if low is None or high is None else (low, high + 1)


async def _newest_without_facts(conn: Connection) -> int:
    newest: int | None = (await conn.execute(select(func.max(articles.c.number)).where(_WITHOUT_FACTS))).scalar_one()
    return -1 if newest is None else newest
