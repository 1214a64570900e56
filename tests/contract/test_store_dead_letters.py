"""Dead letters: kept once, found by stage and reason, decided about, leased while they go back."""

from dataclasses import replace
from datetime import timedelta

from core.db.engine import Database
from core.model.deadletter import DeadLetter
from core.model.outcome import DeadLetterReason, Stage
from core.store import dead_letters, due_times
from core.store.dead_letters import DeadLetterRow, DeadLetterState, Wanted, letter_id
from tests.contract.databases import NOW, after


def a_row(offset: int, reason: DeadLetterReason = DeadLetterReason.FAILED, stage: Stage = Stage.READ) -> DeadLetterRow:
    letter = DeadLetter(
        topic="entries", partition=3, offset=offset, key="news.example", value_base64="e30=", reason=reason,
        detail="ValueError: no \x00 good", at=after(offset),
    )  # fmt: skip
    return DeadLetterRow(
        letter_id=letter_id(letter), letter=letter, stage=stage, subject=f"https://news.example/{offset}", changed=NOW
    )


async def put(db: Database, *rows: DeadLetterRow) -> None:
    async with db.transaction() as conn:
        await dead_letters.put_many(conn, rows)


async def offsets(db: Database, **wanted: object) -> list[int]:
    async with db.connection() as conn:
        return [row.letter.offset for row in await dead_letters.page(conn, Wanted(**wanted))]  # type: ignore[arg-type]


async def decide(db: Database, state: DeadLetterState, *rows: DeadLetterRow) -> int:
    async with db.transaction() as conn:
        return await dead_letters.decide(conn, state, NOW, [row.letter_id for row in rows])


async def claim(db: Database, owner: str, seconds: float = 0) -> list[int]:
    async with db.transaction() as conn:
        found = await dead_letters.claim_redriving(conn, after(seconds), 10, owner, 60)
        return [row.letter.offset for row in found]


async def test_a_letter_is_kept_once_and_comes_back_as_it_was(db: Database) -> None:
    row = a_row(1)
    await put(db, row)
    await decide(db, DeadLetterState.DROPPED, row)
    await put(db, row, row, a_row(2))
    async with db.connection() as conn:
        found = await dead_letters.get(conn, row.letter_id)
        assert found == replace(row, state=DeadLetterState.DROPPED, changed=NOW), "what was decided stays"
        assert await dead_letters.get(conn, "none") is None
    assert await offsets(db) == [2, 1]


async def test_letters_are_found_by_state_stage_and_reason_in_pages(db: Database) -> None:
    unreadable, matched = a_row(2, DeadLetterReason.UNREADABLE), a_row(3, stage=Stage.MATCH)
    await put(db, a_row(1), unreadable, matched, a_row(4))
    await decide(db, DeadLetterState.REDRIVING, matched)
    assert await offsets(db, states=[DeadLetterState.WAITING]) == [4, 2, 1]
    assert await offsets(db, stage=Stage.MATCH) == [3]
    assert await offsets(db, reason=DeadLetterReason.FAILED, stage=Stage.READ) == [4, 1]
    async with db.connection() as conn:
        assert await dead_letters.count(conn, Wanted(reason=DeadLetterReason.UNREADABLE)) == 1
        first = await dead_letters.page(conn, Wanted(), limit=2)
        rest = await dead_letters.page(conn, Wanted(), after=(first[-1].letter.at, first[-1].letter_id))
        assert [row.letter.offset for row in [*first, *rest]] == [4, 3, 2, 1]


async def test_what_goes_back_is_leased_until_it_did(db: Database) -> None:
    rows = [a_row(1), a_row(2), a_row(3)]
    await put(db, *rows)
    assert await claim(db, "me") == []
    async with db.transaction() as conn:
        waiting = Wanted(states=[DeadLetterState.WAITING])
        assert await dead_letters.decide_all(conn, DeadLetterState.REDRIVING, NOW, waiting) == 3
    assert await claim(db, "me", 10) == [1, 2, 3]
    assert await claim(db, "you", 10) == [], "one process puts them back"
    assert await decide(db, DeadLetterState.REDRIVEN, rows[0]) == 1
    assert await claim(db, "you", 80) == [2, 3], "who had them is dead"


async def test_a_redrive_that_a_clock_ahead_asked_for_or_had_leased_is_due_once_the_clock_is_right(
    db: Database,
) -> None:
    asked, leased = a_row(1), a_row(2)
    day, moment = 86_400.0, 30.0
    for ahead in (day, moment):  # far beyond what clocks differ by, and less: the clock has just gone back
        await put(db, asked, leased)
        await decide(db, DeadLetterState.REDRIVING, leased)
        assert await claim(db, "dead", ahead) == [2]
        async with db.transaction() as conn:
            await dead_letters.decide(conn, DeadLetterState.REDRIVING, after(ahead), [asked.letter_id])
        assert await claim(db, "me") == []
        async with db.transaction() as conn:
            if ahead == day:
                assert await due_times.draw_in(conn, NOW, day) == 2
            else:
                assert await due_times.went_back(conn, NOW) == 2
        assert await claim(db, "me", 61) == [1, 2]
        await decide(db, DeadLetterState.WAITING, asked, leased)


async def test_what_is_old_is_deleted(db: Database) -> None:
    await put(db, a_row(1), a_row(2))
    async with db.transaction() as conn:
        assert await dead_letters.prune(conn, after(1) + timedelta(microseconds=1)) == 1
    assert await offsets(db) == [2]
