import asyncio

from core.wake_up import WakeUp
from tests.fakes.clock import FakeClock


async def test_all_who_wait_hear_one_ring() -> None:
    wake_up, clock = WakeUp(), FakeClock()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(wake_up.wait(wake_up.count, clock, 60))
        await clock.until_sleeping(3)
        wake_up.notify()


async def test_a_ring_before_the_wait_is_not_lost() -> None:
    wake_up, clock = WakeUp(), FakeClock()
    heard = wake_up.count
    wake_up.notify()
    async with asyncio.timeout(5):
        await wake_up.wait(heard, clock, 60)
    assert clock.slept == []


async def test_nobody_waits_longer_than_they_said() -> None:
    wake_up, clock = WakeUp(), FakeClock()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(wake_up.wait(wake_up.count, clock, 60))
        await clock.until_sleeping()
        clock.advance(60)


async def test_a_wait_can_be_cancelled_and_leaves_no_task() -> None:
    wake_up, clock = WakeUp(), FakeClock()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(wake_up.wait(wake_up.count, clock, 60))
        await clock.until_sleeping()
        task.cancel()
    assert len(asyncio.all_tasks()) == 1
