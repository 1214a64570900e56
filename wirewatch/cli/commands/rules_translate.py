"""`wirewatch rules translate`: a query of another product as a rule, with a note on each change."""

import sys

import click

from alerts.management.translate.registry import DIALECTS
from alerts.management.translate.registry import translate as translated
from alerts.management.translate.translation import Note, NoteKind, Translation
from alerts.rules.problem import render, to_json
from wirewatch.cli import output
from wirewatch.cli.opened import json_option
from wirewatch.cli.told import Told


@click.command("translate")
@click.argument("query")
@click.option("--from", "dialect", type=click.Choice(sorted(DIALECTS)), required=True, help="The query's language.")
@json_option
def translate(query: str, dialect: str, *, as_json: bool) -> None:
    """Print QUERY (`-`: read it from standard input) as a rule; changes of meaning go to standard error."""
    text = sys.stdin.read().strip() if query == "-" else query
    found = translated(text, dialect)
    if as_json:
        output.print_json(_as_json(found))
    if found.query is None:
        if as_json:
            raise click.exceptions.Exit(1)
        raise Told("\n".join(render(problem, text) for problem in found.problems))
    if as_json:
        return
    output.say(found.query)
    for note in found.notes:
        if note.kind is not NoteKind.CHANGED:
            output.say(_said(note, text), err=True)


def _said(note: Note, text: str) -> str:
    return f"{note.kind.value}: {output.one_line(text[note.start : note.end])!r}: {note.message}"


def _as_json(found: Translation) -> dict[str, object]:
    return {
        "query": found.query,
        "notes": found.notes,
        "problems": [to_json(problem) for problem in found.problems],
    }
