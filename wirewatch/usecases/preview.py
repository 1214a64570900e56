"""Preview: what a rule would have found in the stored articles; nothing is stored or sent."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from alerts.management.live_preview import Patience, live_preview
from alerts.management.preview import Against, Preview, Shown, Window, compare, first_page
from alerts.management.preview import preview as judged
from alerts.management.search import query_of
from alerts.management.whole_place import with_estimates
from alerts.rules.estimate import CostEstimate, estimated
from alerts.rules.expand import expand
from alerts.rules.parser import parse
from alerts.rules.problem import Problem
from alerts.rules.size import NOTHING, RuleSize, size_of
from wirewatch.usecases.acting import Acting, reads
from wirewatch.usecases.alias_sets import known_aliases
from wirewatch.usecases.named_rules import named, stored_rule
from wirewatch.usecases.permission import Permission

Stories = Sequence[Sequence[Shown]]

_MOST_LIVE = 5000  # candidates: what is found is kept until it is shown


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
    size: RuleSize = NOTHING
    cost: CostEstimate | None = None


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

    What is wrong with the text is part of the answer.
    """
    async with acting.db.connection() as conn:
        old = None if asked.against is None else await stored_rule(conn, acting, asked.against)
        acting = acting if old is None else replace(acting, team=old.team_id)
        known = await known_aliases(conn, acting)
    parsed = await asyncio.to_thread(
        parse, asked.query, aliases=known
    )  # the first forms(...) of a language take seconds
    if parsed.tree is None:
        return Live(problems=parsed.problems)
    now = acting.clock.now()
    window = Window(now - timedelta(days=asked.days), now, _MOST_LIVE, acting.team)
    before = None if old is None or not old.query or old.query == asked.query else parse(old.query, aliases=known)
    if before is not None and before.tree is None:
        before = None  # it can be read no more
    seconds = asked.seconds if before is None else asked.seconds / 2
    patience = Patience(clock=acting.clock, seconds=seconds, gone=asked.gone)
    query = query_of(parsed, known)
    found = await live_preview(acting.db, query, window, patience)
    warnings = await with_estimates(acting.db, acting.clock, query, acting.team, parsed.warnings)
    told = Live(
        warnings=warnings,
        found=found,
        size=size_of(parsed.tree, known),
        cost=estimated(expand(parsed.tree, known)),
    )
    if before is None:
        return told
    other = await live_preview(acting.db, query_of(before, known), window, patience)
    return replace(told, against=compare(found, other))
