"""`wirewatch sources change|pause|resume|poll|tag`: what one says of itself, and whether and when it is polled."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from core.model.source import SourceKind
from wirewatch.cli import output
from wirewatch.cli.opened import acting, config_option, run
from wirewatch.cli.times import SINCE, before
from wirewatch.cli.told import Told
from wirewatch.usecases import source_changes
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.source_changes import Bulk, Done
from wirewatch.usecases.sources import SourceFilter, find

_NAMES = click.argument("names", nargs=-1, metavar="NAME...")
_TAGGED = click.option("--tag", "tagged", help="All with this tag, too.")


@click.command("change")
@click.argument("name")
@click.option("--name", "new_name", help="Its new name.")
@click.option("--url", help="Its new address; its entries stay known, so none alerts again.")
@click.option("--kind", type=click.Choice([kind.value for kind in SourceKind]))
@click.option(
    "--interval", "interval_seconds", type=float, help="Seconds between polls; 0: the adaptive schedule again."
)
@click.option("--full-text/--no-full-text", default=None, help="Whether the pages of its articles are fetched.")
@click.option("--country", help="ISO 3166-1 alpha-2, such as IN; empty for none.")
@click.option("--lang", help="ISO 639-1, such as en; empty for none.")
@click.option("--time-zone", help="IANA name; empty for none.")
@click.option("--site", help="Its publisher's home page; empty for none.")
@click.option("--patience", "patience_seconds", type=float, help="Seconds for which a page is asked for again.")
@click.option("--since", type=SINCE, help="What was published since then alerts.")
@config_option
def change(name: str, path: Path, **facts: Any) -> None:
    """Change what a source says of itself; one in a file is changed there."""
    run(_change(path, name, facts))


async def _change(path: Path, name: str, facts: dict[str, Any]) -> None:
    since: datetime | timedelta | None = facts.pop("since")
    said = {key: value or None for key, value in facts.items() if value is not None}
    for key in ("full_text", "patience_seconds"):
        if facts[key] is not None:
            said[key] = facts[key]
    if (new_name := said.pop("new_name", None)) is not None:
        said["name"] = new_name
    async with acting(path) as me:
        if since is not None:
            said["since"] = before(me.clock.now(), since)
        if not said:
            raise click.UsageError("nothing to change was named; --help lists what can be")
        try:
            source = await source_changes.change(me, name, said)
        except Invalid as error:
            if error.field is None:
                raise
            raise click.BadParameter(str(error), param_hint=f"--{error.field.replace('_', '-')}") from None
    output.say(f"changed {source.name!r}")


@click.command("pause")
@_NAMES
@_TAGGED
@config_option
def pause(names: tuple[str, ...], tagged: str | None, path: Path) -> None:
    """Poll sources no more until they are resumed, also those of files."""
    _do(path, "pause", names, tagged, "paused")


@click.command("resume")
@_NAMES
@_TAGGED
@config_option
def resume(names: tuple[str, ...], tagged: str | None, path: Path) -> None:
    """Poll paused sources again, at once."""
    _do(path, "resume", names, tagged, "resumed")


@click.command("poll")
@_NAMES
@_TAGGED
@config_option
def poll(names: tuple[str, ...], tagged: str | None, path: Path) -> None:
    """Poll sources now; a running process does it within seconds."""
    _do(path, "poll", names, tagged, "due now:")


@click.command("tag")
@_NAMES
@_TAGGED
@click.option("--add", multiple=True, help="A tag to add; may be given several times.")
@click.option("--remove", multiple=True, help="A tag to take away; may be given several times.")
@config_option
def tag(names: tuple[str, ...], tagged: str | None, add: tuple[str, ...], remove: tuple[str, ...], path: Path) -> None:
    """Add and take away tags of sources."""
    if not add and not remove:
        raise click.UsageError("name a tag with --add or --remove")
    _do(path, "tag", names, tagged, "tagged", add, remove)


def _do(  # noqa: PLR0913, PLR0917 - a command's arguments
    path: Path,
    action: str,
    names: tuple[str, ...],
    tagged: str | None,
    word: str,
    add: tuple[str, ...] = (),
    remove: tuple[str, ...] = (),
) -> None:
    if not names and tagged is None:
        raise click.UsageError("name a source, or a tag with --tag")
    found = run(_done(path, action, names, tagged, (add, remove)))
    for one in found:
        output.say(
            f"{word} {one.name!r}" if one.problem is None else f"{one.name!r}: {one.problem}", err=bool(one.problem)
        )
    if not found:
        output.say("No source is like that.")
    if any(one.problem for one in found):
        raise click.exceptions.Exit(1)


async def _done(
    path: Path, action: str, names: tuple[str, ...], tagged: str | None, tags: tuple[tuple[str, ...], tuple[str, ...]]
) -> list[Done]:
    async with acting(path) as me:
        wanted = list(names)
        if tagged is not None:
            page = await find(me, Paging(limit=None), SourceFilter(tag=tagged))
            wanted += [one.row.source.source_id for one in page.items]
        try:
            return await source_changes.bulk(me, Bulk(action=action, names=wanted, add=tags[0], remove=tags[1]))
        except Invalid as error:
            raise Told(str(error)) from None
