"""Preview: what a rule would have found in the stored articles; nothing is stored or sent."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from alerts.management.preview import Against, Preview, Shown, Window, compare, first_page, production_judge
from alerts.management.preview import preview as judged
from alerts.rules.aliases import AliasSet
from alerts.rules.expand import expand
from alerts.rules.parser import parse
from alerts.rules.problem import Problem
from core.clock import Clock
from core.db.connection import Connection
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.named_rules import known_aliases, named, stored_rule
from wirewatch.usecases.permission import Permission

Stories = Sequence[Sequence[Shown]]

_TURN_SECONDS = 0.01  # of judging, before others have a turn
_MOST_LIVE = 5000  # candidates: what is found is kept until it is shown
_SHARE_OF_WORDS = 0.3  # of the time, for the words just missed


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPreview:
    """`query`: a stored rule's name or a text. `against`: the same, to compare with."""

    query: str
    days: float
    against: str | None = None


@dataclass(frozen=True, slots=True)
class Previewed:
    """`against` None: nothing was to be compared."""

    found: Preview
    against: Against | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLive:
    """A preview for who writes the rule and waits for it. `against`: the name or id of the stored rule that is being changed.

    `gone`: whether nobody waits any more.
    """

    query: str
    days: float
    seconds: float
    against: str | None = None
    gone: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """`found` None: the text has these problems. `against` None: there is nothing to compare with."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    found: Preview | None = None
    against: Against | None = None


class Watcher(Protocol):
    """The receiver of a preview's results."""

    @property
    def stories(self) -> int:
        """How many of the newest stories to find before all else."""

    def first(self, stories: Stories) -> None:
        """These are they."""

    def judged(self, articles: int) -> None:
        """So many candidates are judged by now."""


@reads(Permission.READ_ARTICLES)
async def preview(acting: Acting, asked: AskedPreview, watcher: Watcher) -> Previewed:
    """Judge the stored articles of the last days. Raises NotFound, Invalid with every problem of a text."""
    async with acting.db.connection() as conn:
        now = acting.clock.now()
        window = Window(now - timedelta(days=asked.days), now, team_id=acting.team)
        new = await named(conn, acting, asked.query)
        old = None if asked.against is None else await named(conn, acting, asked.against)
        watcher.first(await first_page(conn, new.tree, window, watcher.stories, new.judge))
        found = await judged(conn, new.tree, window, new.judge, progress=watcher.judged)
        other = None if old is None else await judged(conn, old.tree, window, old.judge)
    return Previewed(found, None if other is None else compare(found, other))


@reads(Permission.READ_ARTICLES)
async def live(acting: Acting, asked: AskedLive) -> Live:
    """The same for a text as it is typed: in about `seconds`, with what was found by then. Raises NotFound.

    What is wrong with the text is part of the answer. It lets others have a turn while it judges.
    """
    async with acting.db.connection() as conn:
        known = await known_aliases(conn, acting)
        parsed = parse(asked.query, aliases=known)
        if parsed.tree is None:
            return Live(problems=parsed.problems)
        now = acting.clock.now()
        window = Window(now - timedelta(days=asked.days), now, _MOST_LIVE, acting.team)
        old = None if asked.against is None else await stored_rule(conn, acting, asked.against)
        compared = old is not None and bool(old.query) and old.query != asked.query
        seconds = asked.seconds / 2 if compared else asked.seconds
        haste = _Haste.of(acting.clock, seconds, asked.gone)
        judge = production_judge(asked.query, known)
        found = await judged(conn, expand(parsed.tree, known), window, judge, haste=haste)
        against = None
        if compared and old is not None:
            against = compare(
                found, await _before(conn, old.query, known, window, _Haste.of(acting.clock, seconds, asked.gone))
            )
    return Live(warnings=parsed.warnings, found=found, against=against)


async def _before(conn: Connection, query: str, known: AliasSet, window: Window, haste: "_Haste") -> Preview:
    """What the saved version finds; nothing where it can be read no more."""
    tree = parse(query, aliases=known).tree
    if tree is None:
        return Preview(since=window.since, until=window.until)
    return await judged(conn, expand(tree, known), window, production_judge(query, known), haste=haste)


@dataclass(slots=True, kw_only=True)
class _Haste:
    """Until a moment of the monotonic clock, or until nobody waits any more."""

    clock: Clock
    until: float
    words: float  # seconds for the words just missed
    gone: Callable[[], bool]
    _turn: float = field(default=0.0)

    @classmethod
    def of(cls, clock: Clock, seconds: float, gone: Callable[[], bool]) -> "_Haste":
        now = clock.monotonic()
        words = seconds * _SHARE_OF_WORDS
        return cls(clock=clock, until=now + seconds - words, words=words, gone=gone, _turn=now)

    async def spent(self) -> bool:
        now = self.clock.monotonic()
        if now >= self.until or self.gone():
            return True
        if now - self._turn >= _TURN_SECONDS:
            await asyncio.sleep(0)
            self._turn = self.clock.monotonic()
        return False

    def rest(self) -> "_Haste":
        return replace(self, until=self.clock.monotonic() + self.words)
