"""Aliases: shared lists of terms with all their versions, and which rules use them."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from alerts.rules.aliases import AliasSet, canonical_terms
from alerts.rules.parser import parse
from alerts.rules.term_list import MOST_TERMS, ONLY_EXCLUSIONS, is_exclusion, term_problem
from core.db.connection import Connection
from core.model.origin import FILE
from core.model.rule import AliasBrief, AliasDraft, AliasRow
from core.model.term_changes import TermChanges, term_changes, told_terms
from core.store import aliases, rule_search
from wirewatch.config.schema import alias_name
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.alias_sets import known_aliases
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, NotFound
from wirewatch.usecases.tags import tag

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class WholeAlias:
    """An alias with its first terms as they stand and as they are compared, its versions (the newest first) and the rules that use
    it."""

    current: AliasBrief
    canonical: tuple[str, ...]
    versions: tuple[AliasBrief, ...]
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermPage:
    """Terms of an alias, in its order. `total`: how many there are that are looked for."""

    terms: tuple[str, ...]
    next: str | None
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlias:
    """The terms take the place of those that an alias of this name had. A leading @ is no part of the name."""

    name: str
    terms: tuple[str, ...]
    comment: str = ""
    only_new: bool = False  # refuse a name that is in use


@dataclass(frozen=True, slots=True)
class PutAlias:
    name: str
    version: int
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RolledBackAlias:
    name: str
    version: int


def a_name(name: str) -> str:
    """The name of an alias, without an @ before it. Raises Invalid."""
    name = name.removeprefix("@")
    try:
        return alias_name(name)
    except ValueError as error:
        raise Invalid(f"{name!r} is no name of an alias: {error}", "name") from None


def spelled(known: Iterable[str], name: str) -> str | None:
    """The name of these that is the same whatever the letter case."""
    return next((one for one in known if one.lower() == name.lower()), None)


def alias_tag(row: AliasRow | AliasBrief) -> str:
    """The tag of an alias: of all that a person changes of it."""
    return tag(row.team_id, row.name, row.version, row.enabled, row.origin)


@reads(Permission.READ_RULES)
async def list_page(acting: Acting, paging: Paging) -> Page[AliasBrief]:
    """The team's aliases, removed ones too, by name: an alias keeps its name for ever."""
    async with acting.db.connection() as conn:
        rows = [row for row in await aliases.briefs(conn) if acting.listed_team in (None, row.team_id)]
    return paging.page_by_name("aliases", rows, lambda row: (row.name, row.team_id))


@reads(Permission.READ_RULES)
async def current(acting: Acting, name: str) -> AliasBrief:
    """By its name in any letter case, with or without @. Raises NotFound with the nearest name."""
    async with acting.db.connection() as conn:
        return (await _versions(acting, conn, await _known_name(acting, conn, name)))[0]


@reads(Permission.READ_RULES)
async def show(acting: Acting, name: str) -> WholeAlias:
    """The same, with its versions and the rules that use it."""
    async with acting.db.connection() as conn:
        name = await _known_name(acting, conn, name)
        versions = await _versions(acting, conn, name)
        users = tuple(rule for rule, _ in await _users(acting, conn, name))
        return WholeAlias(versions[0], tuple(canonical_terms(versions[0].terms)), versions, users)


@reads(Permission.READ_RULES)
async def terms_page(acting: Acting, name: str, paging: Paging, text: str = "") -> TermPage:
    """The terms of an alias in force, those with `text` in them, whatever its letter case. Raises NotFound, BadCursor."""
    async with acting.db.connection() as conn:
        terms = (await _stored(acting, conn, name)).terms
    if text:
        sought = text.casefold()
        terms = await asyncio.to_thread(lambda: tuple(term for term in terms if sought in term.casefold()))
    first = paging.after_number("terms") or 0
    last = len(terms) if paging.limit is None else first + paging.limit
    following = paging.at_number("terms", last) if last < len(terms) else None
    return TermPage(terms[first:last], following, len(terms))


