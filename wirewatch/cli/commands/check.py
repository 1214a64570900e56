"""`wirewatch check`: everything that can be wrong before the pipeline runs, told at once."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from core.db import damage
from core.disk import size_bytes
from core.errors import WirewatchError
from wirewatch.cli import output
from wirewatch.config import Config, examine
from wirewatch.config_rules import rule_problems, rule_warnings
from wirewatch.reach import Finding, findings


@click.command("check")
@click.option("--config", "path", type=click.Path(path_type=Path), default="wirewatch.toml", show_default=True)
@click.option("--offline", is_flag=True, help="Leave out what needs the network.")
@click.option("--data", is_flag=True, help="Look for damage in the files of data_dir, to their end.")
def command(path: Path, *, offline: bool, data: bool) -> None:
    """Check configuration, rules and reachability; exit 1 with every problem."""
    config, problems = examine(path)
    if config is not None:
        problems = [*problems, *rule_problems(config)]
    for problem in problems:
        output.say(str(problem), err=True)
    if config is None:
        raise click.exceptions.Exit(1)
    for warning in [] if problems else rule_warnings(config):
        output.say(f"warning: {warning}", err=True)
    counts = f"{len(config.sources)} sources, {len(config.rules)} rules, {len(config.channels)} channels"
    if not problems:
        output.say(f"ok  {path}: {counts}")
    bad = len(problems)
    if data:
        bad += _told(_files(config))
    if not offline:
        bad += asyncio.run(_reach(config))
    if bad:
        output.say(f"{bad} problem{'s' if bad > 1 else ''}", err=True)
        raise click.exceptions.Exit(1)


def _told(found: Iterable[Finding]) -> int:
    """Print them; how many are problems."""
    bad = 0
    for finding in found:
        if finding.problem is None:
            output.say(f"ok  {finding.what}")
        else:
            bad += 1
            output.say(f"{finding.what}: {finding.problem}", err=True)
    return bad


def _files(config: Config) -> Iterator[Finding]:
    """The embedded files, page by page; a process that uses them goes on meanwhile."""
    for name in damage.DATA_FILES:
        path = config.data_dir / name
        if not path.exists():
            continue
        try:
            damage.examine(path)
        except WirewatchError as error:
            yield Finding(f"data {name}", str(error))
        else:
            yield Finding(f"data {name}: {size_bytes(path) / 1e6:,.1f} MB, no damage")


async def _reach(config: Config) -> int:
    return sum([_told([finding]) async for finding in findings(config)])
