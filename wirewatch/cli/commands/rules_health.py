"""`wirewatch rules health`: rules that probably do not do what their author wanted."""

from pathlib import Path

import click

from wirewatch.cli import output
from wirewatch.cli.opened import act, config_option, json_option
from wirewatch.usecases import rule_health


@click.command("health")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True)
@config_option
@json_option
def health(path: Path, days: int, *, as_json: bool) -> None:
    """List rules that never match, flood, repeat another rule, are slow, or have a clause that does nothing."""
    found = act(path, lambda me: rule_health.health(me, days))
    rows: list[dict[str, object]] = [
        {"rule": one.rule, "trouble": one.trouble, "why": one.sentence} for one in found.troubles
    ]
    empty = f"Nothing is wrong with {'the only rule' if found.rules == 1 else f'any of {found.rules} rules'}."
    output.show(
        rows, ("rule", "trouble", "why"), as_json=as_json, empty=empty if found.rules else "No rule is in force."
    )
