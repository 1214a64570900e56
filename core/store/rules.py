"""Rules with all their versions. Every change raises one revision, visible in commit order, so no change is skipped."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import rule_versions, rules
from core.errors import UserError
from core.model import ids
from core.model.origin import DB, FILE
from core.model.rule import RuleDraft, RuleRow
from core.model.rule_tables import read_settings, written
from core.model.team import DEFAULT_TEAM
from core.store import audit, revisions, teams
from core.store.audit import AuditRow
from core.store.recognition import Recognised, recognised

_COUNTER = "rules"


async def sync_from_config(conn: Connection, configured: Sequence[RuleDraft], now: datetime) -> int:
    """Make the rules of origin `file` be `configured`; how many changed.

    A changed query or setting makes a new version. A rule that is no longer in the files is disabled and keeps its versions. A
    renamed rule (`recognised`) keeps its id and history.
    """
    revision = await revisions.lock(conn, _COUNTER) + 1
    known = [row_of(row) for row in await conn.execute(current())]
    named = await teams.ensure(conn, {draft.team for draft in configured}, now)
    pairs = recognised(known, configured, named)
    changed = [pair for pair in pairs if pair.row is None or _differs(pair.row, pair.draft, FILE)]
    kept = {pair.row.rule_id for pair in pairs if pair.row is not None}
    gone = [row.rule_id for row in known if row.origin == FILE and row.enabled and row.rule_id not in kept]
    if not changed and not gone:
        return 0
    await _free_names(conn, changed, [row for row in known if row.rule_id not in kept], now, revision)
    await _write(conn, [(pair.draft, pair.row, named[pair.draft.team]) for pair in changed], FILE, now, revision)
    if gone:
        disable = update(rules).where(rules.c.rule_id == bindparam("key")).values(enabled=False, revision=revision)
        await conn.execute(disable, [{"key": key} for key in gone])
    await revisions.advance(conn, _COUNTER, revision)
    return len(changed) + len(gone)


async def _free_names(
    conn: Connection, changed: Sequence[Recognised], others: Sequence[RuleRow], now: datetime, revision: int
) -> None:
    """Before names change hands: two rules may swap them, and another may have one, which it loses with its place."""
    renamed = {
        (pair.row.team_id, pair.draft.name): pair.row for pair in changed if pair.row is not None and pair.renamed
    }
    name = update(rules).where(rules.c.rule_id == bindparam("key")).values(name=bindparam("free"))
    for (_, new), row in renamed.items():
        await conn.execute(name, {"key": row.rule_id, "free": row.rule_id})
        await _note_rename(conn, row, new, now)
    for row in others:
        if (row.team_id, row.name) in renamed:
            freed = f"{row.name} ({row.rule_id[:6]})"
            await conn.execute(name, {"key": row.rule_id, "free": freed})
            await _note_rename(conn, row, freed, now)
            statement = update(rules).where(rules.c.rule_id == row.rule_id)
            await conn.execute(statement.values(enabled=False, revision=revision))


async def _note_rename(conn: Connection, row: RuleRow, new: str, now: datetime) -> None:
    detail = {"from": row.name, "rule_id": row.rule_id}
    action = AuditRow(at=now, actor=FILE, action="rule.rename", subject=new, detail=detail, team_id=row.team_id)
    await audit.add(conn, action)


async def rename(conn: Connection, rule_id: str, name: str) -> None:
    """Rename a rule to an unused name; its id, versions and alerts stay."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    await conn.execute(update(rules).where(rules.c.rule_id == rule_id).values(name=name, revision=revision))
    await revisions.advance(conn, _COUNTER, revision)


async def put(conn: Connection, draft: RuleDraft, now: datetime, team_id: str = DEFAULT_TEAM) -> int:
    """Store a rule of origin `db`, new or changed, and enable it; its version. UserError if a file manages that name."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    known = await get(conn, draft.name, team_id)
    if known is not None:
        if known.origin == FILE and known.enabled:
            raise UserError(f"rule {draft.name!r} is managed in a file; change it there")
        if not _differs(known, draft, DB):
            return known.version
    await _write(conn, [(draft, known, team_id)], DB, now, revision)
    await revisions.advance(conn, _COUNTER, revision)
    return 1 if known is None else known.version + _is_new_version(known, draft)


async def rollback(
    conn: Connection, name: str, version: int, author: str, now: datetime, team_id: str = DEFAULT_TEAM
) -> int:
    """Make an old version current again, as a new version; return its number. UserError if it does not exist."""
    for old in await versions(conn, name, team_id):
        if old.version == version:
            comment = f"back to version {version}"
            draft = RuleDraft(
                name=name,
                query=old.query,
                canonical=old.canonical,
                settings=old.settings,
                author=author,
                comment=comment,
            )
            return await put(conn, draft, now, team_id)
    raise UserError(f"rule {name!r} has no version {version}")


async def set_enabled(conn: Connection, name: str, team_id: str = DEFAULT_TEAM, *, enabled: bool) -> bool:
    """Pause or resume a rule; False if it does not exist or nothing changes. Removing a rule pauses it and keeps its history."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    statement = update(rules).where(_named(name, team_id), rules.c.enabled.is_(not enabled))
    if (await conn.execute(statement.values(enabled=enabled, revision=revision))).rowcount == 0:
        return False
    await revisions.advance(conn, _COUNTER, revision)
    return True


