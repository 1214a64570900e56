"""`wirewatch aliases`: shared lists of terms with all their versions, and which rules use them."""

import sys
from pathlib import Path

import click

from alerts.rules.term_list import MOST_BYTES, TermList, read_terms, told
from alerts.rules.term_table import Layout, a_column, a_delimiter
from core.model.rule import AliasBrief
from wirewatch.cli import output
from wirewatch.cli.opened import act, acting, config_option, json_option, run
from wirewatch.cli.told import Told
from wirewatch.usecases import alias_lists, aliases
from wirewatch.usecases.alias_lists import AliasPlan
from wirewatch.usecases.aliases import NewAlias
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.refusals import Invalid

_COLUMNS = ("name", "version", "state", "count", "terms", "origin", "changed", "author")
_VERSION_COLUMNS = ("version", "author", "created", "comment", "count", "terms")
_SHOWN = 12  # terms, or lines of each kind of a plan


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
    shown = [_summary(row) for row in rows]
    output.show(shown if as_json else [_short(row) for row in shown], _COLUMNS, as_json=as_json, empty=empty)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, path: Path, *, as_json: bool) -> None:
    """Show an alias: its first terms, their canonical form, the rules that use it, and its versions."""
    found = act(path, lambda me: aliases.show(me, name))
    whole = {**_summary(found.current), "canonical": found.canonical, "used_by": found.used_by}
    versions: list[dict[str, object]] = [
        {
            "version": row.version,
            "author": row.author,
            "created": row.created,
            "comment": row.comment,
            "count": row.count,
            "terms": row.terms,
        }
        for row in found.versions
    ]
    if as_json:
        output.print_json({**whole, "versions": versions})
        return
    left = found.current.count - len(found.current.terms)
    output.show_one(whole, as_json=False)
    if left:
        output.say(f"and {left:,} terms more; `wirewatch aliases export {found.current.name}` writes all of them")
    output.say()
    output.show([_short(row) for row in versions], _VERSION_COLUMNS, as_json=False, empty="")


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


@command.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--column", "columns", multiple=True, help="Of a table: a column by its name, or its number from 1.")
@click.option("--delimiter", help="What parts the cells of a table: , ; tab or pipe. Default: told from the file.")
@click.option(
    "--replace/--add", default=False, help="Take the place of the terms that are there. Default: add to them."
)
@click.option("--comment", default="", help="The reason, shown in the list of versions.")
@click.option("--dry-run", is_flag=True, help="Show the plan, and change nothing.")
@config_option
@json_option
def import_list(  # noqa: PLR0913 - a command's options
    name: str,
    file: Path,
    columns: tuple[str, ...],
    delimiter: str | None,
    path: Path,
    comment: str,
    *,
    replace: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Bring a list of terms into an alias, new or not: one term a line, or columns of a CSV table; `-` reads standard input.

    The plan is shown before it is done. Exit code 1 if a line is no term; the others are brought in.
    """
    listed = _listed(file, columns, delimiter)
    run(_bring(path, name, listed, comment, replace=replace, dry_run=dry_run, as_json=as_json))


def _listed(file: Path, columns: tuple[str, ...], delimiter: str | None) -> TermList:
    try:
        layout = Layout(tuple(map(a_column, columns)), None if delimiter is None else a_delimiter(delimiter))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--delimiter") from None
    try:
        if str(file) == "-":
            raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with file.open("rb") as opened:
                raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Told(f"{file}: {error.strerror}") from None
    listed = read_terms(raw, file.name, layout)
    if not listed.terms:
        raise Told("\n".join(f"{file}: {told(problem)}" for problem in listed.problems))
    return listed


async def _bring(  # noqa: PLR0913 - what the command says
    path: Path, name: str, listed: TermList, comment: str, *, replace: bool, dry_run: bool, as_json: bool
) -> None:
    async with acting(path) as me:
        planned = await alias_lists.plan(me, name, listed, replace=replace)
        if not as_json:
            _say_plan(planned)
        stored = None if dry_run else await aliases.put(me, planned.done(comment))
    if as_json:
        version = None if stored is None else stored.version
        output.print_json({**_planned(planned), "done": stored is not None, "version": version})
    elif stored is None:
        output.say("nothing was changed")
    else:
        used = f", used by {aliases.named(stored.used_by)}" if stored.used_by else "; no rule uses it yet"
        output.say(f"@{stored.name} is in force, version {stored.version}{used}")
    if planned.refused:
        raise click.exceptions.Exit(1)


def _planned(planned: AliasPlan) -> dict[str, object]:
    return {
        "name": planned.name,
        "terms": len(planned.terms),
        "added": planned.changes.gained,
        "removed": planned.changes.lost,
        "same": planned.same,
        "repeated": planned.repeated,
        "left_out": planned.left_out,
        "refused": [{"line": one.line, "problem": one.message} for one in planned.refused],
    }


def _say_plan(planned: AliasPlan) -> None:
    for sign, terms in (("+", planned.changes.gained), ("-", planned.changes.lost)):
        for term in terms[:_SHOWN]:
            output.say(f"{sign} {output.one_line(term)}")
        if len(terms) > _SHOWN:
            output.say(f"{sign} and {len(terms) - _SHOWN:,} more")
    for problem in planned.refused:
        output.say(f"refused: {told(problem)}", err=True)
    if planned.remarks:
        lines = "a line" if planned.remarks == 1 else f"{planned.remarks:,} lines"
        output.say(f"not kept: the comments of {lines}; an alias has terms only, a terms_file keeps them", err=True)
    changes = planned.changes
    output.say(
        f"plan: @{planned.name}: {len(changes.gained):,} added, {planned.same:,} same, {len(changes.lost):,} removed,"
        f" {planned.repeated:,} repeated in the list, {planned.left_out:,} refused; {len(planned.terms):,} in all"
    )


@command.command("export")
@click.argument("name")
@click.option(
    "--output", "-o", "file", type=click.Path(path_type=Path, dir_okay=False), help="Default: standard output."
)
@config_option
def export(name: str, file: Path | None, path: Path) -> None:
    """Write all terms of an alias, one a line, as `import` and `terms_file` read them."""
    text = act(path, lambda me: alias_lists.export(me, name))
    if file is None:
        output.write(text)
        return
    try:
        file.write_bytes(text.encode())
    except OSError as error:
        raise Told(f"{file}: {error.strerror}") from None
    output.say(f"wrote {text.count(chr(10)):,} terms to {file}")


def _short(row: dict[str, object]) -> dict[str, object]:
    """With the first terms alone, as a line of a table has room for."""
    terms = row["terms"]
    shown = list(terms[:_SHOWN]) if isinstance(terms, tuple) else []
    return {**row, "terms": [*shown, "…"] if row["count"] != len(shown) else shown}


def _summary(row: AliasBrief) -> dict[str, object]:
    return {
        "name": row.name,
        "version": row.version,
        "state": "in force" if row.enabled else "removed",
        "terms": row.terms,
        "count": row.count,
        "origin": row.origin,
        "changed": row.created,
        "author": row.author,
    }
