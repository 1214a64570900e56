"""A rule's standing condition as options of a command."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from core.db.connection import Connection
from core.errors import UserError
from core.model.metric_rule import KINDS, OTHER_NAMES, MetricRule
from core.model.rule import RuleSettings
from core.store import sources
from wirewatch.cli.times import SPAN
from wirewatch.config.rule_settings import read_setting

NONE = "none"
F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--standing", type=click.Choice([*KINDS, *OTHER_NAMES, NONE]), help="Tell only when this condition holds."
    ),
    click.option("--window", type=SPAN, help="Its window, such as 1h or 2d."),
    click.option("--stories", type=int, help="At least so many stories (frequency, spike)."),
    click.option("--factor", type=float, help="So many times the usual (spike)."),
    click.option("--baseline-windows", type=int, help="What is usual: the mean of so many windows before (spike)."),
    click.option("--source", help="The source whose silence is watched, in place of a query (silence)."),
)


def standing_options(command: F) -> F:
    """Add the options; they come as keyword arguments of these names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def standing_settings(given: Mapping[str, Any], before: MetricRule | None) -> MetricRule | None:
    """The condition asked for; without `--standing`, as before. Raises UserError, UsageError."""
    kind = given["standing"]
    names = ("window", "stories", "factor", "baseline_windows", "source")
    values = {name: given[name] for name in names if given[name] is not None}
    if kind in (None, NONE):
        if values:
            raise click.UsageError(f"--{next(iter(values)).replace('_', '-')} belongs to --standing")
        return before if kind is None else None
    window: timedelta | None = values.pop("window", None)
    if window is None:
        raise click.UsageError(f"--standing {kind} needs --window, such as --window 1h")
    table = {"kind": kind, "window_seconds": window.total_seconds(), **values}
    condition: MetricRule | None
    condition, problems = read_setting("standing", table)
    if problems:
        raise UserError("\n".join(f"{'.'.join(map(str, keys))}: {message}" for keys, message in problems))
    return condition


async def check_source(conn: Connection, settings: RuleSettings, query: str | None) -> None:
    """A watched source must be there, and has no query beside it; every other rule has one. Raises UserError."""
    name = settings.watched_source
    if name is None:
        if not query:
            raise UserError("a rule needs a query; only --standing silence --source NAME goes without")
        return
    if query:
        raise UserError(
            "a rule that watches a source for silence has no query; leave out --source and write"
            f' AND source:"{name}" in the query'
        )
    names = [row.source.name for row in await sources.list_all(conn)]
    if name not in names:
        near = get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "`wirewatch sources list` shows them"
        raise UserError(f"there is no source {name!r}; {hint}")
