"""`wirewatch try schedule`: the polls that the schedule would make of sources that published at given times."""

import click

from ingest.poll.schedule_trial import Trial, traces_of, trial
from wirewatch.cli import output
from wirewatch.cli.told import Told
from wirewatch.cli.try_input import BadInput, Line, Refusals, emit, input_argument, lines_of, once_only


@click.command("schedule")
@click.argument("traces", nargs=-1, required=True, type=input_argument)
@click.option("--polls-per-day", type=click.FloatRange(min=0.01, max=1440), required=True, help="Mean of all sources.")
def command(traces: tuple[str, ...], polls_per_day: float) -> None:
    """Run the schedule over TRACES: {"source", "polled_unix"} for every poll.

    A line is {"source", "published_unix"}. The schedule's price is set so that sources get POLLS_PER_DAY polls on average
    once it has learned for 14 days; busy sources get more of them than quiet ones. A poll shows the newest 25 items.
    """
    once_only(*traces)
    refusals = Refusals()
    published: dict[str, list[float]] = {}
    for name in traces:
        for line in lines_of(name, refusals):
            try:
                published.setdefault(line.text("source"), []).append(_time(line))
            except BadInput as problem:
                refusals.tell(problem)
    published = {source: times for source, times in published.items() if times}
    if not published:
        raise Told('there is no source in it; expected lines of {"source", "published_unix"}')
    found = trial(traces_of(published), polls_per_day, _tell)
    for source, polls in found.polls.items():
        for at in polls:
            emit({"source": source, "polled_unix": round(at, 3)})
    refusals.finish()


def _time(line: Line) -> float:
    value = line.fields.get("published_unix")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        raise BadInput(f"{line.place}: expected 'published_unix' as Unix seconds, found {value!r}")
    return float(value)


def _tell(round_: Trial) -> None:
    count = sum(map(len, round_.polls.values()))
    said = f"{len(round_.polls):,} sources, {count:,} polls, {round_.polls_per_day:.2f} a day"
    output.say(f"{said} at a price of {round_.price:.4g} item seconds", err=True)