async def get(conn: Connection, name: str, team_id: str = DEFAULT_TEAM) -> RuleRow | None:
    """The current version, of disabled rules too."""
    row = (await conn.execute(current().where(_named(name, team_id)))).one_or_none()
    return None if row is None else row_of(row)


async def named(conn: Connection, name: str) -> list[tuple[str, str]]:
    """The ids of the rules of that name, each with its team's."""
    found = await conn.execute(select(rules.c.rule_id, rules.c.team_id).where(rules.c.name == name))
    return [(row.rule_id, row.team_id) for row in found]


async def by_id(conn: Connection, rule_id: str, version: int | None = None) -> RuleRow | None:
    """A rule by its id, in the version in force or a given one."""
    statement = current() if version is None else _all_versions().where(rule_versions.c.version == version)
    row = (await conn.execute(statement.where(rules.c.rule_id == rule_id))).one_or_none()
    return None if row is None else row_of(row)


async def versions(conn: Connection, name: str, team_id: str = DEFAULT_TEAM) -> list[RuleRow]:
    """All versions of a rule, newest first."""
    statement = _all_versions().where(_named(name, team_id))
    return [row_of(row) for row in await conn.execute(statement.order_by(rule_versions.c.version.desc()))]


async def versions_of(conn: Connection, rule_id: str) -> list[RuleRow]:
    """All versions of the rule of that id, newest first."""
    statement = _all_versions().where(rules.c.rule_id == rule_id)
    return [row_of(row) for row in await conn.execute(statement.order_by(rule_versions.c.version.desc()))]


async def made(conn: Connection, rule_id: str) -> datetime | None:
    """When the rule's first version was."""
    statement = select(func.min(rule_versions.c.created)).where(rule_versions.c.rule_id == rule_id)
    found: datetime | None = (await conn.execute(statement)).scalar_one()
    return found


async def list_active(conn: Connection, team_id: str | None = None) -> list[RuleRow]:
    """All enabled rules in their current version, by name; with `team_id` those of the team."""
    statement = current().where(rules.c.enabled.is_(True), *_of(team_id)).order_by(rules.c.name)
    return [row_of(row) for row in await conn.execute(statement)]


async def active_pieces(conn: Connection, size: int = 2000) -> AsyncIterator[list[RuleRow]]:
    """All enabled rules, `size` at a time by id, for sets too large to build without a pause.

    Read `revision` first; `changed_since` then returns everything that changes meanwhile.
    """
    statement = current().where(rules.c.enabled.is_(True)).order_by(rules.c.rule_id).limit(size)
    piece = [row_of(row) for row in await conn.execute(statement)]
    while piece:
        yield piece
        piece = [row_of(row) for row in await conn.execute(statement.where(rules.c.rule_id > piece[-1].rule_id))]


async def list_all(conn: Connection, team_id: str | None = None) -> list[RuleRow]:
    """All rules, disabled ones too, by name; with `team_id` those of the team."""
    return [row_of(row) for row in await conn.execute(current().where(*_of(team_id)).order_by(rules.c.name))]


async def page(
    conn: Connection, *, limit: int | None, after: str | None = None, team_id: str | None = None
) -> list[RuleRow]:
    """Rules in the order of their ids, disabled ones too, behind the id `after`; None for `limit`, `team_id`: all."""
    statement = current().where(*_of(team_id)).order_by(rules.c.rule_id).limit(limit)
    if after is not None:
        statement = statement.where(rules.c.rule_id > after)
    return [row_of(row) for row in await conn.execute(statement)]


async def changed_since(conn: Connection, since: int) -> tuple[list[RuleRow], int]:
    """Rules changed after revision `since` (disabled ones with enabled False) and the revision to ask from next time."""
    until = await revisions.read(conn, _COUNTER)  # before the rows: what is committed between them is asked for again
    rows = [row_of(row) for row in await conn.execute(current().where(rules.c.revision > since))]
    return rows, until


