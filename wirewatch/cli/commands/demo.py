"""`wirewatch demo`."""

import click

from core.logsetup import set_up_logging


@click.command("demo")
@click.option(
    "--once", is_flag=True, help="Stop when every due alert is delivered; exit 1 with the reason if one is not."
)
def command(*, once: bool) -> None:
    """Play a sample newsroom through the whole pipeline, on loopback, in under a minute."""
    from wirewatch.demo.run import main  # noqa: PLC0415 - what it needs is slow to load

    set_up_logging(level="ERROR")
    raise click.exceptions.Exit(main(once=once))
