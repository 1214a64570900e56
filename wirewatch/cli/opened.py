"""What every command on the database shares: its options, the open database, and mistakes told as one sentence."""

import asyncio
import getpass
import os
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click

from core.clock import Clock, SystemClock
from core.db.engine import Database
from core.errors import UserError, WirewatchError
from wirewatch.cli.told import Told
from wirewatch.config.loading import Config, load
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


@dataclass(frozen=True, slots=True)
class Opened:
    """The configuration and its database. A running process may use the same database."""

    config: Config
    db: Database
    clock: Clock


@asynccontextmanager
async def open_database(path: Path) -> AsyncIterator[Opened]:
    """Load the configuration in `path` and open the database it names. Raises ConfigError, UserError, Unavailable."""
    config = load(path)
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"data_dir {config.data_dir}: {error.strerror}") from None
    async with Database.open(config.database.url, config.data_dir) as db:
        yield Opened(config, db, SystemClock())


@asynccontextmanager
async def acting(path: Path) -> AsyncIterator[Acting]:
    """Whoever is at the keyboard, on the database of the configuration in `path`. Raises ConfigError, UserError, Unavailable."""
    async with local(load(path), current_user()) as opened:
        yield opened


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work; our own errors become a message on stderr and exit code 1."""
    try:
        return asyncio.run(work)
    except WirewatchError as error:
        raise Told(str(error)) from None


def unknown(kind: str, name: str, known: Iterable[str]) -> UserError:
    """What to say of a name that is none, with the known name that looks most like it."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else f"; `wirewatch {kind}s list` shows them"
    return UserError(f"there is no {kind} {name!r}{hint}")


def current_user() -> str:
    """Who is at the keyboard, for "by whom"."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user database
        return f"uid {os.getuid()}"
