"""Whichever process of the pool dies, and however, jobs are done again: each one is killed for real."""

import asyncio
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvloop

from core.errors import Unavailable
from core.model.outcome import WorkerEnd
from core.pool import pool as pools
from core.pool.pool import JobDone, PoolSettings, ProcessPool
from core.pool.turns import OURS
from core.pool.worker import JobFailed, JobProblem, Worker
from tests.core.pool import jobs, processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
_LONG = 60.0  # a bound for what takes a fraction of a second


Ends = Counter[WorkerEnd]
Report = Callable[[str | None], None]
T = TypeVar("T")


@pytest.fixture
def ends() -> Ends:
    return Counter()


def pool_of(
    workers: int,
    timeout_seconds: float = 20.0,
    *,
    ends: Ends | None = None,
    report: Report = lambda _: None,
    **settings: Any,
) -> ProcessPool:
    def ended(end: WorkerEnd) -> None:
        if ends is not None:
            ends[end] += 1

    return ProcessPool(PoolSettings(workers, timeout_seconds, **settings), report=report, ended=ended)


async def done(pool: ProcessPool, job: Callable[..., T], *args: object, owner: str = OURS) -> T:
    """What a job returns that is expected to succeed."""
    answer = await pool.run(job, *args, owner=owner)
    assert isinstance(answer, JobDone), answer
    return answer.value


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(_LONG):
        while not true():  # noqa: ASYNC110 - what is waited for is another process's end
            await asyncio.sleep(0.01)


async def test_idle_workers_that_are_killed_are_replaced_at_once(ends: Ends) -> None:
    async with pool_of(workers=2, ends=ends) as pool:
        for round_number in range(1, 4):
            await until(lambda: len(processes.workers()) == 2)
            old = processes.workers()
            processes.kill(*old)
            await until(lambda: not set(processes.workers()) & set(old))  # noqa: B023 - of this round
            assert await done(pool, jobs.answers) == "an answer"
            died = (WorkerEnd.DIED, WorkerEnd.NOT_STARTED)
            await until(lambda: sum(ends[end] for end in died) == 2 * round_number)  # noqa: B023


@pytest.mark.filterwarnings("ignore:resource_tracker")
@pytest.mark.parametrize("first", ["fork server", "resource tracker", "both"])
async def test_what_starts_workers_may_be_killed_too(first: str) -> None:
    async with pool_of(workers=2) as pool:
        await until(lambda: len(processes.workers()) == 2)
        old = processes.workers()
        if first != "resource tracker":
            processes.kill(*processes.fork_servers())
        if first != "fork server":
            processes.kill(*processes.trackers())
        assert await done(pool, jobs.answers) == "an answer", "the workers themselves live on"
        processes.kill(*old)
        await until(lambda: len(set(processes.workers()) - set(old)) == 2)
        assert await done(pool, jobs.tells_its_pid) in processes.workers()


async def test_a_job_whose_worker_was_killed_is_tried_once_more(tmp_path: Path, ends: Ends) -> None:
    async with pool_of(workers=1, ends=ends) as pool:
        assert await done(pool, jobs.dies_once, str(tmp_path / "mark")) == "an answer"
    assert ends[WorkerEnd.DIED] == 1


async def test_a_worker_that_stands_still_is_replaced_and_its_job_tried_once_more(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "_STALLED_SECONDS", 1.0)
    async with pool_of(workers=1, timeout_seconds=_LONG, ends=ends) as pool:
        processes.stop(*processes.workers())
        assert await done(pool, jobs.answers) == "an answer"
    assert ends[WorkerEnd.STALLED] == 1


async def test_time_in_which_nothing_was_done_is_not_charged_to_the_job() -> None:
    async with pool_of(workers=1, timeout_seconds=1.0) as pool:
        failed = await pool.run(jobs.never_ends)
    assert isinstance(failed, JobFailed)
    assert failed.problem is JobProblem.TIMEOUT
    assert failed.cpu_seconds < 0.5


async def test_a_job_that_kills_its_workers_is_given_up(ends: Ends) -> None:
    async with pool_of(workers=1, ends=ends) as pool:
        failed = await pool.run(jobs.dies)
        assert await done(pool, jobs.answers) == "an answer"
    assert failed == JobFailed(JobProblem.DIED, "its process ended, 2 times")
    assert ends[WorkerEnd.DIED] == 2


