"""Whichever process of the parsers dies, and however, documents are parsed again: each one is killed for real."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from core.errors import Unavailable
from core.metrics import Metrics
from core.model.outcome import ParserEnd
from ingest.parse import parser
from ingest.parse.parser import ParserPool
from ingest.parse.shapes import ParseFailure
from ingest.parse.worker import Worker
from tests.ingest.parse import processes, slow_parsing

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
_LONG = 60.0  # a bound for what takes a fraction of a second


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(_LONG):
        while not true():  # noqa: ASYNC110 - what is waited for is another process's end
            await asyncio.sleep(0.01)


def replaced(metrics: Metrics, end: ParserEnd) -> float:
    return metrics.registry.get_sample_value("news_parser_restarts_total", {"reason": end}) or 0.0


async def test_idle_workers_that_are_killed_are_replaced_at_once(metrics: Metrics) -> None:
    async with ParserPool(workers=2, metrics=metrics) as pool:
        for round_number in range(1, 4):
            await until(lambda: len(processes.workers()) == 2)
            old = processes.workers()
            processes.kill(*old)
            await until(lambda: not set(processes.workers()) & set(old))  # noqa: B023 - of this round
            assert await pool.run(slow_parsing.answers) == "an answer"
            ends = (ParserEnd.DIED, ParserEnd.NOT_STARTED)
            await until(lambda: sum(replaced(metrics, end) for end in ends) == 2 * round_number)  # noqa: B023


@pytest.mark.filterwarnings("ignore:resource_tracker")
@pytest.mark.parametrize("first", ["fork server", "resource tracker", "both"])
async def test_what_starts_workers_may_be_killed_too(first: str) -> None:
    async with ParserPool(workers=2) as pool:
        await until(lambda: len(processes.workers()) == 2)
        old = processes.workers()
        if first != "resource tracker":
            processes.kill(*processes.fork_servers())
        if first != "fork server":
            processes.kill(*processes.trackers())
        assert await pool.run(slow_parsing.answers) == "an answer", "the workers themselves live on"
        processes.kill(*old)
        await until(lambda: len(set(processes.workers()) - set(old)) == 2)
        assert await pool.run(slow_parsing.tells_its_pid) in processes.workers()


async def test_a_job_whose_worker_was_killed_is_tried_once_more(tmp_path: Path, metrics: Metrics) -> None:
    async with ParserPool(workers=1, metrics=metrics) as pool:
        assert await pool.run(slow_parsing.dies_once, str(tmp_path / "mark")) == "an answer"
    assert replaced(metrics, ParserEnd.DIED) == 1


async def test_a_worker_that_stands_still_is_replaced_and_its_job_tried_once_more(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser, "_STALLED_SECONDS", 1.0)
    async with ParserPool(workers=1, timeout_seconds=_LONG, metrics=metrics) as pool:
        processes.stop(*processes.workers())
        assert await pool.run(slow_parsing.answers) == "an answer"
    assert replaced(metrics, ParserEnd.STALLED) == 1


async def test_time_in_which_nothing_was_done_is_not_charged_to_the_document() -> None:
    async with ParserPool(workers=1, timeout_seconds=1.0) as pool:
        ended = await pool.run(slow_parsing.never_ends)
    assert isinstance(ended, ParseFailure)
    assert ended.outcome == "timeout"
    assert ended.cpu_seconds < 0.5


async def test_a_document_that_kills_its_workers_is_given_up(metrics: Metrics) -> None:
    async with ParserPool(workers=1, metrics=metrics) as pool:
        ended = await pool.run(slow_parsing.dies)
        assert await pool.run(slow_parsing.answers) == "an answer"
    assert ended == ParseFailure("parse", "the parser's process ended, 2 times")
    assert replaced(metrics, ParserEnd.DIED) == 2


async def test_a_document_that_needs_too_much_memory_harms_itself_alone(metrics: Metrics) -> None:
    async with ParserPool(workers=1, metrics=metrics, memory_bytes=256 << 20) as pool:
        ended = await pool.run(slow_parsing.takes_all_memory)
        assert await pool.run(slow_parsing.answers) == "an answer"
    assert ended == ParseFailure("parse", "it needs more memory than 256 MiB")
    assert replaced(metrics, ParserEnd.MEMORY) == 1


async def test_two_slow_sources_do_not_hold_both_workers(metrics: Metrics) -> None:
    async with ParserPool(workers=2, timeout_seconds=_LONG, metrics=metrics) as pool, asyncio.TaskGroup() as tasks:
        slow = [tasks.create_task(pool.run_for(name, slow_parsing.takes, 3.5)) for name in ("one", "two")]
        await asyncio.sleep(0)
        assert await pool.run_for("three", slow_parsing.answers) == "an answer"
        assert not any(task.done() for task in slow), "it waited for neither"
        again = tasks.create_task(pool.run_for("one", slow_parsing.takes, 0.0))
        assert await pool.run_for("four", slow_parsing.answers) == "an answer"
    assert [task.result() for task in (*slow, again)] == ["done"] * 3
    assert replaced(metrics, ParserEnd.MADE_ROOM) == 1


async def test_while_no_worker_can_be_started_it_is_said_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str | None] = []
    able = Worker.started

    def unable(*_args: object) -> Worker:
        raise OSError("no more processes")

    async with ParserPool(workers=1, tell=said.append) as pool:
        monkeypatch.setattr(Worker, "started", unable)
        processes.kill(*processes.workers())
        await until(lambda: said[-1] is not None)
        assert said[-1] == "no parser's process can be started: OSError: no more processes"
        with pytest.raises(Unavailable):
            await pool.run(slow_parsing.answers)
        monkeypatch.setattr(Worker, "started", able)
        await until(lambda: said[-1] is None)
        assert await pool.run(slow_parsing.answers) == "an answer"


async def test_a_fork_server_that_stands_still_is_told_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str | None] = []
    monkeypatch.setattr(parser, "_UNEASY_SECONDS", 0.2)
    async with ParserPool(workers=1, tell=said.append) as pool:
        said.clear()
        monkeypatch.setattr(parser, "_START_SECONDS", 0.5)
        processes.stop(*processes.fork_servers())
        processes.kill(*processes.workers())
        await until(lambda: "no parser's process is there, and none has come for 0.2 s" in said)
        monkeypatch.setattr(parser, "_START_SECONDS", _LONG)
        assert await pool.run(slow_parsing.answers) == "an answer"
        assert said[-1] is None


async def test_jobs_that_nobody_waits_for_any_more_are_not_done(tmp_path: Path) -> None:
    async with ParserPool(workers=1) as pool:
        async with asyncio.TaskGroup() as tasks:
            busy = tasks.create_task(pool.run_for("one", slow_parsing.takes, 0.2))
            await asyncio.sleep(0)
            dropped = tasks.create_task(pool.run_for("one", slow_parsing.dies_once, str(tmp_path / "mark")))
            await asyncio.sleep(0)
            dropped.cancel()
        assert busy.result() == "done"
        assert await pool.run_for("one", slow_parsing.answers) == "an answer"
    assert not (tmp_path / "mark").exists()


def test_the_event_loop_of_run_sees_it_too(metrics: Metrics) -> None:
    async def main() -> None:
        async with ParserPool(workers=1, metrics=metrics) as pool:
            assert await pool.run(slow_parsing.answers) == "an answer"
            processes.kill(*processes.workers())
            await until(lambda: replaced(metrics, ParserEnd.DIED) == 1)
            assert await pool.run(slow_parsing.answers) == "an answer"

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
