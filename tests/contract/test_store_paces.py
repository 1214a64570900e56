"""What the store promises of rules' paces, also beside a process of the version that kept them in `kv`."""

from core.db.engine import Database
from core.store import kv, paces
from core.store.paces import Pace
from tests.contract.databases import NOW, after

PACE = Pace(notified=(NOW, NOW, after(5)), flush_at=after(30), metric_at=after(2))


async def test_paces_come_back_as_they_were_put(db: Database) -> None:
    async with db.transaction() as conn:
        await paces.put_many(conn, {"a": PACE, "b": Pace(flush_at=after(1))}, NOW)
        assert await paces.get_many(conn, ["a", "b", "c"]) == {"a": PACE, "b": Pace(flush_at=after(1)), "c": Pace()}
        await paces.put_many(conn, {"a": Pace(notified=(*PACE.notified, after(9)), flush_at=after(60))}, after(9))
        [now] = (await paces.get_many(conn, ["a"])).values()
        assert now == Pace(notified=(NOW, NOW, after(5), after(9)), flush_at=after(60))


async def test_a_process_of_the_version_before_and_this_one_see_what_the_other_noted(db: Database) -> None:
    async with db.transaction() as conn:
        await paces.put_many(conn, {"a": PACE}, NOW)
        older = await kv.get(conn, "pace:a")
        assert older == {
            "told_at": [NOW.isoformat(), NOW.isoformat(), after(5).isoformat()],
            "flush_at": after(30).isoformat(),
            "standing_told": after(2).isoformat(),
        }
        older["told_at"].append(after(6).isoformat())
        older["flush_at"] = after(300).isoformat()
        await kv.put(conn, "pace:a", older)
        [both] = (await paces.get_many(conn, ["a"])).values()
        assert both == Pace(notified=(*PACE.notified, after(6)), flush_at=after(300), metric_at=after(2))


async def test_a_rule_that_has_not_notified_for_long_is_forgotten_in_both_places(db: Database) -> None:
    async with db.transaction() as conn:
        await paces.put_many(conn, {"old": PACE}, NOW)
        await paces.put_many(conn, {"young": PACE}, after(10))
        assert await paces.prune(conn, after(10)) == 1
        assert await paces.get_many(conn, ["old", "young"]) == {"old": Pace(), "young": PACE}
        assert await kv.get(conn, "pace:old") is None
