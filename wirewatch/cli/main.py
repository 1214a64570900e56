"""The command `wirewatch`. A user's mistake ends as a message with exit code 1; a wrong call with exit code 2."""

import gc
import os
import signal
import sys

import click

from core.errors import UserError
from wirewatch import __version__
from wirewatch.cli import output
from wirewatch.cli.lazy import LazyGroup

# Name of the command -> (module under wirewatch.cli.commands, what it does). A module is loaded when its command is used:
# `wirewatch --help` must not wait for what matching needs.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("run", "Run the pipeline, all roles in one process by default."),
    "check": ("check", "Check configuration, rules and reachability."),
    "reload": ("reload", "Apply a changed configuration to running processes."),
    "demo": ("demo", "Play a sample newsroom through the whole pipeline."),
    "try": ("try_group", "Run one stage of the production code by hand."),
    "apply": ("apply", "Bring sources, rules, aliases, channels and silences to what a document says."),
    "sources": ("sources", "List, show, add, move and remove sources."),
    "rules": ("rules", "List, show, preview and change rules."),
    "aliases": ("aliases", "List, show and change shared lists of terms."),
    "channels": ("channels", "List, show, add, change, pause and test channels."),
    "webhook": ("webhook", "Try out a receiver of webhooks."),
    "alerts": ("alerts", "List and show alerts."),
    "deliveries": ("deliveries", "List notifications and send dead ones again."),
    "deadletters": ("deadletters", "List, redrive and drop records that a stage could not handle."),
    "routes": ("routes", "List the routes, and show where a rule's alerts go."),
    "silences": ("silences", "List, add and remove silences."),
    "users": ("users", "List, add, change and remove the people who may sign in."),
    "tokens": ("tokens", "List, add and remove API tokens."),
    "trace": ("trace", "Follow an article through the stages."),
    "explain": ("explain", "Show why a rule is true or false for an article."),
    "backup": ("backup", "Save the embedded log and database, even in use."),
    "restore": ("restore", "Restore a backup into an unused data directory."),
    "migrate": ("migrate", "Move from the embedded default to PostgreSQL and Kafka."),
    "reprocess": ("reprocess", "Read kept pages again with the reader of this release."),
    "replay": ("replay", "Run stored articles through a rule version."),
}


@click.command(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wirewatch")
def cli() -> None:
    """Streaming news ingestion and alerting: standing rules over the world's news, one alert for each story."""


def main() -> None:
    """The entry point."""
    if sys.argv[1:2] == ["run"]:
        # Loading takes a second, in which a SIGHUP must not end the process.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # pydantic would search all packages for plugins
    try:
        _main()
    finally:
        gc.freeze()  # so that the interpreter does not collect garbage in all modules at its end


def _main() -> None:
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except UserError as error:
        output.say(f"wirewatch: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has closed it
        sys.exit(0)
    # Without its standalone mode click hands the exit code of a command that ended early back as a result.
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