async def _versions(acting: Acting, conn: Connection, name: str) -> tuple[AliasBrief, ...]:
    """The newest first, which is the one in force."""
    return tuple(await aliases.version_briefs(conn, name, acting.team))


@changes(Permission.CHANGE_RULES, "alias.put")
async def put(acting: Acting, new: NewAlias) -> PutAlias:
    """Store an alias or a new version of one. Raises Invalid where its terms, or a rule that uses it, could not be read."""
    name = a_name(new.name)
    draft = AliasDraft(name=name, terms=new.terms, author=acting.actor, comment=new.comment)
    async with acting.db.transaction() as conn:
        same = spelled(await aliases.names(conn, acting.team), name)
        if same not in (None, name):
            raise Conflict(f"there is an alias {same!r}, and letter case makes no difference; use that name")
        before = await aliases.get(conn, name, acting.team)
        if before is not None:
            if new.only_new:
                raise Conflict(f"there is an alias {name!r} already; take another name, or change that one")
            _check_origin(before)
            await acting.unchanged(conn, f"@{name}", alias_tag(before))
        users = await _check(acting, conn, name, new.terms)
        number = await aliases.put(conn, draft, acting.clock.now(), acting.team)
        after = {**told_terms(new.terms), "enabled": True}
        told = {} if before is None else term_changes(before.terms, new.terms).told()
        was = None if before is None else _shape(before)
        await acting.note(conn, f"@{name}", before=was, after=after, version=number, **told)
    return PutAlias(name, number, tuple(users))


@changes(Permission.CHANGE_RULES, "alias.remove")
async def remove(acting: Acting, name: str) -> AliasRow:
    """Take an alias that no rule uses out of force; its versions stay. Raises NotFound, Conflict, ManagedInFile."""
    async with acting.db.transaction() as conn:
        row = await _stored(acting, conn, name)
        if not row.enabled:
            raise Conflict(f"alias {row.name!r} is removed already")
        if row.origin == FILE:
            raise ManagedInFile(f"alias {row.name!r} is managed in a file; remove it there")
        await acting.unchanged(conn, f"@{row.name}", alias_tag(row))
        users = [rule for rule, _ in await _users(acting, conn, row.name)]
        if users:
            raise Conflict(f"@{row.name} is used by {named(users)}; change that first")
        await aliases.set_enabled(conn, row.name, acting.team, enabled=False)
        await acting.note(conn, f"@{row.name}", before=_shape(row), after={**_shape(row), "enabled": False})
    return row


@changes(Permission.CHANGE_RULES, "alias.rollback")
async def rollback(acting: Acting, name: str, number: int) -> RolledBackAlias:
    """Put an old version in force again, as a new one. Raises NotFound, and what `put` raises."""
    async with acting.db.transaction() as conn:
        row = await _stored(acting, conn, name)
        old = await _version(acting, conn, row.name, number)
        _check_origin(row)
        await acting.unchanged(conn, f"@{row.name}", alias_tag(row))
        await _check(acting, conn, row.name, old.terms)
        now = await aliases.rollback(conn, row.name, number, acting.actor, acting.clock.now(), acting.team)
        after = {**told_terms(old.terms), "enabled": True}
        await acting.note(conn, f"@{row.name}", before=_shape(row), after=after, version=now, to=number)
    return RolledBackAlias(row.name, now)


@reads(Permission.READ_RULES)
async def compare(acting: Acting, name: str, first: int, second: int) -> TermChanges:
    """Terms gained and lost from one version to another. Raises NotFound."""
    async with acting.db.connection() as conn:
        known = await _known_name(acting, conn, name)
        old = (await _version(acting, conn, known, first)).terms
        new = (await _version(acting, conn, known, second)).terms
    return await asyncio.to_thread(lambda: term_changes(canonical_terms(old), canonical_terms(new)))


