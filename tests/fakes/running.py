"""Runs something that ends only when cancelled, for as long as a test looks at it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

PATIENCE = 20.0  # seconds until a test that waits for something gives up


@asynccontextmanager
async def running(work: Coroutine[object, object, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Cancelled at the end of the block; an error of it is the test's."""
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work)
        try:
            yield task
        finally:
            task.cancel()


async def until(true: Callable[[], bool]) -> None:
    """Let the others run until `true()`; a test fails that waits in vain."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - what is waited for is any fact, not an event
            await asyncio.sleep(0.001)
