"""Command groups whose commands are loaded when they are used: help and lean commands must not wait for the others."""

import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module

import click


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Modules are not garbage: looking for some while they load takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def log_to_standard_error() -> None:
    """Keep log events out of a command's answer, which is often JSON for a program: structlog prints to standard output.

    A command that loaded no structlog logs nothing.
    """
    if (structlog := sys.modules.get("structlog")) is not None:
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))


class LazyGroup(click.Group):
    """`lazy`: the name of a command -> (its module under wirewatch.cli.commands, what it does), in the order of the help."""

    def __init__(self, *args: object, lazy: Mapping[str, tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # click's own arguments, passed on as they came
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in self._lazy:
            return None
        with _without_collecting():
            module = import_module(f"wirewatch.cli.commands.{self._lazy[cmd_name][0]}")
        log_to_standard_error()
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self._lazy:
            near = get_close_matches(name.lower(), self._lazy, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(self._lazy)}"
            raise click.UsageError(f"there is no command {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in self._lazy.items()])