def named(rules_: Sequence[str]) -> str:
    """The names of rules in a sentence, the first few of them."""
    more = f" and {len(rules_) - _MOST_NAMED} more" if len(rules_) > _MOST_NAMED else ""
    return f"rule{'' if len(rules_) == 1 else 's'} {', '.join(map(repr, rules_[:_MOST_NAMED]))}{more}"


def _shape(row: AliasRow) -> dict[str, object]:
    """An alias as the audit log keeps it."""
    return {**told_terms(row.terms), "enabled": row.enabled}


def _check_origin(row: AliasRow) -> None:
    if row.enabled and row.origin == FILE:
        raise ManagedInFile(f"alias {row.name!r} is managed in a file; change it there")


async def _check(acting: Acting, conn: Connection, name: str, terms: Sequence[str]) -> list[str]:
    """The rules that use the alias, all of which the new terms leave readable."""
    known = await known_aliases(conn, acting)
    changed = AliasSet.of([*known.terms.items(), (name, terms)])
    wrong = await asyncio.to_thread(_wrong, terms, changed)  # a second, of 100,000
    if wrong:
        raise Invalid(wrong)
    problems = parse(f"@{name}", aliases=changed).problems
    if problems:
        raise Invalid("; ".join(problem.message for problem in problems))
    users = await _users(acting, conn, name)
    for rule, query in users:
        broken = parse(query, aliases=changed).problems
        if broken:
            raise Invalid(f"rule {rule!r} could not be used with these terms: {broken[0].message}")
    return [rule for rule, _ in users]


def _wrong(terms: Sequence[str], aliases_: AliasSet) -> str:
    """What is wrong with the terms themselves; the aliases are read where nothing is."""
    if len(terms) > MOST_TERMS:
        return f"an alias has at most {MOST_TERMS:,} terms, these are {len(terms):,}; make several"
    told = list(islice(filter(None, map(term_problem, terms)), _MOST_NAMED))
    if not told and all(map(is_exclusion, terms)):
        told = [ONLY_EXCLUSIONS]
    if not told:
        aliases_.read_long(0)
    return "; ".join(told)


async def _known_name(acting: Acting, conn: Connection, name: str) -> str:
    name = name.removeprefix("@")
    known = await aliases.names(conn, acting.team)
    found = spelled(known, name)
    if found is None:
        raise NotFound.of("alias", name, known, plural="aliases")
    return found


async def _stored(acting: Acting, conn: Connection, name: str) -> AliasRow:
    known = await _known_name(acting, conn, name)
    row = await aliases.get(conn, known, acting.team)
    if row is None:
        raise NotFound.of("alias", name, [], plural="aliases")
    return row


async def _version(acting: Acting, conn: Connection, name: str, number: int) -> AliasRow:
    row = await aliases.version_of(conn, name, number, acting.team)
    if row is None:
        known = sorted(one.version for one in await aliases.version_briefs(conn, name, acting.team))
        raise NotFound(f"alias {name!r} has no version {number}; it has {', '.join(map(str, known))}")
    return row


async def _users(acting: Acting, conn: Connection, name: str) -> list[tuple[str, str]]:
    """Name and query of the rules in force that use the alias, also through another one, by name."""
    names = {name.lower()}
    others = (await known_aliases(conn, acting)).terms
    included = {other: {term.strip().lower() for term in terms if "@" in term} for other, terms in others.items()}
    while added := {
        other for other, terms in included.items() if other not in names and any(f"@{one}" in terms for one in names)
    }:
        names |= added
    written = await rule_search.queries_with(conn, acting.team, "@")
    return sorted((rule, query) for rule, query in written if _mentions(query, names))


def _mentions(text: str, names: Iterable[str]) -> bool:
    used = {word.lower() for word in re.findall(r"@([\w-]+)", text)}
    return not used.isdisjoint(names)
