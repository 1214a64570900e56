"""What the store promises of sources, leases, hosts and known entries."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select, update

from core.db.engine import Database
from core.db.tables import sources as table
from core.db.tables import subscriptions
from core.model import ids
from core.model.outcome import PollOutcome
from core.model.source import Source, Subscription
from core.store import entries, hosts, leases, source_pace, source_pages, sources
from core.store.sources import PollState
from tests.contract.databases import NOW, after
from tests.fakes.records import a_source


def urls(number: int) -> list[str]:
    return [f"https://news.example/{place}.xml" for place in range(number)]


async def test_configured_sources_are_due_at_once_and_keep_every_field(db: Database) -> None:
    source = replace(a_source(), interval_seconds=5.0, country="IN", lang="en", time_zone="Asia/Kolkata")
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        [due] = await sources.due(conn, NOW, 10, "me", 60)
    assert due.source == source
    assert due.state == PollState(next_poll=NOW)


async def test_a_source_gone_from_the_file_is_disabled_and_comes_back_with_its_state(db: Database) -> None:
    source = a_source()
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        await sources.save_poll(conn, source.source_id, PollState(next_poll=after(900), etag='"x"'))
        await sources.sync_from_config(conn, [], NOW)
        assert await sources.due(conn, after(9000), 10, "me", 60) == []
        [row] = await source_pages.page(conn, limit=None)
        assert not row.enabled
        await sources.sync_from_config(conn, [source], after(10))
        [due] = await sources.due(conn, after(10), 10, "me", 60)
    assert due.state.etag == '"x"'


async def test_a_changed_source_is_changed_and_a_shorter_interval_counts_from_now(db: Database) -> None:
    source = a_source()
    renamed = replace(source, name="Renamed")
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        await sources.save_poll(conn, source.source_id, PollState(next_poll=after(900)))
        await sources.sync_from_config(conn, [renamed], after(1))
        row = await sources.get(conn, source.source_id)
        assert row is not None
        assert (row.source, row.state.next_poll, row.origin) == (renamed, after(900), "file")
        await sources.sync_from_config(conn, [replace(renamed, interval_seconds=2.0)], after(2))
        row = await sources.get(conn, source.source_id)
        assert row is not None
        assert row.state.next_poll == after(2)


async def test_a_file_does_not_touch_sources_made_elsewhere(db: Database) -> None:
    async with db.transaction() as conn:
        assert await sources.add(conn, a_source(), NOW)
        assert not await sources.add(conn, a_source(), NOW)
        await sources.sync_from_config(conn, [], NOW)
        [row] = await source_pages.page(conn, limit=None)
        assert (row.enabled, row.origin) == (True, "db")
        assert await sources.set_enabled(conn, row.source.source_id, enabled=False)
        assert await sources.due(conn, NOW, 1, "me", 60) == []
        await entries.remember(conn, row.source.source_id, ["e"], NOW)
        assert await sources.remove(conn, row.source.source_id)
        assert not await sources.remove(conn, row.source.source_id)
        assert await sources.get(conn, row.source.source_id) is None
        assert (await entries.known(conn, row.source.source_id, ["e"])).keys() == set()


async def test_a_source_of_the_file_cannot_be_removed(db: Database) -> None:
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [a_source()], NOW)
        assert not await sources.remove(conn, a_source().source_id)


async def test_what_is_longest_overdue_comes_first_and_nothing_comes_early(db: Database) -> None:
    made = [a_source(url) for url in urls(3)]
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, made, NOW)
        for place, source in enumerate(made):
            await sources.save_poll(conn, source.source_id, PollState(next_poll=after(30 - 10 * place)))
        assert await sources.next_due(conn, NOW) == after(10)
        due = await sources.due(conn, after(20), 10, "me", 60)
        assert await sources.next_due(conn, after(20)) == after(30), "the others are leased"
    assert [row.source for row in due] == [made[2], made[1]]


async def test_the_budget_holds_back_adaptive_sources_and_no_others(db: Database) -> None:
    made = [a_source(url) for url in urls(4)]
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, made, NOW)
        for place, interval in enumerate((None, 30.0, 120.0)):
            state = PollState(next_poll=after(place), interval_seconds=interval, last_attempt=NOW)
            await sources.save_poll(conn, made[place].source_id, state)
        assert await source_pace.wanted_per_minute(conn, 60) == 2 + 0.5 + 1, "the first keeps an interval of its own"
        assert await sources.next_due(conn, NOW, own_interval=True) == after(0)
        (own,) = await sources.due(conn, after(5), 10, "me", 60, budget=0)
        assert own.source == made[0]
        assert await sources.next_due(conn, after(5), own_interval=True) is None
        due = await sources.due(conn, after(5), 10, "me", 60, budget=2)
        assert [one.source for one in due] == [made[3], made[1]], "longest overdue first"
        await sources.save_poll(conn, made[1].source_id, PollState(next_poll=NOW, interval_seconds=30, failures=3))
        assert await source_pace.wanted_per_minute(conn, 60) == 0.5 + 0.5 + 1, "what fails backs off"
        await sources.set_enabled(conn, made[3].source_id, enabled=False)
        assert await source_pace.wanted_per_minute(conn, 60) == 0.5 + 0.5


async def test_a_leased_source_is_free_again_after_the_poll_or_when_the_lease_runs_out(db: Database) -> None:
    source = a_source()
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        assert len(await sources.due(conn, NOW, 10, "one", 60)) == 1
        assert await sources.due(conn, after(59), 10, "two", 60) == []
        assert len(await sources.due(conn, after(60), 10, "two", 60)) == 1
        assert not await sources.save_poll(conn, source.source_id, PollState(next_poll=after(500)), owner="one")
        assert await sources.save_poll(conn, source.source_id, PollState(next_poll=after(70)), owner="two")
        assert len(await sources.due(conn, after(70), 10, "one", 60)) == 1


async def test_a_source_that_is_postponed_keeps_its_state_and_its_place_in_line(db: Database) -> None:
    source = a_source()
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        await sources.save_poll(conn, source.source_id, PollState(next_poll=after(0), etag='"x"'))
        await sources.due(conn, after(1), 10, "one", 60)
        await sources.postpone(conn, {source.source_id: after(5)}, "two")
        assert not await sources.due(conn, after(10), 10, "two", 60), "the lease is another's"
        await sources.postpone(conn, {source.source_id: after(5)}, "one")
        assert not await sources.due(conn, after(4), 10, "two", 60)
        (due,) = await sources.due(conn, after(5), 10, "two", 60)
        assert (due.state.etag, due.state.next_poll) == ('"x"', NOW), "it is the longest overdue all the same"


async def test_a_lease_that_is_renewed_holds_but_one_that_another_took_is_the_others(db: Database) -> None:
    source = a_source()
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        assert len(await sources.due(conn, NOW, 10, "one", 30)) == 1
        assert await leases.renew(conn, leases.SOURCES, ["one"], after(60)) == 1
        assert await sources.due(conn, after(59), 10, "two", 30) == []
        assert len(await sources.due(conn, after(60), 10, "two", 30)) == 1
        assert await leases.renew(conn, leases.SOURCES, ["one"], after(600)) == 0
        assert len(await sources.due(conn, after(90), 10, "three", 30)) == 1
        assert await leases.free_all(conn) == 1
        assert len(await sources.due(conn, after(91), 10, "four", 30)) == 1


async def test_who_sits_on_a_dead_owners_seat_frees_its_leases_and_nobody_elses(db: Database) -> None:
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [a_source()], NOW)
        assert len(await sources.due(conn, NOW, 10, "host_1-abc-77-x", 30)) == 1
        for other in ("host_1-ab", "host_1-abcd", "hostx1-abc", "host%"):
            assert await leases.free_all(conn, other) == 0
        assert await leases.free_all(conn, "host_1-abc") == 1
        assert len(await sources.due(conn, after(1), 10, "two", 30)) == 1


async def test_a_poll_state_comes_back_as_it_was_saved(db: Database) -> None:
    state = PollState(
        etag='W/"é"',
        last_modified="Sun, 01 Mar 2026 12:00:00 GMT",
        body_hash="00ff",
        next_poll=after(900),
        interval_seconds=900.5,
        last_attempt=NOW,
        last_success=NOW,
        last_new=NOW,
        failures=3,
        outcome=PollOutcome.HTTP_5XX,
        error="503 from\0the server",
        entries_seen_total=5_000_000_000,
        full_get_at=NOW,
        memory={"gaps": [1.5, 2]},
    )
    async with db.transaction() as conn:
        await sources.add(conn, a_source(), NOW)
        await sources.save_poll(conn, a_source().source_id, state)
        row = await sources.get(conn, a_source().source_id)
    assert row is not None
    assert row.state == replace(state, error="503 from\ufffdthe server")


async def test_several_pollers_never_get_the_same_source(db: Database) -> None:
    made = [a_source(url) for url in urls(120)]
    taken: list[str] = []

    async def poller(name: str) -> None:
        while True:
            async with db.transaction() as conn:
                due = await sources.due(conn, NOW, 7, name, 600)
            if not due:
                return
            taken.extend(row.source.source_id for row in due)

    async with db.transaction() as conn:
        await sources.sync_from_config(conn, made, NOW)
    async with asyncio.TaskGroup() as tasks:
        for number in range(6):
            tasks.create_task(poller(f"poller-{number}"))
    assert sorted(taken) == sorted(source.source_id for source in made)


async def test_a_host_that_asked_for_time_keeps_the_latest_of_its_wishes(db: Database) -> None:
    async with db.transaction() as conn:
        assert await hosts.not_before(conn, NOW) == {}
        await hosts.set_not_before(conn, "news.example", after(60))
        await hosts.set_not_before(conn, "news.example", after(30))
        assert await hosts.not_before(conn, NOW) == {"news.example": after(60)}
        await hosts.set_not_before(conn, "news.example", after(90))
        assert await hosts.not_before(conn, after(80)) == {"news.example": after(90)}
        assert await hosts.not_before(conn, after(90)) == {}


async def test_entries_are_known_once_they_are_remembered_for_that_source_alone(db: Database) -> None:
    source, other = a_source(), a_source("https://other.example/feed")
    numbers = [ids.derived_id("entry", number) for number in range(2000)]
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source, other], NOW)
        await entries.remember(conn, source.source_id, numbers[:1500], NOW)
        await entries.remember(conn, source.source_id, [], NOW)
        assert (await entries.known(conn, source.source_id, numbers)).keys() == set(numbers[:1500])
        assert (await entries.known(conn, other.source_id, numbers)).keys() == set()


async def test_an_entry_that_stays_in_its_feed_outlives_retention(db: Database) -> None:
    source = a_source()
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        await entries.remember(conn, source.source_id, ["gone", "stays"], NOW)
        await entries.remember(conn, source.source_id, ["stays"], after(86400 * 3))
        assert await entries.prune(conn, after(86400)) == 1
        assert (await entries.known(conn, source.source_id, ["gone", "stays"])).keys() == {"stays"}


async def test_sources_are_found_by_their_name(db: Database) -> None:
    named = [a_source(url, name) for url, name in zip(urls(3), ("Невский", "Two", "Two"), strict=True)]
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, named, NOW)
        assert await sources.ids_named(conn, "Невский") == [named[0].source_id]
        assert set(await sources.ids_named(conn, "Two")) == {one.source_id for one in named[1:]}
        assert await sources.ids_named(conn, "None") == []


async def test_a_source_whose_address_changes_in_the_file_keeps_its_id_and_what_it_showed(db: Database) -> None:
    source = replace(a_source(), source_id="")
    moved = replace(source, url="https://new.example/feed.xml")
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        [due] = await sources.due(conn, NOW, 10, "me", 60)
        await entries.remember(conn, due.source.source_id, ["e1"], NOW)
        state = PollState(next_poll=after(900), etag="old", last_success=NOW, entries_seen_total=7, failures=2)
        await sources.save_poll(conn, due.source.source_id, state)
        await sources.due(conn, after(900), 10, "me", 60)
        await sources.sync_from_config(conn, [moved], after(901))
        assert not await sources.save_poll(conn, due.source.source_id, state, "me"), "of the old address"
        [row] = await source_pages.page(conn, limit=None)
        assert row.source == replace(moved, source_id=due.source.source_id)
        assert (row.state.etag, row.state.failures, row.state.next_poll) == (None, 0, after(901))
        assert (row.state.last_success, row.state.entries_seen_total) == (NOW, 7)
        assert (await entries.known(conn, row.source.source_id, ["e1"])).keys() == {"e1"}


async def test_a_source_of_another_name_and_address_is_another_source(db: Database) -> None:
    source = replace(a_source(), source_id="")
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        await sources.sync_from_config(conn, [replace(source, name="B", url="https://b.example/")], NOW)
        rows = {row.source.name: row.enabled for row in await source_pages.page(conn, limit=None)}
    assert rows == {source.name: False, "B": True}


async def test_an_address_is_polled_once_in_whatever_spelling(db: Database) -> None:
    source = replace(a_source("https://News.example:443/feed?utm_source=x"), source_id="")
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        assert not await sources.add(conn, replace(source, url="https://news.example/feed"), NOW)
        found = await sources.at_url(conn, "https://news.example/feed")
        assert found is not None
        assert found.source.url == source.url


async def test_a_source_moved_by_command_keeps_its_id(db: Database) -> None:
    async with db.transaction() as conn:
        await sources.add(conn, a_source(), NOW)
        assert await sources.move(conn, a_source().source_id, "https://new.example/", after(5))
        row = await sources.get(conn, a_source().source_id)
        assert row is not None
        assert (row.source.url, row.state.next_poll) == ("https://new.example/", after(5))
        assert await sources.at_url(conn, a_source().url) is None
        assert not await sources.move(conn, "none", "https://other.example/", NOW)


async def sync(db: Database, configured: Sequence[Source]) -> None:
    subscribers = [Subscription(url=source.url, name=source.name) for source in configured]
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, configured, NOW, subscribers)


async def in_the_files(db: Database) -> set[tuple[str, str]]:
    """Name and address of the enabled sources, all of which the team reads under that name."""
    async with db.connection() as conn:
        rows = [row.source for row in await source_pages.page(conn, limit=None) if row.enabled]
        read = {row.source_id: row.name for row in await conn.execute(select(subscriptions))}
    assert read == {source.source_id: source.name for source in rows}
    return {(source.name, source.url) for source in rows}


async def test_processes_that_bring_their_files_in_at_once_do_so_one_after_the_other(db: Database) -> None:
    first = [replace(a_source(url, name=f"Source {url}"), source_id="") for url in urls(40)]
    renamed = [replace(source, name=f"{source.name} again") for source in first]
    moved = [replace(source, url=f"{source.url}?moved") for source in renamed]
    for configured in (first, renamed, moved):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(sync(db, configured))
            tasks.create_task(sync(db, configured[::-1]))
        assert await in_the_files(db) == {(source.name, source.url) for source in configured}
    half, other = moved[:20], moved[20:]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sync(db, half))
        tasks.create_task(sync(db, other))
    assert await in_the_files(db) in [{(source.name, source.url) for source in files} for files in (half, other)]


async def test_a_source_that_an_older_process_stored_is_known_by_its_id(db: Database) -> None:
    source = replace(a_source(), source_id=ids.url_key(a_source().url))
    async with db.transaction() as conn:
        await sources.add(conn, source, NOW)
        await conn.execute(update(table).values(url_key=None))
        assert not await sources.add(conn, replace(source, source_id=""), NOW)
        await sources.sync_from_config(conn, [replace(source, source_id="")], NOW)
        [row] = await source_pages.page(conn, limit=None)
    assert (row.source.source_id, row.origin) == (source.source_id, "file")


async def test_a_source_is_found_by_its_name_its_address_and_its_id(db: Database) -> None:
    source = a_source()
    async with db.transaction() as conn:
        await sources.add(conn, source, NOW)
        await sources.add(conn, a_source("https://other.example/feed", "Another"), NOW)
        for text in (source.name, source.url, source.source_id):
            row = await sources.find(conn, text)
            assert row is not None
            assert row.source.name == source.name
        assert await sources.find(conn, "none") is None
        assert await sources.names(conn) == ["Another", source.name]
