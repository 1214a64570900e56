"""Dead letters of the log as rows: stage, reason, and the decision about each.

Each record on the topic `deadletter` becomes one row. Its state is kept here, with every kind of log.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, update

from core.db.connection import Connection
from core.db.statements import insert, slices
from core.db.tables import dead_letters
from core.model import ids
from core.model.deadletter import DeadLetter
from core.model.outcome import DeadLetterReason, Stage
from core.store import keyset, leases
from core.store.payload import member, pack, unpack
from core.store.pruning import prune_oldest


class DeadLetterState(StrEnum):
    """Where a dead letter stands."""

    WAITING = "waiting"  # for somebody to decide
    REDRIVING = "redriving"  # it is to go back to its topic
    REDRIVEN = "redriven"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterRow:
    """`stage`: who set it aside; None for a topic of no stage. `subject`: what it is about, in a word that `trace` knows."""

    letter_id: str
    letter: DeadLetter
    stage: Stage | None
    subject: str
    state: DeadLetterState = DeadLetterState.WAITING
    changed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which dead letters; None: all."""

    states: Collection[DeadLetterState] | None = None
    stage: Stage | None = None
    reason: DeadLetterReason | None = None


WAITING = Wanted(states=(DeadLetterState.WAITING,))


def letter_id(letter: DeadLetter) -> str:
    """The same for a letter that was written twice; a record that failed again after a redrive is another one."""
    return ids.derived_id(
        "deadletter", letter.topic, letter.partition, letter.offset, letter.key, letter.value_base64 or ""
    )


async def put_many(conn: Connection, rows: Sequence[DeadLetterRow]) -> None:
    """Store unknown letters; known ones keep their state and decisions."""
    if rows:
        await conn.execute(insert(conn, dead_letters).on_conflict_do_nothing(), [_values(row) for row in rows])


async def get(conn: Connection, wanted: str) -> DeadLetterRow | None:
    row = (await conn.execute(select(dead_letters).where(dead_letters.c.letter_id == wanted))).one_or_none()
    return None if row is None else _row(row)


async def page(
    conn: Connection, wanted: Wanted, *, limit: int | None = None, after: tuple[datetime, str] | None = None
) -> list[DeadLetterRow]:
    """Newest first, `after` the time and id of one."""
    statement = _where(select(dead_letters), wanted).order_by(dead_letters.c.at.desc(), dead_letters.c.letter_id)
    if after is not None:
        statement = statement.where(keyset.older(dead_letters.c.at, dead_letters.c.letter_id, after))
    return [_row(row) for row in await conn.execute(statement.limit(limit))]


async def count(conn: Connection, wanted: Wanted) -> int:
    statement = _where(select(func.count()).select_from(dead_letters), wanted)
    return int((await conn.execute(statement)).scalar_one())


async def decide(conn: Connection, state: DeadLetterState, now: datetime, letter_ids: Collection[str]) -> int:
    """Set the state of these letters; return how many."""
    changed = 0
    for part in slices(sorted(letter_ids)):
        changed += await _set(conn, state, now, dead_letters.c.letter_id.in_(part))
    return changed


async def decide_all(conn: Connection, state: DeadLetterState, now: datetime, wanted: Wanted) -> int:
    """Set the state of all letters that match; return how many."""
    return await _set(conn, state, now, *_conditions(wanted))


async def claim_redriving(
    conn: Connection, now: datetime, limit: int, owner: str, lease_seconds: float
) -> list[DeadLetterRow]:
    """Lease the letters to redrive, oldest first."""
    queue = leases.DEAD_LETTERS
    if await leases.next_due(conn, queue, now) is None:
        return []
    return [_row(row) for row in await leases.claim(conn, queue, now, limit, owner, lease_seconds)]


async def prune(conn: Connection, before: datetime, limit: int = 1000) -> int:
    """Delete a batch of letters from before then (see `prune_oldest`)."""
    return await prune_oldest(conn, dead_letters.c.at, before, limit)


async def _set(conn: Connection, state: DeadLetterState, now: datetime, *which: ColumnElement[bool]) -> int:
    values = {"state": state.value, "changed": now, "lease_owner": None, "lease_until": None}
    return (await conn.execute(update(dead_letters).where(*which).values(values))).rowcount


def _where(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    return statement.where(*_conditions(wanted))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states is not None:
        found.append(dead_letters.c.state.in_(sorted(state.value for state in wanted.states)))
    if wanted.stage is not None:
        found.append(dead_letters.c.stage == wanted.stage.value)
    if wanted.reason is not None:
        found.append(dead_letters.c.reason == wanted.reason.value)
    return found


def _values(row: DeadLetterRow) -> dict[str, object]:
    return {
        "letter_id": row.letter_id,
        "stage": None if row.stage is None else row.stage.value,
        "topic": row.letter.topic,
        "reason": row.letter.reason.value,
        "subject": row.subject,
        "at": row.letter.at,
        "state": row.state.value,
        "changed": row.changed,
        "record": pack(row.letter),
    }


def _row(row: Row[Any]) -> DeadLetterRow:
    return DeadLetterRow(
        letter_id=row.letter_id,
        letter=unpack(row.record, DeadLetter),
        stage=None if row.stage is None else member(Stage, row.stage),
        subject=row.subject,
        state=member(DeadLetterState, row.state),
        changed=row.changed,
    )
