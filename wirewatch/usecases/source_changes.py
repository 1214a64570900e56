"""What people change of sources: what one says of itself, its tags, whether and when it is polled. One at a time or many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.db.connection import Connection
from core.masking import masked_url
from core.model.origin import FILE
from core.model.source import Source, SourceKind
from core.store import source_changes, sources
from core.store.sources import SourceRow
from wirewatch.usecases.acting import Acting, changes
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, Invalid, ManagedInFile, Refused
from wirewatch.usecases.source_facts import NewSource, check_address, checked_source, checked_tags, shape
from wirewatch.usecases.sources import check_move, stored_source, tag_of

# What may be changed of a source that no file manages.
EDITABLE = frozenset(
    "name url kind interval_seconds full_text country lang time_zone patience_seconds since tags site".split()
)


@changes(Permission.CHANGE_SOURCES, "source.change")
async def change(acting: Acting, name: str, facts: Mapping[str, Any]) -> Source:
    """Let a source say these facts (of EDITABLE) of itself; the others stay. Another address counts as a move.

    Raises NotFound, ManagedInFile, Invalid with the field, Conflict where the name or address is another's, and Stale.
    """
    unknown = sorted(facts.keys() - EDITABLE)
    if unknown:
        raise Invalid(f"cannot be changed; what can be is {', '.join(sorted(EDITABLE))}", unknown[0])
    now = acting.clock.now()
    async with acting.db.transaction() as conn:
        row = await stored_source(conn, acting, name)
        await acting.unchanged(conn, row.source.name, tag_of(row))
        _editable(acting, row)
        source = _with(row.source, facts)
        if source.name != row.source.name:
            await _check_name(acting, conn, row, source.name)
        if source.url != row.source.url:
            check_address(source.url)
            await check_move(conn, acting, row, source.url)
            await sources.move(conn, row.source.source_id, source.url, now)
        await source_changes.change(conn, source, now)
        await acting.note(conn, source.name, before=shape(row.source), after=shape(source))
    return source


@changes(Permission.CHANGE_SOURCES, "source.pause")
async def pause(acting: Acting, name: str) -> Source:
    """Poll a source no more until somebody resumes it, also one that a file manages. Raises NotFound, Conflict, Stale."""
    async with acting.db.transaction() as conn:
        row = await stored_source(conn, acting, name)
        await acting.unchanged(conn, row.source.name, tag_of(row))
        return await _paused(acting, conn, row)


@changes(Permission.CHANGE_SOURCES, "source.resume")
async def resume(acting: Acting, name: str) -> Source:
    """Poll a paused source again, now. Raises NotFound, Conflict, Stale."""
    async with acting.db.transaction() as conn:
        row = await stored_source(conn, acting, name)
        await acting.unchanged(conn, row.source.name, tag_of(row))
        return await _resumed(acting, conn, row)


@changes(Permission.CHANGE_SOURCES, "source.poll")
async def poll_now(acting: Acting, name: str) -> Source:
    """Let a source be due now. Raises NotFound, and Conflict for one that is paused or being polled at this moment."""
    async with acting.db.transaction() as conn:
        return await _polled(acting, conn, await stored_source(conn, acting, name))


@changes(Permission.CHANGE_SOURCES, "source.tag")
async def retag(acting: Acting, name: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Source:
    """Add and take away tags of a source that no file manages. Raises NotFound, ManagedInFile, Invalid."""
    async with acting.db.transaction() as conn:
        return await _tagged(acting, conn, await stored_source(conn, acting, name), add, remove)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one of many. `problem`: why nothing did; `code`: that of the refusal."""

    name: str
    problem: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What to do with many sources. `action`: pause, resume, poll, tag or remove; `add`, `remove`: tags."""

    action: str
    names: Sequence[str]
    add: Sequence[str] = ()
    remove: Sequence[str] = ()


@changes(Permission.CHANGE_SOURCES, "source.bulk")
async def bulk(acting: Acting, wanted: Bulk) -> list[Done]:
    """Do the same to many sources, by name, address or id: each by itself, in one transaction. Raises Invalid for the action."""
    if wanted.action not in _ONE:
        raise Invalid(f"expected one of {', '.join(sorted(_ONE))}", "action")
    checked_tags(wanted.add)
    found: list[Done] = []
    async with acting.db.transaction() as conn:
        for name in dict.fromkeys(wanted.names):
            try:
                row = await stored_source(conn, acting, name)
                source = await _ONE[wanted.action](acting, conn, row, wanted)
                found.append(Done(name=source.name))
            except Refused as refused:
                found.append(Done(name=name, problem=str(refused), code=refused.code))
    return found


async def _paused(acting: Acting, conn: Connection, row: SourceRow) -> Source:
    source = row.source
    if row.paused_at is not None:
        by = f" by {row.paused_by}" if row.paused_by else ""
        raise Conflict(f"source {source.name!r} is paused already,{by} since {row.paused_at:%Y-%m-%d %H:%M} UTC")
    if not row.enabled:
        raise Conflict(f"source {source.name!r} is not polled: no file names it any more")
    await sources.set_enabled(conn, source.source_id, enabled=False, at=acting.clock.now(), by=acting.actor)
    await acting.note(conn, source.name, before={"paused": False}, after={"paused": True})
    return source


async def _resumed(acting: Acting, conn: Connection, row: SourceRow) -> Source:
    if row.paused_at is None:
        raise Conflict(f"source {row.source.name!r} is not paused")
    await sources.set_enabled(conn, row.source.source_id, enabled=True, at=acting.clock.now())
    await acting.note(conn, row.source.name, before={"paused": True}, after={"paused": False})
    return row.source


async def _polled(acting: Acting, conn: Connection, row: SourceRow) -> Source:
    if not row.enabled:
        raise Conflict(f"source {row.source.name!r} is not polled; resume it first")
    now = acting.clock.now()
    if not await source_changes.poll_now(conn, [row.source.source_id], now):
        raise Conflict(f"source {row.source.name!r} is being polled at this moment")
    before, after = ({"next_poll": at.isoformat()} for at in (row.state.next_poll, now))
    await acting.note(conn, row.source.name, before=before, after=after, poll="now")
    return row.source


async def _tagged(
    acting: Acting, conn: Connection, row: SourceRow, add: Sequence[str], remove: Sequence[str]
) -> Source:
    _editable(acting, row)
    tags = checked_tags([*(one for one in row.source.tags if one not in remove), *add])
    source = replace(row.source, tags=tags)
    if tags != row.source.tags:
        await source_changes.change(conn, source, acting.clock.now())
    await acting.note(conn, source.name, before={"tags": row.source.tags}, after={"tags": tags})
    return source


async def _removed(acting: Acting, conn: Connection, row: SourceRow, _: Bulk) -> Source:
    _editable(acting, row)
    if row.origin == FILE:
        raise ManagedInFile(f"source {row.source.name!r} was managed in a file, and is not polled any more")
    if len(row.source.teams) > 1:
        raise Conflict(f"other teams read {row.source.name!r} too; remove it by itself")
    await sources.remove(conn, row.source.source_id)
    await acting.note(conn, row.source.name, before=shape(row.source))
    return row.source


async def _pause_one(acting: Acting, conn: Connection, row: SourceRow, _: Bulk) -> Source:
    return await _paused(acting, conn, row)


async def _resume_one(acting: Acting, conn: Connection, row: SourceRow, _: Bulk) -> Source:
    return await _resumed(acting, conn, row)


async def _poll_one(acting: Acting, conn: Connection, row: SourceRow, _: Bulk) -> Source:
    return await _polled(acting, conn, row)


async def _tag_one(acting: Acting, conn: Connection, row: SourceRow, wanted: Bulk) -> Source:
    return await _tagged(acting, conn, row, wanted.add, wanted.remove)


_ONE = {"pause": _pause_one, "resume": _resume_one, "poll": _poll_one, "tag": _tag_one, "remove": _removed}
ACTIONS = tuple(_ONE)


def _editable(acting: Acting, row: SourceRow) -> None:
    if row.in_file:
        place = acting.config.source_files.get(row.source.url, "a file")
        raise ManagedInFile(f"source {row.source.name!r} is managed in {place}; change it there")


def _with(source: Source, facts: Mapping[str, Any]) -> Source:
    """Raises Invalid."""
    known = {name: getattr(source, name) for name in EDITABLE} | dict(facts)
    checked = checked_source(NewSource(**{**known, "kind": SourceKind(known["kind"]), "tags": tuple(known["tags"])}))
    return replace(checked, source_id=source.source_id, teams=source.teams)


async def _check_name(acting: Acting, conn: Connection, row: SourceRow, name: str) -> None:
    other = await sources.find(conn, name, acting.listed_team)
    if other is not None and other.source.name == name and other.source.source_id != row.source.source_id:
        raise Conflict(f"{name!r} is the name of the source at {masked_url(other.source.url)}")
