"""How much a rule finds that asks for a place alone: the warning `whole-place` with the number of articles a day in the archive."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.management.search import Filter, Query
from alerts.rules.lint import WHOLE_PLACE
from alerts.rules.problem import Code, Problem
from core.clock import Clock
from core.db.engine import Database
from core.store import archive, articles

SECONDS = 0.4  # of counting
_MOST = 20_000  # candidates that are counted
_JUDGED = 100  # of them, the newest: not all of those that the index gives are found
_WEEK, _MONTH = 7, 30
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ADay:
    """Articles a day over the last 7 and the last 30 days, or over those that the archive has. `more`: at least so many, since
    there were too many to count."""

    week: float
    month: float
    more: bool = False

    def __str__(self) -> str:
        least = "at least" if self.more else "about"
        return f"{least} {_shown(self.week)} articles a day over the last {_WEEK} days, {_shown(self.month)} over the last {_MONTH}"


async def with_estimates(
    db: Database, clock: Clock, query: Query, team_id: str, warnings: Sequence[Problem]
) -> tuple[Problem, ...]:
    """The warnings; where one is that a whole place is asked for, it says how much that is."""
    if not any(one.code is Code.WHOLE_PLACE for one in warnings):
        return tuple(warnings)
    return with_much(warnings, how_much(await articles_a_day(db, clock, query, team_id)))


def how_much(found: ADay | None) -> str:
    """The estimate as the end of the warning."""
    return f": {found}" if found is not None else "; no article is stored yet, so how many these are is not known"


def with_much(warnings: Sequence[Problem], much: str) -> tuple[Problem, ...]:
    """The warnings; that of a whole place ends with what `how_much` says."""
    message = f"{WHOLE_PLACE}{much}"
    return tuple(replace(one, message=message) if one.code is Code.WHOLE_PLACE else one for one in warnings)


async def articles_a_day(
    db: Database, clock: Clock, query: Query, team_id: str, *, seconds: float = SECONDS
) -> ADay | None:
    """An estimate in a bounded time: candidates are counted by the index, and the newest of them are judged. None: no article is stored."""
    now, ends = clock.now(), clock.monotonic() + seconds
    since = now - timedelta(days=_MONTH)
    async with db.connection() as conn:
        oldest = await articles.oldest(conn)
        first, recent = await archive.first_since(conn, since), await archive.first_since(conn, now - _WEEK * _A_DAY)
    if oldest is None:
        return None
    if first is None:
        return ADay(0, 0)
    question = query.question(Filter(since=since, until=now + _A_DAY, team_id=team_id))
    numbers: list[int] = []
    more = False
    async for piece in archive.pieces(db, question):
        numbers += (number for number in piece.numbers if number >= first)
        if piece.down_to <= first:
            break
        if len(numbers) >= _MOST or clock.monotonic() >= ends:
            more = True
            break
    share = await _share(db, query, team_id, numbers[:_JUDGED])
    in_week = sum(recent is not None and number >= recent for number in numbers)
    return ADay(share * in_week / _days(oldest, now, _WEEK), share * len(numbers) / _days(oldest, now, _MONTH), more)


async def _share(db: Database, query: Query, team_id: str, numbers: Sequence[int]) -> float:
    """The share of candidates that are found."""
    async with db.connection() as conn:
        rows = await archive.records(conn, numbers)
    return await asyncio.to_thread(_judged, query, team_id, rows) if rows else 0.0


def _judged(query: Query, team_id: str, rows: Sequence[tuple[int, bytes]]) -> float:
    read = [archive.opened(record).article for _, record in rows]
    return sum(one.read_by(team_id) and query.judge(one) is not None for one in read) / len(read)


def _days(oldest: datetime, now: datetime, most: int) -> float:
    return min(max((now - oldest) / _A_DAY, 1.0), float(most))


def _shown(count: float) -> str:
    return f"{count:,.0f}" if count >= 10 else f"{count:.1f}".removesuffix(".0")
