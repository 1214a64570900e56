"""Dead letters of the stages: list, redrive and drop them."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from core.db.connection import Connection
from core.store import dead_letters
from core.store.dead_letters import DeadLetterRow, DeadLetterState, Wanted
from wirewatch.usecases.acting import Acting, changes, reads
from wirewatch.usecases.pages import Page, Paging
from wirewatch.usecases.permission import Permission
from wirewatch.usecases.refusals import Conflict, NotFound

_LIST = "deadletters"
_PIECE = 50
# For the audit log.
_WAITING = {"state": DeadLetterState.WAITING.value}
_REDRIVING = {"state": DeadLetterState.REDRIVING.value}
_DROPPED = {"state": DeadLetterState.DROPPED.value}
REDRIVABLE = (DeadLetterState.WAITING, DeadLetterState.DROPPED)
DROPPABLE = (DeadLetterState.WAITING, DeadLetterState.REDRIVING)


@reads(Permission.READ_DEAD_LETTERS)
async def list_page(acting: Acting, paging: Paging, wanted: Wanted) -> Page[DeadLetterRow]:
    """Dead letters, the newest first."""
    async with acting.db.connection() as conn:
        rows = await dead_letters.page(conn, wanted, limit=paging.asked, after=paging.after_moment(_LIST))
    return paging.page(_LIST, rows, lambda row: (row.letter.at, row.letter_id))


@reads(Permission.READ_DEAD_LETTERS)
async def show(acting: Acting, letter_id: str) -> DeadLetterRow:
    """One dead letter. Raises NotFound."""
    async with acting.db.connection() as conn:
        return await _stored(conn, letter_id)


@reads(Permission.READ_DEAD_LETTERS)
async def count(acting: Acting, wanted: Wanted) -> int:
    """How many there are."""
    async with acting.db.connection() as conn:
        return await dead_letters.count(conn, wanted)


@reads(Permission.READ_DEAD_LETTERS)
async def count_droppable(acting: Acting, wanted: Wanted) -> int:
    """How many `drop_all` would give up."""
    async with acting.db.connection() as conn:
        return await dead_letters.count(conn, replace(wanted, states=DROPPABLE))


@changes(Permission.CHANGE_DEAD_LETTERS, "deadletter.redrive")
async def redrive(acting: Acting, letter_ids: Sequence[str]) -> int:
    """Have these put back on their topics by the running process, where their stages read them again; how many.

    Raises NotFound, or Conflict for one that is on its way or was put back already, or that no stage could read again. Then
    none goes back.
    """
    async with acting.db.transaction() as conn:
        for one in letter_ids:
            row = await _stored(conn, one)
            _may_be(row, REDRIVABLE, "nothing is redriven")
            if row.stage is None:
                raise Conflict(f"{one} is of topic {row.letter.topic!r}, which no stage reads; nothing is redriven")
            if row.letter.value_base64 is None:
                raise Conflict(
                    f"{one} was too large to be kept: it stands in topic {row.letter.topic!r} only; nothing is redriven"
                )
        count = await dead_letters.decide(conn, DeadLetterState.REDRIVING, acting.clock.now(), letter_ids)
        await acting.note(conn, " ".join(letter_ids), before=_WAITING, after=_REDRIVING, letters=count)
    return count


@changes(Permission.CHANGE_DEAD_LETTERS, "deadletter.redrive")
async def redrive_all(acting: Acting, wanted: Wanted) -> int:
    """Have all that wait (of those, the `wanted`) put back; how many. What cannot go back stays."""
    async with acting.db.transaction() as conn:
        able = await _able(conn, replace(wanted, states=[DeadLetterState.WAITING]))
        count = await dead_letters.decide(conn, DeadLetterState.REDRIVING, acting.clock.now(), able)
        await acting.note(conn, _named(wanted), before=_WAITING, after=_REDRIVING, letters=count)
    return count


@changes(Permission.CHANGE_DEAD_LETTERS, "deadletter.drop")
async def drop(acting: Acting, letter_ids: Sequence[str]) -> int:
    """Give these up; how many. Raises NotFound, or Conflict for one that was put back or dropped already. Then none is."""
    async with acting.db.transaction() as conn:
        for one in letter_ids:
            _may_be(await _stored(conn, one), DROPPABLE, "nothing is dropped")
        count = await dead_letters.decide(conn, DeadLetterState.DROPPED, acting.clock.now(), letter_ids)
        await acting.note(conn, " ".join(letter_ids), before=_WAITING, after=_DROPPED, letters=count)
    return count


@changes(Permission.CHANGE_DEAD_LETTERS, "deadletter.drop")
async def drop_all(acting: Acting, wanted: Wanted) -> int:
    """Give up all that wait (of those, the `wanted`); how many."""
    async with acting.db.transaction() as conn:
        only = replace(wanted, states=DROPPABLE)
        count = await dead_letters.decide_all(conn, DeadLetterState.DROPPED, acting.clock.now(), only)
        await acting.note(conn, _named(wanted), before=_WAITING, after=_DROPPED, letters=count)
    return count


async def _able(conn: Connection, wanted: Wanted) -> list[str]:
    """Those that can go back, read piece by piece: each may hold megabytes."""
    able: list[str] = []
    after = None
    while rows := await dead_letters.page(conn, wanted, limit=_PIECE, after=after):
        able += [row.letter_id for row in rows if row.stage is not None and row.letter.value_base64 is not None]
        after = (rows[-1].letter.at, rows[-1].letter_id)
    return able


async def _stored(conn: Connection, letter_id: str) -> DeadLetterRow:
    row = await dead_letters.get(conn, letter_id)
    if row is None:
        raise NotFound(f"there is no dead letter {letter_id!r}; `wirewatch deadletters list` shows them")
    return row


def _may_be(row: DeadLetterRow, states: Collection[DeadLetterState], then: str) -> None:
    if row.state not in states:
        raise Conflict(f"{row.letter_id} is {row.state.value}; {then}")


def _named(wanted: Wanted) -> str:
    parts = [f"of {wanted.stage.value}" if wanted.stage else "", wanted.reason.value if wanted.reason else ""]
    return " ".join(["all", *filter(None, parts)])


__all__ = [
    "DROPPABLE",
    "REDRIVABLE",
    "DeadLetterRow",
    "DeadLetterState",
    "Wanted",
    "count",
    "count_droppable",
    "drop",
    "drop_all",
    "list_page",
    "redrive",
    "redrive_all",
    "show",
]
