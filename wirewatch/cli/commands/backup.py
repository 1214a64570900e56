"""`wirewatch backup`: the embedded log and database in one verified file, while the pipeline runs."""

from pathlib import Path

import click

from core.clock import SystemClock
from core.errors import UserError, WirewatchError
from wirewatch import __version__
from wirewatch.backup import Manifest, back_up
from wirewatch.cli import output
from wirewatch.cli.told import Told
from wirewatch.config.loading import Config, load

EMBEDDED = "sqlite:"


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--config", "path", type=click.Path(path_type=Path), default="wirewatch.toml", show_default=True)
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def command(file: Path, path: Path, *, force: bool) -> None:
    """Save the embedded log and database into FILE, also while `run` runs."""
    try:
        config = load(path)
        check_embedded(config)
        made = back_up(config.data_dir, file, version=__version__, now=SystemClock().now(), replace=force)
    except WirewatchError as error:
        raise Told(str(error)) from None
    output.say(f"{file}: {told(made)}")


def check_embedded(config: Config) -> None:
    """Raise UserError where the data is in services that have backups of their own."""
    if config.log.url != EMBEDDED or config.database.url != EMBEDDED:
        raise UserError(
            "backup and restore are for the embedded log and database; PostgreSQL and Kafka have their own "
            "(docs/operations.md, Backup and restore)"
        )


def told(manifest: Manifest) -> str:
    """What a backup holds, in a line."""
    files = ", ".join(f"{saved.name} {saved.size / 1e6:,.1f} MB" for saved in manifest.files)
    return f"{files}, as of {manifest.at}, verified"
