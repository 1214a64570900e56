"""Aliases with their versions, of long ones the last, under a revision of their own; see rules.py for the promise."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, Select, Text, and_, bindparam, delete, func, select, type_coerce, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import alias_versions, aliases
from core.errors import UserError
from core.model import ids
from core.model.origin import DB, FILE
from core.model.rule import AliasBrief, AliasDraft, AliasRow
from core.model.team import DEFAULT_TEAM
from core.model.term_changes import term_changes, told_terms
from core.store import audit, revisions, teams
from core.store.audit import AuditRow

_COUNTER = "aliases"
_SHOWN = 20_000  # characters of the terms of an alias, where it is one of many or only looked at
_BETWEEN = '","'  # two terms
_MANY, _KEPT = 1000, 10  # of an alias of so many terms so many versions are kept


async def sync_from_config(conn: Connection, configured: Sequence[AliasDraft], now: datetime) -> int:
    """Make the aliases of origin `file` be `configured`; how many changed."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    named = await teams.ensure(conn, {draft.team for draft in configured}, now)
    known = {_key(row.name, row.team_id): row for row in map(_row, await conn.execute(_current()))}
    wanted = {_key(draft.name, named[draft.team]): draft for draft in configured}
    changed = [key for key, draft in wanted.items() if key not in known or _differs(known[key], draft, FILE)]
    gone = [key for key, row in known.items() if row.origin == FILE and row.enabled and key not in wanted]
    if not changed and not gone:
        return 0
    for key in changed:
        team_id = named[wanted[key].team]
        await _write(conn, wanted[key], known.get(key), origin=FILE, now=now, revision=revision, team_id=team_id)
        if key in known and known[key].terms != wanted[key].terms:
            await _note(conn, known[key], wanted[key].terms, now)
    if gone:
        disable = update(aliases).where(aliases.c.name == bindparam("key")).values(enabled=False, revision=revision)
        await conn.execute(disable, [{"key": key} for key in gone])
    await revisions.advance(conn, _COUNTER, revision)
    return len(changed) + len(gone)


async def _note(conn: Connection, before: AliasRow, terms: Sequence[str], now: datetime) -> None:
    """Write into the audit log what a change of a file made of an alias."""
    action = AuditRow(
        at=now,
        actor=FILE,
        action="alias.put",
        subject=f"@{before.name}",
        detail={"version": before.version + 1, **term_changes(before.terms, terms).told()},
        team_id=before.team_id,
        before={**told_terms(before.terms), "enabled": before.enabled},
        after={**told_terms(terms), "enabled": True},
    )
    await audit.add(conn, action)


async def put(conn: Connection, draft: AliasDraft, now: datetime, team_id: str = DEFAULT_TEAM) -> int:
    """Store an alias of origin `db`, new or changed; its version. UserError if a file manages that name."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    known = await get(conn, draft.name, team_id)
    if known is not None:
        if known.origin == FILE and known.enabled:
            raise UserError(f"alias {draft.name!r} is managed in a file; change it there")
        if not _differs(known, draft, DB):
            return known.version
    version = await _write(conn, draft, known, origin=DB, now=now, revision=revision, team_id=team_id)
    await revisions.advance(conn, _COUNTER, revision)
    return version


async def rollback(
    conn: Connection, name: str, version: int, author: str, now: datetime, team_id: str = DEFAULT_TEAM
) -> int:
    """Put an old version in force again, as a new one; its number. UserError if there is no such version."""
    old = await version_of(conn, name, version, team_id)
    if old is None:
        raise UserError(f"alias {name!r} has no version {version}")
    comment = f"back to version {version}"
    return await put(conn, AliasDraft(name=name, terms=old.terms, author=author, comment=comment), now, team_id)


async def set_enabled(conn: Connection, name: str, team_id: str = DEFAULT_TEAM, *, enabled: bool) -> bool:
    """Remove an alias (its history stays) or bring it back; False if there is none or it is so already."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    statement = update(aliases).where(aliases.c.name == _key(name, team_id), aliases.c.enabled.is_(not enabled))
    if (await conn.execute(statement.values(enabled=enabled, revision=revision))).rowcount == 0:
        return False
    await revisions.advance(conn, _COUNTER, revision)
    return True


async def get(conn: Connection, name: str, team_id: str = DEFAULT_TEAM) -> AliasRow | None:
    row = (await conn.execute(_current().where(aliases.c.name == _key(name, team_id)))).one_or_none()
    return None if row is None else _row(row)


async def version_of(conn: Connection, name: str, version: int, team_id: str = DEFAULT_TEAM) -> AliasRow | None:
    """One version of an alias."""
    this = and_(aliases.c.name == _key(name, team_id), alias_versions.c.version == version)
    row = (await conn.execute(_all_versions().where(this))).one_or_none()
    return None if row is None else _row(row)


async def names(conn: Connection, team_id: str = DEFAULT_TEAM) -> list[str]:
    """Of all aliases of a team, removed ones too, in order."""
    found = await conn.execute(select(aliases.c.name).where(aliases.c.team_id == team_id).order_by(aliases.c.name))
    return [_name(name, team_id) for name in found.scalars()]


async def briefs(conn: Connection) -> list[AliasBrief]:
    """All aliases, removed ones too, by name, with their first terms."""
    current = alias_versions.c.version == aliases.c.version
    return [_brief(row) for row in await conn.execute(_brief_versions().where(current).order_by(aliases.c.name))]