async def test_a_job_that_needs_too_much_memory_harms_itself_alone(ends: Ends) -> None:
    async with pool_of(workers=1, ends=ends, memory_bytes=256 << 20) as pool:
        failed = await pool.run(jobs.takes_all_memory)
        assert await done(pool, jobs.answers) == "an answer"
    assert failed == JobFailed(JobProblem.MEMORY, "it needs more memory than 256 MiB")
    assert ends[WorkerEnd.MEMORY] == 1


async def test_two_slow_owners_do_not_hold_both_workers(ends: Ends) -> None:
    async with pool_of(workers=2, timeout_seconds=_LONG, ends=ends) as pool, asyncio.TaskGroup() as tasks:
        slow = [tasks.create_task(done(pool, jobs.takes, 3.5, owner=name)) for name in ("one", "two")]
        await asyncio.sleep(0)
        assert await done(pool, jobs.answers, owner="three") == "an answer"
        assert not any(task.done() for task in slow), "it waited for neither"
        again = tasks.create_task(done(pool, jobs.takes, 0.0, owner="one"))
        assert await done(pool, jobs.answers, owner="four") == "an answer"
    assert [task.result() for task in (*slow, again)] == ["done"] * 3
    assert ends[WorkerEnd.MADE_ROOM] == 1


async def test_while_no_worker_can_be_started_it_is_said_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str | None] = []
    able = Worker.started

    def unable(*_args: object) -> Worker:
        raise OSError("no more processes")

    async with pool_of(workers=1, report=said.append) as pool:
        monkeypatch.setattr(Worker, "started", unable)
        processes.kill(*processes.workers())
        await until(lambda: said[-1] is not None)
        assert said[-1] == "no worker's process can be started: OSError: no more processes"
        with pytest.raises(Unavailable):
            await done(pool, jobs.answers)
        monkeypatch.setattr(Worker, "started", able)
        await until(lambda: said[-1] is None)
        assert await done(pool, jobs.answers) == "an answer"


async def test_a_fork_server_that_stands_still_is_told_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str | None] = []
    monkeypatch.setattr(pools, "_UNEASY_SECONDS", 0.2)
    async with pool_of(workers=1, report=said.append) as pool:
        said.clear()
        monkeypatch.setattr(pools, "_START_SECONDS", 0.5)
        processes.stop(*processes.fork_servers())
        processes.kill(*processes.workers())
        await until(lambda: "no worker's process is there, and none has come for 0.2 s" in said)
        monkeypatch.setattr(pools, "_START_SECONDS", _LONG)
        assert await done(pool, jobs.answers) == "an answer"
        assert said[-1] is None


async def test_jobs_that_nobody_waits_for_any_more_are_not_done(tmp_path: Path) -> None:
    async with pool_of(workers=1) as pool:
        async with asyncio.TaskGroup() as tasks:
            busy = tasks.create_task(done(pool, jobs.takes, 0.2, owner="one"))
            await asyncio.sleep(0)
            dropped = tasks.create_task(done(pool, jobs.dies_once, str(tmp_path / "mark"), owner="one"))
            await asyncio.sleep(0)
            dropped.cancel()
        assert busy.result() == "done"
        assert await done(pool, jobs.answers, owner="one") == "an answer"
    assert not (tmp_path / "mark").exists()


def test_the_event_loop_of_run_sees_it_too(ends: Ends) -> None:
    async def main() -> None:
        async with pool_of(workers=1, ends=ends) as pool:
            assert await done(pool, jobs.answers) == "an answer"
            processes.kill(*processes.workers())
            await until(lambda: ends[WorkerEnd.DIED] == 1)
            assert await done(pool, jobs.answers) == "an answer"

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


async def test_a_process_that_is_ready_when_the_pool_closes_does_not_outlive_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    able, came, closing = Worker.started, list[Worker](), threading.Event()

    def late(*args: Any) -> Worker:
        came.append(able(*args))
        if len(came) == 2:
            closing.wait(_LONG)
        return came[-1]

    monkeypatch.setattr(Worker, "started", late)
    monkeypatch.setattr(pools, "_end_fork_server", closing.set)
    async with pool_of(workers=2):
        await until(lambda: len(came) == 2)
        assert len(processes.workers()) == 2
    await until(lambda: not processes.workers())
