"""What the store promises of silences, timers, statistics, small values and the audit."""

import asyncio
from dataclasses import replace
from datetime import date

from core.db.engine import Database
from core.model.silence import Silence
from core.model.timer import Timer
from core.store import audit, kv, silences, stats, timers
from core.store.audit import AuditRow
from core.store.stats import RuleStats
from tests.contract.databases import NOW, after

SILENCE = Silence(silence_id="s", rule="dprk-*", starts=NOW, ends=after(60), author="kim", comment="noise")
TIMER = Timer(kind="flush", key="rule\0key", due_at=after(10), payload={"alert": "a", "size": 2})
FLUSH = replace(TIMER, key="rule\ufffdkey")


async def test_a_silence_is_in_force_from_its_start_until_before_its_end(db: Database) -> None:
    later = replace(SILENCE, silence_id="later", source="Example*", starts=after(30), ends=after(90))
    async with db.transaction() as conn:
        assert await silences.add(conn, SILENCE)
        assert not await silences.add(conn, SILENCE)
        assert await silences.add(conn, later)
        assert await silences.active(conn, after(-1)) == []
        assert await silences.active(conn, NOW) == [SILENCE]
        assert await silences.active(conn, after(30)) == [SILENCE, later]
        assert await silences.active(conn, after(60)) == [later]
        assert await silences.page(conn) == [later, SILENCE]
        counted = [await silences.count(conn, after(seconds)) for seconds in (-1, 0, 30, 60, 90)]
    assert [(one.active, one.pending) for one in counted] == [(0, 2), (1, 1), (2, 0), (1, 0), (0, 0)]


async def test_a_silence_counts_what_it_hides_and_ends_early_when_removed(db: Database) -> None:
    async with db.transaction() as conn:
        await silences.add(conn, SILENCE)
        await silences.count_hidden(conn, "s")
        await silences.count_hidden(conn, "s", 4)
        assert await silences.remove(conn, "s", after(20))
        assert not await silences.remove(conn, "s", after(21))
        assert not await silences.remove(conn, "none", NOW)
        assert await silences.page(conn) == [replace(SILENCE, hidden_count=5, ends=after(20))]
        assert await silences.active(conn, after(20)) == []
        assert await silences.prune(conn, after(20)) == 0
        assert await silences.prune(conn, after(21)) == 1


async def test_a_timer_is_set_once_due_at_its_time_and_gone_when_done(db: Database) -> None:
    async with db.transaction() as conn:
        await timers.put(conn, TIMER)
        await timers.put(conn, replace(TIMER, due_at=after(99)))
        assert await timers.next_due(conn, NOW, TIMER.kind) == after(10)
        assert await timers.next_due(conn, NOW, "other") is None
        assert await timers.claim_due(conn, "flush", after(9), 10, "me", 60) == []
        assert await timers.claim_due(conn, "other", after(10), 10, "me", 60) == []
        assert await timers.claim_due(conn, "flush", after(10), 10, "me", 60) == [FLUSH]
        assert await timers.done(conn, FLUSH)
        assert not await timers.done(conn, FLUSH)
        assert await timers.get(conn, "flush", TIMER.key) is None


async def test_a_timer_moves_when_asked(db: Database) -> None:
    async with db.transaction() as conn:
        await timers.put(conn, TIMER)
        await timers.put(conn, replace(TIMER, due_at=after(99), payload={}), move=True)
        timer = await timers.get(conn, "flush", TIMER.key)
        assert timer is not None
        assert (timer.due_at, timer.payload) == (after(99), {})
        assert await timers.cancel(conn, "flush", TIMER.key)
        assert not await timers.cancel(conn, "flush", TIMER.key)


async def test_a_timer_set_anew_while_its_work_is_under_way_is_not_lost(db: Database) -> None:
    async with db.transaction() as conn:
        await timers.put(conn, TIMER)
        [claimed] = await timers.claim_due(conn, "flush", after(10), 10, "me", 60)
        await timers.put(conn, replace(TIMER, due_at=after(20)))
        assert not await timers.done(conn, claimed)
        assert await timers.claim_due(conn, "flush", after(19), 10, "me", 60) == []
        [again] = await timers.claim_due(conn, "flush", after(20), 10, "me", 60)
        assert again.due_at == after(20)
        assert await timers.done(conn, again)


