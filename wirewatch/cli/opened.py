"""Shared by all commands on the database: options, the open database, and errors as one sentence."""

import asyncio
import getpass
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from core.errors import WirewatchError
from wirewatch.cli.told import Told
from wirewatch.config.loading import load
from wirewatch.usecases.acting import Acting, local

config_option = click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default="wirewatch.toml",
    show_default=True,
    help="The configuration file.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON Lines, for programs.")


T = TypeVar("T")


@asynccontextmanager
async def acting(path: Path) -> AsyncIterator[Acting]:
    """The person at the keyboard, on the database of the configuration in `path`. Raises ConfigError, UserError, Unavailable."""
    async with local(load(path), current_user()) as opened:
        yield opened


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
