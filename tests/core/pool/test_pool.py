"""Jobs in processes of their own: one that hangs or dies costs a worker its life and nobody else anything."""

import asyncio

import pytest

from core.errors import Unavailable
from core.pool.pool import JobDone, PoolSettings, ProcessPool
from core.pool.worker import JobFailed, JobProblem
from tests.core.pool import jobs


async def test_a_job_gives_its_result_and_what_it_cost() -> None:
    async with ProcessPool(PoolSettings(1)) as pool:
        done = await pool.run(jobs.answers)
    assert isinstance(done, JobDone)
    assert done.value == "an answer"
    assert 0 <= done.cpu_seconds < 5


async def test_a_worker_that_dies_or_hangs_is_a_named_failure_and_the_next_job_is_done() -> None:
    async with ProcessPool(PoolSettings(1, timeout_seconds=1.0)) as pool:
        died = await pool.run(jobs.dies)
        raised = await pool.run(jobs.raises)
        hung = await pool.run(jobs.never_ends)
        assert isinstance(await pool.run(jobs.answers), JobDone)
    assert died == JobFailed(JobProblem.DIED, "its process ended, 2 times")
    assert raised == JobFailed(JobProblem.DEFECT, "RecursionError: too deep")
    assert hung == JobFailed(JobProblem.TIMEOUT, "it took more than 1 s")


async def test_one_that_hangs_holds_up_no_other() -> None:
    async with ProcessPool(PoolSettings(2, timeout_seconds=3.0)) as pool, asyncio.TaskGroup() as tasks:
        hanging = tasks.create_task(pool.run(jobs.never_ends))
        assert isinstance(await pool.run(jobs.answers), JobDone)
        assert not hanging.done()


async def test_a_worker_is_warmed_up_before_its_first_job() -> None:
    async with ProcessPool(PoolSettings(1, load=jobs.warms_up)) as pool:
        done = await pool.run(jobs.was_warmed_up)
    assert isinstance(done, JobDone)
    assert done.value


async def test_a_pool_that_is_not_open_says_so() -> None:
    pool = ProcessPool(PoolSettings(1, name="parser"))
    with pytest.raises(Unavailable, match="the parser's processes are not running"):
        await pool.run(jobs.answers)
    async with pool:
        pass
    with pytest.raises(Unavailable, match="not running"):
        await pool.run(jobs.answers)
