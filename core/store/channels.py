"""Channels by team and name. Every change raises one revision, visible in commit order, so no change is skipped.

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
from core.model.channel import ChannelDraft, ChannelRow, Pause, channel_key
from core.model.origin import DB, FILE
from core.model.team import DEFAULT_TEAM
from core.store import endpoints, revisions, sends, teams

_COUNTER = "channels"
_PAUSE = ("paused_by", "paused_at", "paused_because")


async def sync_from_config(conn: Connection, configured: Sequence[ChannelDraft], now: datetime) -> int:
    """Make the channels of origin `file` be `configured`; how many changed.

    A file's channel replaces one of the same name that was added by command. A paused channel stays paused.
    """
    revision = await revisions.lock(conn, _COUNTER) + 1
    named = await teams.ensure(conn, {draft.team for draft in configured}, now)
    known = {row.key: row for row in map(_row, await conn.execute(_all()))}
    wanted = {channel_key(named[draft.team], draft.name): draft for draft in configured}
    changed = [key for key, draft in wanted.items() if key not in known or _differs(known[key], draft, FILE)]
    gone = [row for key, row in known.items() if row.origin == FILE and row.removed is None and key not in wanted]
    if not changed and not gone:
        return 0
    for key in changed:
        one = (wanted[key], named[wanted[key].team], known.get(key))
        await _write(conn, one, FILE, now, revision)
    for row in gone:
        await _remove(conn, row.name, row.team_id, now, revision)
    await revisions.advance(conn, _COUNTER, revision)
    return len(changed) + len(gone)


async def hold(conn: Connection) -> None:
    """Keep other writers of channels waiting until this transaction ends: for who reads one before changing it."""
    await revisions.lock(conn, _COUNTER)


async def put(conn: Connection, draft: ChannelDraft, now: datetime, team_id: str = DEFAULT_TEAM) -> bool:
    """Store a channel of origin `db`, new or changed; False if nothing changes. UserError if a file manages that name."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    known = await _any(conn, draft.name, team_id)
    if known is not None:
        if known.origin == FILE and known.removed is None:
            raise UserError(f"channel {draft.name!r} is managed in a file; change it there")
        if not _differs(known, draft, DB):
            return False
    await _write(conn, (draft, team_id, known), DB, now, revision)
    await revisions.advance(conn, _COUNTER, revision)
    return True


async def set_enabled(
    conn: Connection, name: str, now: datetime, team_id: str = DEFAULT_TEAM, *, enabled: bool, by: str
) -> bool:
    """Pause or resume a channel of any origin; False if it does not exist or nothing changes."""
    return await _set_pause(conn, name, team_id, None if enabled else Pause(by, now), now)


async def stop(conn: Connection, name: str, team_id: str, pause: Pause) -> bool:
    """Pause a channel for a reason that it gave itself; False if it does not exist or is paused already."""
    return await _set_pause(conn, name, team_id, pause, pause.since)


async def _set_pause(conn: Connection, name: str, team_id: str, pause: Pause | None, now: datetime) -> bool:
    enabled = pause is None
    revision = await revisions.lock(conn, _COUNTER) + 1
    told = (None, None, None) if pause is None else (pause.by, pause.since, pause.because or None)
    statement = _update(name, team_id).where(channels.c.removed.is_(None), channels.c.enabled.is_(not enabled))
    if (
        await conn.execute(statement.values(enabled=enabled, revision=revision, **dict(zip(_PAUSE, told, strict=True))))
    ).rowcount == 0:
        return False
    if enabled:
        await sends.mended(conn, [channel_key(team_id, name)], now)
    await revisions.advance(conn, _COUNTER, revision)
    return True


async def remove(conn: Connection, name: str, now: datetime, team_id: str = DEFAULT_TEAM) -> bool:
    """Remove a channel with its settings and secrets; False if it does not exist."""
    revision = await revisions.lock(conn, _COUNTER) + 1
    if not await _remove(conn, name, team_id, now, revision):
        return False
    await revisions.advance(conn, _COUNTER, revision)
    return True


