"""Sources as people list, find, change and bring them, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.db.connection import Connection
from core.db.engine import Database
from core.model.outcome import PollOutcome
from core.model.source import Source
from core.store import source_changes, source_pages, source_tags, sources
from core.store.source_changes import NewRow
from core.store.source_pages import ALL, SourceFilter
from core.store.sources import PollState
from ingest.poll.health import BOUNDS
from tests.contract.databases import NOW, after
from tests.fakes.records import a_source


def named(name: str, *tags: str) -> Source:
    return replace(a_source(f"https://{name.lower().partition(' ')[0]}.example/feed", name), tags=tags)


async def fill(conn: Connection) -> dict[str, Source]:
    made = [
        named("Anvil", "europe"),
        named("Bell 100%", "europe", "wire"),
        named("Copper"),
        named("Ärmel", "wire"),
        named("Dune"),
    ]
    for source in made:
        assert await sources.add(conn, source, NOW)
    states = {
        "Anvil": PollState(next_poll=after(60), last_attempt=NOW, failures=4, outcome=PollOutcome.DNS),
        "Bell 100%": PollState(next_poll=after(60), last_attempt=NOW, failures=1, outcome=PollOutcome.HTTP_5XX),
        "Copper": PollState(next_poll=after(60), last_attempt=NOW, last_success=NOW, stale_at=after(-60)),
    }
    by_name = {one.name: one for one in made}
    for name, state in states.items():
        assert await sources.save_poll(conn, by_name[name].source_id, state)
    assert await sources.set_enabled(conn, by_name["Dune"].source_id, enabled=False, at=NOW, by="kim")
    return by_name


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ALL, {"Anvil", "Bell 100%", "Copper", "Dune", "Ärmel"}),
        (SourceFilter(state="failing"), {"Anvil"}),
        (SourceFilter(state="degraded"), {"Bell 100%"}),
        (SourceFilter(state="stale"), {"Copper"}),
        (SourceFilter(state="paused"), {"Dune"}),
        (SourceFilter(state="healthy"), {"Ärmel"}),
        (SourceFilter(tag="wire"), {"Bell 100%", "Ärmel"}),
        (SourceFilter(tag="wire", text="BELL"), {"Bell 100%"}),
        (SourceFilter(text="100%"), {"Bell 100%"}),
        (SourceFilter(text="ärm"), {"Ärmel"}),
        (SourceFilter(text="dune.example"), {"Dune"}),
        (SourceFilter(text="_"), set()),
        (SourceFilter(origin="file"), set()),
    ],
    ids=lambda given: str(
        given if isinstance(given, SourceFilter) else sorted(given)
    ),  # a set has no order to name a test by
)
async def test_sources_are_found_by_state_tag_and_text(db: Database, wanted: SourceFilter, found: set[str]) -> None:
    async with db.transaction() as conn:
        await fill(conn)
        rows = await source_pages.by_name(conn, after(1), BOUNDS, wanted, limit=None)
        counted = await source_pages.states(conn, after(1), BOUNDS, wanted)
    assert {row.source.name for row in rows} == found
    assert sum(counted.values()) == len(found)


async def test_a_list_by_name_goes_on_behind_its_last_row(db: Database) -> None:
    async with db.transaction() as conn:
        await fill(conn)
        whole = [row.source.name for row in await source_pages.by_name(conn, NOW, BOUNDS, ALL, limit=None)]
        seen: list[str] = []
        behind = None
        while rows := await source_pages.by_name(conn, NOW, BOUNDS, ALL, limit=2, after=behind):
            seen += [row.source.name for row in rows]
            behind = (rows[-1].source.name, rows[-1].source.source_id)
        counted = await source_pages.states(conn, after(1), BOUNDS)
    assert seen == whole
    assert counted == {"failing": 1, "degraded": 1, "stale": 1, "paused": 1, "healthy": 1}


async def test_tags_are_counted_and_follow_the_record(db: Database) -> None:
    async with db.transaction() as conn:
        made = await fill(conn)
        assert await source_tags.counts(conn) == {"europe": 2, "wire": 2}
        await source_changes.change(conn, replace(made["Anvil"], tags=("metal",)), NOW)
        assert await source_tags.counts(conn, "default") == {"wire": 2, "europe": 1, "metal": 1}
        assert await source_tags.counts(conn, "other") == {}
        await sources.remove(conn, made["Anvil"].source_id)
        assert "metal" not in await source_tags.counts(conn)


async def test_tags_of_files_follow_the_files(db: Database) -> None:
    source = named("Anvil", "europe")
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        assert await source_tags.counts(conn) == {"europe": 1}
        await sources.sync_from_config(conn, [replace(source, tags=("metal", "wire"))], NOW)
        assert await source_tags.counts(conn) == {"metal": 1, "wire": 1}


async def test_what_somebody_paused_stays_paused_when_files_are_read_again(db: Database) -> None:
    source = named("Anvil")
    async with db.transaction() as conn:
        await sources.sync_from_config(conn, [source], NOW)
        await sources.set_enabled(conn, source.source_id, enabled=False, at=after(5), by="kim")
        await sources.sync_from_config(conn, [replace(source, interval_seconds=60.0)], after(10))
        row = await sources.get(conn, source.source_id)
        assert row is not None
        assert (row.enabled, row.paused_at, row.paused_by, row.in_file) == (False, after(5), "kim", True)
        await sources.set_enabled(conn, source.source_id, enabled=True, at=after(20))
        row = await sources.get(conn, source.source_id)
        assert row is not None
        assert (row.enabled, row.paused_at, row.state.next_poll) == (True, None, after(20))
        await sources.sync_from_config(conn, [], after(30))
        row = await sources.get(conn, source.source_id)
        assert row is not None
        assert not row.in_file


async def test_many_are_added_at_once_each_with_its_first_poll(db: Database) -> None:
    made = [named(f"S{number:04}", "bulk") for number in range(1200)]
    new = [NewRow(source=one, first_poll=after(place)) for place, one in enumerate(made)]
    async with db.transaction() as conn:
        await sources.add(conn, replace(made[7], source_id="there already", name="Seven"), NOW)
        new[3] = replace(new[3], paused_by="kim")
        there = await source_changes.add_many(conn, new, NOW)
        assert len(there) == 1199
        assert made[7].source_id not in there
        assert (await source_tags.counts(conn))["bulk"] == 1200
        rows = {row.source.name: row for row in await source_pages.page(conn, limit=None)}
        assert (rows["S0003"].enabled, rows["S0003"].paused_by) == (False, "kim")
        assert rows["S1000"].state.next_poll == after(1000)
        assert len(await source_pages.known_addresses(conn)) == 1200
        assert await source_changes.add_many(conn, new, NOW) == there, "a repeat adds nothing"


async def test_a_change_keeps_the_address_and_what_polls_know(db: Database) -> None:
    source = named("Anvil")
    async with db.transaction() as conn:
        await sources.add(conn, source, NOW)
        await sources.save_poll(conn, source.source_id, PollState(next_poll=after(900), etag='"x"'))
        await source_changes.change(conn, replace(source, name="Anvil News", url="https://evil.example/"), after(1))
        row = await sources.get(conn, source.source_id)
        assert row is not None
        assert (row.source.name, row.source.url, row.state.etag) == ("Anvil News", source.url, '"x"')
        assert row.state.next_poll == after(900)
        await source_changes.change(conn, replace(row.source, interval_seconds=5.0), after(2))
        row = await sources.get(conn, source.source_id)
        assert row is not None
        assert row.state.next_poll == after(2)


async def test_poll_now_makes_enabled_sources_due_but_not_one_that_is_being_polled(db: Database) -> None:
    async with db.transaction() as conn:
        made = await fill(conn)
        ids = [one.source_id for one in made.values()]
        [leased] = await sources.due(conn, after(1), 1, "poller", 60)
        assert await source_changes.poll_now(conn, ids, after(2)) == 3
        assert {one.source.source_id for one in await sources.due(conn, after(2), 9, "other", 60)} == (
            set(ids) - {leased.source.source_id, made["Dune"].source_id}
        )


async def test_those_that_never_answered_are_searched_for_once_in_a_while(db: Database) -> None:
    again = timedelta(days=7)
    async with db.transaction() as conn:
        made = await fill(conn)
        lost = await source_changes.lost(conn, after(1), 10, again)
        assert {row.source.name for row in lost} == {"Anvil", "Bell 100%"}
        anvil = made["Anvil"].source_id
        await source_changes.put_search(conn, anvil, {"found": []}, after(1))
        await source_changes.put_search(conn, "gone", {"found": []}, after(1))
        assert [row.source.name for row in await source_changes.lost(conn, after(2), 10, again)] == ["Bell 100%"]
        assert await source_changes.searches(conn, [anvil]) == {anvil: (after(1), {"found": []})}
        assert len(await source_changes.lost(conn, after(8 * 86400), 10, again)) == 2
        await source_changes.forget_search(conn, anvil)
        assert await source_changes.searches(conn, [anvil]) == {}
