"""Due times that a clock which was ahead left behind, on each database."""

from dataclasses import replace
from datetime import timedelta

from core.db.engine import Database
from core.model.outcome import AlertOutcome, FailureReason
from core.model.source import Source
from core.model.timer import Timer
from core.store import due_times, endpoints, hosts, leases, sources, timers
from core.store.endpoints import EndpointRow
from core.store.sources import PollState
from tests.fakes.clock import START as NOW

AHEAD = timedelta(seconds=400_000)


def a_source(name: str, interval_seconds: float | None = None) -> Source:
    return Source(source_id=name, name=name, url=f"https://{name}.example/", interval_seconds=interval_seconds)


async def test_what_a_clock_ahead_left_is_due_now_and_what_is_meant_stays(db: Database) -> None:
    hour = timedelta(hours=1)
    states = {
        "ahead": PollState(next_poll=NOW + AHEAD, last_attempt=NOW + AHEAD - hour),
        "little ahead": PollState(next_poll=NOW + 2 * hour, last_attempt=NOW + hour),
        "too far": PollState(next_poll=NOW + AHEAD),
        "meant": PollState(next_poll=NOW + 20 * hour, last_attempt=NOW - hour),
        "monthly": PollState(next_poll=NOW + timedelta(days=30), last_attempt=NOW),
        "resumed while ahead": PollState(next_poll=NOW + AHEAD, last_attempt=NOW - hour),
    }
    own = {"monthly": 31 * 86400.0, "resumed while ahead": 3.0}
    async with db.transaction() as conn:
        for name, state in states.items():
            await sources.add(conn, a_source(name.replace(" ", "-"), own.get(name)), NOW)
            await sources.save_poll(conn, name.replace(" ", "-"), state)
        await hosts.set_not_before(conn, "ahead.example", NOW + AHEAD)
        await hosts.set_not_before(conn, "meant.example", NOW + hour)
        await timers.put(conn, Timer(kind="k", key="x", due_at=NOW - hour))
        assert await timers.claim_due(conn, "k", NOW + AHEAD, 1, "dead", 60)
        assert await timers.claim_due(conn, "k", NOW, 1, "me", 60) == []
        assert await due_times.draw_in(conn, NOW, 86400) == 6
        assert await due_times.draw_in(conn, NOW, 86400) == 0
        due = {one.source.name for one in await sources.due(conn, NOW, 10, "me", 60)}
        assert due == {"ahead", "little-ahead", "too-far", "resumed-while-ahead"}
        assert await hosts.not_before(conn, NOW) == {"meant.example": NOW + hour}
        assert len(await timers.claim_due(conn, "k", NOW, 1, "me", 60)) == 1


async def test_a_lease_of_the_future_frees_its_source(db: Database) -> None:
    async with db.transaction() as conn:
        await sources.add(conn, a_source("s"), NOW)
        assert await sources.due(conn, NOW + AHEAD, 1, "dead", 60)
        assert await sources.due(conn, NOW, 1, "me", 60) == []
        await due_times.draw_in(conn, NOW, 86400)
        assert [one.source.name for one in await sources.due(conn, NOW, 1, "me", 60)] == ["s"]


async def test_what_waits_for_a_time_after_something_is_due_once_the_clock_went_back(db: Database) -> None:
    later, kind = NOW + timedelta(seconds=30), AlertOutcome.GROUPED.value
    async with db.transaction() as conn:
        for name in ("polled", "meant"):
            await sources.add(conn, a_source(name), NOW)
        await sources.save_poll(conn, "polled", PollState(next_poll=later, last_attempt=NOW + timedelta(seconds=20)))
        await sources.save_poll(conn, "meant", PollState(next_poll=later, last_attempt=NOW - timedelta(seconds=30)))
        await timers.put(conn, Timer(kind=kind, key="group", due_at=later))
        await timers.put(conn, Timer(kind=AlertOutcome.DIGESTED.value, key="digest", due_at=later))
        assert await due_times.draw_in(conn, NOW, 86400) == 0, "so little is within what may be meant"
        assert await due_times.went_back(conn, NOW) == 2
        assert await due_times.went_back(conn, NOW) == 0
        assert [one.source.name for one in await sources.due(conn, NOW, 10, "me", 60)] == ["polled"]
        assert await timers.next_due(conn, NOW, kind) == NOW
        assert await timers.next_due(conn, NOW, AlertOutcome.DIGESTED.value) == later


async def test_an_endpoint_is_not_left_alone_for_as_long_as_a_clock_was_ahead(db: Database) -> None:
    row = EndpointRow(
        channel="desk", failures=3, since=NOW, until=NOW + AHEAD, reason=FailureReason.CONNECT, detail="refused"
    )
    async with db.transaction() as conn:
        await endpoints.put(conn, row)
        assert await due_times.draw_in(conn, NOW, 86400) == 1
        soon = replace(row, until=NOW + timedelta(seconds=20), asked_until=NOW + timedelta(hours=1))
        await endpoints.put(conn, soon)
        assert await due_times.draw_in(conn, NOW, 86400) == 0
        assert await due_times.went_back(conn, NOW) == 2
        assert (await endpoints.failing(conn))["desk"].left_alone_until == NOW


async def test_a_lease_of_a_clock_that_was_ahead_ends_soon_but_leaves_its_holder_time_to_renew_it(db: Database) -> None:
    async with db.transaction() as conn:
        await sources.add(conn, a_source("s"), NOW)
        assert await sources.due(conn, NOW + timedelta(minutes=50), 1, "it", 60)
        await due_times.went_back(conn, NOW)
        assert await sources.due(conn, NOW + timedelta(seconds=59), 1, "me", 60) == []
        assert await leases.renew(conn, leases.SOURCES, ["it"], NOW + timedelta(seconds=90)) == 1
        assert len(await sources.due(conn, NOW + timedelta(seconds=91), 1, "me", 60)) == 1


async def test_a_clock_that_went_back_between_two_processes_is_noticed_once(db: Database) -> None:
    async with db.transaction() as conn:
        assert not await due_times.is_behind(conn, NOW + timedelta(hours=1))
        assert not await due_times.is_behind(conn, NOW + timedelta(hours=2))
        assert await due_times.is_behind(conn, NOW)
        assert not await due_times.is_behind(conn, NOW)
        assert not await due_times.is_behind(conn, NOW - timedelta(seconds=30)), "clocks of processes differ a little"
