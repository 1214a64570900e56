"""`wirewatch restore`: restore a backup into a data directory that no process uses."""

from pathlib import Path

import click

from core.clock import SystemClock
from core.errors import WirewatchError
from wirewatch.backup import restore
from wirewatch.cli import output
from wirewatch.cli.commands.backup import check_embedded, told
from wirewatch.cli.told import Told
from wirewatch.config.loading import load


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--config", "path", type=click.Path(path_type=Path), default="wirewatch.toml", show_default=True)
@click.option("--replace", is_flag=True, help="Move existing data into a folder beside the new.")
def command(file: Path, path: Path, *, replace: bool) -> None:
    """Restore the backup in FILE into data_dir, while `run` is stopped."""
    try:
        config = load(path)
        check_embedded(config)
        made, aside = restore(file, config.data_dir, now=SystemClock().now(), replace=replace)
    except WirewatchError as error:
        raise Told(str(error)) from None
    output.say(f"{config.data_dir}: {told(made)}")
    if aside is not None:
        output.say(f"what was there before is in {aside}; remove it when you need it no more")
