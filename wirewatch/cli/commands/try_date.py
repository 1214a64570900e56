"""`wirewatch try date`: times as publishers write them, as instants."""

import click

from ingest.parse.dates import parse_date
from ingest.parse.shapes import Publisher
from wirewatch.cli.try_input import BadInput, Line, Progress, Refusals, emit, input_argument, lines_of, stamp


@click.command("date")
@click.argument("dates", type=input_argument)
def command(dates: str) -> None:
    """Read each time: {"raw", "time"}, null where it is unknown. A line is {"raw", "time_zone"?, "country"?}."""
    refusals, progress, read = Refusals(), Progress("times"), 0
    for line in lines_of(dates, refusals):
        try:
            row = _row(line)
        except BadInput as problem:
            refusals.tell(problem)
            continue
        read += row["time"] is not None
        emit(row)
        progress.step()
    progress.total(f", {read:,} read")
    refusals.finish()


def _row(line: Line) -> dict[str, object]:
    raw = line.text("raw")
    found = parse_date(raw, Publisher(time_zone=line.optional("time_zone"), country=line.optional("country")))
    return {"raw": raw, "time": None if found is None else stamp(found.at)}
