import asyncio

import pytest

from core.db.turn import Turn

Log = list[str]


async def take(turn: Turn, name: str, log: Log, *, urgent: bool = False, hold: asyncio.Event | None = None) -> None:
    async with turn.taken(urgent=urgent):
        log.append(name)
        if hold is not None:
            await hold.wait()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_urgent_go_before_all_others_that_wait() -> None:
    turn, log, hold = Turn(), Log(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(take(turn, "holds", log, hold=hold))
        await settle()
        for name in ("a", "b"):
            group.create_task(take(turn, name, log))
        await settle()
        group.create_task(take(turn, "urgent", log, urgent=True))
        await settle()
        assert log == ["holds"]
        hold.set()
    assert log == ["holds", "urgent", "a", "b"]


async def test_nobody_waits_for_ever_behind_the_urgent() -> None:
    turn, log, hold = Turn(), Log(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(take(turn, "holds", log, hold=hold))
        await settle()
        group.create_task(take(turn, "other", log))
        for number in range(20):
            group.create_task(take(turn, f"urgent {number}", log, urgent=True))
        await settle()
        hold.set()
    assert log.index("other") == 9


async def test_one_that_is_cancelled_while_it_waits_holds_up_no_other() -> None:
    turn, log, hold = Turn(), Log(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(take(turn, "holds", log, hold=hold))
        await settle()
        leaves = group.create_task(take(turn, "leaves", log))
        group.create_task(take(turn, "stays", log))
        await settle()
        leaves.cancel()
        await settle()
        hold.set()
    assert log == ["holds", "stays"]
    await take(turn, "later", log)


async def test_one_that_is_cancelled_as_its_turn_comes_passes_it_on() -> None:
    turn, log, hold = Turn(), Log(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(take(turn, "holds", log, hold=hold))
        await settle()
        leaves = group.create_task(take(turn, "leaves", log))
        group.create_task(take(turn, "stays", log))
        await settle()
        hold.set()
        await asyncio.sleep(0)  # its turn is given to it, and it has not run yet
        leaves.cancel()
    assert log[-1] == "stays"
    assert turn._held is False


async def test_an_error_inside_passes_it_on() -> None:
    turn = Turn()
    with pytest.raises(ValueError, match="x"):
        async with turn.taken():
            raise ValueError("x")
    async with turn.taken(urgent=True):
        pass