async def version_briefs(conn: Connection, name: str, team_id: str = DEFAULT_TEAM) -> list[AliasBrief]:
    """All versions of an alias with their first terms, the newest first."""
    mine = aliases.c.name == _key(name, team_id)
    ordered = _brief_versions().where(mine).order_by(alias_versions.c.version.desc())
    return [_brief(row) for row in await conn.execute(ordered)]


async def list_active(conn: Connection, team_id: str = DEFAULT_TEAM) -> list[AliasRow]:
    """The enabled aliases of a team, by name."""
    mine = and_(aliases.c.enabled.is_(True), aliases.c.team_id == team_id)
    statement = _current().where(mine).order_by(aliases.c.name)
    return [_row(row) for row in await conn.execute(statement)]


async def list_all(conn: Connection) -> list[AliasRow]:
    """All aliases, removed ones too, by name."""
    return [_row(row) for row in await conn.execute(_current().order_by(aliases.c.name))]


async def changed_since(conn: Connection, since: int) -> tuple[list[AliasRow], int]:
    """Aliases changed after revision `since` (removed ones with enabled False) and the revision to ask from next time."""
    until = await revisions.read(conn, _COUNTER)
    rows = [_row(row) for row in await conn.execute(_current().where(aliases.c.revision > since))]
    return rows, until


async def revision(conn: Connection) -> int:
    """The revision of the last committed change; 0 before the first."""
    return await revisions.read(conn, _COUNTER)


async def _write(  # noqa: PLR0913 - one call, everything named
    conn: Connection,
    draft: AliasDraft,
    known: AliasRow | None,
    *,
    origin: str,
    now: datetime,
    revision: int,
    team_id: str,
) -> int:
    key = _key(draft.name, team_id)
    version = 1 if known is None else known.version + (known.terms != draft.terms)
    values = {"version": version, "origin": origin, "enabled": True, "revision": revision}
    head = insert(conn, aliases).values(name=key, team_id=team_id, alias_id=ids.new_id(), **values)
    await conn.execute(head.on_conflict_do_update(index_elements=[aliases.c.name], set_=values))
    if known is None or version > known.version:
        await conn.execute(
            insert(conn, alias_versions).values(
                name=key,
                version=version,
                terms={"terms": draft.terms},
                author=draft.author,
                comment=draft.comment,
                created=now,
            )
        )
        if len(draft.terms) > _MANY:
            older = and_(alias_versions.c.name == key, alias_versions.c.version <= version - _KEPT)
            await conn.execute(delete(alias_versions).where(older))
    return version


def _key(name: str, team_id: str) -> str:
    """What stands in the column `name`, which is unique over all teams."""
    return name if team_id == DEFAULT_TEAM else f"{team_id}/{name}"


def _differs(known: AliasRow, draft: AliasDraft, origin: str) -> bool:
    return not known.enabled or known.origin != origin or known.terms != draft.terms


def _all_versions() -> Select[Any]:
    return select(
        aliases.c.name,
        alias_versions.c.version,
        alias_versions.c.terms,
        aliases.c.origin,
        aliases.c.enabled,
        alias_versions.c.author,
        alias_versions.c.comment,
        alias_versions.c.created,
        aliases.c.revision,
        aliases.c.alias_id,
        aliases.c.team_id,
    ).join_from(aliases, alias_versions, aliases.c.name == alias_versions.c.name)


def _current() -> Select[Any]:
    return _all_versions().where(alias_versions.c.version == aliases.c.version)


def _row(row: Row[Any]) -> AliasRow:
    name = _name(row.name, row.team_id)
    terms = tuple(row.terms["terms"])
    return AliasRow(
        **{**row._asdict(), "name": name, "enabled": bool(row.enabled), "alias_id": row.alias_id or "", "terms": terms}
    )


def _name(key: str, team_id: str) -> str:
    return key if team_id == DEFAULT_TEAM else key.removeprefix(f"{team_id}/")


def _brief_versions() -> Select[Any]:
    """The terms are counted by what stands between two of them: in a term its quotes are escaped."""
    text = type_coerce(alias_versions.c.terms, Text)
    return select(
        aliases.c.name,
        alias_versions.c.version,
        func.substr(text, 1, _SHOWN, type_=Text).label("first"),
        func.length(text).label("length"),
        (func.length(text) - func.length(func.replace(text, _BETWEEN, ""))).label("between"),
        aliases.c.origin,
        aliases.c.enabled,
        alias_versions.c.author,
        alias_versions.c.comment,
        alias_versions.c.created,
        aliases.c.team_id,
    ).join_from(aliases, alias_versions, aliases.c.name == alias_versions.c.name)


def _brief(row: Row[Any]) -> AliasBrief:
    whole = row.length <= _SHOWN
    cut = row.first if whole else f'{row.first.rpartition(_BETWEEN)[0]}"]}}'
    terms = tuple(orjson.loads(cut)["terms"])
    return AliasBrief(
        name=_name(row.name, row.team_id),
        version=row.version,
        terms=terms,
        count=len(terms) if whole else row.between // len(_BETWEEN) + 1,
        origin=row.origin,
        enabled=bool(row.enabled),
        author=row.author,
        comment=row.comment,
        created=row.created,
        team_id=row.team_id,
    )
