"""`wirewatch aliases`: shared lists of terms with all their versions, and which rules use them."""

from pathlib import Path

import click

from core.model.rule import AliasRow
from wirewatch.cli import output
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.usecases import aliases
from wirewatch.usecases.aliases import NewAlias
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import Invalid

_COLUMNS = ("name", "version", "state", "terms", "origin", "changed", "author")
_VERSION_COLUMNS = ("version", "author", "created", "comment", "terms")


@click.group("aliases")
def command() -> None:
    """List, show and change shared lists of terms."""


@command.command("list")
@config_option
@json_option
def list_aliases(path: Path, *, as_json: bool) -> None:
    """List all aliases by name, with removed ones."""
    rows = act(path, lambda me: aliases.list_page(me, Paging(limit=None))).items
    empty = "No aliases are stored; `wirewatch run` stores those of the configuration."
    output.show(list(map(_summary, rows)), _COLUMNS, as_json=as_json, empty=empty)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, path: Path, *, as_json: bool) -> None:
    """Show an alias: terms, canonical form, the rules that use it, and its versions."""
    found = act(path, lambda me: aliases.show(me, name))
    whole = {**_summary(found.current), "canonical": found.canonical, "used_by": found.used_by}
    versions: list[dict[str, object]] = [
        {
            "version": row.version,
            "author": row.author,
            "created": row.created,
            "comment": row.comment,
            "terms": row.terms,
        }
        for row in found.versions
    ]
    if as_json:
        output.print_json({**whole, "versions": versions})
        return
    output.show_one(whole, as_json=False)
    output.say()
    output.show(versions, _VERSION_COLUMNS, as_json=False, empty="")


@command.command("add")
@click.argument("name")
@click.argument("terms", nargs=-1, required=True, metavar="TERM ...")
@click.option("--comment", default="", help="The reason, shown in the list of versions.")
@config_option
def add(name: str, terms: tuple[str, ...], path: Path, comment: str) -> None:
    """Store an alias or a new version of it; the given terms replace the old ones."""
    run(_add(path, NewAlias(name=name, terms=terms, comment=comment)))


async def _add(path: Path, new: NewAlias) -> None:
    async with acting(path) as me:
        try:
            stored = await aliases.put(me, new)
        except Invalid as error:
            if error.field is None:
                raise
            raise click.UsageError(str(error)) from None
    used = f", used by {aliases.named(stored.used_by)}" if stored.used_by else "; no rule uses it yet"
    output.say(f"@{stored.name} is in force, version {stored.version}{used}")


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, path: Path) -> None:
    """Remove an alias; its versions stay."""
    row = act(path, lambda me: aliases.remove(me, name))
    output.say(f"removed @{row.name}; `wirewatch aliases rollback {row.name} {row.version}` brings it back")


@command.command("rollback")
@click.argument("name")
@click.argument("number", metavar="VERSION", type=int)
@config_option
def rollback(name: str, number: int, path: Path) -> None:
    """Make an old version current again, as a new version."""
    back = act(path, lambda me: aliases.rollback(me, name, number))
    output.say(f"@{back.name} is in force as of version {number}, now version {back.version}")


@command.command("diff")
@click.argument("name")
@click.argument("first", metavar="VERSION", type=int)
@click.argument("second", metavar="VERSION", type=int)
@config_option
@json_option
def compare(name: str, first: int, second: int, path: Path, *, as_json: bool) -> None:
    """Show the terms that only one of two versions has."""
    found = act(path, lambda me: aliases.compare(me, name, first, second))
    changes: list[dict[str, object]] = [{"change": "gained", "term": term} for term in found.gained]
    changes += [{"change": "lost", "term": term} for term in found.lost]
    output.show(changes, ("change", "term"), as_json=as_json, empty="Both hold the same terms.")


def _summary(row: AliasRow) -> dict[str, object]:
    return {
        "name": row.name,
        "version": row.version,
        "state": "in force" if row.enabled else "removed",
        "terms": row.terms,
        "origin": row.origin,
        "changed": row.created,
        "author": row.author,
    }
