"""A mistake told as one sentence; apart from what opens databases, so that lean commands can import it."""

from typing import IO, Any

import click


class Told(click.ClickException):
    """A mistake or a missing service, told without a traceback; exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"wirewatch: {self.message}", file=file, err=file is None)
