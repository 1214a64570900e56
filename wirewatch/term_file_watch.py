"""Follows the files of terms that aliases name: a changed list is taken over while the process runs, without a reload.

stamps of the files --(as they were)--> nothing is read
    | changed, and the same at two looks in a row: nobody is writing any more
    v
read, checked with the rules that use them --(a problem)--> the lists as they were stay; log, metric, /readyz and page report why
    | good
    v
the aliases into the database, as a new version of each that changed
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import structlog

from alerts.rules.term_list import counted
from core.clock import Clock
from core.config import Problem
from core.metrics import Metrics
from wirewatch.config.aliases import read_again
from wirewatch.config.loading import Config
from wirewatch.config.rules import rule_problems
from wirewatch.config.term_files import Stamp, stamps_of
from wirewatch.health.parts import Health
from wirewatch.reload import Reloader

PART = "term files"  # the name under which /readyz and the page tell of a list that is not taken over
LOOK_SECONDS = 2.0
_SHOWN_PROBLEMS = 3
_SHRUNK = 2  # a list that is that many times shorter is told
_logger = structlog.get_logger(__name__)

Stamps = Mapping[Path, Stamp]


@dataclass(frozen=True, slots=True)
class Lists:
    """A configuration with the lists as they are now, and what is wrong with them."""

    config: Config
    problems: tuple[Problem, ...]


def lists_now(config: Config) -> Lists:
    """Reads the files that have changed. Not for the event loop."""
    read = read_again(config.listed_aliases)
    new = replace(config, aliases=read.drafts, term_stamps=read.stamps)
    if read.problems:
        return Lists(new, read.problems)
    users = tuple(replace(rule, read=[]) for rule in config.rules if "@" in rule.query)
    return Lists(new, tuple(rule_problems(replace(new, rules=users))))


class TermFileWatch:
    """Runs beside the reloads, never within one."""

    def __init__(
        self,
        reloader: Reloader,
        *,
        apply: Callable[[Config], Awaitable[None]],
        health: Health,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        """`apply`: brings the aliases of a configuration into force."""
        self._reloader = reloader
        self._apply = apply
        self._health = health
        self._metrics = metrics
        self._clock = clock
        self._seen: Stamps = {}
        self._refused: Stamps | None = None  # the files as they were when they were not taken over

    async def run(self) -> NoReturn:
        """Look now and then, until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Once, now."""
        async with self._reloader.turn:
            config = self._reloader.config
            now = await asyncio.to_thread(stamps_of, config.term_stamps)
            if now == config.term_stamps:
                self._well()
            elif now != self._seen:
                self._seen = now
            elif now != self._refused:
                await self._read(config, now)

    async def _read(self, config: Config, now: Stamps) -> None:
        found = await asyncio.to_thread(lists_now, config)
        if found.problems:
            self._refuse(found.problems)
            self._refused = now
            return
        await self._apply(found.config)
        self._reloader.config = found.config
        self._tell(config, found.config)
        self._well()

    def _well(self) -> None:
        self._refused = None
        self._health.warn(PART, None)
        self._metrics.term_files_refused.set(0)

    def _refuse(self, problems: tuple[Problem, ...]) -> None:
        more = f" and {len(problems) - _SHOWN_PROBLEMS} more" if len(problems) > _SHOWN_PROBLEMS else ""
        shown = "; ".join(str(problem).partition("\n")[0] for problem in problems[:_SHOWN_PROBLEMS])
        self._health.warn(PART, f"a list is not taken over, the last good one is in force: {shown}{more}")
        self._metrics.term_files_refused.set(len({problem.file for problem in problems}))
        _logger.error("term_files_refused", problems=[str(problem) for problem in problems])

    def _tell(self, before: Config, after: Config) -> None:
        for old, new in zip(before.aliases, after.aliases, strict=True):
            if old.terms != new.terms:
                say = _logger.warning if len(new.terms) * _SHRUNK < len(old.terms) else _logger.info
                say("term_list_changed", alias=new.name, terms=counted(new.terms), before=counted(old.terms))
