"""`wirewatch reload`: check the configuration, then apply it to the running processes."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import click

from core.errors import ConfigError
from wirewatch.cli import output
from wirewatch.cli.told import Told
from wirewatch.config.rules import load_with_rules
from wirewatch.processes import Reloaded, running

_WAIT_SECONDS = 30.0
_LOOK_SECONDS = 0.1


@click.command("reload")
@click.option("--config", "path", type=click.Path(path_type=Path), default="wirewatch.toml", show_default=True)
def command(path: Path) -> None:
    """Check the configuration and apply it to the processes on its data directory; exit 1 with every problem.

    Does the same as SIGHUP to each process. If there is a problem, nothing changes.
    """
    try:
        config = load_with_rules(path)
    except ConfigError as error:
        raise Told(f"nothing is reloaded, the old state stays:\n{error}") from None
    before = {one.pid: one.number for one in running(config.data_dir)}
    if not before:
        raise Told(
            f"no wirewatch runs on the data directory {config.data_dir}; `wirewatch run` reads the files at its start"
        )
    asked = {pid: number for pid, number in before.items() if _ask(pid)}
    bad = len(before) - len(asked)
    for pid, said in _answers(config.data_dir, asked).items():
        bad += not _tell(pid, said)
    if bad:
        raise click.exceptions.Exit(1)


def _ask(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGHUP)
    except PermissionError:
        output.say(f"process {pid} is another user's; send it SIGHUP as that user", err=True)
        return False
    except ProcessLookupError:
        output.say(f"process {pid} has just ended", err=True)
        return False
    return True


def _answers(
    data_dir: Path, asked: dict[int, int], clock: Callable[[], float] = time.monotonic
) -> dict[int, Reloaded | None]:
    """Each process's report of its reload; None for one that does not report within _WAIT_SECONDS."""
    deadline = clock() + _WAIT_SECONDS
    found: dict[int, Reloaded | None] = dict.fromkeys(asked)
    while clock() < deadline and None in found.values():
        for one in running(data_dir):
            if one.pid in asked and one.number > asked[one.pid]:
                found[one.pid] = one
        time.sleep(_LOOK_SECONDS)
    return found


def _tell(pid: int, said: Reloaded | None) -> bool:
    if said is None:
        output.say(f"process {pid} has not answered within {_WAIT_SECONDS:g} s; its log says why", err=True)
        return False
    if said.problems:
        output.say("\n".join([f"process {pid} refused it, its old state stays:", *said.problems]), err=True)
        return False
    output.say(f"process {pid} reloaded")
    if said.later:
        output.say(f"  waits for a restart: {', '.join(said.later)}")
    return True
