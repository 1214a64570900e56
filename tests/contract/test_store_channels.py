"""What the store promises of channels and their revision."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from core.db.engine import Database
from core.db.tables_alerts import channels as table
from core.errors import UserError
from core.model.channel import ChannelDraft, Pause
from core.model.outcome import FailureReason
from core.store import channels, endpoints, teams
from core.store.endpoints import EndpointRow
from tests.contract.databases import NOW, after

DESK = ChannelDraft(name="desk", kind="webhook", settings={"url": "https://chat.example/T0ken"}, author="ann")
IN_FILE = ChannelDraft(name="desk", kind="webhook", settings={"url": "https://chat.example/[secret]"}, author="file")


async def test_a_channel_comes_back_as_it_was_put(db: Database) -> None:
    async with db.transaction() as conn:
        assert await channels.put(conn, DESK, NOW)
        row = await channels.get(conn, "desk")
        assert row is not None
        assert (row.name, row.kind, row.settings, row.origin) == ("desk", "webhook", DESK.settings, "db")
        assert (row.enabled, row.pause, row.removed, row.revision) == (True, None, None, 1)
        assert (row.created, row.updated, row.author, row.team_id) == (NOW, NOW, "ann", "default")
        assert "T0ken" not in repr(row)
        assert "T0ken" not in repr(DESK)
        assert await channels.get(conn, "none") is None
        assert await channels.list_all(conn) == [row]


async def test_a_changed_setting_keeps_the_id_and_raises_the_revision(db: Database) -> None:
    changed = replace(DESK, settings={"url": "https://chat.example/other"}, author="bob")
    async with db.transaction() as conn:
        await channels.put(conn, DESK, NOW)
        before = await channels.get(conn, "desk")
        assert not await channels.put(conn, DESK, after(1))
        assert await channels.put(conn, changed, after(2))
        (row,), revision = await channels.changed_since(conn, 1)
    assert before is not None
    assert (row.channel_id, row.created) == (before.channel_id, NOW)
    assert (row.settings, row.author, row.updated, row.revision) == (changed.settings, "bob", after(2), 2)
    assert revision == 2


async def test_ids_are_no_names(db: Database) -> None:
    async with db.transaction() as conn:
        await channels.put(conn, DESK, NOW)
        await channels.put(conn, replace(DESK, name="ops"), NOW)
        one, other = [row.channel_id for row in await channels.list_all(conn)]
    assert one != other


async def test_a_pause_says_who_and_since_when_and_survives_a_change(db: Database) -> None:
    async with db.transaction() as conn:
        await channels.put(conn, DESK, NOW)
        assert await channels.set_enabled(conn, "desk", after(1), enabled=False, by="ann")
        assert not await channels.set_enabled(conn, "desk", after(2), enabled=False, by="bob")
        await channels.put(conn, replace(DESK, kind="slack"), after(3))
        row = await channels.get(conn, "desk")
        assert row is not None
        assert (row.enabled, row.pause, row.revision) == (False, Pause("ann", after(1)), 3)
        assert await channels.set_enabled(conn, "desk", after(4), enabled=True, by="bob")
        assert not await channels.set_enabled(conn, "desk", after(4), enabled=True, by="bob")
        assert not await channels.set_enabled(conn, "none", after(4), enabled=False, by="bob")
        (row,), _ = await channels.changed_since(conn, 3)
        assert (row.enabled, row.pause) == (True, None)


async def test_what_is_removed_is_told_once_more_without_its_secrets(db: Database) -> None:
    async with db.transaction() as conn:
        await channels.put(conn, DESK, NOW)
        first = await channels.get(conn, "desk")
        await channels.set_enabled(conn, "desk", NOW, enabled=False, by="ann")
        assert await channels.remove(conn, "desk", after(1))
        assert not await channels.remove(conn, "desk", after(2))
        assert not await channels.set_enabled(conn, "desk", after(2), enabled=False, by="ann")
        (row,), revision = await channels.changed_since(conn, 2)
        assert (row.removed, row.settings, row.pause) == (after(1), {}, None)
        assert await channels.get(conn, "desk") is None
        assert await channels.list_all(conn) == []
        stored = (await conn.execute(select(table.c.settings))).scalar_one()
        assert stored == {}
        assert await channels.put(conn, DESK, after(3))
        again = await channels.get(conn, "desk")
        assert await channels.changed_since(conn, revision + 1) == ([], revision + 1)
    assert first is not None
    assert again is not None
    assert (again.channel_id, again.enabled, again.removed) == (first.channel_id, True, None)


async def test_the_same_file_again_changes_nothing(db: Database) -> None:
    async with db.transaction() as conn:
        assert await channels.sync_from_config(conn, [IN_FILE], NOW) == 1
        assert await channels.sync_from_config(conn, [IN_FILE], after(1)) == 0
        assert (await channels.changed_since(conn, 0))[1] == 1


async def test_a_pause_of_a_channel_in_a_file_survives_a_start(db: Database) -> None:
    async with db.transaction() as conn:
        await channels.sync_from_config(conn, [IN_FILE], NOW)
        await channels.set_enabled(conn, "desk", after(1), enabled=False, by="ann")
        await channels.sync_from_config(conn, [replace(IN_FILE, kind="slack")], after(2))
        row = await channels.get(conn, "desk")
    assert row is not None
    assert (row.kind, row.pause) == ("slack", Pause("ann", after(1)))


async def test_a_file_wins_a_name_and_leaves_other_channels_alone(db: Database) -> None:
    async with db.transaction() as conn:
        await channels.put(conn, DESK, NOW)
        await channels.put(conn, replace(DESK, name="mine"), NOW)
        await channels.sync_from_config(conn, [IN_FILE], after(1))
        rows = {row.name: row for row in await channels.list_all(conn)}
        assert {name: row.origin for name, row in rows.items()} == {"desk": "file", "mine": "db"}
        assert rows["desk"].settings == IN_FILE.settings, "the secret of the one added by command is gone"
        with pytest.raises(UserError, match="managed in a file"):
            await channels.put(conn, DESK, after(2))
        assert await channels.sync_from_config(conn, [], after(3)) == 1
        assert [row.name for row in await channels.list_all(conn)] == ["mine"]
        assert await channels.put(conn, DESK, after(4)), "the name is free again"


async def test_who_holds_them_sees_what_other_writers_did_before(db: Database) -> None:
    found: list[bool] = []

    async def add() -> None:
        async with db.transaction() as conn:
            await channels.hold(conn)
            found.append(await channels.get(conn, "desk") is not None)
            await channels.put(conn, DESK, NOW)

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(add())
    assert sorted(found) == [False, True, True, True]


@pytest.mark.parametrize("what", ["change", "remove", "resume", "file"])
async def test_an_endpoint_that_failed_says_nothing_of_the_channel_after_a_change(db: Database, what: str) -> None:
    failing = _failing("desk")
    async with db.transaction() as conn:
        await channels.put(conn, DESK, NOW)
        await channels.set_enabled(conn, "desk", NOW, enabled=False, by="ann")
        await endpoints.put(conn, failing)
        await channels.put(conn, DESK, after(1))
        assert list(await endpoints.failing(conn)) == ["desk"], "nothing has changed"
        match what:
            case "change":
                await channels.put(conn, replace(DESK, settings={"url": "https://chat.example/other"}), after(1))
            case "remove":
                await channels.remove(conn, "desk", after(1))
            case "resume":
                await channels.set_enabled(conn, "desk", after(1), enabled=True, by="ann")
            case _:
                await channels.sync_from_config(conn, [IN_FILE], after(1))
        assert await endpoints.failing(conn) == {}


async def test_two_writers_at_once_lose_no_change(db: Database) -> None:
    async def write(name: str) -> None:
        async with db.transaction() as conn:
            await channels.put(conn, replace(DESK, name=name), NOW)

    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(write(f"c{number}"))
    async with db.connection() as conn:
        rows, revision = await channels.changed_since(conn, 0)
    assert sorted(row.revision for row in rows) == list(range(1, 9))
    assert revision == 8


def _failing(channel: str) -> EndpointRow:
    return EndpointRow(
        channel=channel, failures=3, since=NOW, until=after(600), reason=FailureReason.CONNECT, detail="refused"
    )


async def test_two_teams_have_channels_of_the_same_name(db: Database) -> None:
    theirs = replace(IN_FILE, team="sport", settings={"url": "https://sport.example/[secret]"})
    async with db.transaction() as conn:
        assert await channels.sync_from_config(conn, [IN_FILE, theirs], NOW) == 2
        assert await channels.sync_from_config(conn, [IN_FILE, theirs], NOW) == 0
        sport = (await teams.ensure(conn, ["sport"], NOW))["sport"]
        own, other = await channels.get(conn, "desk"), await channels.get(conn, "desk", sport)
        assert own is not None
        assert other is not None
        assert (own.key, other.key) == ("desk", f"{sport}/desk")
        assert (own.settings, other.settings) == (IN_FILE.settings, theirs.settings)
        assert {row.key for row in await channels.list_all(conn)} == {own.key, other.key}
        assert await channels.set_enabled(conn, "desk", NOW, sport, enabled=False, by="ann")
        assert set(await channels.paused(conn)) == {other.key}
        await endpoints.put(conn, _failing(own.key))
        await endpoints.put(conn, _failing(other.key))
        assert await channels.set_enabled(conn, "desk", NOW, sport, enabled=True, by="ann")
        assert set(await endpoints.failing(conn)) == {own.key}
        assert await channels.sync_from_config(conn, [IN_FILE], after(1)) == 1
        assert [row.key for row in await channels.list_all(conn)] == [own.key]
        assert await channels.get(conn, "desk", sport) is None
