"""Silences, and the number of matches that each has hidden."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, func, select, update

from core.db.connection import Connection
from core.db.statements import insert
from core.db.tables_alerts import silences
from core.model.silence import Silence
from core.store import keyset
from core.store.pruning import prune_oldest


class Phase(StrEnum):
    """Where a silence stands at a moment."""

    TO_COME = "to come"
    IN_FORCE = "in force"
    OVER = "over"
    NOT_OVER = "not over"  # one of the first two


async def add(conn: Connection, silence: Silence) -> bool:
    """Store a silence; False if its id is there."""
    values = {name: getattr(silence, name) for name in silences.c.keys()}  # noqa: SIM118 - columns, not a dict
    return (await conn.execute(insert(conn, silences).on_conflict_do_nothing(), values)).rowcount == 1


async def remove(conn: Connection, silence_id: str, now: datetime, team_id: str | None = None) -> bool:
    """End a silence now; it stays in the list as history. False if there is no active or future one, of the team if given."""
    statement = update(silences).where(silences.c.silence_id == silence_id, silences.c.ends > now, *_of(team_id))
    return (await conn.execute(statement.values(ends=now))).rowcount == 1


async def page(
    conn: Connection,
    *,
    limit: int | None = None,
    after: tuple[datetime, str] | None = None,
    phase: tuple[Phase, datetime] | None = None,
    team_id: str | None = None,
) -> list[Silence]:
    """Silences by when they begin, the last first, `after` the start and id of one; None for `limit`, `team_id`: all.

    `phase`: only those that are in it at that moment.
    """
    statement = (
        select(silences).where(*_of(team_id)).order_by(silences.c.starts.desc(), silences.c.silence_id).limit(limit)
    )
    if after is not None:
        statement = statement.where(keyset.older(silences.c.starts, silences.c.silence_id, after))
    if phase is not None:
        statement = statement.where(*_in_phase(*phase))
    return await _all(conn, statement)


async def get(conn: Connection, silence_id: str) -> Silence | None:
    found = await _all(conn, select(silences).where(silences.c.silence_id == silence_id))
    return found[0] if found else None


async def active(conn: Connection, now: datetime) -> list[Silence]:
    """The silences active at `now`."""
    statement = select(silences).where(silences.c.starts <= now, silences.c.ends > now)
    return await _all(conn, statement.order_by(silences.c.ends, silences.c.silence_id))


@dataclass(frozen=True, slots=True)
class SilenceCounts:
    """Active and future silences."""

    active: int
    pending: int


async def count(conn: Connection, now: datetime) -> SilenceCounts:
    """The numbers of active and of future silences at `now`."""
    pending = func.coalesce(func.sum(case((silences.c.starts > now, 1), else_=0)), 0)
    found = (await conn.execute(select(func.count(), pending).where(silences.c.ends > now))).one()
    return SilenceCounts(int(found[0]) - int(found[1]), int(found[1]))


async def count_hidden(conn: Connection, silence_id: str, number: int = 1) -> None:
    """Note that the silence hid `number` more matches."""
    statement = update(silences).where(silences.c.silence_id == silence_id)
    await conn.execute(statement.values(hidden_count=silences.c.hidden_count + number))


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete silences that ended before then; a piece, as `prune_oldest` says."""
    return await prune_oldest(conn, silences.c.ends, before, limit)


def _in_phase(phase: Phase, now: datetime) -> list[ColumnElement[bool]]:
    begun, over = silences.c.starts <= now, silences.c.ends <= now
    match phase:
        case Phase.TO_COME:
            return [silences.c.starts > now, silences.c.ends > now]
        case Phase.IN_FORCE:
            return [begun, silences.c.ends > now]
        case Phase.OVER:
            return [over]
        case Phase.NOT_OVER:
            return [silences.c.ends > now]


def _of(team_id: str | None) -> list[ColumnElement[bool]]:
    return [] if team_id is None else [silences.c.team_id == team_id]


async def _all(conn: Connection, statement: Select[tuple[object, ...]]) -> list[Silence]:
    return [Silence(**row._asdict()) for row in await conn.execute(statement)]
