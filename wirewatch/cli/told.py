"""An error shown as one sentence; apart from the code that opens databases, so that lean commands can import it."""

from typing import IO, Any

import click

from wirewatch.cli import output


class Told(click.ClickException):
    """A mistake or a missing service, shown without a traceback; exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002 - click's signature
        output.say(f"wirewatch: {self.message}", err=True)
