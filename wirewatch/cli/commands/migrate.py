"""`wirewatch migrate`: from the embedded default to PostgreSQL, and to Kafka."""

import asyncio
from pathlib import Path

import click

from core.errors import WirewatchError
from core.masking import masked_url
from wirewatch.cli import output
from wirewatch.cli.told import Told
from wirewatch.config.loading import load


@click.command("migrate")
@click.option("--to", "to", metavar="URL", help="Where the database goes: postgresql://user@host/name, an empty one.")
@click.option("--log", "log", metavar="URL", help="Where the log goes: kafka://host:9092; without it, it stays.")
@click.option("--cancel", is_flag=True, help="Stay with the embedded database, as it was when the move began.")
@click.option("--config", "path", type=click.Path(path_type=Path), default="wirewatch.toml", show_default=True)
def command(to: str | None, log: str | None, path: Path, *, cancel: bool) -> None:
    """Move everything from the embedded database to PostgreSQL and the log to Kafka, while `run` is stopped.

    Counts are compared before and after. After a kill, say it again.
    """
    if cancel == (to is not None or log is not None):
        raise click.UsageError("say --to URL, --log URL or both; or --cancel alone")
    from wirewatch import migrate  # noqa: PLC0415 - it loads all tables and topics

    try:
        config = load(path)
        if cancel:
            marked = asyncio.run(migrate.cancel(config))
            output.say("the embedded database is in use again" if marked else "no move was begun")
            return
        moved = asyncio.run(migrate.migrate(config, to=to, log=log, say=lambda words: output.say(words, err=True)))
    except WirewatchError as error:
        raise Told(str(error)) from None
    for table in moved.tables:
        if table.before:
            output.say(f"{table.table:24} {table.before:>12,} rows before {table.after:>12,} after")
    for topic in moved.topics:
        waiting = f"{topic.waiting_before:,} waited, {topic.waiting_after:,} wait"
        output.say(
            f"topic {topic.topic:18} {topic.records:>12,} records, {topic.copied:,} of them copied now; {waiting}"
        )
    if moved.log_aside is not None:
        output.say(f"the embedded log is in {moved.log_aside}; remove it when you need it no more")
    output.say("now set in the configuration, and start wirewatch:")
    if to is not None:
        output.say(f'  [database]\n  url = "{masked_url(to)}"')
    if log is not None:
        output.say(f'  [log]\n  url = "{masked_url(log)}"')
