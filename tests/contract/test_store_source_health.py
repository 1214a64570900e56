"""What the store says of the health of many sources is what each one's own state says."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import event, text

from core.db.engine import Database
from core.model.outcome import PollOutcome
from core.store import source_health, source_pace, source_pages, sources
from core.store.sources import PollState, SourceRow
from ingest.poll.health import BOUNDS, FeedState, health, stale_at, state_counts
from tests.contract.databases import NOW, after
from tests.fakes.records import a_source

COUNT = 300
_SEVERITY = [FeedState.FAILING, FeedState.DEGRADED, FeedState.STALE, FeedState.HEALTHY, FeedState.PAUSED]


def a_state(chance: random.Random) -> PollState:
    def around() -> datetime:
        return NOW + timedelta(seconds=chance.choice([-1, 1]) * 10 ** chance.uniform(0, 7))

    if chance.random() < 0.1:
        return PollState(next_poll=around())
    last_new = chance.choice([None, around(), NOW - timedelta(days=chance.randint(1, 30))])
    memory = {"items": chance.randint(0, 900), "seconds": 30 * 86400}
    return PollState(
        next_poll=chance.choice([around(), after(900)]),
        interval_seconds=chance.choice([None, 60.0, 900.0]),
        last_attempt=chance.choice([around(), NOW]),
        last_success=NOW,
        last_new=last_new,
        failures=chance.choice([0, 0, 1, 2, 3, 9]),
        outcome=PollOutcome.OK,
        memory=memory,
        stale_at=stale_at(last_new, memory),
    )


async def filled(db: Database, count: int = COUNT) -> list[SourceRow]:
    chance = random.Random(7)
    async with db.transaction() as conn:
        for number in range(count):
            url = f"https://news.example/{number}.xml"
            source = replace(a_source(url, name=f"{number:03}"), source_id=f"s{number}")
            await sources.add(conn, source, NOW)
            await sources.save_poll(conn, source.source_id, a_state(chance))
            await sources.set_enabled(conn, source.source_id, enabled=chance.random() > 0.1)
        return await source_pages.page(conn, limit=None)


def state_of(row: SourceRow) -> FeedState:
    return health(row.state, NOW, enabled=row.enabled).state


async def test_sources_are_counted_as_each_of_them_is_judged(db: Database) -> None:
    rows = await filled(db)
    async with db.connection() as conn:
        counted = state_counts(await source_health.counts(conn, NOW, BOUNDS))
    judged = [state_of(row) for row in rows]
    assert counted == {state: judged.count(state) for state in FeedState}
    assert min(counted.values()) > 3, "all states are there"


async def test_no_source_is_counted_where_there_is_none(db: Database) -> None:
    async with db.connection() as conn:
        assert set(state_counts(await source_health.counts(conn, NOW, BOUNDS)).values()) == {0}
        assert await source_health.worst(conn, NOW, BOUNDS, 10) == []
        assert await source_health.longest_overdue(conn, NOW) == timedelta()


async def test_the_longest_wait_for_a_poll_is_that_of_the_source_that_was_due_first(db: Database) -> None:
    rows = await filled(db)
    async with db.connection() as conn:
        waited = await source_health.longest_overdue(conn, NOW)
        assert waited == max(NOW - row.state.next_poll for row in rows if row.enabled) > timedelta()
        assert await source_health.longest_overdue(conn, NOW - timedelta(days=9999)) == timedelta()


async def test_those_that_need_attention_come_first_and_all_come_once(db: Database) -> None:
    rows = await filled(db)
    async with db.connection() as conn:
        everything = await source_health.worst(conn, NOW, BOUNDS, 1000)
        some = await source_health.worst(conn, NOW, BOUNDS, 40)
    assert sorted(row.source.source_id for row in everything) == sorted(row.source.source_id for row in rows)
    assert some == everything[:40]
    places = [_SEVERITY.index(state_of(row)) for row in everything]
    assert places == sorted(places)


async def test_the_polls_that_are_wanted_are_summed_as_before(db: Database) -> None:
    rows = await filled(db)
    async with db.connection() as conn:
        wanted = await source_pace.wanted_per_minute(conn, 60.0)
    expected = sum(
        60 / ((row.state.interval_seconds or 60.0) * (1 + row.state.failures))
        for row in rows
        if row.enabled and (row.state.interval_seconds is not None or row.state.last_attempt is None)
    )
    assert abs(wanted - expected) < 1e-6 * expected


async def test_no_count_reads_all_sources(db: Database) -> None:
    """Each is answered by an index of its own. (What PostgreSQL does depends on how many rows it believes there are.)"""
    said: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    async with db.connection() as conn:
        if conn.dialect.name != "sqlite":
            return
        await conn.run_sync(lambda sync: event.listen(sync, "before_cursor_execute", note))
        await source_health.counts(conn, NOW, BOUNDS)
        await source_pace.wanted_per_minute(conn, 60.0)
        await conn.run_sync(lambda sync: event.remove(sync, "before_cursor_execute", note))
        assert len(said) == 2
        for statement in said:
            plan = [
                str(row[3]) for row in await conn.execute(text(f"EXPLAIN QUERY PLAN {statement.replace('?', '1')}"))
            ]
            reads = [step for step in plan if "sources" in step]
            assert [step for step in reads if "COVERING INDEX" not in step and not step.startswith("SEARCH")] == []
