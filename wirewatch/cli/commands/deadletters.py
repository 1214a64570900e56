"""`wirewatch deadletters`: list, redrive and drop the records that a stage could not handle."""

from pathlib import Path

import click

from core.model.outcome import DeadLetterReason, Stage
from wirewatch.cli import output
from wirewatch.cli.opened import act, config_option, json_option
from wirewatch.usecases import dead_letters
from wirewatch.usecases.dead_letters import DeadLetterRow, DeadLetterState, Wanted
from wirewatch.usecases.pages import Paging

_COLUMNS = ("id", "stage", "topic", "partition", "offset", "at", "reason", "subject")
_MOST_SHOWN = 4000  # characters of a record
_STAGES = [stage.value for stage in (Stage.READ, Stage.STORY, Stage.MATCH, Stage.ALERT)]

_stage = click.option("--stage", type=click.Choice(_STAGES), help="Only those of this stage.")
_reason = click.option("--reason", type=click.Choice([reason.value for reason in DeadLetterReason]))
_all = click.option("--all", "every", is_flag=True, help="All waiting ones of the given stage and reason.")


@click.group("deadletters")
def command() -> None:
    """List, redrive and drop records that a stage could not handle."""


@command.command("list")
@_stage
@_reason
@click.option(
    "--state",
    type=click.Choice([*(state.value for state in DeadLetterState), "all"]),
    default=DeadLetterState.WAITING.value,
    show_default=True,
)
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@config_option
@json_option
def list_letters(path: Path, stage: str | None, reason: str | None, state: str, limit: int, *, as_json: bool) -> None:
    """List dead letters, newest first."""
    states = None if state == "all" else [DeadLetterState(state)]
    wanted = _wanted(stage, reason, states)
    rows = act(path, lambda me: dead_letters.list_page(me, Paging(limit), wanted)).items
    columns = _COLUMNS if state == DeadLetterState.WAITING else (*_COLUMNS, "state")
    output.show(list(map(_summary, rows)), columns, as_json=as_json, empty="No dead letters.")


@command.command("show")
@click.argument("letter_id")
@config_option
@json_option
def show(letter_id: str, path: Path, *, as_json: bool) -> None:
    """Show a dead letter: the problem and the record itself."""
    row = act(path, lambda me: dead_letters.show(me, letter_id))
    whole = {**_summary(row), "key": row.letter.key, "changed": row.changed, "detail": row.letter.detail}
    if as_json:
        output.print_json({**whole, "value_base64": row.letter.value_base64})
        return
    output.show_one(whole, as_json=False)
    output.say()
    value = row.letter.original()
    text = "too large to be kept; it stands in its topic only" if value is None else value.decode("utf-8", "replace")
    more = f" … {len(text) - _MOST_SHOWN:,} characters more" if len(text) > _MOST_SHOWN else ""
    output.say(output.one_line(text[:_MOST_SHOWN]) + more)


@command.command("redrive")
@click.argument("letter_ids", nargs=-1)
@_all
@_stage
@_reason
@config_option
def redrive(letter_ids: tuple[str, ...], path: Path, stage: str | None, reason: str | None, *, every: bool) -> None:
    """Put records back on their topics, where their stages read them again. Fix the cause first.

    A running process does it within seconds, else the next one that starts.
    """
    _named_or_all(letter_ids, stage, reason, every=every)
    wanted = _wanted(stage, reason)
    if letter_ids:
        count = act(path, lambda me: dead_letters.redrive(me, letter_ids))
    else:
        count = act(path, lambda me: dead_letters.redrive_all(me, wanted))
    output.say(f"{_records(count)} to be put back by the running process")


@command.command("drop")
@click.argument("letter_ids", nargs=-1)
@_all
@_stage
@_reason
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
def drop(
    letter_ids: tuple[str, ...], path: Path, stage: str | None, reason: str | None, *, every: bool, yes: bool
) -> None:
    """Drop records. They stay listed with the state `dropped` until the retention deletes them."""
    _named_or_all(letter_ids, stage, reason, every=every)
    wanted = _wanted(stage, reason)
    if not yes:
        count = len(letter_ids) or act(path, lambda me: dead_letters.count_droppable(me, wanted))
        click.confirm(f"Drop {_records(count)}?", abort=True)
    if letter_ids:
        count = act(path, lambda me: dead_letters.drop(me, letter_ids))
    else:
        count = act(path, lambda me: dead_letters.drop_all(me, wanted))
    output.say(f"{_records(count)} dropped")


def _named_or_all(letter_ids: tuple[str, ...], stage: str | None, reason: str | None, *, every: bool) -> None:
    if every == bool(letter_ids):
        raise click.UsageError("name the dead letters, or give --all")
    if letter_ids and (stage or reason):
        raise click.UsageError("--stage and --reason go with --all")


def _wanted(stage: str | None, reason: str | None, states: list[DeadLetterState] | None = None) -> Wanted:
    return Wanted(
        states=states,
        stage=None if stage is None else Stage(stage),
        reason=None if reason is None else DeadLetterReason(reason),
    )


def _records(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"


def _summary(row: DeadLetterRow) -> dict[str, object]:
    return {
        "id": row.letter_id,
        "state": row.state,
        "stage": row.stage,
        "topic": row.letter.topic,
        "partition": row.letter.partition,
        "offset": row.letter.offset,
        "at": row.letter.at,
        "reason": row.letter.reason,
        "subject": row.subject,
    }
