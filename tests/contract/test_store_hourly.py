"""What was done by the hour, of all processes together."""

from datetime import timedelta

from core.db.engine import Database
from core.store import hourly
from core.store.hourly import Hour, Step
from tests.contract.databases import NOW

HOUR = NOW.replace(minute=0, second=0, microsecond=0)


async def test_processes_add_to_one_hour_and_old_hours_go(db: Database) -> None:
    async with db.transaction() as conn:
        assert await hourly.oldest(conn) is None
        await hourly.add(conn, NOW, {Step.SEEN: 5, Step.TOLD: 0})
        await hourly.add(conn, NOW + timedelta(minutes=10), {Step.SEEN: 2, Step.READ: 1})
        await hourly.add(conn, NOW + timedelta(hours=1), {Step.SEEN: 3})
    async with db.connection() as conn:
        assert await hourly.since(conn, NOW) == [
            Hour(HOUR, {Step.SEEN: 7, Step.READ: 1}),
            Hour(HOUR + timedelta(hours=1), {Step.SEEN: 3}),
        ]
        assert await hourly.oldest(conn) == HOUR
    async with db.transaction() as conn:
        assert await hourly.prune(conn, NOW + timedelta(minutes=30)) == 2
        assert [one.hour for one in await hourly.since(conn, NOW)] == [HOUR + timedelta(hours=1)]
