"""The supervisor keeps roles running, names what fails, and ends in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import generate_latest

from core.errors import Unavailable, UpgradeFirst
from core.metrics import Metrics
from core.supervise import SETTLE_SECONDS, UPGRADE_SECONDS, RoleState, Supervisor, watch_event_loop
from tests.fakes.clock import FakeClock


@asynccontextmanager
async def running(supervisor: Supervisor) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run())
        await asyncio.sleep(0)
        yield
        supervisor.stop()


def supervisor_with(clock: FakeClock, metrics: Metrics | None = None) -> Supervisor:
    return Supervisor(clock, metrics or Metrics(), chance=lambda: 0.5)


async def forever() -> None:
    await asyncio.Event().wait()


async def test_a_failing_role_is_named_and_restarted_and_the_others_go_on() -> None:
    clock, metrics = FakeClock(), Metrics()
    supervisor = supervisor_with(clock, metrics)
    runs, third = 0, asyncio.Event()

    async def poll() -> None:
        nonlocal runs
        runs += 1
        if runs <= 2:
            raise Unavailable("the database does not answer")
        third.set()
        await forever()

    supervisor.add("poll", poll)
    supervisor.add("read", forever)
    async with running(supervisor):
        await clock.until_sleeping()
        status = supervisor.status()
        assert status["poll"].state is RoleState.RESTARTING
        assert status["poll"].last_error == "Unavailable: the database does not answer"
        assert not status["poll"].well
        assert status["read"].well
        clock.advance(0.5)
        await clock.until_sleeping()
        assert clock.slept == [0.5, 1.0]
        clock.advance(1.0)
        await third.wait()
        assert not supervisor.status()["poll"].well, "it has only just come back"
        clock.advance(10.0)
        assert supervisor.status()["poll"].well
        text = generate_latest(metrics.registry).decode()
        assert 'news_role_restarts_total{role="poll"} 2.0' in text
        assert 'news_role_up{role="read"} 1.0' in text
    assert {status.state for status in supervisor.status().values()} == {RoleState.STOPPED}


async def test_a_role_that_ends_by_itself_is_a_failure() -> None:
    clock = FakeClock()
    supervisor = supervisor_with(clock)

    async def returns() -> None:
        return

    supervisor.add("match", returns)
    async with running(supervisor):
        await clock.until_sleeping()
        assert supervisor.status()["match"].last_error == "ended without being asked to"


@pytest.mark.parametrize("name", ["story", "serve", "sweep", "event loop probe"])
async def test_a_cancellation_that_nobody_asked_for_is_a_failure(name: str) -> None:
    clock, metrics = FakeClock(), Metrics()
    supervisor = supervisor_with(clock, metrics)
    runs = 0

    async def closes_a_client() -> None:
        nonlocal runs
        runs += 1
        if runs > 1:
            await forever()
        try:
            raise Unavailable("the broker is gone")
        finally:  # what a client does that cancels a task of its own and awaits it
            inner: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            inner.cancel()
            await inner

    supervisor.add(name, closes_a_client)
    async with running(supervisor):
        await clock.until_sleeping()
        status = supervisor.status()[name]
        assert (status.state, status.well) == (RoleState.RESTARTING, False)
        assert status.last_error == "cancelled without being asked to"
        text = generate_latest(metrics.registry).decode()
        assert f'news_role_up{{role="{name}"}} 0.0' in text
        assert f'news_role_wanted{{role="{name}"}} 1.0' in text
        assert f'news_role_restarts_total{{role="{name}"}} 1.0' in text
        clock.advance(0.5)
        await asyncio.sleep(0.01)
        assert supervisor.status()[name].state is RoleState.RUNNING
    assert supervisor.status()[name].state is RoleState.STOPPED


async def test_back_off_begins_anew_after_a_long_good_run() -> None:
    clock = FakeClock()
    supervisor = supervisor_with(clock)
    fail = asyncio.Event()

    async def role() -> None:
        await fail.wait()
        fail.clear()
        raise Unavailable("gone")

    supervisor.add("poll", role)
    async with running(supervisor):
        for _ in range(3):
            clock.advance(60)
            fail.set()
            await clock.until_sleeping()
            clock.advance(0.5)
            await asyncio.sleep(0.01)
        assert clock.slept == [0.5, 0.5, 0.5]


async def test_a_role_that_will_not_end_is_given_up_after_the_time() -> None:
    release, given_up = asyncio.Event(), []

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    def give_up() -> None:
        given_up.append(True)
        release.set()

    supervisor = Supervisor(FakeClock(), Metrics(), stop_seconds=0.05, give_up=give_up)
    supervisor.add("deliver", stubborn)
    async with running(supervisor):
        pass
    assert given_up == [True]


async def test_no_task_is_left_after_the_stop() -> None:
    supervisor = supervisor_with(FakeClock())
    for name in ("poll", "read", "story"):
        supervisor.add(name, forever)
    async with running(supervisor):
        pass
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_two_roles_of_one_name_are_refused() -> None:
    supervisor = supervisor_with(FakeClock())
    supervisor.add("poll", forever)
    with pytest.raises(ValueError, match="poll"):
        supervisor.add("poll", forever)


async def test_a_stall_of_the_event_loop_is_measured() -> None:
    class Late(FakeClock):
        async def sleep(self, seconds: float) -> None:
            self.advance(0.3)
            await super().sleep(seconds)

    clock, metrics = Late(auto=True), Metrics()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await watch_event_loop(clock, metrics)
    text = generate_latest(metrics.registry).decode()
    longest = next(line for line in text.splitlines() if line.startswith("news_event_loop_stall_max_seconds "))
    assert float(longest.split()[1]) == pytest.approx(0.3)


async def test_a_role_that_is_too_old_for_a_record_looks_again_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock, metrics = FakeClock(), Metrics()
    supervisor = supervisor_with(clock, metrics)
    upgraded = asyncio.Event()

    async def match() -> None:
        if not upgraded.is_set():
            raise ExceptionGroup("", [UpgradeFirst("match of version 2", "record 5 of matches/0")])
        await forever()

    supervisor.add("match", match)
    async with running(supervisor):
        for _ in range(5):
            await clock.until_sleeping()
            clock.advance(UPGRADE_SECONDS)
        await clock.until_sleeping()
        assert clock.slept == [UPGRADE_SECONDS] * 6, "no back-off: a newer process may be done at any time"
        status = supervisor.status()["match"]
        assert not status.well
        assert str(status.last_error).endswith("is of a later release (match of version 2); upgrade this process first")
        text = generate_latest(metrics.registry).decode()
        assert 'news_role_upgrade_first{role="match"} 1.0' in text
        assert 'news_role_restarts_total{role="match"} 0.0' in text, "it does not fail"
        upgraded.set()
        clock.advance(UPGRADE_SECONDS)
        await asyncio.sleep(0)
        clock.advance(SETTLE_SECONDS)
        assert supervisor.status()["match"].well
        assert 'news_role_upgrade_first{role="match"} 0.0' in generate_latest(metrics.registry).decode()
    told = capsys.readouterr().out
    assert "upgrade_first" in told
    assert "Traceback" not in told
