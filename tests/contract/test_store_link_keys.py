"""The keys of links: one for all processes, replaced on purpose."""

import asyncio
from datetime import timedelta

from core.db.engine import Database
from core.store import kv, link_keys
from tests.contract.databases import NOW, after

KEEP = timedelta(days=9)


async def test_processes_that_start_at_once_have_the_same_key(db: Database) -> None:
    async def start() -> list[str]:
        async with db.transaction() as conn:
            return [one.key_id for one in await link_keys.ensure(conn)]

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(start()) for _ in range(4)]
    [key] = {tuple(task.result()) for task in tasks}
    assert len(key) == 1


async def test_a_replaced_key_verifies_until_its_last_link_is_over(db: Database) -> None:
    async with db.transaction() as conn:
        [first] = await link_keys.ensure(conn)
        second, kept = await link_keys.rotate(conn, NOW, KEEP)
        assert (kept.key_id, kept.secret, kept.retired) == (first.key_id, first.secret, NOW)
        assert second.key_id != first.key_id
        third, *earlier = await link_keys.rotate(conn, NOW + KEEP, KEEP)
        assert [one.key_id for one in earlier] == [second.key_id]
        assert await link_keys.read(conn) == [third, *earlier]
        assert await link_keys.ensure(conn) == [third, *earlier]


async def test_revoked_links_are_valid_no_longer(db: Database) -> None:
    async with db.transaction() as conn:
        [first] = await link_keys.ensure(conn)
        [only] = await link_keys.rotate(conn, after(5), KEEP, revoke=True)
        assert only.key_id != first.key_id
        assert only.secret.hex() not in repr(only)


async def test_a_value_is_put_only_where_there_is_none(db: Database) -> None:
    async with db.transaction() as conn:
        assert await kv.put_new(conn, "a", 1)
        assert not await kv.put_new(conn, "a", 2)
        assert await kv.get(conn, "a") == 1
