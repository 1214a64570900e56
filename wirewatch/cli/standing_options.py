"""A rule's standing condition as options of a command."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import click

from core.errors import UserError
from core.model.metric_rule import KINDS, OTHER_NAMES
from wirewatch.cli.times import SPAN
from wirewatch.config.rule_settings import read_setting
from wirewatch.usecases.rules import NewRule

NONE = "none"
F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--standing", type=click.Choice([*KINDS, *OTHER_NAMES, NONE]), help="Alert only when this condition holds."
    ),
    click.option("--window", type=SPAN, help="Its window, such as 1h or 2d."),
    click.option("--stories", type=int, help="The least number of stories (frequency, spike)."),
    click.option("--factor", type=float, help="The multiple of the usual number (spike)."),
    click.option("--baseline-windows", type=int, help="The number of earlier windows whose mean is usual (spike)."),
    click.option("--source", help="The source to watch instead of a query (flatline)."),
)


def standing_options(command: F) -> F:
    """Add the options; they come as keyword arguments of these names."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def asked_standing(new: NewRule, given: Mapping[str, Any]) -> NewRule:
    """The rule with the condition asked for; without `--standing`, as before. Raises UserError, UsageError."""
    kind = given["standing"]
    names = ("window", "stories", "factor", "baseline_windows", "source")
    values = {name: given[name] for name in names if given[name] is not None}
    if kind in (None, NONE):
        if values:
            raise click.UsageError(f"--{next(iter(values)).replace('_', '-')} belongs to --standing")
        return new if kind is None else replace(new, keep_standing=False)
    window: timedelta | None = values.pop("window", None)
    if window is None:
        raise click.UsageError(f"--standing {kind} needs --window, such as --window 1h")
    table = {"kind": kind, "window_seconds": window.total_seconds(), **values}
    condition, problems = read_setting("standing", table)
    if problems:
        raise UserError("\n".join(f"{'.'.join(map(str, keys))}: {message}" for keys, message in problems))
    return replace(new, standing=condition, keep_standing=False)
