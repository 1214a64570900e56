"""`wirewatch sources`: where articles come from and how each source is doing."""

from pathlib import Path

import click

from wirewatch.cli import output
from wirewatch.cli.commands.sources_changes import change, pause, poll, resume, tag
from wirewatch.cli.commands.sources_lists import add, discover, export, import_list, list_packs, preview
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.usecases import sources
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.sources import STATES, KnownHost, KnownSource, SourceFilter

_COLUMNS = ("name", "state", "origin", "last_success", "entries_seen", "why")


@click.group("sources")
def command() -> None:
    """List, show, find, add, bring in, change and remove sources."""


for one in (add, discover, preview, import_list, export, list_packs, change, pause, resume, poll, tag):
    command.add_command(one)


@command.command("list")
@click.option("--state", type=click.Choice(STATES), help="In this state alone.")
@click.option("--tag", help="With this tag alone.")
@click.option("--text", help="With this in its name or address.")
@config_option
@json_option
def list_sources(path: Path, state: str | None, tag: str | None, text: str | None, *, as_json: bool) -> None:
    """List sources with their state and its reason."""
    wanted = SourceFilter(state=state, tag=tag, text=text)
    found = sorted(
        act(path, lambda me: sources.find(me, Paging(limit=None), wanted)).items,
        key=lambda one: one.row.source.name.casefold(),
    )
    empty = "No sources are stored; `wirewatch run` stores those of the configuration."
    if wanted != SourceFilter():
        empty = "No source is like that."
    output.show(list(map(_summary, found)), _COLUMNS, as_json=as_json, empty=empty)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, path: Path, *, as_json: bool) -> None:
    """Show a source, by its name or address."""
    known, hosts = run(_shown(path, name))
    row, state = known.row, known.row.state
    output.show_one(
        {
            **_summary(known),
            "kind": row.source.kind,
            "interval_seconds": row.source.interval_seconds or state.interval_seconds,
            "full_text": row.source.full_text,
            "patience_seconds": row.source.patience_seconds,
            "country": row.source.country,
            "lang": row.source.lang,
            "time_zone": row.source.time_zone,
            "site": row.source.site,
            "file": known.file,
            "added": row.created,
            "since": row.source.since,
            "last_attempt": state.last_attempt,
            "last_new": state.last_new,
            "last_outcome": state.outcome,
            "error": state.error,
            "failures_in_a_row": state.failures,
            "next_poll": state.next_poll,
            "next_poll_why": known.next_poll,
            "delay_p50_seconds": known.rhythm.delay_p50_seconds,
            "delay_p95_seconds": known.rhythm.delay_p95_seconds,
            "entries_by_day": list(known.rhythm.days),
            "hosts": [_host(one) for one in hosts] if as_json else "\n".join(map(_host_line, hosts)) or None,
        },
        as_json=as_json,
    )


async def _shown(path: Path, name: str) -> tuple[KnownSource, list[KnownHost]]:
    async with acting(path) as me:
        return await sources.show(me, name), await sources.hosts_of(me, name)


def _host(one: KnownHost) -> dict[str, object]:
    return {"host": one.host, "articles": one.articles, "walls": one.walls, "repeated_blocks": list(one.repeated)}


def _host_line(one: KnownHost) -> str:
    walls = ", ".join(f"{count} {wall}" for wall, count in sorted(one.walls.items()))
    shown = "; ".join(f'"{text[:60]}"' for text in one.repeated[:3])
    repeated = f"{len(one.repeated)} paragraphs under many stories ({shown})" if one.repeated else ""
    return ", ".join(part for part in (f"{one.host}: {one.articles} articles", walls, repeated) if part)


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, path: Path) -> None:
    """Remove a source that was added by command; its articles stay."""
    source = act(path, lambda me: sources.remove(me, name))
    output.say(f"removed {source.name!r}")


@command.command("move")
@click.argument("name")
@click.argument("url")
@config_option
def move(name: str, url: str, path: Path) -> None:
    """Change the address of a source. Its entries stay known, so none alerts again."""
    run(_move(path, name, url))


async def _move(path: Path, name: str, url: str) -> None:
    async with acting(path) as me:
        try:
            source = await sources.move(me, name, url)
        except Invalid as error:
            if error.field is None:
                raise
            raise click.BadParameter(str(error), param_hint="URL") from None
    output.say(f"{source.name!r} is polled at its new address from now on")


def _summary(known: KnownSource) -> dict[str, object]:
    row = known.row
    return {
        "name": row.source.name,
        "url": row.source.url,
        "state": known.health.state,
        "why": known.health.sentence,
        "origin": row.origin,
        "last_success": row.state.last_success,
        "entries_seen": row.state.entries_seen_total,
        "tags": list(row.source.tags),
    }
