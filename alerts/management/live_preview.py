"""A preview for somebody who waits for it: what a text would have found, as far as it can be judged in a moment.

It asks the archive piece by piece, from the newest article back, and judges in a thread, so that nothing else waits for it.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.management.candidates import groups
from alerts.management.near_words import words_nearly
from alerts.management.preview import MOST_NEAR, Judged, Preview, Window
from alerts.management.search import Filter, Query, narrowed
from alerts.rules.missed import JustMissed
from core.clock import Clock
from core.db.engine import Database
from core.store import archive, articles
from core.store.archive import Question

_FIRST, _MOST = 16, 128  # articles that are read and judged at once
_SHARE_OF_WORDS = 0.3  # of the time, for the words just missed

Rows = Sequence[tuple[int, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`seconds`: how long it may take. `gone`: whether nobody waits any more."""

    clock: Clock
    seconds: float
    gone: Callable[[], bool] = lambda: False


async def live_preview(db: Database, query: Query, window: Window, patience: Patience) -> Preview:
    """Judge the newest candidates until the time is over, then look for words just missed in what is left of it."""
    if query.tree is None:
        raise ValueError("a preview of no text")
    judged = Judged(Preview(since=window.since, until=window.until), query.judge, window)
    look = await asyncio.to_thread(JustMissed, query.tree)  # of a long list it takes a second
    wanted = Filter(since=window.since, until=window.until, team_id=window.team_id)
    words = patience.seconds * _SHARE_OF_WORDS
    at_work = _AtWork(db, judged, look, _until(patience, patience.seconds - words))
    back_to = await at_work.judge_all(await narrowed(db, query.question(wanted)))
    judged.result.complete = back_to is None
    at_work = _AtWork(db, judged, look, _until(patience, words))
    if searched := words_nearly(query.tree):
        await at_work.look_at(Question(words=searched, facts=[*wanted.facts(), *groups(query.tree)[1]]), MOST_NEAR)
    async with db.connection() as conn:
        result = judged.ended(await articles.oldest(conn))
    if back_to is not None and not result.read:
        result.since = max(result.since, min(back_to, window.until))
    return result


def _until(patience: Patience, seconds: float) -> Callable[[], bool]:
    ends = patience.clock.monotonic() + seconds
    return lambda: patience.gone() or patience.clock.monotonic() >= ends


@dataclass(frozen=True, slots=True)
class _AtWork:
    db: Database
    judged: Judged
    look: JustMissed
    late: Callable[[], bool]

    async def judge_all(self, question: Question) -> datetime | None:
        """Judge candidates, newest first. None: all of them; else how far back it came."""
        async for piece in archive.pieces(self.db, question):
            left, size = list(piece.numbers), _FIRST
            while left:
                rows = await self._rows(left[:size])
                if not await asyncio.to_thread(self._judge, rows):
                    return self.judged.since or self.judged.window.until
                del left[:size]
                size = min(2 * size, _MOST)
            if piece.down_to > 0 and self.late():
                async with self.db.connection() as conn:
                    return await archive.accepted_at(conn, piece.down_to)
        return None

    def _judge(self, rows: Rows) -> bool:
        """False: it is late, or enough."""
        window = self.judged.window
        for _, record in rows:
            if self.late() or self.judged.result.read >= window.most:
                return False
            story = archive.opened(record)
            if window.since <= story.article.accepted < window.until:
                self.judged.take(story, self.look)
        return True

    async def look_at(self, question: Question, most: int) -> None:
        """Look for words just missed in so many articles at most."""
        if self.late():
            return
        question = await narrowed(self.db, question)  # without what is common: then the newest articles have it
        async for piece in archive.pieces(self.db, question):
            numbers = piece.numbers[:most]
            for start in range(0, len(numbers), _MOST):
                await asyncio.to_thread(self._look, await self._rows(numbers[start : start + _MOST]))
            most -= len(numbers)
            if most <= 0 or self.late():
                return

    def _look(self, rows: Rows) -> None:
        for _, record in rows:
            if self.late():
                return
            self.judged.look_at(archive.opened(record), self.look)

    async def _rows(self, numbers: Sequence[int]) -> Rows:
        async with self.db.connection() as conn:
            return await archive.records(conn, numbers)
