"""The command `wirewatch`. A user's mistake ends as a message with exit code 1; a wrong call with exit code 2."""

import sys
from importlib import import_module

import click

from core.errors import UserError
from wirewatch import __version__

# Name of the command -> (module under wirewatch.cli.commands, what it does). A module is loaded when its command is used:
# `wirewatch --help` must not wait for what matching needs.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "Run the pipeline, all roles in one process by default."),
    "check": ("check", "Check configuration, rules and reachability."),
    "demo": ("demo", "Play a sample newsroom through the whole pipeline."),
    "try": ("try_group", "Run one stage of the production code by hand."),
    "sources": ("sources", "List, show, add and remove sources."),
    "rules": ("rules", "List, show, preview and change rules."),
    "alerts": ("alerts", "List and show alerts."),
    "deliveries": ("deliveries", "List notifications and send dead ones again."),
    "silences": ("silences", "List, add and remove silences."),
    "trace": ("trace", "Follow an article through the stages."),
    "explain": ("explain", "Say why a rule is true or false of an article."),
    "replay": ("replay", "Run history through a rule version, into a shadow."),
}


class Commands(click.Group):
    """The commands, loaded when used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"wirewatch.cli.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wirewatch")
def cli() -> None:
    """Streaming news ingestion and alerting: standing rules over the world's news, one alert a story."""


def main() -> None:
    """The entry point."""
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except UserError as error:
        click.echo(f"wirewatch: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has had enough
        sys.exit(0)


if __name__ == "__main__":
    main()
