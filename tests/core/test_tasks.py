"""A stop is told from a cancellation that nobody asked for."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from core.errors import EndedUnasked, RecordError, StageBroken, Unavailable
from core.tasks import cancellations, describe, first_error, is_bug, kept


async def cancelled_by_itself() -> None:
    inner: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    inner.cancel()
    await inner


async def ends() -> None:
    return


@pytest.mark.parametrize("work", [cancelled_by_itself, ends])
async def test_a_group_does_not_go_on_without_work_that_ended_by_itself(
    work: Callable[[], Awaitable[None]],
) -> None:
    async def group_of_two() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(kept(work()))
            await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as group:
        await group_of_two()
    assert group.group_contains(EndedUnasked)


async def test_a_stop_passes_through() -> None:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(kept(asyncio.Event().wait()))  # type: ignore[arg-type] # waits for ever
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()


async def test_an_error_passes_as_itself() -> None:
    async def fails() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await kept(fails())


async def test_cancellations_go_up_with_each_stop_that_was_asked_for() -> None:
    seen: list[int] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            seen.append(cancellations())

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
    assert seen == [1]
    assert cancellations() == 0


def test_a_group_of_errors_is_told_by_its_members_once_each() -> None:
    group = ExceptionGroup("unhandled", [OSError("no  route"), ExceptionGroup("x", [OSError("no route"), KeyError()])])
    assert describe(group) == "OSError: no route; KeyError"
    assert describe(OSError("no route")) == "OSError: no route"


def test_the_error_of_a_group_that_counts_is_the_one_that_somebody_has_to_mend() -> None:
    away, broken = Unavailable("away"), StageBroken("mend it")
    assert first_error(ExceptionGroup("", [away, ExceptionGroup("", [broken])])) is broken
    assert first_error(ExceptionGroup("", [ExceptionGroup("", [away]), OSError()])) is away


@pytest.mark.parametrize(
    ("error", "bug"),
    [
        (ValueError("x"), True),
        (ExceptionGroup("", [KeyError("x"), RecursionError()]), True),
        (Unavailable("no answer"), False),
        (RecordError("failed", "x"), False),
        (TimeoutError(), False),
        (MemoryError(), False),
        (ExceptionGroup("", [ValueError("x"), Unavailable("no answer")]), False),
    ],
)
def test_a_bug_is_what_nobody_raised_on_purpose(error: Exception, *, bug: bool) -> None:
    assert is_bug(error) is bug
