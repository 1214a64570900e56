"""`wirewatch reprocess`: read kept pages again with the reader of this release."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from wirewatch.cli import output
from wirewatch.cli.opened import act, config_option, json_option
from wirewatch.cli.times import SINCE, before
from wirewatch.usecases import reprocess


@click.command("reprocess")
@click.option("--since", type=SINCE, required=True, help="7d, 2026-03-01 or 2026-03-01T12:00Z.")
@click.option("--source", help="Only the pages of this source.")
@click.option("--dry-run", is_flag=True, help="Only count the pages.")
@config_option
@json_option
def command(path: Path, since: datetime | timedelta, source: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Have running processes read again the pages that were fetched since a time and are kept (retention.raw_pages_days).

    What rules see otherwise now is a revision of the same article; no alert is sent twice.
    """
    work = reprocess.count if dry_run else reprocess.reprocess
    pages = act(path, lambda me: work(me, before(me.clock.now(), since), source))
    if as_json:
        output.print_json({"pages": pages, "asked": not dry_run})
        return
    what = "are kept and would be read again" if dry_run else "are read again by the running processes"
    output.say(f"{pages:,} pages {what}.")
