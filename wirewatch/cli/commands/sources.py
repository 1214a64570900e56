"""`wirewatch sources`: where articles come from and how each source is doing."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from core.model.source import SourceKind
from wirewatch.cli import output
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.cli.times import SINCE, before
from wirewatch.usecases import sources
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import Invalid
from wirewatch.usecases.sources import KnownHost, KnownSource, NewSource

_COLUMNS = ("name", "state", "origin", "last_success", "entries_seen", "why")


@click.group("sources")
def command() -> None:
    """List, show, add, move and remove sources."""


@command.command("list")
@config_option
@json_option
def list_sources(path: Path, *, as_json: bool) -> None:
    """List all sources with their state and its reason."""
    found = sorted(
        act(path, lambda me: sources.list_page(me, Paging(limit=None))).items,
        key=lambda one: one.row.source.name.casefold(),
    )
    empty = "No sources are stored; `wirewatch run` stores those of the configuration."
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
            "added": row.created,
            "since": row.source.since,
            "last_attempt": state.last_attempt,
            "last_new": state.last_new,
            "last_outcome": state.outcome,
            "error": state.error,
            "failures_in_a_row": state.failures,
            "next_poll": state.next_poll,
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


@command.command("add")
@click.argument("url")
@click.option("--name", required=True, help="Its name for people.")
@click.option("--kind", type=click.Choice([kind.value for kind in SourceKind]), default="auto", show_default=True)
@click.option("--country", help="ISO 3166-1 alpha-2, such as IN.")
@click.option("--lang", help="ISO 639-1, such as en.")
@click.option("--time-zone", help="IANA name, such as Asia/Kolkata, for times without a zone.")
@click.option("--since", type=SINCE, help="What was published since then alerts; default: since the source was added.")
@config_option
def add(url: str, name: str, kind: str, path: Path, since: datetime | timedelta | None, **facts: Any) -> None:
    """Add a source; a running process polls it within seconds."""
    run(_add(path, NewSource(url=url, name=name, kind=SourceKind(kind), **facts), since))


async def _add(path: Path, new: NewSource, since: datetime | timedelta | None) -> None:
    async with acting(path) as me:
        new = new if since is None else replace(new, since=before(me.clock.now(), since))
        try:
            source = await sources.add(me, new)
        except Invalid as error:
            if error.field is None:
                raise
            hint = "URL" if error.field == "url" else f"--{error.field.replace('_', '-')}"
            raise click.BadParameter(str(error), param_hint=hint) from None
    output.say(f"added {source.name!r}; it is due now")


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
    }