async def test_a_timer_whose_ticker_died_is_due_again(db: Database) -> None:
    async with db.transaction() as conn:
        await timers.put(conn, TIMER)
        assert len(await timers.claim_due(conn, "flush", after(10), 10, "me", 60)) == 1
        assert await timers.claim_due(conn, "flush", after(69), 10, "you", 60) == []
        assert len(await timers.claim_due(conn, "flush", after(70), 10, "you", 60)) == 1


async def test_several_tickers_never_claim_the_same_timer(db: Database) -> None:
    taken: list[str] = []

    async def ticker(name: str) -> None:
        while True:
            async with db.transaction() as conn:
                claimed = await timers.claim_due(conn, "flush", after(10), 5, name, 600)
            if not claimed:
                return
            taken.extend(timer.key for timer in claimed)

    async with db.transaction() as conn:
        for number in range(60):
            await timers.put(conn, replace(TIMER, key=str(number)))
    async with asyncio.TaskGroup() as tasks:
        for number in range(5):
            tasks.create_task(ticker(str(number)))
    assert sorted(taken, key=int) == [str(number) for number in range(60)]


async def test_a_rules_costs_add_up_by_day(db: Database) -> None:
    day = RuleStats(rule_id="a", day=date(2026, 3, 1), candidates=5, matches=2, alerts=1, evaluation_seconds=0.25)
    next_day = replace(day, day=date(2026, 3, 2))
    async with db.transaction() as conn:
        await stats.add_many(conn, [])
        await stats.add_many(conn, [day, next_day, day, replace(day, rule_id="b")])
        await stats.add_many(conn, [day])
        tripled = replace(day, candidates=15, matches=6, alerts=3, evaluation_seconds=0.75)
        assert await stats.of(conn, "a", date(2026, 3, 1)) == [tripled, next_day]
        assert await stats.of(conn, "a", date(2026, 3, 2)) == [next_day]
        totals = await stats.totals(conn, date(2026, 3, 1))
        assert totals["a"] == replace(day, candidates=20, matches=8, alerts=4, evaluation_seconds=1.0)
        assert set(totals) == {"a", "b"}
        assert await stats.prune(conn, date(2026, 3, 2)) == 2
        assert await stats.of(conn, "b", date(2026, 3, 1)) == []


async def test_small_values_are_kept_by_key(db: Database) -> None:
    async with db.transaction() as conn:
        assert await kv.get(conn, "k") is None
        assert await kv.get(conn, "k", 5) == 5
        await kv.put(conn, "k", {"a": [1, "é", None]})
        assert await kv.get(conn, "k") == {"a": [1, "é", None]}
        await kv.put(conn, "k", 7)
        assert await kv.get(conn, "k") == 7
        assert await kv.remove(conn, "k")
        assert not await kv.remove(conn, "k")


async def test_the_audit_tells_who_did_what_newest_first(db: Database) -> None:
    first = AuditRow(at=NOW, actor="kim", action="rule.put", subject="arms", detail={"version": 2})
    second = AuditRow(at=after(1), actor="lee", action="silence.add", subject="dprk-*")
    async with db.transaction() as conn:
        await audit.add(conn, first)
        await audit.add(conn, second)
        assert await audit.list_rows(conn) == [second, first]
        assert await audit.list_rows(conn, subject="arms") == [first]
        assert await audit.list_rows(conn, limit=1) == [second]
        assert await audit.prune(conn, after(1)) == 1
        assert await audit.list_rows(conn) == [second]


async def test_timers_of_a_kind_and_when_the_next_of_some_kinds_is_due(db: Database) -> None:
    silent = Timer(kind="silence", key="a", due_at=after(5))
    async with db.transaction() as conn:
        await timers.put(conn, FLUSH)
        await timers.put(conn, silent)
        assert await timers.all_of(conn, "silence") == [silent]
        assert await timers.next_due(conn, NOW, "flush", "digest") == FLUSH.due_at
        assert await timers.next_due(conn, NOW, "flush", "silence") == after(5)
