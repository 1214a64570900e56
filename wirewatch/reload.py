"""Applies a changed configuration to a running process: all of it, or nothing if it has a problem.

SIGHUP -> read and check the files --(problems)--> the old state stays; log, metric, /readyz and page report why
                | good
                v
rules, sources, aliases into the database; channels, hosts, limits, log into this process; what needs a restart is named
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import structlog

from core.clock import Clock
from core.errors import ConfigError
from core.metrics import Metrics
from core.model.outcome import ReloadOutcome
from core.model.rule import RuleDraft
from core.wake_up import WakeUp
from wirewatch.config.loading import Config
from wirewatch.config.rules import load_with_rules, rule_drafts
from wirewatch.health.parts import Health

PART = "configuration"  # the name under which /readyz and the page tell of a refused reload
_SHOWN_PROBLEMS = 3
_WAIT_SECONDS = 3600.0
_logger = structlog.get_logger(__name__)

# Of these sections only the settings named here apply to a running process; the others need a restart.
_TAKEN_OVER: Mapping[str, tuple[str, ...]] = {
    "log": ("level", "format"),
    "database": (),
    "server": ("names",),
    "fetch": ("allow_networks", "max_bytes", "timeout_seconds"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """`config`: the new one, with the old settings where they need a restart. `later`: the settings that wait for a restart."""

    config: Config
    later: tuple[str, ...]


def change(old: Config, new: Config) -> Change:
    """The part of `new` that applies to a running process. Pure."""
    later = ["data_dir"] if old.data_dir != new.data_dir else []
    kept: dict[str, Any] = {"data_dir": old.data_dir}
    for section, taken_over in _TAKEN_OVER.items():
        before, after = getattr(old, section), getattr(new, section)
        made = [one.name for one in fields(after) if one.name not in taken_over]
        later += [f"{section}.{name}" for name in made if getattr(before, name) != getattr(after, name)]
        kept[section] = replace(after, **{name: getattr(before, name) for name in made})
    return Change(replace(new, **kept), tuple(later))


def changed_channels(old: Config, new: Config) -> set[tuple[str, str]]:
    """The team and name of the channels whose settings differ, or may differ since they stand in files of their own."""
    known = {(channel.team, channel.settings.name): channel for channel in old.channels}
    return {
        (channel.team, channel.settings.name)
        for channel in new.channels
        if known.get((channel.team, channel.settings.name)) != channel
        or any(
            name.endswith("_file") and getattr(channel.settings, name) for name in type(channel.settings).model_fields
        )
    }


def _says_something(config: Config) -> bool:
    """Nothing at all is what a file holds that is just being written, or whose disk was full."""
    return bool(config.sources or config.rules or config.channels)


class Reloader:
    """Runs beside the roles; `ask` may be called at any time and as often as one likes."""

    def __init__(
        self,
        config: Config,
        *,
        apply: Callable[[Config, Sequence[RuleDraft]], Awaitable[None]],
        told: Callable[[tuple[str, ...], tuple[str, ...]], None],
        health: Health,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        """`apply`: applies the new settings. `told`: called after each reload with its problems and the settings that wait."""
        self.config = config  # in force
        self.turn = asyncio.Lock()  # of who brings another into force
        self._apply = apply
        self._told = told
        self._health = health
        self._metrics = metrics
        self._clock = clock
        self._wake_up = WakeUp()
        self._done = 0  # rings that are answered

    def ask(self) -> None:
        """Reload soon; several requests during a reload count as one."""
        self._wake_up.notify()

    async def run(self) -> None:
        """Reload on request until cancelled. A failure below (the database is away) is retried at a restart."""
        while True:
            while self._wake_up.count > self._done:
                heard = self._wake_up.count
                await self.reload()
                self._done = heard
            await self._wake_up.wait(self._done, self._clock, _WAIT_SECONDS)

    async def reload(self) -> None:
        """Once, now."""
        async with self.turn:
            await self._reload()

    async def _reload(self) -> None:
        try:
            new, drafts = await asyncio.to_thread(self._read)
            found = change(self.config, new)
            await self._apply(found.config, drafts)
        except ConfigError as error:
            self._refused(error.problems)
            return
        self.config = found.config
        self._health.warn(PART, None)
        self._count(ReloadOutcome.APPLIED)
        self._told((), found.later)
        _logger.info(
            "reloaded",
            sources=len(new.sources),
            rules=len(new.rules),
            channels=len(new.channels),
            needs_restart=list(found.later),
        )

    def _read(self) -> tuple[Config, Sequence[RuleDraft]]:
        config = load_with_rules(self.config.path)
        if _says_something(self.config) and not _says_something(config):
            problem = f"{config.path.name}: no source, rule or channel stands in it any more; if that is meant, restart"
            raise ConfigError([problem])
        return config, rule_drafts(config)

    def _refused(self, problems: tuple[str, ...]) -> None:
        more = f" and {len(problems) - _SHOWN_PROBLEMS} more" if len(problems) > _SHOWN_PROBLEMS else ""
        shown = "; ".join(problem.partition("\n")[0] for problem in problems[:_SHOWN_PROBLEMS])
        self._health.warn(PART, f"a reload was refused, the old state is in force: {shown}{more}")
        self._count(ReloadOutcome.REFUSED)
        self._told(problems, ())
        _logger.error("reload_refused", problems=list(problems))

    def _count(self, outcome: ReloadOutcome) -> None:
        self._metrics.config_reloads.labels(outcome=outcome).inc()
        self._metrics.config_last_reload_successful.set(outcome is ReloadOutcome.APPLIED)
