"""docs/commands.md names every command with every option."""

from importlib import import_module
from pathlib import Path

import click
import pytest

from wirewatch.cli.main import COMMANDS

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
DESCRIBED_ONCE = {"--config", "--team", "--json", "--help"}
STORED = (
    "sources",
    "rules",
    "aliases",
    "alerts",
    "deliveries",
    "deadletters",
    "silences",
    "trace",
    "explain",
    "replay",
)


@pytest.mark.parametrize("name", STORED)
def test_every_command_stands_in_the_docs_with_its_options(name: str) -> None:
    command = import_module(f"wirewatch.cli.commands.{COMMANDS[name][0]}").command
    for words, one in _leaves(f"wirewatch {name}", command):
        lines = [line for line in DOCS.splitlines() if line.startswith(f"    {words}")]
        assert lines, words
        for option in (o for o in one.params if isinstance(o, click.Option)):
            if option.opts[0] not in DESCRIBED_ONCE:
                assert any(option.opts[0] in line for line in lines), (words, option.opts)


def test_every_command_of_one_stage_stands_in_the_docs_with_its_options() -> None:
    group = import_module("wirewatch.cli.commands.try_group").command
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        lines = [line for line in DOCS.splitlines() if line.startswith(f"| `wirewatch try {name} ")]
        assert len(lines) == 1, name
        for option in (o for o in command.params if isinstance(o, click.Option)):
            assert option.opts[0] in lines[0], (name, option.opts)


def _leaves(words: str, command: click.Command) -> list[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        return [(words, command)]
    return [leaf for name, one in command.commands.items() for leaf in _leaves(f"{words} {name}", one)]
