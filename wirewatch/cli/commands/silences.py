"""`wirewatch silences`: mute rules for a while, with a reason."""

from datetime import timedelta
from pathlib import Path

import click

from wirewatch.cli import output
from wirewatch.cli.opened import act, config_option, json_option
from wirewatch.cli.times import SPAN
from wirewatch.usecases import silences
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.silences import KnownSilence, NewSilence

_COLUMNS = ("id", "rule", "source", "state", "ends", "hidden", "author", "comment")


@click.group("silences")
def command() -> None:
    """List, add and remove silences."""


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Include expired ones.")
@config_option
@json_option
def list_silences(path: Path, *, every: bool, as_json: bool) -> None:
    """List active and future silences with the number of matches that each has hidden."""
    known = act(path, lambda me: silences.list_page(me, Paging(limit=None), over=every)).items
    by_end = sorted(known, key=lambda one: one.silence.ends, reverse=True)
    output.show(list(map(_summary, by_end)), _COLUMNS, as_json=as_json, empty="No silence is in force.")


@command.command("add")
@click.option("--rule", required=True, help="A name or pattern, such as 'dprk-*'.")
@click.option("--source", help="Only for matches in sources with this name or pattern.")
@click.option("--for", "span", type=SPAN, required=True, help="How long, such as 90m, 2h or 3d.")
@click.option("--comment", required=True, help="The reason, shown with each hidden match.")
@config_option
def add(rule: str, source: str | None, span: timedelta, comment: str, path: Path) -> None:
    """Stop the alerts of a rule for a while; its matches are kept and counted."""
    new = NewSilence(rule=rule, source=source, lasting=span, comment=comment)
    added = act(path, lambda me: silences.add(me, new))
    of = "" if added.covered is None else f", {added.covered} rule{'' if added.covered == 1 else 's'} at present"
    output.say(f"silence {added.silence.silence_id} until {output.cell(added.silence.ends)}{of}")


@command.command("remove")
@click.argument("silence_id")
@config_option
def remove(silence_id: str, path: Path) -> None:
    """End a silence now."""
    act(path, lambda me: silences.remove(me, silence_id))
    output.say(f"ended {silence_id}")


def _summary(known: KnownSilence) -> dict[str, object]:
    silence = known.silence
    return {
        "id": silence.silence_id,
        "rule": silence.rule,
        "source": silence.source,
        "state": known.state,
        "starts": silence.starts,
        "ends": silence.ends,
        "hidden": silence.hidden_count,
        "author": silence.author,
        "comment": silence.comment,
    }
