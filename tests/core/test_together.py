import asyncio
from collections.abc import Sequence

from core.together import Together


class Work:
    """Doubles numbers, once it may; keeps what it was given at once."""

    def __init__(self) -> None:
        self.goes: list[list[int]] = []
        self.may = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.goes.append(list(items))
        await self.may.wait()
        if self.error is not None:
            raise self.error
        return [2 * item for item in items]


async def started(group: asyncio.TaskGroup, together: Together[int, int], *items: int) -> list[asyncio.Task[int]]:
    tasks = [group.create_task(together.do(item)) for item in items]
    await asyncio.sleep(0)
    return tasks


async def test_who_asks_meanwhile_shares_the_next_go() -> None:
    work = Work()
    together = Together(work, most=3)
    async with asyncio.TaskGroup() as group:
        first = await started(group, together, 1)
        others = await started(group, together, 2, 3, 4, 5)
        work.may.set()
    assert [task.result() for task in (*first, *others)] == [2, 4, 6, 8, 10]
    assert work.goes == [[1], [2, 3, 4], [5]]


async def test_what_fails_fails_for_all_who_shared_it() -> None:
    work = Work()
    work.error = ValueError("broken")
    together = Together(work, most=8)
    said: list[str] = []

    async def ask(item: int) -> None:
        try:
            await together.do(item)
        except ValueError as error:
            said.append(str(error))

    async with asyncio.TaskGroup() as group:
        group.create_task(ask(2))
        group.create_task(ask(3))
        await asyncio.sleep(0)
        work.may.set()
    assert said == ["broken", "broken"]
    work.error = None
    assert await together.do(4) == 8


async def test_who_is_cancelled_takes_nobody_with_him() -> None:
    work = Work()
    together = Together(work, most=8)
    async with asyncio.TaskGroup() as group:
        (first,) = await started(group, together, 1)
        second, third = await started(group, together, 2, 3)
        first.cancel()
        await asyncio.wait([first])
        await asyncio.sleep(0)
        assert work.goes == [[1], [2, 3]]
        second.cancel()  # he leads, for the third too
        await asyncio.wait([second])
        work.may.set()
    assert third.result() == 6
    assert work.goes[-1] == [3]
