"""`wirewatch apply`: bring sources, rules, aliases, channels and silences to what one document says."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from wirewatch.cli import output
from wirewatch.cli.opened import act, acting_team, config_option, json_option
from wirewatch.cli.told import Told
from wirewatch.config.applied import MOST_BYTES, Applied, Unreadable, read_json, read_toml
from wirewatch.usecases.apply import Outcome, apply
from wirewatch.usecases.apply_plan import FieldChange, Step, Verdict

_SINGULAR = {"channels": "channel", "aliases": "alias", "sources": "source", "rules": "rule", "silences": "silence"}
_SIGNS = {Verdict.ADD: "+", Verdict.CHANGE: "~", Verdict.CONFLICT: "!", Verdict.REMOVE: "-", Verdict.SAME: " "}


@click.command("apply")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--prune", is_flag=True, help="Remove what a list of the document does not name, but what files manage.")
@config_option
@json_option
def command(file: BinaryIO, path: Path, *, dry_run: bool, prune: bool, as_json: bool) -> None:
    """Bring sources, rules, aliases, channels and silences to what FILE says, all of it or nothing.

    FILE is TOML with the tables of a configuration file and [[silences]], or JSON with the same members; - is the standard input.
    What it says the same as before stays untouched, so it can be applied again and again.
    """
    document = _read(file)
    if document.problems:
        for problem in document.problems:
            output.say(str(problem), err=True)
        raise Told(f"{len(document.problems)} problem{'s' if len(document.problems) > 1 else ''}; nothing was changed")
    found = act(path, lambda me: apply(me, document, prune=prune, dry_run=dry_run))
    for step in found.steps:
        if as_json:
            output.print_json(_plain(step))
        elif step.verdict is not Verdict.SAME:
            output.say("\n".join(_lines(step)))
    if not as_json:
        output.say(_summary(found))
    if found.count(Verdict.CONFLICT):
        raise click.exceptions.Exit(1)


def _read(file: BinaryIO) -> Applied:
    raw: bytes = file.read(MOST_BYTES + 1)
    name = getattr(file, "name", None)
    shown = name if isinstance(name, str) and name != "<stdin>" else "the standard input"
    if len(raw) > MOST_BYTES:
        raise Told(f"{shown} is larger than {MOST_BYTES:,} bytes")
    is_json = raw.lstrip()[:1] == b"{"  # no TOML begins so
    try:
        return (read_json if is_json else read_toml)(raw, shown, acting_team())
    except Unreadable as error:
        raise Told("\n".join(str(problem) for problem in error.problems)) from None


def _lines(step: Step) -> Iterator[str]:
    yield output.one_line(f"{_SIGNS[step.verdict]} {_SINGULAR[step.noun]} {step.name}")
    if step.why:
        yield f"    {output.one_line(step.why)}"
    if step.verdict is Verdict.CHANGE:
        for change in step.changes:
            yield f"    {output.one_line(f'{change.field}: {_shown(change.before)} -> {_shown(change.after)}')}"


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else output.cell(value)


def _summary(found: Outcome) -> str:
    would = "" if found.applied else "nothing was changed; "
    words = {"add": "to add", "change": "to change", "remove": "to remove"} if not found.applied else _DONE
    parts = [f"{found.count(Verdict(verdict))} {word}" for verdict, word in words.items()]
    conflicts = found.count(Verdict.CONFLICT)
    parts += [f"{found.count(Verdict.SAME)} the same"]
    parts += [f"{conflicts} conflict{'s' if conflicts > 1 else ''}"] if conflicts else []
    return would + ", ".join(parts)


_DONE = {"add": "added", "change": "changed", "remove": "removed"}


def _plain(step: Step) -> dict[str, object]:
    return {
        "noun": step.noun,
        "name": step.name,
        "verdict": step.verdict,
        "place": step.place,
        "why": step.why,
        "changes": [_change(one) for one in step.changes],
    }


def _change(one: FieldChange) -> dict[str, object]:
    return {"field": one.field, "before": one.before, "after": one.after}