async def get(conn: Connection, name: str, team_id: str = DEFAULT_TEAM) -> ChannelRow | None:
    """The team's channel of that name, unless it was removed."""
    row = await _any(conn, name, team_id)
    return row if row is not None and row.removed is None else None


async def list_all(conn: Connection) -> list[ChannelRow]:
    """All channels of all teams, paused ones too, by name."""
    statement = _all().where(channels.c.removed.is_(None)).order_by(channels.c.name, channels.c.team_id)
    return [_row(row) for row in await conn.execute(statement)]


async def paused(conn: Connection) -> dict[str, Pause]:
    """The keys of the paused channels, with who paused them."""
    statement = _all().where(channels.c.removed.is_(None), channels.c.enabled.is_(False)).order_by(channels.c.name)
    rows = [_row(row) for row in await conn.execute(statement)]
    return {row.key: row.pause for row in rows if row.pause is not None}


async def changed_since(conn: Connection, since: int) -> tuple[list[ChannelRow], int]:
    """Channels changed after revision `since` (removed ones too) and the revision to ask from next time."""
    until = await revisions.read(conn, _COUNTER)  # before the rows: what is committed between them is asked for again
    if until <= since:
        return [], until
    return [_row(row) for row in await conn.execute(_all().where(channels.c.revision > since))], until


async def _write(
    conn: Connection,
    one: tuple[ChannelDraft, str, ChannelRow | None],
    origin: str,
    now: datetime,
    revision: int,
) -> None:
    """`one`: what to store, of the team with that id, and the row that is there."""
    draft, team_id, known = one
    values: dict[str, Any] = {
        "kind": draft.kind,
        "settings": dict(draft.settings),
        "origin": origin,
        "removed": None,
        "revision": revision,
        "updated": now,
        "author": draft.author,
    }
    if known is not None:
        another = (known.kind, known.settings) != (draft.kind, draft.settings)
        if known.pause is not None and known.pause.because and another:  # what we paused it for is mended
            values |= {"enabled": True, **dict.fromkeys(_PAUSE)}
        await conn.execute(_update(draft.name, team_id).values(**values))
        await sends.mended(conn, [channel_key(team_id, draft.name)], now)
        return
    first = {"channel_id": ids.new_id(), "team_id": team_id, "name": draft.name, "enabled": True}
    await conn.execute(insert(conn, channels).values(**first, **values, created=now))


async def _remove(conn: Connection, name: str, team_id: str, now: datetime, revision: int) -> bool:
    statement = _update(name, team_id).where(channels.c.removed.is_(None))
    gone: dict[str, Any] = {"settings": {}, "enabled": True, **dict.fromkeys(_PAUSE), "removed": now, "updated": now}
    if (await conn.execute(statement.values(**gone, revision=revision))).rowcount == 0:
        return False
    await endpoints.forget(conn, [channel_key(team_id, name)])
    return True


async def _any(conn: Connection, name: str, team_id: str) -> ChannelRow | None:
    row = (await conn.execute(_all().where(channels.c.team_id == team_id, channels.c.name == name))).one_or_none()
    return None if row is None else _row(row)


def _differs(known: ChannelRow, draft: ChannelDraft, origin: str) -> bool:
    same = known.kind == draft.kind and known.settings == draft.settings and known.origin == origin
    return not same or known.removed is not None


def _update(name: str, team_id: str) -> Any:
    return update(channels).where(channels.c.team_id == team_id, channels.c.name == name)


def _all() -> Select[Any]:
    return select(channels)


def _row(row: Row[Any]) -> ChannelRow:
    values = row._asdict()
    by, since, because = (values.pop(f"paused_{name}") for name in ("by", "at", "because"))
    pause = None if row.enabled else Pause(by or "", since or row.updated, because or "")
    return ChannelRow(**{**values, "enabled": bool(row.enabled), "pause": pause})