async def standing_since(conn: Connection, since: int) -> tuple[list[RuleRow], int]:
    """`changed_since` for enabled rules with a metric condition only: few, also among very many."""
    until = await revisions.read(conn, _COUNTER)
    statement = current().where(rules.c.revision > since, rules.c.enabled.is_(True))
    # Json keeps its objects as compact text, so the database can pass over the others unread.
    mentions = type_coerce(rule_versions.c.settings, Text).contains('"standing":{')
    return [row_of(row) for row in await conn.execute(statement.where(mentions))], until


async def inhibiting_since(conn: Connection, since: int, known: Collection[str]) -> tuple[list[RuleRow], int]:
    """`changed_since` for rules that inhibit others, and for the `known` ones, which may do so no more."""
    until = await revisions.read(conn, _COUNTER)
    mentions = type_coerce(rule_versions.c.settings, Text).contains('"inhibits":[')
    wanted = or_(mentions, rules.c.rule_id.in_(sorted(known)))
    return [row_of(row) for row in await conn.execute(current().where(rules.c.revision > since, wanted))], until


async def revision(conn: Connection) -> int:
    """The revision of the last committed change; 0 before the first."""
    return await revisions.read(conn, _COUNTER)


async def count(conn: Connection) -> dict[bool, int]:
    """How many rules are enabled (True) and disabled (False)."""
    rows = await conn.execute(select(rules.c.enabled, func.count()).group_by(rules.c.enabled))
    return {True: 0, False: 0, **{bool(enabled): number for enabled, number in rows}}


async def _write(
    conn: Connection,
    drafts: Sequence[tuple[RuleDraft, RuleRow | None, str]],
    origin: str,
    now: datetime,
    revision: int,
) -> None:
    heads, bodies = [], []
    for draft, known, team_id in drafts:
        version = 1 if known is None else known.version + _is_new_version(known, draft)
        key = known.rule_id if known is not None else draft.rule_id or ids.new_id()
        heads.append(
            {
                "rule_id": key,
                "name": draft.name,
                "team_id": team_id,
                "owner": draft.owner,
                "file_key": draft.key,
                "version": version,
                "origin": origin,
                "enabled": True,
                "revision": revision,
            }
        )
        if known is None or version > known.version:
            bodies.append(
                {
                    "rule_id": key,
                    "version": version,
                    "query": draft.query,
                    "canonical": draft.canonical,
                    "settings": written(draft.settings),
                    "author": draft.author,
                    "comment": draft.comment,
                    "created": now,
                }
            )
    if not heads:
        return
    head = insert(conn, rules)
    new = {name: head.excluded[name] for name in ("name", "file_key", "version", "origin", "enabled", "revision")}
    await conn.execute(head.on_conflict_do_update(index_elements=[rules.c.rule_id], set_=new), heads)
    if bodies:
        await conn.execute(insert(conn, rule_versions), bodies)


def _named(name: str, team_id: str) -> ColumnElement[bool]:
    return and_(rules.c.name == name, rules.c.team_id == team_id)


def _of(team_id: str | None) -> list[ColumnElement[bool]]:
    return [] if team_id is None else [rules.c.team_id == team_id]


def _is_new_version(known: RuleRow, draft: RuleDraft) -> bool:
    return known.query != draft.query or known.canonical != draft.canonical or known.settings != draft.settings


def _differs(known: RuleRow, draft: RuleDraft, origin: str) -> bool:
    named = known.name == draft.name and known.key == draft.key
    return not named or not known.enabled or known.origin != origin or _is_new_version(known, draft)


def _all_versions() -> Select[Any]:
    return select(
        rules.c.rule_id,
        rules.c.name,
        rule_versions.c.version,
        rule_versions.c.query,
        rule_versions.c.canonical,
        rule_versions.c.settings,
        rules.c.origin,
        rules.c.enabled,
        rule_versions.c.author,
        rule_versions.c.comment,
        rule_versions.c.created,
        rules.c.revision,
        rules.c.file_key.label("key"),
        rules.c.team_id,
        rules.c.owner,
    ).join_from(rules, rule_versions, rules.c.rule_id == rule_versions.c.rule_id)


def current() -> Select[Any]:
    """All rules in the version in force, for `row_of`."""
    return _all_versions().where(rule_versions.c.version == rules.c.version)


def row_of(row: Row[Any]) -> RuleRow:
    """A row of `current`."""
    return RuleRow(**{**row._asdict(), "enabled": bool(row.enabled), "settings": read_settings(row.settings)})
