"""`wirewatch aliases`: shared lists of terms with all their versions, and which rules use them."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from alerts.rules.aliases import AliasSet, canonical_terms
from alerts.rules.parser import parse
from core.db.connection import Connection
from core.errors import UserError
from core.model.rule import AliasDraft, AliasRow
from core.store import aliases, audit, rules
from core.store.audit import AuditRow
from wirewatch.cli import output
from wirewatch.cli.opened import Opened, config_option, current_user, json_option, open_database, run
from wirewatch.cli.opened import unknown as unknown_name
from wirewatch.cli.rule_texts import known_aliases

_COLUMNS = ("name", "version", "state", "terms", "origin", "changed", "author")
_VERSION_COLUMNS = ("version", "author", "created", "comment", "terms")
_NAME = re.compile(r"[\w-]{1,100}")
_MOST_NAMED = 5


@click.group("aliases")
def command() -> None:
    """List, show and change shared lists of terms."""


@command.command("list")
@config_option
@json_option
def list_aliases(path: Path, *, as_json: bool) -> None:
    """All aliases, removed ones too, by name."""
    rows = run(_all(path))
    empty = "No aliases are stored; `wirewatch run` stores those of the configuration."
    output.show(list(map(_summary, rows)), _COLUMNS, as_json=as_json, empty=empty)


async def _all(path: Path) -> list[AliasRow]:
    async with open_database(path) as opened, opened.db.connection() as conn:
        return await aliases.list_all(conn)


@command.command("show")
@click.argument("name")
@config_option
@json_option
def show(name: str, path: Path, *, as_json: bool) -> None:
    """An alias: terms, canonical form, the rules that use it, and its versions."""
    rows, users = run(_shown(path, name))
    whole = {**_summary(rows[0]), "canonical": canonical_terms(rows[0].terms), "used_by": users}
    versions: list[dict[str, object]] = [
        {
            "version": row.version,
            "author": row.author,
            "created": row.created,
            "comment": row.comment,
            "terms": row.terms,
        }
        for row in rows
    ]
    if as_json:
        output.print_json({**whole, "versions": versions})
        return
    output.show_one(whole, as_json=False)
    output.say()
    output.show(versions, _VERSION_COLUMNS, as_json=False, empty="")


async def _shown(path: Path, name: str) -> tuple[list[AliasRow], list[str]]:
    async with open_database(path) as opened, opened.db.connection() as conn:
        row = await _stored(conn, name)
        return await aliases.versions(conn, row.name), await _users(conn, row.name)


@command.command("add")
@click.argument("name")
@click.argument("terms", nargs=-1, required=True, metavar="TERM ...")
@click.option("--comment", default="", help="Why, for those who read the versions later.")
@config_option
def add(name: str, terms: tuple[str, ...], path: Path, comment: str) -> None:
    """Store an alias, or a new version of one: the terms given take the place of those it had."""
    name = name.removeprefix("@")
    if not _NAME.fullmatch(name):
        raise click.UsageError(f"{name!r} is no name of an alias; expected letters, digits, _ and -")
    run(_add(path, AliasDraft(name=name, terms=terms, author=current_user(), comment=comment)))


async def _add(path: Path, draft: AliasDraft) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        same = [row.name for row in await aliases.list_all(conn) if row.name.lower() == draft.name.lower()]
        if same and same[0] != draft.name:
            raise UserError(f"there is an alias {same[0]!r}, and letter case makes no difference; use that name")
        users = await _check(opened, conn, draft.name, draft.terms)
        number = await aliases.put(conn, draft, opened.clock.now())
        await _note(opened, conn, "alias.put", draft.name, version=number)
    used = f", used by {_named(users)}" if users else "; no rule uses it yet"
    output.say(f"@{draft.name} is in force, version {number}{used}")


async def _check(opened: Opened, conn: Connection, name: str, terms: Sequence[str]) -> list[str]:
    """The rules that use the alias, all of which the new terms leave readable. Raises UserError."""
    try:
        canonical_terms(terms)
    except ValueError as error:
        raise UserError(str(error)) from None
    known = await known_aliases(conn, opened.config)
    changed = AliasSet.of([*known.terms.items(), (name, terms)])
    problems = parse(f"@{name}", aliases=changed).problems
    if problems:
        raise UserError("; ".join(problem.message for problem in problems))
    users = await _users(conn, name)
    for rule in users:
        row = await rules.get(conn, rule)
        broken = parse(row.query, aliases=changed).problems if row is not None else ()
        if broken:
            raise UserError(f"rule {rule!r} could not be used with these terms: {broken[0].message}")
    return users


@command.command("remove")
@click.argument("name")
@config_option
def remove(name: str, path: Path) -> None:
    """Take an alias out of force; its versions stay."""
    run(_remove(path, name))


async def _remove(path: Path, name: str) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        row = await _stored(conn, name)
        if not row.enabled:
            raise UserError(f"alias {row.name!r} is removed already")
        if row.origin == rules.FILE:
            raise UserError(f"alias {row.name!r} is managed in a file; remove it there")
        users = await _users(conn, row.name)
        if users:
            raise UserError(f"@{row.name} is used by {_named(users)}; change that first")
        await aliases.set_enabled(conn, row.name, enabled=False)
        await _note(opened, conn, "alias.remove", row.name)
    output.say(f"removed @{row.name}; `wirewatch aliases rollback {row.name} {row.version}` brings it back")


@command.command("rollback")
@click.argument("name")
@click.argument("number", metavar="VERSION", type=int)
@config_option
def rollback(name: str, number: int, path: Path) -> None:
    """Put an old version in force again, as a new one."""
    run(_rollback(path, name, number))


async def _rollback(path: Path, name: str, number: int) -> None:
    async with open_database(path) as opened, opened.db.transaction() as conn:
        row = await _stored(conn, name)
        old = _version(await aliases.versions(conn, row.name), number)
        await _check(opened, conn, row.name, old.terms)
        now = await aliases.rollback(conn, row.name, number, current_user(), opened.clock.now())
        await _note(opened, conn, "alias.rollback", row.name, version=now, to=number)
    output.say(f"@{row.name} is in force as of version {number}, now version {now}")


@command.command("diff")
@click.argument("name")
@click.argument("first", metavar="VERSION", type=int)
@click.argument("second", metavar="VERSION", type=int)
@config_option
@json_option
def compare(name: str, first: int, second: int, path: Path, *, as_json: bool) -> None:
    """The terms that the second version has and the first has not, and the other way round."""
    rows, _ = run(_shown(path, name))
    old, new = (canonical_terms(_version(rows, number).terms) for number in (first, second))
    changes: list[dict[str, object]] = [{"change": "gained", "term": term} for term in new if term not in old]
    changes += [{"change": "lost", "term": term} for term in old if term not in new]
    output.show(changes, ("change", "term"), as_json=as_json, empty="Both hold the same terms.")


async def _stored(conn: Connection, name: str) -> AliasRow:
    """By its name in any letter case, with or without @. Raises UserError with the nearest name."""
    name = name.removeprefix("@")
    rows = await aliases.list_all(conn)
    for row in rows:
        if row.name.lower() == name.lower():
            return row
    raise UserError(str(unknown_name("alias", name, [row.name for row in rows])).replace("aliass", "aliases"))


def _version(rows: Iterable[AliasRow], number: int) -> AliasRow:
    known = {row.version: row for row in rows}
    if number not in known:
        name = next(iter(known.values())).name
        raise UserError(f"alias {name!r} has no version {number}; it has {', '.join(map(str, sorted(known)))}")
    return known[number]


async def _users(conn: Connection, name: str) -> list[str]:
    """The rules in force that use the alias, also through another one, by name."""
    names = {name.lower()}
    others = {row.name.lower(): row.terms for row in await aliases.list_active(conn)}
    while added := {
        other for other, terms in others.items() if other not in names and any(_mentions(t, names) for t in terms)
    }:
        names |= added
    found: list[str] = []
    async for piece in rules.active_pieces(conn):
        found += [row.name for row in piece if _mentions(row.query, names)]
    return sorted(found)


def _mentions(text: str, names: Iterable[str]) -> bool:
    used = {word.lower() for word in re.findall(r"@([\w-]+)", text)}
    return not used.isdisjoint(names)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"rule{'' if len(names) == 1 else 's'} {', '.join(map(repr, names[:_MOST_NAMED]))}{more}"


async def _note(opened: Opened, conn: Connection, action: str, name: str, **detail: int) -> None:
    row = AuditRow(at=opened.clock.now(), actor=current_user(), action=action, subject=f"@{name}", detail=detail)
    await audit.add(conn, row)


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
