"""Channels by name. Every change raises one revision, visible in commit order, so no change is skipped.

What failed on a channel says nothing of what it is after a change: it is tried at once, also by a process that starts later.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import channels
from core.errors import UserError
from core.model import ids
from core.model.channel import ChannelDraft, ChannelRow, Pause
from core.model.team import DEFAULT_TEAM
from core.store import endpoints, revisions, rules, sends

FILE, DB = rules.FILE, rules.DB
_COUNTER = "channels"


async def sync_from_config(conn: Connection, configured: Sequence[ChannelDraft], now: datetime) -> int:
    """Make the channels of origin `file` be `configured`; how many changed.

    A file's channel replaces one of the same name that was added by command. A paused channel stays paused.
    """
    revision = await revisions.lock(conn, _COUNTER) + 1
    known = {row.name: row for row in map(_row, await conn.execute(_all()))}
    wanted = {draft.name: draft for draft in configured}
    changed = [name for name, draft in wanted.items() if name not in known or _differs(known[name], draft, FILE)]
    gone = [name for name, row in known.items() if row.origin == FILE and row.removed is None and name not in wanted]
    if not changed and not gone:
        return 0
    for name in changed:
        await _write(conn, wanted[name], known.get(name), FILE, now, revision)
    for name in gone:
        await _remove(conn, name, now, revision)
    await revisions.advance(conn, _COUNTER, revision)
    return len(changed) + len(gone)


async def hold(conn: Connection) -> None:
    """Keep other writers of channels waiting until this transaction ends: for who reads one before changing it."""
    await revisions.lock(conn, _COUNTER)


async def put(conn: Connection, draft: ChannelDraft, now: datetime) -> bool:
    """Store a channel of origin `db`, new or changed; False if nothing changes. UserError if a file manages that name."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    known = await _any(conn, draft.name)
    if known is not None:
        if known.origin == FILE and known.removed is None:
            raise UserError(f"channel {draft.name!r} is managed in a file; change it there")
        if not _differs(known, draft, DB):
            return False
    await _write(conn, draft, known, DB, now, revision)
    await revisions.advance(conn, _COUNTER, revision)
    return True


async def set_enabled(conn: Connection, name: str, now: datetime, *, enabled: bool, by: str) -> bool:
    """Pause or resume a channel of any origin; False if it does not exist or nothing changes."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    pause = {"paused_by": None, "paused_at": None} if enabled else {"paused_by": by, "paused_at": now}
    statement = _update(name).where(channels.c.removed.is_(None), channels.c.enabled.is_(not enabled))
    if (await conn.execute(statement.values(enabled=enabled, revision=revision, **pause))).rowcount == 0:
        return False
    if enabled:
        await sends.mended(conn, [name], now)
    await revisions.advance(conn, _COUNTER, revision)
    return True


async def remove(conn: Connection, name: str, now: datetime) -> bool:
    """Remove a channel with its settings and secrets; False if it does not exist."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    if not await _remove(conn, name, now, revision):
        return False
    await revisions.advance(conn, _COUNTER, revision)
    return True


async def get(conn: Connection, name: str) -> ChannelRow | None:
    """The channel of that name, unless it was removed."""
    row = await _any(conn, name)
    return row if row is not None and row.removed is None else None


async def list_all(conn: Connection) -> list[ChannelRow]:
    """All channels, paused ones too, by name."""
    statement = _all().where(channels.c.removed.is_(None)).order_by(channels.c.name)
    return [_row(row) for row in await conn.execute(statement)]


async def paused(conn: Connection) -> dict[str, Pause]:
    """The paused channels, with who paused them."""
    statement = _all().where(channels.c.removed.is_(None), channels.c.enabled.is_(False)).order_by(channels.c.name)
    rows = [_row(row) for row in await conn.execute(statement)]
    return {row.name: row.pause for row in rows if row.pause is not None}


async def changed_since(conn: Connection, since: int) -> tuple[list[ChannelRow], int]:
    """Channels changed after revision `since` (removed ones too) and the revision to ask from next time."""
    until = await revisions.read(conn, _COUNTER)  # before the rows: what is committed between them is asked for again
    if until <= since:
        return [], until
    return [_row(row) for row in await conn.execute(_all().where(channels.c.revision > since))], until


async def _write(
    conn: Connection, draft: ChannelDraft, known: ChannelRow | None, origin: str, now: datetime, revision: int
) -> None:
    values = {
        "kind": draft.kind,
        "settings": dict(draft.settings),
        "origin": origin,
        "removed": None,
        "revision": revision,
        "updated": now,
        "author": draft.author,
    }
    if known is not None:
        await conn.execute(_update(draft.name).values(**values))
        await sends.mended(conn, [draft.name], now)
        return
    first = {"channel_id": ids.new_id(), "team_id": DEFAULT_TEAM, "name": draft.name, "enabled": True}
    await conn.execute(insert(conn, channels).values(**first, **values, created=now))


async def _remove(conn: Connection, name: str, now: datetime, revision: int) -> bool:
    statement = _update(name).where(channels.c.removed.is_(None))
    gone = {"settings": {}, "enabled": True, "paused_by": None, "paused_at": None, "removed": now, "updated": now}
    if (await conn.execute(statement.values(**gone, revision=revision))).rowcount == 0:
        return False
    await endpoints.forget(conn, [name])
    return True


async def _any(conn: Connection, name: str) -> ChannelRow | None:
    row = (await conn.execute(_all().where(channels.c.name == name))).one_or_none()
    return None if row is None else _row(row)


def _differs(known: ChannelRow, draft: ChannelDraft, origin: str) -> bool:
    same = known.kind == draft.kind and known.settings == draft.settings and known.origin == origin
    return not same or known.removed is not None


def _update(name: str) -> Any:
    return update(channels).where(channels.c.team_id == DEFAULT_TEAM, channels.c.name == name)


def _all() -> Select[Any]:
    return select(channels).where(channels.c.team_id == DEFAULT_TEAM)


def _row(row: Row[Any]) -> ChannelRow:
    values = row._asdict()
    by, since = values.pop("paused_by"), values.pop("paused_at")
    pause = None if row.enabled else Pause(by or "", since or row.updated)
    return ChannelRow(**{**values, "enabled": bool(row.enabled), "pause": pause})
