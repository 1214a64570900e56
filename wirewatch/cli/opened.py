"""Shared by all commands on the database: options, the open database, and errors as one sentence."""

import asyncio
import getpass
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from core.errors import WirewatchError
from core.model.team import DEFAULT_TEAM
from wirewatch.cli.told import Told
from wirewatch.config.loading import load
from wirewatch.usecases.acting import Acting, local

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])

_TEAM = "wirewatch.team"  # in the meta of click's context


def _keep_team(context: click.Context, _: click.Parameter, name: str) -> None:
    context.meta[_TEAM] = name


_config_option = click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default="wirewatch.toml",
    show_default=True,
    help="The configuration file.",
)
# Not in the help: most installations have one team.
_team_option = click.option("--team", default=DEFAULT_TEAM, hidden=True, expose_value=False, callback=_keep_team)


def config_option(command: F) -> F:
    """`--config`, passed on as `path`; and `--team`, which `acting` reads."""
    return _config_option(_team_option(command))


json_option = click.option("--json", "as_json", is_flag=True, help="JSON Lines, for programs.")


@asynccontextmanager
async def acting(path: Path) -> AsyncIterator[Acting]:
    """The person at the keyboard, on the database of the configuration in `path`, for the team of `--team`.

    Raises ConfigError, UserError, Unavailable.
    """
    async with local(load(path), current_user(), acting_team()) as opened:
        yield opened


def acting_team() -> str:
    """The name that `--team` gave."""
    context = click.get_current_context(silent=True)
    team: str = DEFAULT_TEAM if context is None else context.meta.get(_TEAM, DEFAULT_TEAM)
    return team


def act(path: Path, use: Callable[[Acting], Awaitable[T]]) -> T:
    """What one use case answers to the person at the keyboard; errors as with `run`."""

    async def answer() -> T:
        async with acting(path) as me:
            return await use(me)

    return run(answer())


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work; our own errors become a message on stderr and exit code 1."""
    try:
        return asyncio.run(work)
    except WirewatchError as error:
        raise Told(str(error)) from None


def current_user() -> str:
    """The name of the person at the keyboard, for "by whom"."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user database
        return f"uid {os.getuid()}"
