"""Lists of sources: a plan first, then a result a line; a repeat adds nothing; what is handed out can be brought in again."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.store import source_pages, sources, teams
from core.store.source_pages import SourceFilter
from core.store.sources import SourceRow
from ingest.lists.listed import Fact, Listed, ListFormat
from ingest.lists.read import read_list
from tests.fakes.clock import START
from tests.fakes.records import a_source
from tests.fakes.sites import RSS, home, rss, site_web
from tests.fakes.web import FakeWeb
from wirewatch.packs.catalogue import packs
from wirewatch.usecases import source_lists
from wirewatch.usecases import sources as source_cases
from wirewatch.usecases.acting import Acting
from wirewatch.usecases.pages import Paging
from wirewatch.usecases.permission import READING
from wirewatch.usecases.refusals import NotFound, NotPermitted
from wirewatch.usecases.source_facts import NewSource
from wirewatch.usecases.source_lists import Brought, bring, export, plan
from wirewatch.usecases.source_plan import PlanLine, PlanOptions, counts, first_polls
from wirewatch.usecases.source_web import SourceWeb

NOTHING = PlanOptions()


@pytest.fixture
async def web() -> AsyncIterator[FakeWeb]:
    async with FakeWeb() as fake:
        yield fake


@pytest.fixture
async def reach(acting: Acting) -> AsyncIterator[SourceWeb]:
    async with site_web(acting.db, acting.clock) as made:
        yield made


def verdicts(lines: list[PlanLine]) -> list[str]:
    return [line.verdict.value for line in lines]


def outcomes(found: list[Brought]) -> list[str]:
    return [one.outcome.value for one in found]


async def test_a_plan_tells_each_line_from_what_is_there_and_from_the_others(acting: Acting) -> None:
    await source_cases.add(acting, NewSource(url="https://a.example/feed", name="Anvil"))
    text = (
        "url,name,country\nhttps://A.example/feed#x,Other,\nhttps://b.example/feed,Bell,\nhttps://c.example/feed,Anvil,\n"
        "http://b.example/feed,Bell,\nhttps://b.example/feed?utm_source=x,Again,\nftp://d.example/,Dune,\n"
        "https://e.example/feed,Eel,India\nhttps://f.example/feed,,\n"
    )
    lines = await plan(acting, read_list(text.encode()), NOTHING)
    assert verdicts(lines) == ["same_as", "add", "conflict", "conflict", "same_as", "invalid", "invalid", "add"]
    assert lines[0].other == "Anvil"
    assert lines[4].detail == "line 3 has the same address"
    assert 'did you mean "IN"' in lines[6].detail
    assert lines[7].name == "f.example"
    assert counts(lines)["conflict"] == 2
    async with acting.db.connection() as conn:
        assert len(await source_pages.page(conn, limit=None)) == 1, "a plan changes nothing"


async def test_what_is_brought_in_twice_is_there_once(acting: Acting) -> None:
    listed = read_list(b"https://a.example/1 One\nhttps://a.example/2 Two\n")
    assert outcomes(await bring(acting, await plan(acting, listed, PlanOptions(tags=("wire",))))) == ["added", "added"]
    assert outcomes(await bring(acting, await plan(acting, listed, NOTHING))) == ["same_as", "same_as"]
    assert await source_cases.tags(acting) == {"wire": 2}


async def test_a_plan_that_is_late_adds_nothing_twice(acting: Acting) -> None:
    lines = await plan(acting, read_list(b"https://a.example/1 One\n"), NOTHING)
    await source_cases.add(acting, NewSource(url="https://a.example/1", name="Somebody's"))
    [one] = await bring(acting, lines)
    assert (one.outcome, one.detail) == ("same_as", "somebody added it meanwhile")


async def test_names_that_are_taken_get_another_on_request(acting: Acting) -> None:
    listed = read_list(b"https://a.example/world World\nhttps://b.example/w World\nhttps://b.example/v World\n")
    assert verdicts(await plan(acting, listed, NOTHING)) == ["add", "conflict", "conflict"]
    lines = await plan(acting, listed, PlanOptions(rename=True))
    assert [line.name for line in lines] == ["World", "World (b.example)", "World (b.example/v)"]


async def test_a_look_tells_feeds_from_pages_and_from_nobody(acting: Acting, web: FakeWeb, reach: SourceWeb) -> None:
    web.serve("/world", rss(["One"], name="World of Anvils"), content_type=RSS)
    web.serve("/", home("/world"))
    seen: list[int] = []
    text = f"{web.url('/world')}\n{web.url('/')} Home\n{web.url('/gone')} Gone\n{web.url('/x', host=2)} Private\n"
    lines = await plan(acting, read_list(text.encode()), NOTHING, reach, lambda done, _: seen.append(done))
    assert verdicts(lines) == ["add", "not_a_feed", "unreachable", "unreachable"]
    assert lines[0].name == "World of Anvils", "the list has no name for it, and the feed has"
    assert [one.url for one in lines[1].found] == [web.url("/world")]
    assert lines[2].detail.startswith("http_4xx")
    assert lines[3].detail.startswith("blocked_address")
    assert sorted(seen) == [1, 2, 3, 4]
    brought = await bring(acting, lines)
    assert outcomes(brought) == ["added", "not_a_feed", "unreachable", "unreachable"], "what fails is kept"


async def test_a_page_may_give_way_to_the_feed_that_it_announces(
    acting: Acting, web: FakeWeb, reach: SourceWeb
) -> None:
    web.serve("/", home("/world"))
    [line] = await plan(acting, read_list(f"{web.url('/')} Home".encode()), PlanOptions(take_found=True), reach)
    assert (line.verdict, line.url) == ("add", web.url("/world"))
    assert line.source is not None
    assert line.source.site == web.url("/")


async def test_first_polls_are_spread_and_those_of_a_host_stand_apart() -> None:
    made = [a_source(f"https://{host}.example/{number}", f"{host}{number}") for host in "abc" for number in range(20)]
    due = first_polls(made, START, polls_per_minute=60)
    assert sorted((at - START).total_seconds() for at in due) == list(range(60))
    first = sorted(zip(due, made, strict=True), key=lambda one: one[0])[:3]
    assert {one.name[0] for _, one in first} == {"a", "b", "c"}


async def test_two_thousand_are_brought_in_with_progress_and_an_entry_in_the_audit_log_each(acting: Acting) -> None:
    listed = [Listed(place=n, url=f"https://h{n % 700}.example/{n}", name=f"S{n}") for n in range(2000)]
    seen: list[int] = []
    brought = await bring(acting, await plan(acting, listed, NOTHING), lambda done, _: seen.append(done))
    assert set(outcomes(brought)) == {"added"}
    assert seen == [500, 1000, 1500, 2000]
    async with acting.db.connection() as conn:
        rows = await source_pages.page(conn, limit=None)
    assert max(row.state.next_poll for row in rows) - acting.clock.now() >= timedelta(seconds=99)


async def test_another_team_reads_a_source_that_is_there_without_a_second_poll_of_it(acting: Acting) -> None:
    await source_cases.add(acting, NewSource(url="https://a.example/1", name="One"))
    async with acting.db.transaction() as conn:
        sport = (await teams.ensure(conn, ["sport"], acting.clock.now()))["sport"]
    other = replace(acting, team=sport)
    lines = await plan(other, read_list(b"https://a.example/1 One\n"), NOTHING)
    assert verdicts(lines) == ["add"]
    assert outcomes(await bring(other, lines)) == ["added"]
    assert verdicts(await plan(other, read_list(b"https://a.example/1 One\n"), NOTHING)) == ["same_as"]
    async with acting.db.connection() as conn:
        assert len(await source_pages.page(conn, limit=None)) == 1


@pytest.mark.parametrize("kind", [ListFormat.OPML, ListFormat.CSV, ListFormat.TOML])
async def test_an_export_loses_nothing(acting: Acting, kind: ListFormat) -> None:
    new = NewSource(
        url="https://a.example/feed?x=1&y=2", name='=Anvil "&" <Sons>', country="IN", lang="hi", tags=("wire", "a b"),
        time_zone="Asia/Kolkata", since=START, interval_seconds=90.5, full_text=False, patience_seconds=60.0,
        site="https://a.example/",
    )  # fmt: skip
    before = await source_cases.add(acting, new)
    await source_cases.add(acting, NewSource(url="https://b.example/feed", name="Bell"))
    made = await export(acting, kind)
    assert (made.sources, made.masked) == (2, 0)
    for one in ("Bell", before.name):
        await source_cases.remove(acting, one)
    assert outcomes(await bring(acting, await plan(acting, read_list(made.text.encode()), NOTHING))) == ["added"] * 2
    after = (await source_cases.show(acting, before.name)).row.source
    assert replace(after, source_id=before.source_id) == before


async def test_a_paused_source_is_paused_where_it_is_brought_in(acting: Acting) -> None:
    await source_cases.add(acting, NewSource(url="https://b.example/feed", name="Bell"))
    async with acting.db.transaction() as conn:
        row = await sources.find(conn, "Bell")
        assert row is not None
        await sources.set_enabled(conn, row.source.source_id, enabled=False, at=acting.clock.now(), by="kim")
    made = await export(acting, ListFormat.CSV)
    await source_cases.remove(acting, "Bell")
    await bring(acting, await plan(acting, read_list(made.text.encode()), NOTHING))
    assert (await source_cases.show(acting, "Bell")).row.paused_by == "kim"


async def test_who_only_reads_gets_no_key_that_an_address_holds_and_may_bring_nothing(acting: Acting) -> None:
    await source_cases.add(acting, NewSource(url="https://a.example/feed?apikey=8f3a9c1e", name="Anvil"))
    reader = replace(acting, permissions=READING)
    made = await export(reader, ListFormat.CSV)
    assert "8f3a9c1e" not in made.text
    assert made.masked == 1
    assert "8f3a9c1e" in (await export(acting, ListFormat.CSV)).text
    with pytest.raises(NotPermitted):
        await plan(reader, [], NOTHING)
    with pytest.raises(NotPermitted):
        await bring(reader, [])
    found = await source_cases.find(reader, Paging(), SourceFilter(text="8f3a9"))
    assert found.items == (), "a search must not guess a key letter by letter"


async def test_a_pack_is_brought_in_and_told_from_what_is_there(acting: Acting) -> None:
    pack = source_lists.pack_named("world-en")
    lines = await plan(acting, source_lists.lines_of(pack), PlanOptions(rename=True))
    assert set(verdicts(lines)) == {"add"}
    await bring(acting, lines)
    known = {one.pack.name: one.read for one in await source_lists.list_packs(acting)}
    assert known["world-en"] == len(pack.entries) == len(packs()["world-en"].entries)
    assert known["language-hi"] == 0
    row = (await source_cases.show(acting, pack.entries[0].name)).row
    assert "world-en" in row.source.tags
    assert row.source.site == pack.entries[0].site


def test_an_unknown_pack_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFound, match=re.escape("did you mean 'world-en'?")):
        source_lists.pack_named("wolrd-en")


def test_facts_leave_out_what_is_so_by_default() -> None:
    row = SourceRow(
        source=a_source("https://a.example/", "A"), origin="db", enabled=True, created=START, lease_until=None,
        state=sources.PollState(next_poll=START),
    )  # fmt: skip
    assert source_lists.facts_of(row) == {Fact.NAME: "A", Fact.URL: "https://a.example/"}
