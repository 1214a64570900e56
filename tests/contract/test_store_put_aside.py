"""Entries put aside: who gets which when, on each database."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from core.db import tables
from core.db.engine import Database
from core.errors import UpgradeFirst
from core.model.source import Entry, Source
from core.store import put_aside
from core.store.payload import pack
from core.store.put_aside import PutAside, Told
from tests.fakes.clock import START as NOW


def row(source: str, number: int, title: str = "Title") -> PutAside:
    """Of one source the first is due for the longest."""
    entry = Entry(
        entry_id=f"{source}-{number}",
        source=Source(source_id=source, name=source, url=f"https://{source}.example/feed"),
        url=f"https://{source}.example/{number}",
        title=title,
        seen=NOW,
    )
    return PutAside(entry=entry, due=NOW - timedelta(seconds=1000 - number), since=NOW, reason="timeout")


async def claim(
    db: Database,
    limit: int,
    owner: str = "me",
    each: int = 3,
    without: Collection[str] = (),
    held: Mapping[str, int] | None = None,
) -> list[PutAside]:
    async with db.transaction() as conn:
        return await put_aside.claim_due(
            conn, NOW, limit=limit, each=each, owner=owner, lease_seconds=60, without=without, held=held
        )


async def put(db: Database, *rows: PutAside) -> None:
    async with db.transaction() as conn:
        await put_aside.put_many(conn, rows)


async def done(db: Database, entry_id: str, owner: str = "me") -> int:
    """How many are left."""
    async with db.transaction() as conn:
        await put_aside.done(conn, [entry_id], owner)
        return (await put_aside.count(conn)).entries


def ids(rows: list[PutAside]) -> list[str]:
    return [one.entry.entry_id for one in rows]


async def test_a_place_that_becomes_free_is_for_who_holds_least(db: Database) -> None:
    await put(db, *[row(source, number) for source in ("slow", "mired") for number in range(20)], row("good", 900))
    held = {"slow": 2, "mired": 3}
    assert ids(await claim(db, 1, held=held)) == ["good-900"], "others have waited for longer and hold places"
    assert ids(await claim(db, 1, held=held)) == ["slow-0"]
    assert sorted(ids(await claim(db, 4, held={"slow": 3}))) == ["mired-0", "mired-1", "mired-2", "slow-1"]
    assert ids(await claim(db, 9, without=["slow"], held={})) == ["mired-3", "mired-4", "mired-5"]


async def test_the_next_due_one_of_those_who_may_be_read(db: Database) -> None:
    await put(db, row("busy", 1), row("other", 700))
    async with db.connection() as conn:
        assert await put_aside.next_due(conn, NOW) == row("busy", 1).due
        assert await put_aside.next_due(conn, NOW, ["busy"]) == row("other", 700).due
        assert await put_aside.next_due(conn, NOW, ["busy", "other"]) is None


async def test_readers_who_claim_at_once_share_what_is_due(db: Database) -> None:
    rows = [row(f"source{number % 8}", number) for number in range(160)]
    await put(db, *rows)
    taken: list[str] = []

    async def reader(owner: str) -> None:
        while claimed := await claim(db, 5, owner):
            taken.extend(ids(claimed))

    async with asyncio.TaskGroup() as tasks:
        for number in range(6):
            tasks.create_task(reader(f"reader{number}"))
    assert len(set(taken)) == len(taken), "nobody gets what another has"
    taken += ids(await claim(db, 200, "last", each=200))
    assert sorted(taken) == sorted(ids(rows))


async def test_what_its_feed_shows_anew_while_it_is_read_is_read_as_it_is_then(db: Database) -> None:
    await put(db, row("s", 1))
    [claimed] = await claim(db, 1)
    await put(db, row("s", 1, title="Corrected"), claimed)
    await put(db, claimed)  # the reader of the old one had no success
    assert await done(db, "s-1") == 1
    assert [one.entry.title for one in await claim(db, 9)] == ["Corrected"]


async def test_what_its_reader_puts_aside_once_more_waits_again(db: Database) -> None:
    await put(db, row("s", 1))
    [claimed] = await claim(db, 1)
    await put(db, claimed)
    assert await done(db, "s-1") == 1, "it has not ended"
    [claimed] = await claim(db, 1)
    assert await done(db, "s-1", "another") == 1
    assert await done(db, "s-1") == 0


@pytest.mark.parametrize("record", [b"", b"cut off", b"{}"])
async def test_one_that_cannot_be_read_is_named_kept_and_holds_up_no_other(
    db: Database, record: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await put(db, row("a", 1), row("a", 2))
    async with db.transaction() as conn:
        await conn.execute(update(tables.put_aside).where(tables.put_aside.c.entry_id == "a-1").values(record=record))
    assert ids(await claim(db, 5)) == ["a-2"]
    assert ids(await claim(db, 5)) == [], "it is leased, and asked for again when the lease ends"
    assert "put_aside_unreadable" in capsys.readouterr().out
    async with db.connection() as conn:
        assert (await put_aside.count(conn)).entries == 2


async def test_one_of_a_later_release_is_left_to_those_who_can_read_it(db: Database) -> None:
    await put(db, row("a", 1), row("a", 2))
    newer = update(tables.put_aside).where(tables.put_aside.c.entry_id == "a-1")
    async with db.transaction() as conn:
        await conn.execute(newer.values(record=b'{"v":999,"t":"entry","d":{}}'))
    with pytest.raises(UpgradeFirst):
        await claim(db, 5)
    async with db.transaction() as conn:
        await conn.execute(newer.values(record=pack(row("a", 1).entry)))
    assert ids(await claim(db, 5)) == ["a-1", "a-2"], "nothing is leased by one who cannot read it"


async def test_sources_of_which_no_more_may_wait_are_named(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(put_aside, "MOST_OF_A_SOURCE", 3)
    async with db.transaction() as conn:
        await put_aside.put_many(conn, [row("a", number) for number in range(3)] + [row("b", 0), row("b", 1)])
        assert await put_aside.full(conn) == {"a"}
        assert (await put_aside.count(conn)).entries == 5
        assert len(await put_aside.claim_due(conn, NOW, limit=9, each=1, owner="me", lease_seconds=60)) == 2
        await put_aside.done(conn, ["a-0"], "me")
        assert await put_aside.full(conn) == frozenset()


async def test_it_is_kept_as_what_an_entry_was_told(db: Database) -> None:
    told = Told("article", "revision")
    await put(db, replace(row("s", 1), told=told), row("s", 2))
    assert {one.entry.entry_id: one.told for one in await claim(db, 5)} == {"s-1": told, "s-2": None}
    async with db.connection() as conn:
        assert await put_aside.count(conn) == (2, 1)
