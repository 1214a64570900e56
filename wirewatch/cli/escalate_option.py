"""A rule's escalation as an option of a command: `--escalate 10m:oncall`, `--escalate 1h:oncall,chief:flash`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import click

from core.errors import UserError
from core.model.outcome import Priority
from core.text.spans import span_of
from wirewatch.config.rule_settings import read_setting
from wirewatch.usecases.rules import NewRule

NONE = "none"
F = TypeVar("F", bound=Callable[..., Any])

_OPTION = click.option(
    "--escalate",
    multiple=True,
    metavar="SPAN:CHANNEL[,CHANNEL][:PRIORITY,...]",
    help="To whom alerts go on that nobody acknowledged for so long; repeatable. `none` removes it.",
)


def escalate_option(command: F) -> F:
    """Add the option; it comes as `escalate`."""
    return _OPTION(command)


def asked_escalation(new: NewRule, given: Sequence[str]) -> NewRule:
    """The rule with the steps asked for; without any, as before. Raises UserError, UsageError."""
    if not given:
        return new
    if list(given) == [NONE]:
        return replace(new, keep_escalation=False)
    steps, problems = read_setting("escalate", [_step(text) for text in given])
    if problems:
        raise UserError("\n".join(f"{'.'.join(map(str, keys))}: {message}" for keys, message in problems))
    return replace(new, escalate=steps, keep_escalation=False)


def _step(text: str) -> dict[str, Any]:
    span, _, rest = text.partition(":")
    channels, _, priorities = rest.rpartition(":") if _are_priorities(rest) else (rest, "", "")
    length = span_of(span)
    if length is None or not channels:
        raise click.UsageError(f"--escalate {text}: expected SPAN:CHANNEL, such as 10m:oncall")
    step: dict[str, Any] = {"after_seconds": length.total_seconds(), "channels": _names(channels)}
    return {**step, "priorities": _names(priorities)} if priorities else step


def _are_priorities(rest: str) -> bool:
    """Whether it ends with priorities: a channel's name may have a colon."""
    _, colon, last = rest.rpartition(":")
    return bool(colon) and all(name in {priority.value for priority in Priority} for name in _names(last))


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]
