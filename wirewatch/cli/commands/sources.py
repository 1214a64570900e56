"""`wirewatch sources`: where articles come from and how each source is doing."""

from datetime import datetime
from pathlib import Path

import click

from core.errors import UserError
from core.masking import masked_url
from core.model import ids
from core.model.source import Source, SourceKind
from core.net.url import BadUrl, clean_url, web_url
from core.store import audit, sources
from core.store.audit import AuditRow
from core.store.sources import SourceRow
from ingest.poll.health import health
from wirewatch.cli import output
from wirewatch.cli.opened import config_option, current_user, json_option, open_database, run, unknown
from wirewatch.cli.told import Told
from wirewatch.config.hints import address_hint
from wirewatch.config.schema import country_code, language_code, time_zone

_COLUMNS = ("name", "state", "origin", "last_success", "entries_seen", "why")


@click.group("sources")
def command() -> None:
    """List, show, add and remove sources."""


@command.command("list")
@config_option
@json_option
def list_sources(path: Path, *, as_json: bool) -> None:
    """All sources with their state and why."""
    run(_list(path, as_json=as_json))


async def _list(path: Path, *, as_json: bool) -> None:
    async with open_database(path) as opened, opened.db.connection() as conn:
        rows = await sources.list_all(conn)
    now = opened.clock.now()
    empty = "No sources are stored; `wirewatch run` stores those of the configuration."
    shown = [_summary(sources.shown(row), now) for row in sorted(rows, key=lambda row: row.source.name.casefold())]
    output.show(shown, _COLUMNS, as_json=as_json, empty=empty)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, path: Path, *, as_json: bool) -> None:
    """One source, by its name or address."""
    run(_show(name, path, as_json=as_json))


async def _show(name: str, path: Path, *, as_json: bool) -> None:
    async with open_database(path) as opened, opened.db.connection() as conn:
        row = sources.shown(_found(name, await sources.list_all(conn)))
    state = row.state
    output.show_one(
        {
            **_summary(row, opened.clock.now()),
            "kind": row.source.kind,
            "interval_seconds": row.source.interval_seconds or state.interval_seconds,
            "full_text": row.source.full_text,
            "country": row.source.country,
            "lang": row.source.lang,
            "time_zone": row.source.time_zone,
            "added": row.created,
            "last_attempt": state.last_attempt,
            "last_new": state.last_new,
            "last_outcome": state.outcome,
            "error": state.error,
            "failures_in_a_row": state.failures,
            "next_poll": state.next_poll,
        },
        as_json=as_json,
    )


@command.command("add")
@click.argument("url")
@click.option("--name", required=True, help="What people call it.")
@click.option("--kind", type=click.Choice([kind.value for kind in SourceKind]), default="auto", show_default=True)
@click.option("--country", help="ISO 3166-1 alpha-2, such as IN.")
@click.option("--lang", help="ISO 639-1, such as en.")
@click.option("--time-zone", help="IANA name, such as Asia/Kolkata, for times without a zone.")
@config_option
def add(url: str, name: str, kind: str, path: Path, **facts: str | None) -> None:
    """Add a source; a running process polls it within moments."""
    try:
        cleaned = clean_url(url)
    except BadUrl as error:
        raise click.BadParameter(f"{error}{address_hint(url)}", param_hint="URL") from None
    for option, check in (("country", country_code), ("lang", language_code), ("time_zone", time_zone)):
        if (fact := facts[option]) is not None:
            try:
                facts[option] = check(fact)
            except ValueError as error:
                raise click.BadParameter(str(error), param_hint=f"--{option.replace('_', '-')}") from None
    if web_url(url).user is not None or web_url(url).password is not None:
        raise Told(
            "an address with a user or password is not kept in the database; add the source to the configuration, with "
            "`username` and `password_file`"
        )
    source = Source(
        source_id=ids.source_id(cleaned),
        name=name,
        url=url,
        kind=SourceKind(kind),
        country=facts["country"],
        lang=facts["lang"],
        time_zone=facts["time_zone"],
    )
    run(_add(source, path))


async def _add(source: Source, path: Path) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        for row in await sources.list_all(conn):
            if row.source.source_id == source.source_id:
                raise UserError(f"the source {row.source.name!r} has that address already")
            if row.source.name == source.name:
                raise UserError(f"{source.name!r} is the name of the source at {masked_url(row.source.url)}")
        now = opened.clock.now()
        await sources.add(conn, source, now)
        await audit.add(conn, AuditRow(at=now, actor=current_user(), action="source.add", subject=source.name))
    output.say(f"added {source.name!r}; it is due now")


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, path: Path) -> None:
    """Remove a source that was added by command or page; its articles stay."""
    run(_remove(name, path))


async def _remove(name: str, path: Path) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        row = _found(name, await sources.list_all(conn))
        if row.origin == sources.FILE:
            raise UserError(f"source {row.source.name!r} is managed in a file; remove it there")
        await sources.remove(conn, row.source.source_id)
        now = opened.clock.now()
        await audit.add(conn, AuditRow(at=now, actor=current_user(), action="source.remove", subject=row.source.name))
    output.say(f"removed {row.source.name!r}")


def _found(name: str, rows: list[SourceRow]) -> SourceRow:
    for row in rows:
        if name in (row.source.name, row.source.url, row.source.source_id):
            return row
    raise unknown("source", name, [row.source.name for row in rows])


def _summary(row: SourceRow, now: datetime) -> dict[str, object]:
    judged = health(row.state, now, enabled=row.enabled)
    return {
        "name": row.source.name,
        "url": row.source.url,
        "state": judged.state,
        "why": judged.sentence,
        "origin": row.origin,
        "last_success": row.state.last_success,
        "entries_seen": row.state.entries_seen_total,
    }
